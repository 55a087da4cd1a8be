#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-install.py BUILD_DIR: `DESTDIR=… meson install` puts every file where Debian looks for it, and none beside.

The list is complete on purpose: a new file is to be thought about, a lost one to be noticed. What the files say is checked
where they must agree with each other: what a desktop entry starts, shows and is activated by has to be installed too.
"""
import configparser
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile

ID = 'io.github.usher_desk.Usher'
MO_MAGIC = (b'\xde\x12\x04\x95', b'\x95\x04\x12\xde')
faults = []


def expect(holds, fault):
  if not holds:
    faults.append(fault)


def options_of(build):
  answer = subprocess.check_output(['meson', 'introspect', '--buildoptions', build])
  return {option['name']: option['value'] for option in json.loads(answer)}


def unit_folder(prefix):
  """Where systemd says: debhelper enables nothing that lies elsewhere."""
  asked = subprocess.run(['pkg-config', '--variable=systemdsystemunitdir', 'systemd'], capture_output=True, text=True)
  return pathlib.Path(asked.stdout.strip() or prefix / 'lib/systemd/system')


def wanted_files(options, source):
  """Each path with its mode."""
  prefix = pathlib.Path(options['prefix'])
  bindir, data = prefix / options['bindir'], prefix / options['datadir']
  wanted = {}
  if options['console']:
    icons = data / 'icons/hicolor'
    wanted |= {bindir / 'usher': 0o755,
               prefix / options['libexecdir'] / 'usher-thumbnailer': 0o755,
               data / f'applications/{ID}.desktop': 0o644,
               data / f'dbus-1/services/{ID}.service': 0o644,
               data / f'glib-2.0/schemas/{ID}.gschema.xml': 0o644,
               data / f'metainfo/{ID}.metainfo.xml': 0o644,
               icons / f'scalable/apps/{ID}.svg': 0o644,
               icons / f'symbolic/apps/{ID}-symbolic.svg': 0o644}
    wanted |= {data / f'usher/sounds/{level}.wav': 0o644 for level in ('alarm', 'badge', 'notice', 'urgent')}
    for language in (source / 'po/LINGUAS').read_text().split():
      wanted[prefix / options['localedir'] / language / 'LC_MESSAGES/usher.mo'] = 0o644
  if options['gateway']:
    units = unit_folder(prefix)
    wanted |= {bindir / 'usher-gate': 0o755, bindir / 'usherctl': 0o755}
    wanted |= {units / name: 0o644 for name in ('usher-gate.service', 'usher-gate.socket', 'usher-gate-ops.socket')}
  return wanted


class Installed:
  """What lies below DESTDIR, asked for by the path it will have."""

  def __init__(self, root, options):
    self.root = pathlib.Path(root)
    self.prefix = pathlib.Path(options['prefix'])
    self.bindir = self.prefix / options['bindir']
    self.data = self.prefix / options['datadir']

  def at(self, path):
    return self.root / pathlib.Path(path).relative_to('/')

  def has(self, path):
    return self.at(path).is_file()

  def files(self):
    return {pathlib.Path('/') / file.relative_to(self.root) for file in self.root.rglob('*') if not file.is_dir()}

  def keys(self, path, section):
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.optionxform = str
    parser.read(self.at(path), encoding='utf-8')
    return dict(parser[section]) if section in parser else {}


def check_files(tree, wanted):
  found = tree.files()
  for path in sorted(set(wanted) - found):
    faults.append(f'{path}: not installed')
  for path in sorted(found - set(wanted)):
    faults.append(f'{path}: installed, and this test does not know why')
  for path in sorted(found & set(wanted)):
    mode = stat.S_IMODE(tree.at(path).lstat().st_mode)
    expect(mode == wanted[path], f'{path}: mode {mode:o}, not {wanted[path]:o}')
    expect(tree.at(path).stat().st_size > 0, f'{path}: empty')


def check_program(tree, name, version):
  path = tree.at(tree.bindir / name)
  dynamic = subprocess.run(['readelf', '-d', path], capture_output=True, text=True, env={**os.environ, 'LC_ALL': 'C'}).stdout
  expect('NEEDED' in dynamic, f'{name}: not a program of this system')
  expect('RPATH' not in dynamic and 'RUNPATH' not in dynamic, f'{name}: would look for libraries in the build folder')
  said = subprocess.run([path, '--version'], capture_output=True, text=True)
  expect(said.returncode == 0 and version in said.stdout, f'{name} --version: status {said.returncode}, “{said.stdout.strip()}”')


def check_desktop(tree, languages):
  name = f'applications/{ID}.desktop'
  entry = tree.keys(tree.data / name, 'Desktop Entry')
  expect(tree.has(tree.bindir / (entry.get('Exec') or '?').split()[0]), f'{name}: Exec starts nothing that is installed')
  icons = tree.data / 'icons/hicolor'
  expect(tree.has(icons / f'scalable/apps/{entry.get("Icon")}.svg'), f'{name}: Icon is not installed')
  expect(tree.has(icons / f'symbolic/apps/{entry.get("Icon")}-symbolic.svg'), f'{name}: Icon has no symbolic form')
  for language in languages:
    expect(entry.get(f'Comment[{language}]'), f'{name}: Comment is not translated to {language}')
  if entry.get('DBusActivatable') == 'true':
    service = tree.keys(tree.data / f'dbus-1/services/{ID}.service', 'D-BUS Service')
    expect(service.get('Name') == ID, 'the D-Bus service bears another name than the application')
    expect(service.get('Exec', '').split()[:1] == [str(tree.bindir / 'usher')], 'the D-Bus service starts another program')


def check_console(tree, languages, localedir):
  check_desktop(tree, languages)
  for language in languages:
    path = tree.prefix / localedir / language / 'LC_MESSAGES/usher.mo'
    expect(tree.at(path).read_bytes()[:4] in MO_MAGIC, f'{path}: not a catalogue of messages')
  schemas = tree.at(tree.data / 'glib-2.0/schemas')
  compiled = subprocess.run(['glib-compile-schemas', '--strict', '--dry-run', schemas], capture_output=True, text=True)
  expect(compiled.returncode == 0, f'the schema does not compile: {compiled.stderr.strip()}')
  if shutil.which('appstreamcli'):
    seen = subprocess.run(['appstreamcli', 'validate-tree', '--no-net', tree.at(tree.prefix)], capture_output=True, text=True)
    expect(seen.returncode == 0, f'appstreamcli validate-tree: {seen.stdout.strip()}')


def check_gateway(tree):
  units = unit_folder(tree.prefix)
  service = tree.keys(units / 'usher-gate.service', 'Service')
  expect(service.get('ExecStart', '').split()[:1] == [str(tree.bindir / 'usher-gate')], 'the unit starts another program')
  for name in ('usher-gate.socket', 'usher-gate-ops.socket'):
    socket = tree.keys(units / name, 'Socket')
    expect(socket.get('Service', 'usher-gate.service') == 'usher-gate.service', f'{name} belongs to another service')


def check_build_paths(tree, build, source):
  """Text that names the build folder is wrong on every other machine."""
  for path in sorted(tree.files()):
    text = tree.at(path).read_bytes()
    if text[:4] != b'\x7fELF':
      expect(not any(str(folder).encode() in text for folder in (build, source)), f'{path}: names the build or source folder')


def check(build, source, root):
  options = options_of(build)
  version = json.loads(subprocess.check_output(['meson', 'introspect', '--projectinfo', build]))['version']
  done = subprocess.run(['meson', 'install', '-C', build, '--no-rebuild', '--quiet', '--destdir', root], capture_output=True, text=True)
  if done.returncode != 0:
    faults.append(f'meson install (build everything first): {(done.stdout + done.stderr).strip()}')
    return 0
  tree, wanted = Installed(root, options), wanted_files(options, source)
  check_files(tree, wanted)
  if not faults:
    for path in wanted:
      if path.parent == tree.bindir:
        check_program(tree, path.name, version)
    if options['console']:
      check_console(tree, (source / 'po/LINGUAS').read_text().split(), options['localedir'])
    if options['gateway']:
      check_gateway(tree)
    check_build_paths(tree, build, source)
  return len(wanted)


def main():
  build = pathlib.Path(sys.argv[1]).resolve()
  source = pathlib.Path(__file__).resolve().parents[2]
  with tempfile.TemporaryDirectory(prefix='usher-install-') as root:
    n_files = check(build, source, root)
  for fault in faults:
    print(f'check-install: {fault}')
  print(f'check-install: {n_files} files expected, {len(faults)} faults')
  return 1 if faults else 0


if __name__ == '__main__':
  sys.exit(main())
