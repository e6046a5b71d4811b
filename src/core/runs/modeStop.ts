import type { NodeName, RunId } from '../../contract/ids'
import type { AlertBoard } from '../alertBoard'
import type { FamilyMember } from '../engines/engine'
import { flagTexts } from '../guard/runMode'
import type { TaskGroup } from '../kernel/taskGroup'
import type { RunBook } from './runBook'
import type { StopRuns } from './stopRuns'

export interface ModeStopDeps {
  readonly book: RunBook
  readonly alerts: AlertBoard
  readonly background: TaskGroup
  readonly stops: () => StopRuns
}

/**
 * Stops a run of which a process carries another mode than it was started with, at once and with KILL, and says how
 * that ended. As long as such a process is found, it is tried again.
 */
export function createModeStop({ book, alerts, background, stops }: ModeStopDeps) {
  const underWay = new Set<RunId>()

  return (run: RunId, node: NodeName, member: FamilyMember): void => {
    if (underWay.has(run)) return
    const { plan, started, origin, isModeKnown } = book.record(run)
    if (!isModeKnown) return // nothing to hold it against: it is shown with what it carries
    const isOurs = origin !== 'foreign' && origin !== 'pid-file'
    const given = flagTexts(started)
    const say = (what: string): void =>
      alerts.raise({
        id: `mode ${run}`,
        severity: 'error',
        node,
        run,
        what: `${plan} ${what}: process ${member.pid} on ${node} carries ${carried(member)}`,
        cause:
          `It was started with DRY_RUN=${given.dryRun} ALLOW_ORDERS=${given.allowOrders}; ` +
          'its command or a script sets the mode itself.',
        fix: isOurs
          ? 'Take the variable out of the command or the script, then start again.'
          : 'Look at it. Drydock did not start it and does not stop it by itself.',
      })
    if (!isOurs) {
      say('is not in the mode that it began with')
      return
    }
    underWay.add(run)
    say('is being stopped')
    background.start(`stop ${run} for its mode`, async signal => {
      try {
        const { stop } = await stops().stop({ run, how: 'force', nodes: null, workers: null }, signal)
        say(stop?.outcome === 'proved' ? 'was stopped' : 'could NOT be stopped')
      } finally {
        underWay.delete(run)
      }
    })
  }
}

function carried({ flags }: FamilyMember): string {
  return `DRY_RUN=${flags.dryRun ?? '(not set)'} ALLOW_ORDERS=${flags.allowOrders ?? '(not set)'}`
}
