import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { ModeFlags, ReportedFlags } from '../../contract/mode'
import type { Worker } from '../../contract/runs'
import type { Engine, FamilyMember } from '../engines/engine'
import type { Clock } from '../kernel/clock'
import { flagTexts } from '../guard/runMode'
import type { RunBook } from './runBook'
import type { RunMembers } from './runMembers'

/** A start is looked at every second, a run that has settled every three. */
const SETTLED_AFTER_MS = 10_000
const SETTLED_PERIOD_MS = 3_000
const UNREAD: ReportedFlags = { dryRun: null, allowOrders: null }

export interface ModeReadDeps {
  readonly book: RunBook
  readonly clock: Clock
  /** Gets to know every process that is found. */
  readonly members: RunMembers
  /** A process of a run carries another mode than the run was started with. */
  readonly onMismatch: (run: RunId, node: NodeName, member: FamilyMember) => void
  /** Processes of a run are alive on a node after all of its workers there have ended; none: they are gone. */
  readonly onLeftOver: (run: RunId, node: NodeName, members: readonly FamilyMember[]) => void
}

/**
 * Reads the mode back from the processes themselves: what they carry counts, not what they were meant to get.
 * A process that shows nothing (it renamed itself, or cleared its environment) is unknown, and so is its run; one that
 * carries another mode, or carries the run's mark without its mode, is a mismatch. An empty environment may be a
 * process in the middle of an exec: nothing follows from it before the next look finds the same.
 */
export function createModeReader(deps: ModeReadDeps, node: NodeName, engine: Pick<Engine, 'family'>) {
  const { book, clock, onMismatch, onLeftOver } = deps
  const lookedAtMs = new Map<RunId, number>()
  const silentBefore = new Map<RunId, ReadonlySet<string>>()

  async function membersOf(run: RunId, workers: readonly Worker[]): Promise<readonly FamilyMember[]> {
    const known = workers.map(({ id, identity }) => ({ worker: id, identity }))
    const all = await engine.family(run, known)
    const ids = workers.map(({ id }) => id)
    const found = book.record(run).origin === 'pid-file' ? asOnlyWorkers(all, ids[0]) : all
    deps.members.note(run, node, found, ids)
    return found
  }

  /** Leaves out those that are silent for the first time. */
  function settled(run: RunId, members: readonly FamilyMember[]): readonly FamilyMember[] {
    const before = silentBefore.get(run) ?? new Set()
    silentBefore.set(run, new Set(members.filter(isSilent).map(keyOf)))
    return members.filter(member => !isSilent(member) || before.has(keyOf(member)))
  }

  return {
    /** Looks when it is time to. Errors: those of the engine. */
    async look(run: RunId): Promise<void> {
      const { startedAtMs, started, origin } = book.record(run)
      const nowMs = clock.nowMs()
      const periodMs = nowMs - startedAtMs < SETTLED_AFTER_MS ? 0 : SETTLED_PERIOD_MS
      if (nowMs - (lookedAtMs.get(run) ?? 0) < periodMs) return
      lookedAtMs.set(run, nowMs)
      const workers = book.workersOn(run, node).map(({ worker }) => worker)
      const members = settled(run, await membersOf(run, workers))
      const wrapped = origin === 'pid-file' ? [] : workers
      for (const worker of workers)
        noteReported(book, run, worker, reportedBy(worker, wrapped, members, started))
      const odd = members.find(member => isMismatch(member, started))
      if (odd !== undefined) onMismatch(run, node, odd)
    },

    /** The mode could not be read at all: it is unknown, whatever it was before. */
    lookFailed(run: RunId): void {
      for (const { worker } of book.workersOn(run, node)) noteReported(book, run, worker, UNREAD)
    },

    /** Whether a run whose workers have all ended here still has processes; their mode counts as before. */
    async lookForLeftOvers(run: RunId): Promise<boolean> {
      const workers = book.workersOn(run, node).map(({ worker }) => worker)
      const members = await membersOf(run, workers)
      onLeftOver(run, node, members)
      const odd = settled(run, members).find(member => isMismatch(member, book.record(run).started))
      if (odd !== undefined) onMismatch(run, node, odd)
      return members.length > 0
    },

    forget(run: RunId): void {
      lookedAtMs.delete(run)
      silentBefore.delete(run)
    },
  }
}

/** No Drydock has marked a program with a pid file: all that descends from it is its only worker's. */
function asOnlyWorkers(members: readonly FamilyMember[], worker: WorkerId | undefined): FamilyMember[] {
  return members.map(member => ({ ...member, worker: worker ?? null }))
}

/** What a worker's processes carry: the odd one's flags if there is one; null when there is nothing to go by. */
function reportedBy(
  worker: Worker,
  /** Those whose leader is a wrapper of Drydock's. */
  wrapped: readonly Worker[],
  members: readonly FamilyMember[],
  started: ModeFlags,
): ReportedFlags | null {
  // The wrapper carries what Drydock gave it, which says nothing about the program.
  const isWrapper = (member: FamilyMember): boolean =>
    wrapped.some(({ identity }) => identity?.pid === member.pid && identity.startTicks === member.startTicks)
  const own = members.filter(member => member.worker === worker.id)
  const programs = own.filter(member => !isWrapper(member))
  // Whose a process without a mark is cannot be told, so it counts for every worker that is alive here.
  const unmarked = own.length === 0 ? [] : members.filter(member => member.worker === null)
  const speaking = programs.length > 0 || unmarked.length > 0 ? [...programs, ...unmarked] : own
  const odd = speaking.find(member => isMismatch(member, started)) ?? speaking.find(isSilent)
  return (odd ?? speaking[0])?.flags ?? null
}

function noteReported(book: RunBook, run: RunId, worker: Worker, reported: ReportedFlags | null): void {
  const before = worker.reported
  if (reported === null) return // it has ended; what was read before stays
  if (before?.dryRun === reported.dryRun && before.allowOrders === reported.allowOrders) return
  book.adjust(run, worker.id, record => ({ ...record, worker: { ...record.worker, reported } }))
}

/** A variable that differs, or, in a process that carries the run's mark, one that is gone. */
function isMismatch({ flags, worker, isReadable }: FamilyMember, started: ModeFlags): boolean {
  const wanted = flagTexts(started)
  const differs = (value: string | null, expected: string): boolean =>
    value === null ? worker !== null && isReadable : value !== expected
  return differs(flags.dryRun, wanted.dryRun) || differs(flags.allowOrders, wanted.allowOrders)
}

const isSilent = ({ flags }: FamilyMember): boolean => flags.dryRun === null || flags.allowOrders === null
const keyOf = ({ pid, startTicks }: FamilyMember): string => `${pid}:${startTicks}`
