import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'
import type { Run } from '../../contract/runs'
import { fleetStore } from '../state/fleetStore'
import type { FleetActions } from './actions'
import { attempt, problemOf } from './attempt'
import { leadsAway } from './modeWords'
import { chosenPlan, startRefusal, stopRefusal } from './refusals'
import { screenStore } from './screenStore'

/** Starts the chosen plan, as the START button does. Does nothing while START is refused. */
export function startChosenPlan(actions: FleetActions): void {
  const state = fleetStore.getState()
  const plan = chosenPlan(state.plans, screenStore.getState().plan)
  if (plan === null || startRefusal(state, plan) !== null) return
  attempt(() => actions.startTraining(plan.name))
}

/** Opens the stop dialog, as the STOP button does. A stop that is under way is shown as it stands. */
export function openStop(): void {
  const { engine, runs } = fleetStore.getState()
  if (stopRefusal({ engine, runs }) !== null) return
  const underWay = runs.filter(run => run.stop?.outcome === 'under-way').map(run => run.id)
  screenStore.setState({
    stop: underWay.length > 0 ? { step: 'watch', runs: underWay, earlier: {} } : { step: 'choose' },
    problem: null,
  })
}

/** Opens the stop dialog for all that runs on this node, or for one worker. */
export function openStopOf(only: { node: NodeName } | { worker: { run: RunId; id: WorkerId } }): void {
  screenStore.setState({ stop: { step: 'choose', ...only }, problem: null })
}

export interface StopScope {
  readonly nodes: readonly NodeName[] | null
  readonly workers: readonly WorkerId[] | null
  readonly isDrain: boolean
}

/** Asks for the stop and shows how it goes. What comes of it is in each run's own report. */
export function stopRuns(
  actions: FleetActions,
  runs: readonly Run[],
  { nodes, workers, isDrain }: StopScope,
): void {
  // A stop that is under way is not an earlier one: it goes on, under the time it was asked for.
  const ended = runs.flatMap(({ id, stop }) =>
    stop === null || stop.outcome === 'under-way' ? [] : [{ id, stop }],
  )
  screenStore.setState({
    stop: {
      step: 'watch',
      runs: runs.map(run => run.id),
      earlier: Object.fromEntries(ended.map(({ id, stop }) => [id, stop.askedAtMs])),
    },
    problem: null,
  })
  for (const run of runs) {
    actions
      .stopTraining({
        run: run.id,
        force: false,
        nodes,
        ...(workers === null ? {} : { workers }),
        // A run that cannot drain is stopped beside those that can.
        ...(isDrain && run.workers.some(worker => worker.canDrain === true) ? { drain: true } : {}),
      })
      .catch((error: unknown) => screenStore.setState({ problem: problemOf(error) }))
  }
}

/** Asks again about a host key that was put off. */
export function reviewKey(node: NodeName): void {
  screenStore.setState(({ postponedKeys }) => ({ postponedKeys: postponedKeys.filter(one => one !== node) }))
}

/** Toward SAFE at once; away from it only by way of the dialog. */
export function askForMode(actions: FleetActions, flags: ModeFlags): void {
  const { mode } = fleetStore.getState()
  if (leadsAway(mode, flags)) screenStore.setState({ leavingFor: flags })
  else attempt(() => actions.setMode(flags, null))
}
