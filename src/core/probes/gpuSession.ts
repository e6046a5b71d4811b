import type { NodeName } from '../../contract/ids'
import type { GpuReading } from '../../contract/samples'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import type { NodeChannel } from '../nodes/nodeShell'
import { createGpuGroups, type GpuGroups } from './gpuGroups'
import { planAfter, type GpuPlan } from './gpuPlan'
import { failedReading, hungReading, okReading } from './gpuReadings'
import { createLineSplitter } from './lines'
import { failureOf, parseGpuRow, type GpuRow } from './nvidiaSmi'
import { within } from './waiting'

/** The rows of one cycle come together: a pause this long after a row is the end of its cycle. */
const QUIET_MS = 150
/** The loop prints once a second. Without a row for longer than this, it hangs. */
const HUNG_AFTER_MS = 5_000
/** What nvidia-smi says besides rows: enough of it to tell why. */
const MAX_SAID = 20
/** Any nvidia-smi sleeps in the driver for moments. Found asleep this often in a row, it is stuck. */
const STUCK_AFTER_LOOKS = 3

/** What must be remembered of a node's GPUs from one channel to the next, for as long as the node has not rebooted. */
export interface GpuMemory {
  readonly bootId: string
  /** A nvidia-smi of ours that hung. It may outlive its channel, and no other is started while it lives. */
  hung: { readonly pid: string; readonly start: string } | null
  /** The newest rows: what greys when no more come. */
  known: readonly GpuRow[]
  state: GpuReading['state'] | null
  /** How many times in a row somebody's nvidia-smi was found asleep in the driver. */
  timesFoundStuck: number
}

export interface GpuSessionDeps {
  readonly node: NodeName
  readonly channel: NodeChannel
  readonly nonce: string
  readonly clock: Clock
  readonly periodMs: number
  readonly publish: (reading: GpuReading) => void
  readonly log: Log
  readonly memory: GpuMemory
}

/** Why a session ended, which says when the next one may begin. */
export interface GpuSessionEnd {
  readonly why: 'ended' | 'busy' | 'none' | 'broken'
  /** How this nvidia-smi wants to be asked, as far as it is known by now. */
  readonly plan: GpuPlan
  /** Whether any row came. */
  readonly isGood: boolean
}

/** A nvidia-smi under way, from the request on. */
interface Call {
  readonly plan: GpuPlan
  readonly askedMs: number
  readonly groups: GpuGroups
  process: GpuMemory['hung']
  /** Lines since the last row that are no rows. */
  said: string[]
  /** When the cycle so far counts as whole. */
  quietMs: number
  /** When a row is overdue. */
  overdueMs: number
}

/** Asks on one channel, for one nvidia-smi after the other, never two, until the channel is of no more use. */
export async function runGpuSession(
  deps: GpuSessionDeps,
  firstPlan: GpuPlan,
  signal: AbortSignal,
): Promise<GpuSessionEnd> {
  const { clock } = deps
  const lines = readLines(deps.channel)
  let pending = lines.next()
  let call = ask(deps, firstPlan)
  let askAgainMs: number | null = null
  let isGood = false
  const ended = (why: GpuSessionEnd['why']): GpuSessionEnd => ({ why, plan: call.plan, isGood })

  for (;;) {
    const wakeMs = askAgainMs ?? Math.min(call.overdueMs, call.quietMs)
    const next = await within(pending, clock, Math.max(0, wakeMs - clock.monotonicMs()), signal)
    if (signal.aborted) return ended('ended')
    if (next === null) {
      if (askAgainMs === null) hearNothing(deps, call)
      else call = ask(deps, call.plan)
      askAgainMs = null
      continue
    }
    if (next.value.done) return ended('ended')
    pending = lines.next()
    const news = hear(deps, call, next.value.value)
    isGood ||= call.groups.cycles > 0
    if (news === null) continue
    if (news === 'busy') return ended('busy')
    const then = planAfter(call.plan, { code: news.code, cycles: call.groups.cycles, said: call.said })
    if (then.do === 'restart') return ended('ended')
    if (then.do === 'give-up') {
      tell(deps, failedReading(factsOf(deps), then.failure))
      return ended(then.failure.state === 'none' ? 'none' : 'broken')
    }
    askAgainMs = then.when === 'now' ? clock.monotonicMs() : call.askedMs + deps.periodMs
    call = { ...call, plan: then.plan }
  }
}

function ask(deps: GpuSessionDeps, plan: GpuPlan): Call {
  const askedMs = deps.clock.monotonicMs()
  deps.channel.write(`${plan.mode} ${plan.fields.join(',')}\n`)
  return {
    plan,
    askedMs,
    groups: createGpuGroups(),
    process: null,
    said: [],
    quietMs: Infinity,
    overdueMs: askedMs + HUNG_AFTER_MS,
  }
}

/** Takes one line of output; tells when nvidia-smi has ended, or may not be started. */
function hear(deps: GpuSessionDeps, call: Call, line: string): null | 'busy' | { readonly code: number } {
  const { memory, nonce } = deps
  const [, word, number, start] = line.startsWith(nonce)
    ? (/ (running|exit|busy) (\d+) ?(\d*)$/.exec(line) ?? [])
    : []
  if (number === undefined || start === undefined) {
    hearText(deps, call, line)
    return null
  }
  if (word === 'busy') {
    foundBusy(deps, number, start)
    return 'busy'
  }
  memory.timesFoundStuck = 0
  if (word !== 'exit') {
    call.process = { pid: number, start }
    return null
  }
  memory.hung = null
  tellCycles(deps, call.groups.flush())
  return { code: Number(number) }
}

function hearText(deps: GpuSessionDeps, call: Call, line: string): void {
  if (line.trim() === '') return
  let row: GpuRow
  try {
    row = parseGpuRow(line, call.plan.fields)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    call.said = [...call.said, line.trim()].slice(-MAX_SAID)
    return
  }
  const nowMs = deps.clock.monotonicMs()
  call.said = []
  call.quietMs = nowMs + QUIET_MS
  call.overdueMs = nowMs + HUNG_AFTER_MS
  deps.memory.hung = null
  tellCycles(deps, call.groups.push(row))
  if (!call.groups.isWaiting) call.quietMs = Infinity
}

/** Either the pause after a cycle, or more of it than there may be. */
function hearNothing(deps: GpuSessionDeps, call: Call): void {
  if (call.quietMs !== Infinity) {
    call.quietMs = Infinity
    tellCycles(deps, call.groups.flush())
    return
  }
  call.overdueMs = Infinity
  if (call.said.length > 0) {
    // It runs and speaks, but gives no readings: a GPU that was lost under a loop, say.
    tell(deps, failedReading(factsOf(deps), failureOf(null, call.said)))
    return
  }
  deps.memory.hung = call.process
  tellHung(deps, 'nvidia-smi does not answer.')
}

function foundBusy(deps: GpuSessionDeps, pid: string, start: string): void {
  const { memory } = deps
  memory.timesFoundStuck++
  const isOurs = memory.hung?.pid === pid && memory.hung.start === start
  if (isOurs || memory.timesFoundStuck >= STUCK_AFTER_LOOKS) {
    tellHung(deps, `An earlier nvidia-smi (process ${pid}) still hangs.`)
  }
}

function tellHung(deps: GpuSessionDeps, message: string): void {
  tell(deps, hungReading(factsOf(deps), deps.memory.known, message))
}

function tellCycles(deps: GpuSessionDeps, cycles: readonly (readonly GpuRow[])[]): void {
  for (const rows of cycles) {
    deps.memory.known = rows
    tell(deps, okReading(factsOf(deps), rows))
  }
}

function tell(deps: GpuSessionDeps, reading: GpuReading): void {
  if (reading.state !== deps.memory.state) {
    deps.memory.state = reading.state
    deps.log.info(`GPU: ${reading.state}.`, { node: deps.node, said: reading.message })
  }
  deps.publish(reading)
}

function factsOf(deps: GpuSessionDeps): { readonly node: NodeName; readonly atMs: number } {
  return { node: deps.node, atMs: deps.clock.nowMs() }
}

async function* readLines(channel: NodeChannel): AsyncGenerator<string, undefined> {
  const splitter = createLineSplitter()
  for await (const bytes of channel.output) yield* splitter.push(bytes)
}
