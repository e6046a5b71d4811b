import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test as base } from './app'
import { fleetPage } from './pages/fleetPage'
import { picture } from './pictures'
import type { ManyNodes } from './rig/manyNodes'
import { startManyNodes } from './rig/manyNodes'

const NODES = 50
const SERVERS = 5
/** Fifty logins on a small machine that has other work. */
const UP_MS = 90_000

/** A real app on fifty real SSH nodes, whose keys an earlier session has accepted. */
const test = base.extend<{ many: ManyNodes }>({
  many: async ({}, use) => {
    await using many = await startManyNodes({ count: NODES, servers: SERVERS, serversWithGpu: 2 })
    await use(many)
  },
  fleet: async ({ many }, use) => use(many.fleet),
})

test('fifty nodes: a table in the fleet’s order, filters, a rack that goes and comes', async ({
  drydock,
  many,
}) => {
  test.setTimeout(300_000)
  await drydock.quit()
  await writeFile(join(drydock.home, 'known_hosts'), many.knownHosts)
  await drydock.start()
  const { page } = drydock
  const fleet = fleetPage(page)
  const chip = (name: RegExp) => page.getByRole('button', { name })

  await test.step('all come online without one login refused, and measure', async () => {
    await expect(page.getByText('50/50 online')).toBeVisible({ timeout: UP_MS })
    expect(await rowNames(page)).toEqual(many.names)
    for (const server of many.servers) expect(server.node.log()).not.toMatch(/drop connection|MaxStartups/)
    for (const name of ['node-01', 'node-26', 'node-50'])
      await expect(fleet.gauge(name, 'CPU')).toHaveAttribute('aria-valuenow', /\d/)
    await expect(fleet.gauge('node-01', 'GPU 0')).toHaveAttribute('aria-valuenow', /\d/)
    await picture(drydock, 'many', SIZES)
  })

  await test.step('chips and words narrow them down', async () => {
    await chip(/^gpu 20$/).click()
    expect(await rowNames(page)).toEqual(many.names.slice(0, 20))
    await page.locator('body').press('/')
    await page.keyboard.type('rack-2')
    await expect(page.getByText('10 of 50 nodes')).toBeVisible()
    expect(await rowNames(page)).toEqual(many.servers[1]?.names)
    await page.keyboard.press('Escape')
    await chip(/^All 50$/).click()
    expect(await rowNames(page)).toEqual(many.names)
  })

  await test.step('one server dies: its ten nodes are unreachable and listed, the order stays, the rest goes on', async () => {
    const rack = many.servers[2]
    if (rack === undefined) throw new Error('no third server')
    await rack.node.kill()
    await expect(chip(/^Unreachable 10$/)).toBeVisible({ timeout: 30_000 })
    expect(await rowNames(page)).toEqual(many.names)
    await expect(page.getByRole('alert').filter({ hasText: '10 nodes unreachable' })).toBeVisible()
    const [first = ''] = rack.names
    await expect(fleet.link(first)).toHaveText(/^Unreachable for .*(next try in|trying now)/)
    await expect(fleet.node(first).getByRole('button', { name: 'Reconnect now' })).toBeVisible()
    await expect(fleet.node(first)).toContainText(/\d+\s(s|min) ago/)
    await stillMeasures(
      page,
      many.names.filter(name => !rack.names.includes(name)),
    )
    await picture(drydock, 'many-rack-gone', SIZES)
    await chip(/^Unreachable 10$/).click()
    expect(await rowNames(page)).toEqual(rack.names)
    await chip(/^All 50$/).click()
    await rack.node.start()
    await page.getByRole('button', { name: 'Reconnect all 10' }).click()
    await expect(page.getByText('50/50 online')).toBeVisible({ timeout: UP_MS })
    expect(await rowNames(page)).toEqual(many.names)
    await expect(chip(/^Unreachable/)).toHaveCount(0)
  })

  await test.step('the heat strip and groups, by the keyboard too', async () => {
    await page.getByRole('button', { name: 'Heat strip' }).click()
    await page.getByRole('combobox', { name: 'Group nodes' }).selectOption({ label: 'By gpu, cpu' })
    await expect(page.getByRole('button', { name: 'gpu', exact: true })).toHaveAttribute(
      'aria-expanded',
      'true',
    )
    await fleet.node('node-01').focus()
    await page.keyboard.press('ArrowRight')
    await expect(fleet.node('node-02')).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect(fleet.node('node-02')).not.toBeFocused()
    await picture(drydock, 'many-heat', SIZES)
    await drydock.restart()
    await expect(drydock.page.getByText('50/50 online')).toBeVisible({ timeout: UP_MS })
    // Chosen once, and remembered.
    await expect(drydock.page.getByRole('combobox', { name: 'What cells show' })).toBeVisible()
  })
})

const SIZES = [
  [1440, 900],
  [1100, 700],
] as const

/** The regions of nodes from top to bottom, as they stand in the page. */
async function rowNames(page: Page): Promise<readonly string[]> {
  return page
    .locator('[data-node]')
    .evaluateAll(all => all.map(region => region.getAttribute('aria-label') ?? ''))
}

/** Every one of them gets readings that it had not before: RAM or CPU of a machine at work do not stand still for long. */
async function stillMeasures(page: Page, names: readonly string[]): Promise<void> {
  const tips = (): Promise<Readonly<Record<string, string>>> =>
    page
      .locator('[data-node]')
      .evaluateAll(all =>
        Object.fromEntries(
          all.map(region => [
            region.getAttribute('aria-label') ?? '',
            [...region.querySelectorAll('[data-tip]')].map(tip => tip.getAttribute('data-tip')).join(),
          ]),
        ),
      )
  const before = await tips()
  await expect
    .poll(
      async () => {
        const now = await tips()
        return names.filter(name => now[name] === before[name])
      },
      { timeout: 30_000 },
    )
    .toEqual([])
}
