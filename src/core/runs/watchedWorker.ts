import type { RunId } from '../../contract/ids'
import type { Container, ProcessIdentity, Worker, WorkerEnd } from '../../contract/runs'
import type { WatchedWorker } from '../engines/engine'
import type { Clock } from '../kernel/clock'
import type { RunBook } from './runBook'
import { endSentence } from './workerState'

/** The node's clock may be off; within this much it only says what Drydock saw itself. */
const SEEN_ENDING_MS = 5_000

/** Turns what a node says about a worker into evidence about its state. */
export function applyWatched(book: RunBook, clock: Clock, run: RunId, row: WatchedWorker): void {
  const record = book.record(run).workers.find(({ worker }) => worker.id === row.worker)
  if (record === undefined) return
  const { worker } = record
  switch (row.state) {
    case 'launching':
      return
    case 'unsure':
      book.note(run, worker.id, { type: 'link-lost' }, { detail: row.sentence })
      return
    case 'absent':
      // While START is under way the folder may not be there yet; only START itself can say that it failed.
      if (worker.state === 'unknown' && worker.identity === null) {
        book.note(run, worker.id, { type: 'never-started' }, unwritten('never-started'))
      }
      return
    case 'running':
      if (isOther(worker.identity, row.identity)) {
        const detail = 'the node names another process than the one that was started'
        book.note(run, worker.id, { type: 'link-lost' }, { detail })
      } else {
        book.note(
          run,
          worker.id,
          { type: 'confirmed' },
          { identity: row.identity, detail: null, ...containerOf(row) },
        )
      }
      return
    case 'ended':
      book.note(
        run,
        worker.id,
        { type: 'ended', exitCode: row.exitCode, cause: row.end.cause },
        {
          end: row.end,
          detail: row.sentence ?? endSentence(row.end),
          identity: worker.identity ?? row.identity,
          ...containerOf(row),
          ...endTime(row.endedAtMs, clock.nowMs(), book.record(run).startedAtMs),
        },
      )
      return
    case 'vanished':
      if (book.record(run).origin === 'pid-file') noteAdoptedGone(book, run, worker)
      else book.note(run, worker.id, { type: 'gone' }, unwritten('killed-outside'))
      return
    case 'rebooted':
      book.note(run, worker.id, { type: 'rebooted' }, unwritten('reboot'))
      return
    default:
      row satisfies never
  }
}

/** An end that nobody wrote down. */
function unwritten(cause: WorkerEnd['cause']): Pick<Worker, 'end' | 'detail'> {
  const end = { cause, exitCode: null, signal: null }
  return { end, detail: endSentence(end) }
}

/** A program with a pid file has nobody who writes its exit code: only its last report can say that it came to its end. */
function noteAdoptedGone(book: RunBook, run: RunId, { id, progress }: Worker): void {
  const isWhole = progress !== null && progress.total !== null && progress.step >= progress.total
  if (isWhole) {
    const end = { cause: 'exit', exitCode: null, signal: null } as const
    const detail = 'it has ended after its last step; nobody wrote its exit code'
    book.note(run, id, { type: 'ended', exitCode: 0 }, { end, detail })
  } else {
    const detail = 'it has ended; nobody wrote its exit code'
    book.note(run, id, { type: 'gone' }, { ...unwritten('killed-outside'), detail })
  }
}

/** An end that Drydock did not see happening has the node's time, as far as that is possible at all. */
function endTime(nodeMs: number, nowMs: number, startedAtMs: number): { readonly endedAtMs?: number } {
  const isOld = nowMs - nodeMs > SEEN_ENDING_MS && nodeMs >= startedAtMs
  return isOld ? { endedAtMs: nodeMs } : {}
}

function isOther(known: ProcessIdentity | null, seen: ProcessIdentity): boolean {
  return (
    known !== null &&
    (known.pid !== seen.pid || known.startTicks !== seen.startTicks || known.bootId !== seen.bootId)
  )
}

/** What the node did not say does not take away what is known. */
function containerOf({ container }: { readonly container: Container | null }): {
  readonly container?: Container
} {
  return container === null ? {} : { container }
}
