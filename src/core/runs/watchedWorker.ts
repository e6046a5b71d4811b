import type { RunId } from '../../contract/ids'
import type { Container, ProcessIdentity } from '../../contract/runs'
import type { WatchedWorker } from '../engines/engine'
import type { Clock } from '../kernel/clock'
import type { RunBook } from './runBook'
import { exitSentence } from './workerState'

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
        book.note(
          run,
          worker.id,
          { type: 'never-started' },
          { detail: 'it never started: the node has no folder of it' },
        )
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
        { type: 'ended', exitCode: row.exitCode },
        {
          detail: exitSentence(row.exitCode),
          identity: worker.identity ?? row.identity,
          ...containerOf(row),
          ...endTime(row.endedAtMs, clock.nowMs(), book.record(run).startedAtMs),
        },
      )
      return
    case 'vanished':
      book.note(run, worker.id, { type: 'gone' }, { detail: 'killed from outside: no exit code was written' })
      return
    case 'rebooted':
      book.note(run, worker.id, { type: 'rebooted' }, { detail: 'its node has rebooted since it started' })
      return
    default:
      row satisfies never
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
