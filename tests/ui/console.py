#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the console's window the way a person does.

Widgets are found by role and accessible name (AT-SPI); input is real mouse and key events (XTEST through xdotool).
Import it, or run it and talk JSON lines, so that a test in another language can hold the console:

    console.py APP_NAME PROGRAM [ARGUMENT...]
    {"op": "click", "role": "push button", "name": "Send"}  ->  {"ok": true}

Run it under with-display, with /usr/bin/python3 (the one that has gi).
"""
import json
import os
import re
import signal
import subprocess
import sys
import time
import warnings

warnings.simplefilter('ignore', DeprecationWarning)       # libatspi renames its functions more often than Debian ships it
os.environ.pop('G_DEBUG', None)         # fatal-warnings is for the program under test; libatspi warns harmlessly at start
import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib

GEOMETRY_STEP_S = 0.03
FEW_ROWS = 10
TYPE_NAME = re.compile(r'((Gtk|Adw|Usher)\w+)?$')
PASS_ON = ('scroll pane', 'list')         # the focus to what is in them
NO_ROLES = ('filler', 'unknown', 'invalid')


class Gone(Exception):
    """The program has ended; looking on is of no use."""


def wait_for(look, what, timeout=10, process=None):
    """Objects come and go while the tree changes, so an exception is only a reason to look again."""
    end, last = time.monotonic() + timeout, None
    while time.monotonic() < end:
        if process and process.poll() is not None:
            raise Gone(f'the program ended with {process.returncode} before {what}')
        try:
            last = look()
            if last:
                return last
        except (GLib.Error, StopIteration, AttributeError, subprocess.CalledProcessError) as error:
            last = error
        time.sleep(0.02)
    raise AssertionError(f'timed out waiting for {what}; last: {last!r}')


def children(node):
    return [child for child in (node.get_child_at_index(i) for i in range(node.get_child_count())) if child]


def walk(node, longest=None):
    """The node and what is in it; of lists with more than `longest` rows, the list alone."""
    yield node
    if longest is None or node.get_role_name() != 'list' or node.get_child_count() <= longest:
        for child in children(node):
            yield from walk(child, longest)


def ancestors(node):
    while (node := node.get_parent()) and node.get_role_name() != 'application':
        yield node


def is_named(node, name):
    return node.get_name() in (name, f'{name} {name}')         # AdwMessageDialog says its button labels twice


def is_visible(node):
    """Not a child of a hidden page of a stack."""
    extents = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
    return extents.width > 0 and extents.height > 0


def xdo(*args):
    return subprocess.check_output(('xdotool',) + tuple(map(str, args)), text=True)


class Console:
    def __init__(self, argv, app_name, env=None):
        Atspi.init()
        self.scale = int(os.environ.get('GDK_SCALE', '1'))
        self.argv, self.app_name, self.env = argv, app_name, {**os.environ, **(env or {})}
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.argv, env=self.env, stdout=sys.stderr)
        self.app = self.wait(self._on_the_bus, 'the program on the accessibility bus', 30)
        self.found = {}
        if os.environ.get('WINDOW_SIZE'):
            self.resize(*os.environ['WINDOW_SIZE'].split('x'))

    def resize(self, width, height):
        number = self.wait(lambda: xdo('search', '--onlyvisible', '--pid', self.process.pid).split(), 'a window')[0]
        xdo('windowsize', number, width, height)

    def wait(self, look, what, timeout=10):
        return wait_for(look, what, timeout, self.process)

    def _on_the_bus(self):
        return next(app for app in children(Atspi.get_desktop(0))
                    if app.get_name() == self.app_name and app.get_process_id() == self.process.pid)

    # --- finding -------------------------------------------------------------------------------------------------

    def look(self, role, name, under=None):
        found = [node for node in walk(under or self.app) if node.get_role_name() == role and is_named(node, name)]
        return next((node for node in found if is_visible(node)), found[0] if found else None)

    def find(self, role, name, under=None, timeout=10):
        return self.wait(lambda: self.look(role, name, under), f'{role} “{name}”', timeout)

    def find_shown(self, role, name, timeout=10):
        def shown():
            node = self.look(role, name)
            return node if node and is_visible(node) else None
        return self.wait(shown, f'a visible {role} “{name}”', timeout)

    def is_gone(self, role, name):
        node = self.look(role, name)
        return node is None or not is_visible(node)

    def text(self, node):
        return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))         # -1 as the end returns ''

    def labels(self, node):
        names = (label.get_name() for label in walk(node) if label.get_role_name() == 'label')
        return [name for name in names if name not in ('', 'GtkLabel')]         # an empty one is named after its type

    def rows(self, name):
        """Labels of each realised row (about 200) of a list."""
        lists = [node for node in walk(self.app) if node.get_role_name() == 'list' and is_named(node, name)]
        shown = next((node for node in lists if is_visible(node)), lists[0] if lists else None)
        return [self.labels(row) for row in children(shown)] if shown else []

    def row(self, name, text):
        """The first row of a list that has `text` in one of its labels."""
        for row in children(self.find('list', name)):
            if any(text in label for label in self.labels(row)):
                return row
        return None

    def has_state(self, node, state):
        return node.get_state_set().contains(getattr(Atspi.StateType, state.upper()))

    def top(self):
        """The active window; dialogs do not say that they are: the newest."""
        windows = list(reversed(children(self.app)))
        return next((window for window in windows if self.has_state(window, 'active')), windows[0])

    def focus(self):
        """What keys go to: what it is, what stands in it, and the names of what it is in, from the inside out. Of what is in a long list
        or does not say that it has the focus, the window alone."""
        window = self.top()
        for node in walk(window, FEW_ROWS):
            if self.has_state(node, 'focused') and is_visible(node):
                return {'role': node.get_role_name(), 'name': node.get_name(), 'text': self.text(node) if node.get_text_iface() else None,
                        'in': [part.get_name() for part in ancestors(node)]}
        return {'role': None, 'name': None, 'text': None, 'in': [window.get_name()]}

    def nameless(self):
        """What can have the focus and does not say what it is: for who hears the screen it is not there. GTK names what has no name after its type."""
        return [f'{node.get_role_name()} “{node.get_name()}” in {" < ".join(part.get_name() or part.get_role_name() for part in ancestors(node))}'
                for node in walk(self.app) if self.has_state(node, 'focusable') and self.has_state(node, 'showing') and is_visible(node)
                and node.get_role_name() not in PASS_ON and (TYPE_NAME.match(node.get_name()) or node.get_role_name() in NO_ROLES)]

    def glance(self, role, name):
        """Labels of something that stays where it is for as long as the program runs: found once."""
        if (role, name) not in self.found:
            self.found[role, name] = self.find_shown(role, name)
        return self.labels(self.found[role, name])

    def give_focus(self):
        """As a window manager does where there is none: once a window is closed, the newest has the focus."""
        if os.environ.get('WAYLAND_DISPLAY'):
            return
        ids = xdo('search', '--onlyvisible', '--pid', self.process.pid).split()
        focused = subprocess.run(('xdotool', 'getwindowfocus'), text=True, capture_output=True).stdout.strip()     # fails when nothing has it
        if ids and focused not in ids:
            xdo('windowfocus', ids[-1])

    def tree(self):
        lines = []

        def add(node, depth):
            extents = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW) if node.get_component_iface() else None
            size = f' {extents.width}x{extents.height}' if extents else ''
            lines.append(f'{"  " * depth}{node.get_role_name()} “{node.get_name()}”{size}')
            for child in children(node):
                add(child, depth + 1)
        add(self.app, 0)
        return '\n'.join(lines)

    # --- geometry: GTK 4 reports window coordinates only, without the border or shadow around the content -----------

    def _stable(self, node):
        def twice():
            first = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
            time.sleep(GEOMETRY_STEP_S)
            second = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
            same = (first.x, first.y, first.width) == (second.x, second.y, second.width)
            return second if second.width > 0 and same else None
        return self.wait(twice, 'stable geometry of ' + node.get_name())

    def _window_of(self, top):
        # What is told to a screen reader stands before the title, as in “Visitor: hello – (1) Usher”.
        names = (top.get_name(), top.get_name().rpartition(' – ')[2])
        ids = xdo('search', '--onlyvisible', '--pid', self.process.pid).split()
        return next(number for number in ids if xdo('getwindowname', number).rstrip('\n') in names)

    def centre(self, node):
        top = node
        while top.get_parent().get_role_name() != 'application':
            if top.get_role_name() == 'menu':
                raise AssertionError('a popover is an X window of its own: use act() or keys')
            top = top.get_parent()
        number = self.wait(lambda: self._window_of(top), 'X window of ' + top.get_name())
        window = {key: int(value) for key, value in (line.split('=') for line in xdo('getwindowgeometry', '--shell', number).split())}
        frame, box, scale = self._stable(top), self._stable(node), self.scale
        border_x, border_y = (window['WIDTH'] / scale - frame.width) / 2, (window['HEIGHT'] / scale - frame.height) / 2
        return (window['X'] + round(scale * (border_x + box.x + box.width / 2)),
                window['Y'] + round(scale * (border_y + box.y + box.height / 2)))

    # --- acting --------------------------------------------------------------------------------------------------

    def click(self, node, button=1):
        xdo('mousemove', *self.centre(node), 'click', button)

    def act(self, node):
        """Menu items and buttons in popovers: no pointer involved. A menu button has its action one level down."""
        target = next(inner for inner in walk(node)
                      if inner.get_action_iface() and Atspi.Action.get_n_actions(inner)
                      and Atspi.Action.get_action_name(inner, 0) in ('click', 'toggle', 'activate'))
        assert Atspi.Action.do_action(target, 0)

    def key(self, *keys):
        xdo('key', '--delay', 25, *keys)

    def paste(self, data, mime=None):
        """Through the clipboard; xclip stays behind and must not hold our pipes."""
        kind = ('-t', mime) if mime else ()
        subprocess.run(('xclip', '-selection', 'clipboard') + kind, input=data, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.key('ctrl+v')

    def type(self, text):
        if text.isascii() and '\n' not in text:
            xdo('type', '--delay', 10, text)
        else:                                    # xdotool loses other characters when the program is slow
            self.paste(text.encode())

    def select(self, list_name, index):
        assert Atspi.Selection.select_child(self.find('list', list_name), index)

    def shot(self, path):
        subprocess.run(('import', '-window', 'root', path), check=True)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return self.process.wait(10)

    def close(self, timeout=10):
        try:
            for frame in children(self.app):              # every window has the action window.close
                for i in range(Atspi.Action.get_n_actions(frame)):
                    if Atspi.Action.get_action_name(frame, i) == 'window.close':
                        Atspi.Action.do_action(frame, i)
        except GLib.Error:
            pass                                          # gone before it could answer
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            return self.process.wait(timeout)


def operations(console):
    def find(q):
        return console.find(q['role'], q['name'], timeout=q.get('timeout', 10))

    def find_shown(q):
        return console.find_shown(q['role'], q['name'], timeout=q.get('timeout', 10))

    return {
        'click': lambda q: console.click(find_shown(q)),
        'act': lambda q: console.act(find(q)),
        'clickRow': lambda q: console.click(console.wait(lambda: console.row(q['list'], q['text']), f'row “{q["text"]}”', q.get('timeout', 10))),
        'type': lambda q: console.type(q['text']),
        'paste': lambda q: console.paste(open(q['path'], 'rb').read(), q['mime']),
        'key': lambda q: console.key(*q['keys']),
        'text': lambda q: console.text(find(q)),
        'rows': lambda q: console.rows(q['name']),
        'labels': lambda q: console.labels(find_shown(q)),
        'find': lambda q: bool(find(q)),
        'shown': lambda q: bool(find_shown(q)),
        'isShown': lambda q: not console.is_gone(q['role'], q['name']),
        'gone': lambda q: bool(console.wait(lambda: console.is_gone(q['role'], q['name']), 'absence of ' + q['name'], q.get('timeout', 10))),
        'tree': lambda q: console.tree(),
        'focus': lambda q: console.focus(),
        'nameless': lambda q: console.nameless(),
        'glance': lambda q: console.glance(q['role'], q['name']),
        'giveFocus': lambda q: console.give_focus(),
        'shot': lambda q: console.shot(q['path']),
        'pid': lambda q: console.process.pid,
        'kill': lambda q: console.kill(),
        'start': lambda q: console.start(),
    }


def serve(console):
    table = operations(console)
    for line in sys.stdin:
        question = json.loads(line)
        if question['op'] == 'close':
            print(json.dumps({'ok': True, 'value': console.close()}), flush=True)
            return
        try:
            answer = {'ok': True, 'value': table[question['op']](question)}
        except Exception as error:
            answer = {'ok': False, 'error': f'{type(error).__name__}: {error}'}
        print(json.dumps(answer, ensure_ascii=False), flush=True)


def main():
    console = Console(sys.argv[2:], sys.argv[1])
    try:
        serve(console)
    finally:
        if console.process.poll() is None:
            console.process.kill()


if __name__ == '__main__':
    main()
