import { FleetNews } from './FleetNews'
import { ResultsPanel } from './ResultsPanel'

export function ResultsView() {
  return (
    <div className="screen">
      <h1 className="sr-only">Results</h1>
      <FleetNews />
      <ResultsPanel />
    </div>
  )
}
