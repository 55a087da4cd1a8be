// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of the README, taken of the real thing: node tests/e2e/shots.js FOLDER (under tests/ui/with-display).
import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Console, Gateway, Workplace, launchBrowser, sleep, until } from './harness.js'
import { Visitor } from './visitor.js'

const folder = process.argv[2] || '.'
const place = new Workplace()
const gateway = new Gateway(place, ['conversation.offer=5m'])
gateway.addAgent('demo', 'Lin', 'supervisor')
await gateway.start()
const agent = new Console(gateway, place)
await until(async () => (await agent.do('tree')).includes('In step'), 'the console in step')
const browser = await launchBrowser()

async function visitor (name, locale = 'en-US', viewport = { width: 1100, height: 720 }) {
  const one = new Visitor(await browser.newContext({ locale, viewport, deviceScaleFactor: 1 }), gateway.url)
  await one.open()
  await one.page.evaluate((name) => window.Usher('set', { name }), name)
  return one
}

async function answer (one, text) {
  await agent.click('text', 'Message')
  await agent.do('type', { text })
  await agent.key('Return')
  await one.sees(text)
}

const olivia = await visitor('Olivia Park')
await olivia.say('Hi! Is the spring Longjing back in stock?')
await agent.do('shown', { role: 'push button', name: 'Accept' })
await agent.key('F2')
await olivia.log.getByText('Lin joined').waitFor()
await answer(olivia, 'Good morning Olivia, it came in on Tuesday.')
await olivia.say('Wonderful. Does it keep until autumn if I buy the large tin?')
await agent.waitRow('Messages', 'until autumn')
await answer(olivia, 'Yes: sealed and cool it keeps for a year. Once open, drink it within three months.')
await agent.key('ctrl+m')
await agent.do('type', { text: 'Asked about storage last month as well: send the leaflet along.' })
await agent.key('Return')
await agent.key('ctrl+m')
await olivia.say('Then one large tin, please 🍵')
await agent.waitRow('Messages', 'one large tin')
await answer(olivia, 'With pleasure. Shall I add the storage leaflet?')
const wei = await visitor('陈伟', 'zh-CN')
await wei.say('请问订单 20260914-118 什么时候发货？')
const mei = await visitor('Mei Tanaka')
await mei.say('Can I change the delivery address?')
await agent.waitRow('Offered', '陈伟', 20000).catch(() => {})
await olivia.input.pressSequentially('Yes, that would be l', { delay: 20 })
await until(async () => (await agent.do('tree')).includes('typing'), 'typing')
execFileSync('import', ['-window', 'root', '-crop', '1200x760+0+0', '+repage', join(folder, 'console.png')])
await olivia.page.screenshot({ path: join(folder, 'widget.png') })

// Two chats side by side: the visitor pane makes room.
await agent.key('F2')
await mei.log.getByText('Lin joined').waitFor({ timeout: 5000 }).catch(() => {})
await agent.key('F9', 'ctrl+1', 'ctrl+shift+o')
await until(async () => (await agent.do('tree')).includes('Chat with'), 'tiles')
await olivia.input.pressSequentially('ovely', { delay: 20 })
execFileSync('import', ['-window', 'root', '-crop', '1200x760+0+0', '+repage', join(folder, 'console-tiled.png')])
await agent.key('ctrl+w', 'ctrl+1')
const [number] = execFileSync('xdotool', ['search', '--onlyvisible', '--pid', String(await agent.do('pid'))], { encoding: 'utf8' }).split('\n')
execFileSync('xdotool', ['windowsize', number, '400', '760'])
await sleep(500)
execFileSync('import', ['-window', 'root', '-crop', '400x760+0+0', '+repage', join(folder, 'console-narrow.png')])
await agent.do('close').catch(() => {})

// The same desk at night.
const night = new Console(gateway, place, { env: { ADW_DEBUG_COLOR_SCHEME: 'prefer-dark' } })
await until(async () => (await night.do('tree')).includes('In step'), 'the console in step')
await night.key('ctrl+2')
await night.waitRow('Messages', 'storage leaflet')
await sleep(500)
execFileSync('import', ['-window', 'root', '-crop', '1200x760+0+0', '+repage', join(folder, 'console-dark.png')])
await night.do('close').catch(() => {})
await browser.close()
await gateway.stop()
place.remove()
process.exit(0)
