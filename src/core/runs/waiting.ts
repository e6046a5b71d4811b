import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { RunBook } from './runBook'
import { NEVER_STARTED } from './startWorkers'
import { isWaiting } from './trackOrder'

/**
 * Ends those of a run's workers that wait for another track, as STOP asks: nothing of them is on any node, so the
 * proof is that they were not started and will not be. null: on all nodes, all workers. Returns whom it ended.
 */
export function stopWaiting(
  book: RunBook,
  run: RunId,
  nodes: readonly NodeName[] | null,
  workers: readonly WorkerId[] | null,
): readonly WorkerId[] {
  const ended = book
    .record(run)
    .workers.map(({ worker }) => worker)
    .filter(isWaiting)
    .filter(({ id, node }) => (nodes?.includes(node) ?? true) && (workers?.includes(id) ?? true))
    .map(({ id }) => id)
  for (const id of ended) {
    const detail = 'proved · it was not started'
    book.note(run, id, { type: 'proved-gone' }, { detail, end: NEVER_STARTED, waitsFor: [] })
  }
  return ended
}
