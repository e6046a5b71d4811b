import { setTimeout as sleepFor } from 'node:timers/promises'
import { createEngineRig } from '../e2e/rig/engine'
import type { RigEngine } from '../e2e/rig/engine'
import type { Report } from './benchRow'
import { inChild } from './child'
import { untilOnline } from './engineNode'
import { figures } from './figures'

const NODES = 100
const SECONDS = 20

interface EngineLoad {
  readonly cpuPct: number
  readonly rssMiB: number
  /** Samples that arrived, of those that were due. */
  readonly deliveredPct: number
  readonly agesMs: readonly number[]
}

/** The engine at rest with nodes at 1 Hz, alone in its process: what it costs for as long as Drydock is open. */
export async function benchEngineLoad(report: Report): Promise<void> {
  const load = (await inChild('engineLoad', {})) as EngineLoad
  const of = `engine with ${NODES} nodes at 1 Hz`
  report(figures(`${of}: CPU`, '% of a core', [load.cpuPct], 'goal <= 2'))
  report(figures(`${of}: RSS of plain Node`, 'MiB', [load.rssMiB], 'goal <= 90'))
  report(figures(`${of}: samples delivered`, '%', [load.deliveredPct], 'goal >= 99.9'))
  report(figures(`${of}: age of a sample at the router`, 'ms', load.agesMs, 'goal p99 <= 150 on screen'))
}

/** The child's work. */
export async function loadEngine(): Promise<EngineLoad> {
  await using rig = createEngineRig()
  const node = await rig.sshNode({ sshdConfig: ['MaxStartups 100:30:200'] })
  const names = Array.from({ length: NODES }, (_, at) => `n${at + 1}`)
  const nodes = Object.fromEntries(names.map(name => [name, node]))
  const engine = await rig.open({ local: false, nodes, plans: [] })
  await untilOnline(engine, names)
  await sleepFor(3_000)
  const before = process.cpuUsage()
  const startMs = performance.now()
  const agesMs = await agesOfSamples(engine, SECONDS * 1000)
  const elapsedMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(before)
  return {
    cpuPct: (user + system) / 10 / elapsedMs,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
    deliveredPct: Math.min(100, (agesMs.length / (NODES * SECONDS)) * 100),
    agesMs,
  }
}

async function agesOfSamples(engine: RigEngine, forMs: number): Promise<number[]> {
  const over = AbortSignal.timeout(forMs)
  const ages: number[] = []
  try {
    for await (const batch of await engine.client.events(undefined, { signal: over })) {
      const nowMs = Date.now()
      for (const event of batch) if (event.type === 'sample') ages.push(nowMs - event.sample.atMs)
    }
  } catch (error) {
    if (!over.aborted) throw error
  }
  return ages
}
