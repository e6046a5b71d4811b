import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { parse } from 'yaml'
import { expect, test as base } from './app'
import { fleetPage } from './pages/fleetPage'
import { fleetYaml } from './rig/fleetYaml'
import { startSshNode, type SshNode } from './rig/sshNode'
import { createSystemUser, OWN_USERS } from './rig/systemUser'

/** Machines join, change and leave by the screen alone, against real OpenSSH servers that Drydock has never met. */

const test = base.extend<{ attic: SshNode; cellar: SshNode }>({
  attic: async ({}, use) => {
    await using node = await startSshNode({ address: '127.0.0.2' })
    await use(node)
  },
  cellar: async ({}, use) => {
    await using node = await startSshNode({ address: '127.0.0.3' })
    await use(node)
  },
})

test('from the SSH config and by a typed address: tested, compared, named, added, and online', async ({
  drydock,
  page,
  home,
  attic,
  cellar,
}) => {
  await writeSshConfig(drydock.userHome, attic)
  const screen = fleetPage(page)
  await expect(screen.link('this-pc')).toContainText('Online')
  await page.getByRole('button', { name: 'Import from ~/.ssh/config' }).click()
  const dialog = addDialog(page)

  await expect(rowOf(dialog, 'attic')).toContainText(`${attic.user}@127.0.0.2:${attic.port}`)
  await rowOf(dialog, 'attic').getByRole('button', { name: 'Test' }).click()
  await expect(rowOf(dialog, 'attic')).toContainText('Its host key is not known yet')
  await dialog.getByRole('checkbox', { name: 'attic', exact: true }).check()

  const typed = `${cellar.user}@127.0.0.3:${cellar.port}`
  await dialog.getByRole('tab', { name: 'By address' }).click()
  await dialog.getByRole('textbox', { name: 'Address' }).fill(`${typed}x`)
  await expect(dialog.getByRole('textbox', { name: 'Address' })).toHaveAccessibleDescription(
    'A port is a number from 1 to 65535.',
  )
  await dialog.getByRole('textbox', { name: 'Address' }).fill(typed)
  await dialog.getByRole('textbox', { name: 'Key file' }).fill(cellar.clientKey.path)
  await dialog.getByRole('textbox', { name: 'Key file' }).press('Enter')
  await expect(rowOf(dialog, typed)).toContainText('Its host key is not known yet')
  await dialog.getByRole('button', { name: 'Next' }).click()

  for (const [label, node] of [
    ['attic', attic],
    [typed, cellar],
  ] as const) {
    const machine = dialog.getByRole('region', { name: label, exact: true })
    await expect(machine).toContainText(node.hostKey().fingerprint)
    // Nobody was let in, and nothing was offered, before the key was trusted.
    expect(node.log()).not.toContain('Accepted publickey')
    await machine.getByRole('button', { name: 'Trust this key' }).click()
    await expect(machine).toContainText('Reached')
  }
  await dialog
    .getByRole('region', { name: typed, exact: true })
    .getByRole('textbox', { name: 'Name' })
    .fill('cellar')
  const role = dialog
    .getByRole('region', { name: 'attic', exact: true })
    .getByRole('textbox', { name: 'Roles' })
  await role.fill('gpu')
  await role.press('Enter')
  await dialog.getByRole('button', { name: 'Add 2 machines' }).click()

  await expect(dialog).toHaveCount(0)
  for (const name of ['attic', 'cellar']) await expect(screen.link(name)).toContainText('Online')
  expect(nodesIn(await fleetText(home))).toEqual([
    expect.objectContaining({ name: 'this-pc', local: true }),
    { name: 'attic', ssh: { alias: 'attic' }, roles: ['gpu'] },
    expect.objectContaining({ name: 'cellar', ssh: expect.objectContaining({ host: '127.0.0.3' }) }),
  ])

  // The offer does not come again, not even after a restart; the header has the way in.
  await drydock.restart()
  await expect(fleetPage(drydock.page).link('attic')).toContainText('Online')
  await expect(drydock.page.getByRole('heading', { name: 'Add your other machines' })).toHaveCount(0)
  await drydock.page.getByRole('button', { name: 'Add machines' }).click()
  await expect(rowOf(addDialog(drydock.page), 'attic')).toContainText('In the fleet as attic')
})

base('this PC alone: the offer is dismissed once and stays away', async ({ drydock }) => {
  const offer = (page: Page): Locator => page.getByRole('heading', { name: 'Add your other machines' })
  await expect(offer(drydock.page)).toBeVisible()
  await drydock.page.getByRole('button', { name: 'Dismiss' }).click()
  await drydock.restart()
  await expect(drydock.page.getByRole('button', { name: 'Add a machine' })).toBeVisible()
  await expect(offer(drydock.page)).toHaveCount(0)
})

const STEPS = { name: 'steps', command: 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.2; done' }

const changing = test.extend<{ fleet: string | null }>({
  fleet: async ({ attic, cellar }, use) =>
    use(fleetYaml({ nodes: { attic, cellar }, plans: [{ ...STEPS, on: ['attic', 'cellar'] }] })),
})

changing(
  'a node is edited, moved, disabled and removed, by keyboard, and taken back',
  async ({ page, home }) => {
    const screen = fleetPage(page)
    for (const name of ['attic', 'cellar']) await screen.trust(name)
    for (const name of ['attic', 'cellar']) await expect(screen.link(name)).toContainText('Online')

    await choose(page, 'cellar', 'Edit…')
    const edit = page.getByRole('dialog', { name: 'Edit cellar' })
    await expect(edit.getByRole('textbox', { name: 'Name' })).toBeFocused()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('attic')
    await expect(edit.getByRole('textbox', { name: 'Name' })).toHaveAccessibleDescription(
      /There is a attic already/,
    )
    await page.keyboard.press('Control+a')
    await page.keyboard.type('basement')
    await page.keyboard.press('Enter')
    await expect(edit).toHaveCount(0)
    await expect(screen.link('basement')).toContainText('Online')
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(screen.link('cellar')).toContainText('Online')

    await screen.node('cellar').focus()
    await page.keyboard.press('Alt+ArrowUp')
    await expect(async () => expect(await order(page)).toEqual(['this-pc', 'cellar', 'attic'])).toPass()
    await expect(screen.node('cellar')).toBeFocused()
    expect(nodesIn(await fleetText(home)).map(({ name }) => name)).toEqual(['this-pc', 'cellar', 'attic'])

    await choose(page, 'cellar', 'Disable')
    await expect(screen.link('cellar')).toContainText('Disabled')
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(screen.link('cellar')).toContainText('Online')

    await screen.start.click()
    await expect(screen.runRows.first()).toContainText('Running')
    await choose(page, 'attic', 'Remove…')
    const remove = page.getByRole('alertdialog', { name: 'Remove attic' })
    await expect(remove.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await remove.getByRole('button', { name: 'Remove' }).click()
    await expect(remove.getByRole('alert')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(remove).toHaveCount(0)
    await screen.stopAll()
    await expect(screen.stopResult).toHaveText(/^Nothing is left running/)
    await page.getByRole('button', { name: 'Done' }).click()

    await choose(page, 'attic', 'Remove…')
    await remove.getByRole('button', { name: 'Remove' }).click()
    await expect(screen.node('attic')).toHaveCount(0)
    expect(await fleetText(home)).not.toContain('attic')
    await expect(screen.runRows).toHaveCount(1)
  },
)

base('a machine that takes only a password gets a key by it, typed once', async ({ drydock, page }) => {
  await using user = await createSystemUser()
  base.skip(user === null, 'Only root can make a user with a password.')
  if (user === null) return
  await using node = await startSshNode({ address: '127.0.0.4', sshdConfig: OWN_USERS })
  const file = join(drydock.home, 'fleet.yaml')
  const text = await readFile(file, 'utf8')
  const line = `  - { name: pc2, ssh: { host: 127.0.0.4, port: ${node.port}, user: ${user.name} } }\n`
  await writeFile(file, text.replace('nodes:\n', `nodes:\n${line}`))

  const screen = fleetPage(page)
  await screen.trust('pc2')
  await expect(screen.link('pc2')).toContainText('Blocked')
  await screen.node('pc2').getByRole('button', { name: 'Log in…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Log in to pc2' })
  await dialog.getByRole('button', { name: 'Make a key' }).click()
  await expect(dialog.getByRole('radio', { checked: true })).toBeVisible()
  const password = dialog.getByLabel('Password on pc2')

  await password.fill('not this one')
  await dialog.getByRole('button', { name: 'Install the key' }).click()
  await expect(dialog.getByRole('alert')).toBeVisible()
  await expect(password).toHaveValue('')

  await password.fill(user.password)
  await password.press('Enter')
  await expect(dialog).toContainText('The key works; the password was not kept.')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(screen.link('pc2')).toContainText('Online')
  expect(await page.content()).not.toContain(user.password)
  expect(await readFile(join(drydock.home, 'drydock.log'), 'utf8')).not.toContain(user.password)
})

const addDialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Add machines' })

/** The row of one machine that can be picked. */
const rowOf = (dialog: Locator, name: string): Locator =>
  dialog.getByRole('listitem').filter({ has: dialog.page().getByRole('checkbox', { name, exact: true }) })

/** Opens a node's menu by keyboard and chooses an item of it. */
async function choose(page: Page, node: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${node}`, exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: item }).focus()
  await page.keyboard.press('Enter')
}

/** The nodes as they stand on the screen. */
const order = (page: Page): Promise<(string | null)[]> =>
  page.locator('section[data-link]').evaluateAll(cards => cards.map(card => card.getAttribute('aria-label')))

/** `~/.ssh/config` as somebody would have written it for this node. */
async function writeSshConfig(userHome: string, node: SshNode): Promise<void> {
  await mkdir(join(userHome, '.ssh'), { mode: 0o700, recursive: true })
  const file = join(userHome, '.ssh', 'config')
  const lines = [
    'Host attic',
    `  HostName ${node.host}`,
    `  Port ${node.port}`,
    `  User ${node.user}`,
    `  IdentityFile ${node.clientKey.path}`,
    '  IdentitiesOnly yes',
    '',
  ]
  await writeFile(file, lines.join('\n'))
  await chmod(file, 0o600)
}

const fleetText = (home: string): Promise<string> => readFile(join(home, 'fleet.yaml'), 'utf8')
const nodesIn = (text: string): readonly { readonly name: string }[] =>
  (parse(text) as { readonly nodes: readonly { readonly name: string }[] }).nodes
