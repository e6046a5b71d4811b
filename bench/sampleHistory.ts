import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NodeName } from '../src/contract/ids'
import type { GpuReading, Sample } from '../src/contract/samples'
import { createSampleHistory } from '../src/core/store/sampleHistory'
import { openStore } from '../src/core/store/store'
import type { Report } from './benchRow'
import { figures } from './figures'

const NODES = 100
const MINUTES = 24 * 60
const START_MS = 1_790_208_000_000

/** A day of 100 nodes, each with one GPU, as fast as it goes: what counting and writing costs, and how large it gets. */
export async function benchSampleHistory(report: Report): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-bench-'))
  const path = join(dir, 'drydock.db')
  const store = openStore(path)
  const clock = { atMs: START_MS, nowMs: () => clock.atMs, monotonicMs: () => 0, sleep: untilAborted }
  const history = createSampleHistory({
    store,
    clock,
    hasNode: () => true,
    onStoreTrouble: fail,
    onCrash: (_name, error) => fail(error),
  })
  const nodes = Array.from({ length: NODES }, (_, index) => NodeName.parse(`node-${index + 1}`))
  const writesMs: number[] = []
  const before = process.cpuUsage()
  for (let second = 0; second < MINUTES * 60; second += 1) {
    clock.atMs = START_MS + second * 1000
    for (const node of nodes) {
      history.addSample(sample(node, clock.atMs, second))
      history.addGpu(gpu(node, clock.atMs, second))
    }
    if (second % 10 !== 0) continue
    const beganMs = performance.now()
    history.write()
    writesMs.push(performance.now() - beganMs)
  }
  const { user, system } = process.cpuUsage(before)
  const cpuPct = (user + system) / 10_000 / (MINUTES * 60)
  const readsMs = nodes.map(node => {
    const beganMs = performance.now()
    history.read(node, 'day')
    return performance.now() - beganMs
  })
  await history[Symbol.asyncDispose]()
  store[Symbol.dispose]()
  const of = `history of ${NODES} nodes`
  report(figures(`${of}: CPU`, '% of a core', [cpuPct], 'goal < 1'))
  report(figures(`${of}: one write`, 'ms', writesMs, 'every 10 s'))
  report(figures(`${of}: a day of one node`, 'ms', readsMs, 'read while its screen is open'))
  report(figures(`${of}: file`, 'MiB', [statSync(path).size / 2 ** 20], 'a day and an hour, 9 series a node'))
  rmSync(dir, { recursive: true })
}

const untilAborted = (_ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))

function fail(error: unknown): void {
  if (error !== null) throw error
}

const sample = (node: NodeName, atMs: number, second: number): Sample => ({
  node,
  atMs,
  cpuPct: second % 100,
  cpuThreads: 16,
  memUsedMiB: 10_000 + (second % 5_000),
  memTotalMiB: 32_000,
  swapUsedMiB: 0,
  swapTotalMiB: 4_096,
  load1: 1,
  load5: 1,
  load15: 1,
  disk: { mount: '/', usedMiB: 60_000, totalMiB: 100_000, freeMiB: 40_000 },
  mounts: null,
  diskReadBytesPerS: second,
  diskWrittenBytesPerS: 2 * second,
  cpuTempC: null,
  netReceivedBytesPerS: 3 * second,
  netSentBytesPerS: 4 * second,
  uptimeS: second,
  roundTripMs: 1,
})

const gpu = (node: NodeName, atMs: number, second: number): GpuReading => ({
  node,
  atMs,
  state: 'ok',
  vendor: 'nvidia',
  gpus: [
    {
      index: 0,
      uuid: null,
      name: null,
      utilPct: second % 100,
      memUsedMiB: 6_000,
      memTotalMiB: 8_192,
      tempC: null,
      powerW: null,
      powerLimitW: null,
      fanPct: null,
      clockMHz: null,
      isMig: false,
    },
  ],
  holders: null,
  driver: null,
  compute: null,
  message: null,
  hint: null,
})
