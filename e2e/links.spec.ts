import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, know, test } from './fleetApp'
import { fleetPage } from './pages/fleetPage'

test.use({
  planned: {
    plans: [{ name: 'long', command: 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.1; done' }],
  },
})

test('asks for an unknown host key by its fingerprint before anything is sent, and keeps the answer', async ({
  fleetScreen,
  nodes,
  drydock,
}) => {
  const dialog = fleetScreen.hostKeyDialog('pc2')
  await expect(dialog).toContainText(nodes.pc2.hostKey().fingerprint)
  expect(nodes.pc2.log()).not.toMatch(/userauth-request|Accepted publickey|Failed publickey/)
  await drydock.page.keyboard.press('Escape')
  await expect(fleetScreen.hostKeyDialog('pc2')).toHaveCount(0) // decided later; the next node's key is shown
  await expect(fleetScreen.link('pc2')).toContainText('Blocked')
  await fleetScreen.trust('pc3')
  await fleetScreen.node('pc2').getByRole('button', { name: 'Review the key' }).click()
  await fleetScreen.trust('pc2')
  await expect(fleetScreen.link('pc2')).toContainText('Online')
  const known = await readFile(join(drydock.home, 'known_hosts'), 'utf8')
  expect(known).toContain(nodes.pc2.hostKey().publicKey)
  await drydock.restart()
  const again = fleetPage(drydock.page)
  await expect(again.link('pc2')).toContainText('Online')
  await expect(again.hostKeyDialog('pc2')).toHaveCount(0)
})

test('a refused key blocks its node alone, and is not asked for again by itself', async ({
  fleetScreen,
  nodes,
}) => {
  await fleetScreen.hostKeyDialog('pc2').getByRole('button', { name: 'Refuse' }).click()
  await expect(fleetScreen.link('pc2')).toContainText('Blocked')
  await fleetScreen.trust('pc3')
  await expect(fleetScreen.link('pc3')).toContainText('Online')
  await expect(fleetScreen.link('this-pc')).toContainText('Online')
  await expect(fleetScreen.hostKeyDialog('pc2')).toHaveCount(0)
  expect(nodes.pc2.log()).not.toMatch(/Accepted publickey|Failed publickey/)
})

test('a changed key blocks the node, shows both keys, and offers no way past it', async ({
  trusted: fleetScreen,
  nodes,
}) => {
  const before = nodes.pc2.hostKey().fingerprint
  await nodes.pc2.changeHostKey()
  const panel = fleetScreen.changedKey('pc2')
  await expect(panel).toContainText(before)
  await expect(panel).toContainText(nodes.pc2.hostKey().fingerprint)
  await expect(panel.getByRole('button', { name: /trust|accept|ignore/i })).toHaveCount(0)
  await expect(fleetScreen.link('pc2')).toContainText('Blocked')
  await expect(fleetScreen.link('pc3')).toContainText('Online')
})

test('a node that dies and comes back: its run is unknown meanwhile, and no other node notices', async ({
  trusted: fleetScreen,
  nodes,
  page,
}) => {
  await fleetScreen.start.click()
  await expect(fleetScreen.runRows.first()).toContainText('Running')
  await nodes.pc2.kill()
  await expect(fleetScreen.link('pc2')).toContainText(/^Unreachable/, { timeout: 4_000 })
  await expect(fleetScreen.node('pc2')).toContainText(/next try in|trying now/i)
  await expect(fleetScreen.link('pc3')).toContainText('Online')
  await expect(fleetScreen.gauge('pc3', 'CPU')).toHaveAttribute('aria-valuenow', /\d/)
  await expect(fleetScreen.runRows.first()).toContainText(/unknown/i)
  await nodes.pc2.start()
  // Its own next try may be quicker, and take the button away.
  await fleetScreen
    .node('pc2')
    .getByRole('button', { name: 'Reconnect now' })
    .click({ timeout: 2_000 })
    .catch(() => undefined)
  await expect(fleetScreen.link('pc2')).toContainText('Online')
  await expect(fleetScreen.runRows.first()).not.toContainText(/unknown/i)
  await fleetScreen.stopAll()
  await expect(fleetScreen.stopResult).toHaveText(/^Nothing is left running/)
  await page.getByRole('button', { name: 'Done' }).click()
})

test.describe('with keys that the user knows', () => {
  test('honours ~/.ssh/known_hosts, hashed names included, and never writes it', async ({
    drydock,
    nodes,
    fleetScreen,
  }) => {
    await fleetScreen.hostKeyDialog('pc2').waitFor()
    await drydock.quit()
    const file = join(drydock.userHome, '.ssh', 'known_hosts')
    const text = await hashed(file, [nodes.pc2.knownHostsLine(), nodes.pc3.knownHostsLine()])
    expect(text).toMatch(/^\|1\|/m)
    await drydock.start()
    const again = fleetPage(drydock.page)
    for (const node of ['pc2', 'pc3']) await expect(again.link(node)).toContainText('Online')
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  test('trusts what an earlier session trusted', async ({ drydock, nodes }) => {
    await drydock.quit()
    await know(drydock.home, nodes.pc2, nodes.pc3)
    await drydock.start()
    const again = fleetPage(drydock.page)
    for (const node of ['pc2', 'pc3']) await expect(again.link(node)).toContainText('Online')
  })
})

/** Writes known_hosts as `ssh-keygen -H` leaves it; returns its text. */
async function hashed(file: string, lines: readonly string[]): Promise<string> {
  const { execFileSync } = await import('node:child_process')
  const { mkdirSync, rmSync, writeFileSync } = await import('node:fs')
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' })
  rmSync(`${file}.old`, { force: true })
  return await readFile(file, 'utf8')
}
