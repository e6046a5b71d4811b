import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { ModeFlags, ReportedFlags } from '../../contract/mode'
import type { Engine, FamilyMember } from '../engines/engine'
import type { Clock } from '../kernel/clock'
import { flagTexts } from '../guard/runMode'
import type { RunBook } from './runBook'

/** A start is looked at every second, a run that has settled every three. */
const SETTLED_AFTER_MS = 10_000
const SETTLED_PERIOD_MS = 3_000

export interface ModeReadDeps {
  readonly book: RunBook
  readonly clock: Clock
  /** A process of a run carries another mode than the run was started with. */
  readonly onMismatch: (run: RunId, node: NodeName, member: FamilyMember) => void
  /** Processes of a run are alive on a node after all of its workers there have ended. */
  readonly onLeftOver: (run: RunId, node: NodeName, members: readonly FamilyMember[]) => void
}

/** Reads the mode back from the processes themselves: what they carry counts, not what they were meant to get. */
export function createModeReader(deps: ModeReadDeps, node: NodeName, engine: Pick<Engine, 'family'>) {
  const { book, clock, onMismatch, onLeftOver } = deps
  const lookedAtMs = new Map<RunId, number>()

  return {
    async look(run: RunId): Promise<void> {
      const { startedAtMs, started } = book.record(run)
      const nowMs = clock.nowMs()
      const periodMs = nowMs - startedAtMs < SETTLED_AFTER_MS ? 0 : SETTLED_PERIOD_MS
      if (nowMs - (lookedAtMs.get(run) ?? 0) < periodMs) return
      lookedAtMs.set(run, nowMs)
      const workers = book
        .workersOn(run, node)
        .map(({ worker }) => ({ worker: worker.id, identity: worker.identity }))
      const members = await engine.family(run, workers)
      for (const { worker, identity } of workers) {
        if (identity !== null) noteReported(book, run, worker, started, members)
      }
      const odd = members.find(member => isOther(member.flags, started))
      if (odd !== undefined) onMismatch(run, node, odd)
    },

    /** Once all workers of a run have ended here: whether they left processes behind. */
    async lookForLeftOvers(run: RunId): Promise<void> {
      const workers = book
        .workersOn(run, node)
        .map(({ worker }) => ({ worker: worker.id, identity: worker.identity }))
      const members = await engine.family(run, workers)
      if (members.length > 0) onLeftOver(run, node, members)
    },
  }
}

function noteReported(
  book: RunBook,
  run: RunId,
  worker: WorkerId,
  started: ModeFlags,
  members: readonly FamilyMember[],
): void {
  const own = members.filter(member => member.worker === worker)
  if (members.length === 0) return // it has ended; what was read before stays
  const flags = (own.find(member => isOther(member.flags, started)) ?? own[0])?.flags
  const reported = flags ?? { dryRun: null, allowOrders: null }
  const before = book.record(run).workers.find(one => one.worker.id === worker)?.worker.reported
  if (before?.dryRun === reported.dryRun && before.allowOrders === reported.allowOrders) return
  book.adjust(run, worker, record => ({ ...record, worker: { ...record.worker, reported } }))
}

/** A variable that is there and differs. One that is not readable is unknown, and drawn as such, but proves nothing. */
function isOther(flags: ReportedFlags, started: ModeFlags): boolean {
  const wanted = flagTexts(started)
  return (
    (flags.dryRun !== null && flags.dryRun !== wanted.dryRun) ||
    (flags.allowOrders !== null && flags.allowOrders !== wanted.allowOrders)
  )
}
