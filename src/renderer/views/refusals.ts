import type { PlanName } from '../../contract/ids'
import type { PlanView } from '../../contract/plans'
import type { Run } from '../../contract/runs'
import type { FleetState } from '../state/fleetStore'
import { isActive } from './nodeWork'

/** The plan START would start: the picked one while it exists, else the first that can be started, else the first. */
export function chosenPlan(plans: readonly PlanView[], picked: PlanName | null): PlanView | null {
  const known = plans.find(plan => plan.name === picked)
  return known ?? plans.find(plan => plan.refusal === null) ?? plans[0] ?? null
}

/** Runs that can be stopped from here: another Drydock's is looked at and not touched. */
export const ownRuns = (runs: readonly Run[]): readonly Run[] =>
  activeRuns(runs).filter(run => run.origin !== 'foreign')

export const activeRuns = (runs: readonly Run[]): readonly Run[] => runs.filter(run => isActive(run.state))

/** Why START cannot be pressed now, as a sentence; null when it can. */
export function startRefusal(
  state: Pick<FleetState, 'engine' | 'nodes' | 'runs'>,
  plan: PlanView | null,
): string | null {
  if (state.engine === 'waiting') return 'The engine is starting.'
  if (state.engine === 'lost') return 'The engine stopped answering; nothing can be started from here.'
  if (plan === null) return 'There is no plan yet. Add one to fleet.yaml.'
  if (plan.refusal !== null) return plan.refusal
  if (ownRuns(state.runs).some(run => run.plan === plan.name)) return `${plan.name} is already running.`
  const isReachable = plan.nodes.some(name =>
    state.nodes.some(node => node.name === name && node.link.state === 'online'),
  )
  return isReachable ? null : `No node of ${plan.name} is online: ${plan.nodes.join(', ')}.`
}

/** Why STOP cannot be pressed now. It stays pressable without an engine: then it tells the command to type. */
export function stopRefusal(state: Pick<FleetState, 'engine' | 'runs'>): string | null {
  const active = activeRuns(state.runs)
  if (active.length === 0) return 'Nothing is running.'
  if (ownRuns(active).length > 0) return null
  const owners = new Set(active.map(run => run.owner?.name ?? 'another Drydock'))
  return `What runs belongs to ${[...owners].join(', ')}.`
}
