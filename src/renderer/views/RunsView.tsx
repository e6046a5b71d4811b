import { PlanList } from '../plans/LazyPlans'
import { FleetNews } from './FleetNews'
import { RunsPanel } from './RunsPanel'

export function RunsView() {
  return (
    <div className="screen">
      <h1 className="sr-only">Runs</h1>
      <FleetNews />
      <RunsPanel />
      <PlanList />
    </div>
  )
}
