import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, SAMPLE, test } from './fleetApp'
import type { Drydock } from './app'
import { fleetPage } from './pages/fleetPage'
import { commandLines, markedProcesses } from './rig/marked'

const COUNT_TO = 600
const COUNTING = `i=0; while [ $i -lt ${COUNT_TO} ]; do i=$((i+1)); echo "line $i of {{node}}"; echo "{\\"drydock\\":\\"progress\\",\\"step\\":$i,\\"total\\":${COUNT_TO}}"; sleep 0.05; done`
const ESCAPING = `(setsid sh -c 'env -i sleep 900 &' &); setsid setsid sleep 901 & env -i sleep 902 & exec sleep 903`

test.use({
  planned: {
    plans: [
      SAMPLE,
      { name: 'counting', command: COUNTING },
      { name: 'escaping', command: ESCAPING, graceSeconds: 3 },
      {
        name: 'stubborn',
        command: `trap '' TERM; echo up; while :; do sleep 1; done`,
        on: ['this-pc'],
        graceSeconds: 2,
      },
    ],
  },
})

async function onlyRun(drydock: Drydock): Promise<string> {
  const [run = ''] = await readdir(join(drydock.home, 'logs'))
  return run
}

test('shows live gauges of every node within two seconds of its link', async ({ trusted: fleetScreen }) => {
  for (const node of ['this-pc', 'pc2', 'pc3']) {
    for (const gauge of ['CPU', 'RAM', 'Disk']) {
      await expect(fleetScreen.gauge(node, gauge)).toHaveAttribute('aria-valuenow', /^\d+(\.\d+)?$/, {
        timeout: 2_000,
      })
    }
  }
  await expect(fleetScreen.gauge('pc2', 'GPU 0')).toHaveAttribute('aria-valuenow', /^\d+(\.\d+)?$/)
  await expect(fleetScreen.gauge('pc2', 'VRAM 0')).toHaveAttribute('aria-valuenow', /^\d+(\.\d+)?$/)
  await expect(fleetScreen.node('pc3')).toContainText('No NVIDIA GPU found on this node')
  await expect(fleetScreen.gauge('pc3', 'GPU 0')).toHaveCount(0)
})

test('trains the sample on this PC and two SSH nodes: progress, logs, results', async ({
  trusted: fleetScreen,

  drydock,
}) => {
  await fleetScreen.start.click()
  const row = fleetScreen.runRows.first()
  await expect(row).toContainText('kelly-monte-carlo')
  await expect(row).toContainText('Running')
  await expect(row).toContainText('SAFE')
  await expect(fleetScreen.logs).toContainText('S&P 500')
  await expect(row.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /\d/)
  await expect(row).toContainText('Succeeded', { timeout: 110_000 })
  await expect(row).toContainText('6,000/6,000')
  await expect(fleetScreen.results).toContainText('SPX kelly 0.50')
  await expect(fleetScreen.resultRows).toHaveCount(18)
  const run = await onlyRun(drydock)
  for (const worker of ['bots-1', 'bots-2', 'bots-3']) {
    const log = await readFile(join(drydock.home, 'logs', run, `${worker}.log`), 'utf8')
    expect(log).toContain('{"drydock":"progress","step":2000,"total":2000}')
  }
  expect(markedProcesses(run)).toEqual([])
})

test('STOP ends with a proof, children that tried to get away included', async ({
  trusted: fleetScreen,

  drydock,
}) => {
  await fleetScreen.choosePlan('escaping')
  await fleetScreen.start.click()
  await expect(fleetScreen.runRows.first()).toContainText('Running')
  const run = await onlyRun(drydock)
  await expect.poll(() => escaped().length).toBe(9)
  await fleetScreen.stopAll()
  await expect(fleetScreen.stopResult).toHaveText(/^Nothing is left running/)
  for (const node of ['this-pc', 'pc2', 'pc3']) await expect(fleetScreen.stopDialog).toContainText(node)
  expect(markedProcesses(run)).toEqual([])
  expect(escaped()).toEqual([])
  await fleetScreen.stopDialog.getByRole('button', { name: 'Done' }).click()
  await expect(fleetScreen.runRows.first()).toContainText('Stopped')
})

test('shows who still closes and kills at the end of the grace', async ({ trusted: fleetScreen }) => {
  await fleetScreen.choosePlan('stubborn')
  await fleetScreen.start.click()
  await expect(fleetScreen.logs).toContainText('up')
  await fleetScreen.stop.click()
  await fleetScreen.stopDialog.getByRole('button', { name: 'Stop now' }).click()
  await expect(fleetScreen.stopDialog).toContainText(/Still closing|left/)
  await expect(fleetScreen.stopResult).toHaveText(/^Nothing is left running/)
  await expect(fleetScreen.stopDialog).toContainText('KILL after 2 s')
})

test('a run outlives the app: killed hard and started again, it is adopted with its whole log', async ({
  trusted: fleetScreen,

  drydock,
}) => {
  await fleetScreen.choosePlan('counting')
  await fleetScreen.start.click()
  await expect(fleetScreen.logs).toContainText(/line \d\d of this-pc/)
  const run = await onlyRun(drydock)
  await drydock.killHard()
  expect(markedProcesses(run).length).toBeGreaterThan(0)
  await drydock.start()
  const again = fleetPage(drydock.page)
  await expect(again.runRows.first()).toContainText('Running')
  await expect(again.runRows.first()).toContainText('Succeeded', { timeout: 60_000 })
  await expect(again.runRows.first()).toContainText('1,800/1,800')
  for (const [i, node] of ['this-pc', 'pc2', 'pc3'].entries()) {
    const log = await readFile(join(drydock.home, 'logs', run, `bots-${i + 1}.log`), 'utf8')
    const lines = log.split('\n').filter(line => line.startsWith('line '))
    expect(lines).toEqual(Array.from({ length: COUNT_TO }, (_, at) => `line ${at + 1} of ${node}`))
  }
})

test('two presses start one run, and STOP is off while nothing runs', async ({
  trusted: fleetScreen,

  drydock,
}) => {
  await expect(fleetScreen.stop).toBeDisabled()
  await fleetScreen.choosePlan('counting')
  await fleetScreen.start.dblclick()
  await expect(fleetScreen.runRows.first()).toContainText('Running')
  await expect(fleetScreen.start).toBeDisabled()
  await expect(fleetScreen.start).toHaveAccessibleDescription(/already running/)
  expect(await readdir(join(drydock.userHome, '.drydock', 'runs'))).toHaveLength(1)
  await fleetScreen.stopAll()
})

/** The sleeps of the escaping plan, whatever they carry. */
function escaped(): string[] {
  return commandLines().filter(command => /^sleep 90[123]$/.test(command))
}
