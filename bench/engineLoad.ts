import { setTimeout as sleepFor } from 'node:timers/promises'
import { createEngineRig } from '../e2e/rig/engine'
import type { FleetEvent } from '../src/contract/events'
import type { Report } from './benchRow'
import { inChild } from './child'
import { untilOnline } from './engineNode'
import { figures } from './figures'

const NODES = 100
const SECONDS = 20
/** A hundred logins and the compiler's work after them belong to the start, not to the hours that follow. */
const WARM_UP_MS = 15_000

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
  const ages = createAges()
  const engine = await rig.open({ local: false, nodes, plans: [] }, { onBatch: batch => ages.take(batch) })
  await untilOnline(engine, names)
  await sleepFor(WARM_UP_MS)
  const before = process.cpuUsage()
  const startMs = performance.now()
  ages.restart()
  await sleepFor(SECONDS * 1000)
  const { agesMs, due } = ages.soFar()
  const elapsedMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(before)
  return {
    cpuPct: (user + system) / 10 / elapsedMs,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
    deliveredPct: (agesMs.length / due) * 100,
    agesMs,
  }
}

/** How old every sample was when it came out of the router, and how many were due. One reader, as in the app. */
function createAges() {
  let agesMs: number[] = []
  let spans = new Map<string, { readonly firstMs: number; lastMs: number }>()
  return {
    take(batch: readonly FleetEvent[]): void {
      const nowMs = Date.now()
      for (const event of batch) {
        if (event.type !== 'sample') continue
        const { node, atMs } = event.sample
        agesMs.push(nowMs - atMs)
        const span = spans.get(node) ?? { firstMs: atMs, lastMs: atMs }
        span.lastMs = atMs
        spans.set(node, span)
      }
    },
    restart(): void {
      agesMs = []
      spans = new Map()
    },
    /** Due is one a second between a node's first and last, and all of them from a node that was not heard of. */
    soFar() {
      const heard = [...spans.values()].map(
        ({ firstMs, lastMs }) => Math.round((lastMs - firstMs) / 1000) + 1,
      )
      const due = heard.reduce((sum, one) => sum + one, (NODES - heard.length) * SECONDS)
      return { agesMs, due }
    },
  }
}
