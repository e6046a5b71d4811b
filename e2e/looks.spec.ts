import type { Locator, Page } from '@playwright/test'
import { parse, stringify } from 'yaml'
import { test as plain } from './app'
import { expect, test as fleetTest } from './fleetApp'
import { fleetPage } from './pages/fleetPage'
import { areForDocs, picture, pictureForDocs, SIZES } from './pictures'
import type { StubCard } from './rig/stubGpu'

// Pictures of the real app at work, and what can be measured of its looks. `DRYDOCK_PICTURES=docs` takes those of the
// documents: it lets the run and the histories grow for some minutes first.

const CARD: StubCard = {
  index: 0,
  uuid: 'GPU-00000000-0000-4000-8000-000000000001',
  name: 'NVIDIA GeForce RTX 3070',
  driver_version: '550.54.14',
  'utilization.gpu': 76,
  'memory.used': 6349,
  'memory.total': 8192,
  'temperature.gpu': 68,
  'power.draw': 187.4,
  'power.limit': 220,
}

/** The three nodes of the rig share one machine, so each takes less of its thread than the sample's own share. */
const kelly = (iterations: number, paths: number) => ({
  command: `python3 -c 'import sys, kelly; kelly.DUTY = 0.4; sys.exit(kelly.main())' --iterations ${iterations} --paths ${paths} --seed {{worker}}`,
  track: { workdir: 'sample:kelly-monte-carlo', env: { OMP_NUM_THREADS: '1' } },
})
const ROLES: Readonly<Record<string, readonly string[]>> = {
  'this-pc': ['trader'],
  pc2: ['gpu', 'ray-worker'],
  pc3: ['cpu'],
}

const test = fleetTest.extend({
  planned: {
    plans: [
      { name: 'kelly-monte-carlo', ...kelly(2000, areForDocs ? 40 : 2) },
      { name: 'kelly-short', ...kelly(200, 1) },
      {
        name: 'holds-on',
        command: `trap '' TERM; echo "holds on until it is killed"; while :; do sleep 1; done`,
        on: ['pc2', 'pc3'],
        graceSeconds: 8,
      },
    ],
  },
  fleet: async ({ fleet }, use) => {
    const written = parse(fleet ?? '') as { nodes: readonly { name: string }[] }
    const nodes = written.nodes.map(node => ({
      ...node,
      roles: ROLES[node.name],
      target: { cpu: 75, gpu: 75, vram: 75, tolerance: 10 },
    }))
    await use(stringify({ ...written, nodes }))
  },
})

plain('the first start is one press away from a training', async ({ drydock }) => {
  plain.setTimeout(600_000)
  const screen = fleetPage(drydock.page)
  await expect(screen.gauge('this-pc', 'CPU')).toHaveAttribute('aria-valuenow', /\d/)
  await historyFilled(drydock.page)
  await picture(drydock, 'first-start', SIZES, nothingSticksOut)
  await pictureForDocs(drydock, 'first-start')
  await expect(screen.start).toBeEnabled()
  await expect(drydock.page.getByText('Press START TRAINING to run')).toHaveCount(2)
})

test('a day on three nodes, from the first key to the proof of a stop', async ({
  fleetScreen,
  nodes,
  drydock,
}) => {
  test.setTimeout(areForDocs ? 1_200_000 : 300_000)
  const { page } = drydock
  await nodes.pc2.gpu?.setCards([CARD])
  await fleetScreen.hostKeyDialog('pc2').waitFor()
  await picture(drydock, 'host-key', SIZES, nothingSticksOut)
  for (const name of ['pc2', 'pc3']) await fleetScreen.trust(name)
  for (const name of ['pc2', 'pc3']) await expect(fleetScreen.link(name)).toContainText('Online')
  await picture(drydock, 'ready', SIZES, nothingSticksOut)

  await start(fleetScreen, 'kelly-short')
  await expect(fleetScreen.runRows.first()).toContainText('Succeeded', { timeout: 100_000 })
  await start(fleetScreen, 'kelly-monte-carlo')
  await expect(fleetScreen.logs).toContainText('step ')
  await fleetScreen.stopAll()
  await done(page)
  await start(fleetScreen, 'kelly-monte-carlo')
  await progressAtLeast(fleetScreen.runRows.first(), areForDocs ? 60 : 20)
  await page.mouse.move(0, 0)
  await pictureForDocs(drydock, 'fleet')
  await picture(drydock, 'fleet', SIZES, async () => {
    await nothingSticksOut(page)
    await rowsAreOneLine(fleetScreen.runRows)
  })
  expect(await figureWidths(page)).toEqual({ uneven: [] })

  for (const name of ['Runs', 'Results', 'Logs', 'Settings']) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click()
    if (name === 'Runs')
      await page
        .getByRole('button', { name: /Show the workers/ })
        .first()
        .click()
    await picture(drydock, name.toLowerCase(), SIZES, nothingSticksOut)
  }
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Fleet' }).click()
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor()
  await picture(drydock, 'palette', SIZES, nothingSticksOut)
  await page.keyboard.press('Escape')

  await fleetScreen.stop.click()
  await picture(drydock, 'stop', SIZES, nothingSticksOut)
  await fleetScreen.stopDialog.getByRole('button', { name: 'Stop now' }).click()
  await fleetScreen.stopResult.getByText('Nothing is left running').waitFor()
  await pictureForDocs(drydock, 'stopped')
  await picture(drydock, 'stopped', SIZES, nothingSticksOut)
  await done(page)
})

test('trouble: a stop that is held up, a driver that hangs, a node that is gone, a mode to leave', async ({
  trusted: fleetScreen,
  nodes,
  drydock,
}) => {
  test.setTimeout(300_000)
  const { page } = drydock
  await start(fleetScreen, 'holds-on')
  await expect(fleetScreen.logs).toContainText('holds on')
  await fleetScreen.stop.click()
  await fleetScreen.stopDialog.getByRole('button', { name: 'Stop now' }).click()
  await expect(fleetScreen.stopDialog).toContainText(/Still closing/)
  await picture(drydock, 'stopping', SIZES, nothingSticksOut)
  await fleetScreen.stopResult.getByText('Nothing is left running').waitFor()
  await done(page)

  const before = await gaugeTops(page)
  await nodes.pc2.gpu?.setMode('hang')
  await expect(fleetScreen.gauge('pc2', 'GPU 0')).toHaveAttribute('aria-valuetext', 'not reported', {
    timeout: 30_000,
  })
  await picture(drydock, 'gpu-hung', SIZES, nothingSticksOut)
  const after = await gaugeTops(page)
  expect(after['pc2 Disk']).toBe(after['this-pc Disk'])
  expect(height(after, 'pc2')).toBeLessThan(height(before, 'pc2') + 4)

  await nodes.pc2.kill()
  await expect(fleetScreen.link('pc2')).toContainText(/^Unreachable/)
  await picture(drydock, 'offline', SIZES, nothingSticksOut)
  await fleetScreen.dryRun.click()
  await page.getByRole('alertdialog').waitFor()
  await picture(drydock, 'leave-safe', SIZES, nothingSticksOut)
})

async function start(screen: ReturnType<typeof fleetPage>, plan: string): Promise<void> {
  await screen.choosePlan(plan)
  await screen.start.click()
  await expect(screen.runRows.first()).toContainText('Running')
}

const done = (page: Page): Promise<void> => page.getByRole('button', { name: 'Done' }).click()

async function progressAtLeast(row: Locator, percent: number): Promise<void> {
  const bar = row.getByRole('progressbar')
  await expect
    .poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 900_000 })
    .toBeGreaterThan(percent)
}

/** The line under a gauge is five minutes long. */
async function historyFilled(page: Page): Promise<void> {
  if (areForDocs)
    await page.waitForFunction(() => performance.now() > 305_000, undefined, { timeout: 400_000 })
}

/** No scrolling of the window, and what must be at hand is inside it, whatever its size. */
async function nothingSticksOut(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    page: [
      document.documentElement.scrollWidth - innerWidth,
      document.documentElement.scrollHeight - innerHeight,
    ],
    // Wider than its place, and not because it may scroll: it would be cut.
    cut: [...document.querySelectorAll('.header, nav, footer, [role=dialog], [role=alertdialog], .card')]
      .filter(element => element.scrollWidth > element.clientWidth + 1)
      .map(element => element.className),
    out: [...document.querySelectorAll('.header button, .header [role=switch], [role=alertdialog] button')]
      .map(element => element.getBoundingClientRect())
      .filter(
        ({ left, right, top, bottom }) => left < 0 || top < 0 || right > innerWidth || bottom > innerHeight,
      ).length,
  }))
  expect(found).toEqual({ page: [0, 0], cut: [], out: 0 })
}

async function rowsAreOneLine(rows: Locator): Promise<void> {
  const heights = await rows.evaluateAll(all =>
    all.map(row => Math.round(row.getBoundingClientRect().height)),
  )
  expect(Math.max(...heights)).toBeLessThanOrEqual(33)
}

/** Where numbers change, every figure is as wide as any other, or what stands beside them would jump. */
async function figureWidths(page: Page): Promise<{ uneven: readonly string[] }> {
  return page.evaluate(() => {
    const widths = new Map<string, Set<number>>()
    const places =
      '[role=meter], footer, [role=progressbar] + *, td.num, output[aria-label$=" link"], .work-end'
    for (const place of document.querySelectorAll(places)) {
      const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT)
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const look = getComputedStyle(node.parentElement ?? place)
        const text = node.textContent ?? ''
        for (let at = 0; at < text.length; at += 1) {
          if (!/\d/.test(text[at] ?? '')) continue
          const range = document.createRange()
          range.setStart(node, at)
          range.setEnd(node, at + 1)
          const { width } = range.getBoundingClientRect()
          const font = `${look.fontFamily.split(',')[0]} ${look.fontWeight} ${look.fontSize}`
          if (width > 0) widths.set(font, (widths.get(font) ?? new Set()).add(Math.round(width * 10)))
        }
      }
    }
    const isUneven = ([, found]: [string, Set<number>]): boolean =>
      Math.max(...found) - Math.min(...found) > 1
    return { uneven: [...widths].filter(isUneven).map(([font, found]) => `${font}: ${[...found].join(' ')}`) }
  })
}

/** Where each gauge's box begins, from its name. */
async function gaugeTops(page: Page): Promise<Readonly<Record<string, number>>> {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll('.gauge')].map(gauge => [
        `${gauge.closest('[aria-label]')?.getAttribute('aria-label')?.split(' ')[0]} ${gauge.getAttribute('data-gauge')}`,
        Math.round(gauge.getBoundingClientRect().top),
      ]),
    ),
  )
}

const height = (tops: Readonly<Record<string, number>>, node: string): number =>
  (tops[`${node} Disk`] ?? 0) - (tops[`${node} CPU`] ?? 0)
