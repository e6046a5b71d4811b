import type { NodeName, RunId } from '../contract/ids'
import type { AlertBoard } from './alertBoard'
import type { FamilyMember } from './engines/engine'
import type { RunBook } from './runs/runBook'

/** Says which processes a run has left behind on a node; with none, takes that back. */
export function tellLeftOvers(
  alerts: AlertBoard,
  book: RunBook,
  run: RunId,
  node: NodeName,
  members: readonly FamilyMember[],
): void {
  const id = `left ${run} ${node}`
  const pids = members.map(member => member.pid).join(' ')
  if (members.length === 0) {
    alerts.clear(id)
    return
  }
  alerts.raise({
    id,
    severity: 'warn',
    node,
    run,
    what: `${book.record(run).plan} has ended on ${node} and left processes behind: ${pids}`,
    cause: 'The program started them and did not wait for them.',
    fix: `Stop the run once more to end them, or look at them on ${node}: ps -fp ${pids.replaceAll(' ', ',')}`,
  })
}
