import type { Clock } from '../kernel/clock'
import { AppError } from '../kernel/appError'
import type { GpuCallEnd, GpuChannel } from './gpuChannel'
import { failureOf, lostIn, type GpuFailure } from './gpuFailures'
import { createGpuGroups, type GpuGroups } from './gpuGroups'
import type { GpuMemory } from './gpuMemory'
import { planAfter, type GpuNext, type GpuPlan } from './gpuPlan'
import { withLost } from './gpuReadings'
import type { GpuSessionEnd, GpuTeller } from './gpuSession'
import {
  HOLDER_FIELDS,
  mergeHolders,
  parseCudaVersion,
  parseGpuRow,
  parseHolderRow,
  type GpuRow,
  type HolderRow,
} from './nvidiaSmi'

/** What nvidia-smi says besides rows: enough of it to tell why. */
const MAX_SAID = 20
/** Its table has two lines for a GPU and one for a process; the version is at its top. */
const MAX_TABLE_LINES = 40
/** Asking who holds VRAM interrupts the loop for a moment. */
const HOLDERS_EVERY_MS = 5_000
const HOLDERS_REFUSED_MS = 60_000
/** So many turns of a loop come before it is interrupted. */
const TURNS_BETWEEN = 2
/** `gpuTools.sh`: there is no such tool. */
const NOT_INSTALLED = 127
/** `gpuTools.sh`: it was asked to end. */
const ASKED_TO_END = 143
/** nvidia-smi that takes long is not called back to back. */
const SHORTEST_PAUSE_SHARE = 0.5

export interface GpuToolDeps {
  readonly channel: GpuChannel
  readonly clock: Clock
  readonly memory: GpuMemory
  readonly periodMs: number
  readonly teller: GpuTeller
}

type Ended = GpuSessionEnd['why'] | 'not-installed'

/**
 * Asks nvidia-smi for the cards, by one process that prints them once a second or by one call a second, and between
 * two of those, every five seconds, who holds their memory.
 */
export async function runNvidiaSession(deps: GpuToolDeps): Promise<Ended> {
  const { channel, clock, memory, teller } = deps
  for (;;) {
    const askedMs = clock.monotonicMs()
    const { plan } = memory
    const cards = createCardsCall(deps, plan)
    const end = await channel.run(cards.call)
    if (end.why !== 'exit') return interrupted(teller, end)
    cards.finish()
    if (end.code === NOT_INSTALLED && cards.run(end.code).cycles === 0) return 'not-installed'
    const next =
      cards.isInterrupted() && end.code === ASKED_TO_END ? goOn(plan) : planAfter(plan, cards.run(end.code))
    if (next.do === 'restart') return 'ended'
    if (next.do === 'give-up') return teller.failed(next.failure)
    memory.plan = next.plan
    if (isAsideDue(deps) && cards.run(end.code).cycles > 0) {
      const stopped = await askAside(deps)
      if (stopped !== null) return stopped
    }
    const nowMs = clock.monotonicMs()
    const dueMs = Math.max(askedMs + deps.periodMs, nowMs + deps.periodMs * SHORTEST_PAUSE_SHARE)
    if (next.when === 'due' && !(await channel.pause(dueMs - nowMs))) return 'ended'
  }
}

const goOn = (plan: GpuPlan): GpuNext => ({ do: 'ask', plan, when: 'now' })

function interrupted(
  teller: GpuTeller,
  end: Exclude<GpuCallEnd, { readonly why: 'exit' }>,
): 'busy' | 'ended' {
  if (end.why === 'closed') return 'ended'
  teller.busy(end)
  return 'busy'
}

/** One nvidia-smi that prints cards, once or again and again. */
function createCardsCall(deps: GpuToolDeps, plan: GpuPlan) {
  const { channel, memory, teller } = deps
  const groups: GpuGroups = createGpuGroups()
  /** Lines since the last row that are no rows. */
  let said: string[] = []
  let lost: GpuFailure | null = null
  let isInterrupted = false

  function tell(cycles: readonly (readonly GpuRow[])[]): void {
    for (const rows of cycles) teller.cards(lost === null ? rows : withLost(rows, memory.known), lost)
    const mayInterrupt = plan.mode === 'loop' && !isInterrupted && groups.cycles >= TURNS_BETWEEN
    if (cycles.length === 0 || groups.isWaiting || !mayInterrupt || !isAsideDue(deps)) return
    isInterrupted = true
    channel.end()
  }

  return {
    call: {
      request: `${plan.mode} ${plan.fields.join(',')}`,
      line(text: string): 'part' | 'whole' | 'other' {
        lost = lostIn(text) ?? lost
        const row = rowIn(text, plan)
        if (row === null) {
          said = [...said, text.trim()].slice(-MAX_SAID)
          return 'other'
        }
        said = []
        tell(groups.push(row))
        return groups.isWaiting ? 'part' : 'whole'
      },
      quiet: () => tell(groups.flush()),
      overdue(): 'hangs' | 'speaks' {
        if (said.length > 0) {
          // It runs and speaks, but gives no readings.
          teller.failed(failureOf(null, said))
          return 'speaks'
        }
        teller.hung('nvidia-smi does not answer.')
        return 'hangs'
      },
    },
    finish: () => tell(groups.flush()),
    isInterrupted: () => isInterrupted,
    run: (code: number) => ({ code, cycles: groups.cycles, said, isOneLost: lost !== null }),
  }
}

function rowIn(text: string, plan: GpuPlan): GpuRow | null {
  try {
    return parseGpuRow(text, plan.fields)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return null
  }
}

function isAsideDue({ clock, memory }: GpuToolDeps): boolean {
  return memory.compute === undefined || clock.monotonicMs() >= memory.holdersDueMs
}

/** Asks what is not asked every second. Null: the cards may be asked again. */
async function askAside(deps: GpuToolDeps): Promise<Ended | null> {
  const { channel, clock, memory, teller } = deps
  const overdue = (): 'hangs' => {
    teller.hung('nvidia-smi does not answer.')
    return 'hangs'
  }
  if (memory.compute === undefined) {
    const table: string[] = []
    const line = (text: string): 'whole' => {
      if (table.length < MAX_TABLE_LINES) table.push(text)
      return 'whole'
    }
    const end = await channel.run({ request: 'about', line, overdue })
    if (end.why !== 'exit') return interrupted(teller, end)
    memory.compute = parseCudaVersion(table)
  }
  const rows: HolderRow[] = []
  const line = (text: string): 'whole' | 'other' => {
    const row = parseHolderRow(text)
    if (row === null) return 'other'
    rows.push(row)
    return 'whole'
  }
  const end = await channel.run({ request: `apps ${HOLDER_FIELDS.join(',')}`, line, overdue })
  if (end.why !== 'exit') return interrupted(teller, end)
  memory.holders = end.code === 0 ? mergeHolders(rows) : null
  memory.holdersDueMs = clock.monotonicMs() + (end.code === 0 ? HOLDERS_EVERY_MS : HOLDERS_REFUSED_MS)
  return null
}
