import { Play } from 'lucide-react'
import type { Run } from '../../contract/runs'
import { Button } from '../components/Button'
import { EmptyState, Panel } from '../components/Panel'
import { count } from '../format'
import { useFleet } from '../state/fleetStore'
import { activeRuns, chosenPlan } from './refusals'
import { RunsTable } from './RunsTable'
import { screenStore, useScreen } from './screenStore'

/** The newest runs; all of them without a limit. */
export function RunsPanel({ limit = Number.POSITIVE_INFINITY }: { limit?: number }) {
  const runs = useFleet(state => state.runs)
  const rest = runs.length - limit
  return (
    <Panel
      title="Runs"
      note={noteOf(runs)}
      corner={
        rest > 0 ? (
          <Button size="s" onClick={() => screenStore.setState({ screen: 'runs' })}>
            Show all {count(runs.length)}
          </Button>
        ) : undefined
      }
    >
      {runs.length === 0 ? <NoRuns /> : <RunsTable runs={runs.slice(0, limit)} />}
    </Panel>
  )
}

function noteOf(runs: readonly Run[]): string | null {
  if (runs.length === 0) return null
  const active = activeRuns(runs).length
  return active === 0
    ? `${count(runs.length)} ended`
    : `${count(active)} running · ${count(runs.length)} in all`
}

function NoRuns() {
  const picked = useScreen(state => state.plan)
  const plan = useFleet(state => chosenPlan(state.plans, picked))
  const dryRun = useFleet(state => state.mode.flags.dryRun)
  return (
    <EmptyState icon={<Play size={20} strokeWidth={1.75} aria-hidden />} title="No runs yet">
      {plan === null
        ? 'Add a plan to fleet.yaml; then START TRAINING starts it.'
        : `Press START TRAINING to run ${plan.name} on ${plan.nodes.join(', ')}, DRY_RUN ${dryRun ? 'on' : 'off'}. Progress, logs and results appear here.`}
    </EmptyState>
  )
}
