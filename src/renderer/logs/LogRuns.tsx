import type { Run } from '../../contract/runs'
import { startTime } from '../format'
import { useFleet } from '../state/fleetStore'
import { useTime } from '../views/clock'
import { screenStore } from '../views/screenStore'

/** So many of the newest runs are offered, besides the shown one. */
const RUNS_OFFERED = 30

/** Whose logs: another run at any time. With a single run there is nothing to choose. */
export function LogRuns({ run }: { run: Run | null }) {
  const runs = useFleet(state => state.runs)
  const nowMs = useTime()
  if (run === null || runs.length < 2) return null
  const offered = runs.slice(0, RUNS_OFFERED)
  const all = offered.some(({ id }) => id === run.id) ? offered : [run, ...offered]
  return (
    <select
      className="log-select log-runs"
      aria-label="Run"
      value={run.id}
      onChange={({ target }) => {
        const chosen = all.find(({ id }) => id === target.value)
        if (chosen !== undefined) screenStore.setState({ run: chosen.id })
      }}
    >
      {all.map(({ id, plan, startedAtMs }) => (
        <option key={id} value={id}>
          {plan} · {startTime(startedAtMs, nowMs())}
        </option>
      ))}
    </select>
  )
}
