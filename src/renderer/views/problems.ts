import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { Link, NodeView } from '../../contract/nodes'
import type { Run } from '../../contract/runs'
import { clockTime, diskSize, percent } from '../format'
import type { FleetState } from '../state/fleetStore'
import { percentOf } from '../state/history'
import { isLoud } from './modeWords'
import type { RingOf } from './nodeReadings'
import { isActive, type NodeWork } from './nodeWork'

/** The one button a problem comes with. */
export type ProblemButton =
  | { readonly does: 'reconnect'; readonly node: NodeName }
  | { readonly does: 'review-key'; readonly node: NodeName }
  | { readonly does: 'show-log'; readonly run: RunId; readonly worker: WorkerId | null }
  | { readonly does: 'back-to-safe' }
  | { readonly does: 'orders-off' }

/** Something that somebody should look at: what happened, the likely cause, the fix. */
export interface Problem {
  /** The same as long as it is the same trouble. */
  readonly id: string
  readonly severity: 'err' | 'warn'
  readonly node: NodeName | null
  readonly what: string
  /** The same in a few words, for the line that lists many. */
  readonly brief: string
  readonly cause: string | null
  readonly fix: string | null
  readonly buttons: readonly ProblemButton[]
  /** How it is put away: by the engine, on this screen only, or not at all while it lasts. */
  readonly closes: 'engine' | 'screen' | 'never'
}

/** A run that ended badly is news for this long. */
const NEWS_MS = 15 * 60_000
/** Idle or over the limit for this many seconds without a pause: trouble and not a moment. */
const SUSTAINED_S = 60
const IDLE_BELOW_PCT = 10

/** All that is wrong, worst first, otherwise in the fleet's order. Pure but for the rings, which it only reads. */
export function problemsOf(
  state: FleetState,
  work: ReadonlyMap<NodeName, NodeWork>,
  ringsOf: (node: NodeName) => RingOf,
  nowMs: number,
): readonly Problem[] {
  const found = [
    ...modeProblems(state),
    ...state.alerts.map(fromAlert),
    ...state.nodes.flatMap(node => linkProblems(node, work.get(node.name))),
    ...state.nodes.flatMap(node =>
      machineProblems(state, node, ringsOf(node.name), work.get(node.name), nowMs),
    ),
    ...state.runs.flatMap(run => runProblems(run, nowMs)),
  ]
  return [...found.filter(one => one.severity === 'err'), ...found.filter(one => one.severity === 'warn')]
}

function modeProblems({ mode }: FleetState): Problem[] {
  const { name, remark, flags } = mode
  if (remark === null) return []
  const isLoudMode = isLoud(name)
  const button: ProblemButton = { does: flags.dryRun ? 'orders-off' : 'back-to-safe' }
  return [
    problem({
      id: `mode ${name} ${remark}`,
      severity: isLoudMode ? 'err' : 'warn',
      what: `Run mode ${name}: ${remark}`,
      fix: isLoudMode ? 'Guarded like LIVE until all of them agree.' : null,
      buttons: flags.dryRun && !flags.allowOrders ? [] : [button],
      closes: isLoudMode ? 'never' : 'screen',
    }),
  ]
}

function fromAlert(alert: FleetState['alerts'][number]): Problem {
  return problem({
    id: alert.id,
    severity: alert.severity === 'error' ? 'err' : 'warn',
    node: alert.node,
    what: alert.what,
    cause: alert.cause,
    fix: alert.fix,
    buttons: alert.run === null ? [] : [{ does: 'show-log', run: alert.run, worker: null }],
    closes: 'engine',
  })
}

function linkProblems(node: NodeView, work: NodeWork | undefined): Problem[] {
  const { name, link } = node
  if (link.state === 'blocked') return blockProblems(name, link)
  if (link.state !== 'unreachable') return []
  return [
    problem({
      id: `link ${name} ${link.sinceMs}`,
      severity: work === undefined ? 'warn' : 'err',
      node: name,
      what: `${name} is unreachable since ${clockTime(link.sinceMs)}`,
      brief: `${name} unreachable`,
      cause: sentence(link.message),
      fix:
        work === undefined
          ? link.hint
          : `${sentence(link.hint)} Its workers may still run; nothing is assumed.`,
      buttons: [{ does: 'reconnect', node: name }],
    }),
  ]
}

function blockProblems(name: NodeName, { sinceMs, reason }: Extract<Link, { state: 'blocked' }>): Problem[] {
  const blocked = { id: `blocked ${name} ${sinceMs}`, node: name, brief: `${name} blocked` }
  const buttons: readonly ProblemButton[] = [{ does: 'reconnect', node: name }]
  switch (reason.kind) {
    case 'host-key-unknown':
      return [
        problem({
          ...blocked,
          severity: 'warn',
          what: `${name} waits for your word on its host key`,
          cause: 'This key was never seen before.',
          buttons: [{ does: 'review-key', node: name }],
        }),
      ]
    case 'host-key-refused':
      return [
        problem({
          ...blocked,
          severity: 'warn',
          what: `${name}: its host key was refused`,
          cause: 'Nothing is sent to it.',
          fix: 'Reconnect to be asked again.',
          buttons,
        }),
      ]
    case 'auth':
    case 'unusable':
      return [
        problem({
          ...blocked,
          severity: 'err',
          what: `${name} is blocked`,
          cause: sentence(reason.message),
          fix: reason.hint,
          buttons,
        }),
      ]
    case 'host-key-changed':
      // Has a panel of its own, with both fingerprints.
      return []
    default:
      return reason satisfies never
  }
}

function machineProblems(
  state: FleetState,
  node: NodeView,
  ringOf: RingOf,
  work: NodeWork | undefined,
  nowMs: number,
): Problem[] {
  if (node.link.state !== 'online') return []
  const gpuNames = (state.gpus[node.name]?.gpus ?? []).map(gpu => `${gpu.index}`)
  const rings = { cpu: ringOf('CPU'), gpus: gpuNames.map(name => ringOf(`GPU ${name}`)) }
  return [
    ...diskProblems(state, node),
    ...limitProblems(node, gpuNames, ringOf),
    ...idleProblems(node, rings, work, nowMs),
  ]
}

function diskProblems(state: FleetState, { name, limit }: NodeView): Problem[] {
  const disk = state.samples[name]?.disk ?? null
  const usedPct = disk === null ? null : percentOf(disk.usedMiB, disk.totalMiB)
  if (disk === null || usedPct === null || Math.round(usedPct) < limit.disk) return []
  return [
    problem({
      id: `disk ${name}`,
      severity: 'err',
      node: name,
      what: `${name}: disk ${percent(usedPct)} full, ${diskSize(disk.freeMiB)} free`,
      brief: `${name} disk ${percent(usedPct)}`,
      cause: `Limit ${percent(limit.disk)}, ${disk.mount}.`,
      fix: 'Old run folders are under the node’s state folder.',
      closes: 'screen',
    }),
  ]
}

/** Without a figure that moves: an alert that changes every second would be read out every second. */
function limitProblems({ name, limit }: NodeView, gpuNames: readonly string[], ringOf: RingOf): Problem[] {
  const gauges: readonly (readonly [string, number])[] = [
    ['RAM', limit.ram],
    ...gpuNames.map(gpu => [`GPU ${gpu}`, limit.gpu] as const),
    ...gpuNames.map(gpu => [`VRAM ${gpu}`, limit.vram] as const),
  ]
  return gauges.flatMap(([gauge, limitPct]) =>
    sustainedS(ringOf(gauge), reading => Math.round(reading) >= limitPct) < SUSTAINED_S
      ? []
      : [
          problem({
            id: `limit ${name} ${gauge}`,
            severity: 'warn',
            node: name,
            what: `${name}: ${gauge} over its limit of ${percent(limitPct)}`,
            brief: `${name} ${gauge} over ${percent(limitPct)}`,
            cause: 'For more than a minute.',
            closes: 'screen',
          }),
        ],
  )
}

function idleProblems(
  node: NodeView,
  rings: BusyRings,
  work: NodeWork | undefined,
  nowMs: number,
): Problem[] {
  if (work === undefined || work.state !== 'running') return []
  const idleS = idleSecondsOf(rings)
  if (idleS < SUSTAINED_S) return []
  const lastStep = work.lastStepAtMs === null ? '' : ` Its last step came at ${clockTime(work.lastStepAtMs)}.`
  return [
    problem({
      id: `idle ${node.name} ${work.run}`,
      severity: 'warn',
      node: node.name,
      what: `${node.name} is assigned but idle`,
      brief: `${node.name} idle while assigned`,
      cause: `CPU and GPU below ${percent(IDLE_BELOW_PCT)} since ${clockTime(nowMs - idleS * 1000).slice(0, 5)}.${lastStep}`,
      buttons: [{ does: 'show-log', run: work.run, worker: work.worker }],
      closes: 'screen',
    }),
  ]
}

interface BusyRings {
  readonly cpu: Float32Array | undefined
  readonly gpus: readonly (Float32Array | undefined)[]
}

/** How long CPU and every GPU have been idle together. */
const idleSecondsOf = ({ cpu, gpus }: BusyRings): number =>
  Math.min(...[cpu, ...gpus].map(ring => sustainedS(ring, reading => reading < IDLE_BELOW_PCT)))

/** How many of the newest readings in a row are so. A reading that is missing ends the row. */
function sustainedS(ring: Float32Array | undefined, isSo: (reading: number) => boolean): number {
  if (ring === undefined) return 0
  let seconds = 0
  while (seconds < ring.length && isSo(ring[ring.length - 1 - seconds] ?? Number.NaN)) seconds += 1
  return seconds
}

function runProblems(run: Run, nowMs: number): Problem[] {
  const isNews = run.endedAtMs !== null && nowMs - run.endedAtMs < NEWS_MS
  const isBad = run.state === 'failed' || run.state === 'lost'
  const isUnseen = run.state === 'unknown' && isActive(run.state)
  if (!(isBad && isNews) && !isUnseen) return []
  const at = run.state === 'unknown' ? oldestSince(run) : (run.endedAtMs ?? nowMs)
  return [
    problem({
      id: `run ${run.id} ${run.state}`,
      severity: isUnseen ? 'warn' : 'err',
      what: isUnseen
        ? `${run.plan} cannot be seen since ${clockTime(at)}`
        : `${run.plan} ${run.state === 'failed' ? 'failed' : 'was lost'} at ${clockTime(at)}`,
      brief: `${run.plan} ${run.state}`,
      cause: run.detail === null ? null : sentence(run.detail),
      fix: isUnseen ? 'It is not started again and not called stopped until its node answers.' : null,
      buttons: [{ does: 'show-log', run: run.id, worker: worstWorker(run) }],
      closes: 'screen',
    }),
  ]
}

const oldestSince = (run: Run): number =>
  Math.min(...run.workers.filter(worker => worker.state === 'unknown').map(worker => worker.stateSinceMs))
const worstWorker = (run: Run): WorkerId | null =>
  run.workers.find(worker => worker.state === run.state)?.id ?? null

/** Words from elsewhere, ended like a sentence. */
const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)

type Sketch = Pick<Problem, 'id' | 'severity' | 'what'> & Partial<Problem>
const problem = (sketch: Sketch): Problem => ({
  node: null,
  brief: sketch.what,
  cause: null,
  fix: null,
  buttons: [],
  closes: 'never',
  ...sketch,
})
