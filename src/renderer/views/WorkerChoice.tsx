import type { WorkerId } from '../../contract/ids'
import type { Run, Worker } from '../../contract/runs'
import { isActive } from './nodeWork'

interface WorkerChoiceProps {
  readonly run: Run
  /** null: nobody in particular. */
  readonly workers: readonly WorkerId[] | null
  readonly onChange: (workers: readonly WorkerId[] | null) => void
}

/** Only some tracks or workers of the run: a tree of tracks, and of their workers with the node each is on. */
export function WorkerChoice({ run, workers, onChange }: WorkerChoiceProps) {
  const active = run.workers.filter(worker => isActive(worker.state))
  const tracks = [...new Set(active.map(worker => worker.track))]
  if (active.length < 2 && workers === null) return null
  return (
    <div className="choice">
      <label className="flex items-center gap-2.5">
        <input
          type="checkbox"
          checked={workers !== null}
          onChange={({ target }) => onChange(target.checked ? [] : null)}
        />
        <span className="font-medium">Only chosen tracks or workers</span>
      </label>
      {workers === null ? null : (
        <span className="flex max-h-52 w-full flex-col overflow-auto pl-6">
          {tracks.map(track => (
            <TrackBranch
              key={track}
              name={track}
              members={active.filter(worker => worker.track === track)}
              workers={workers}
              onChange={onChange}
            />
          ))}
        </span>
      )}
    </div>
  )
}

interface TrackBranchProps {
  readonly name: string
  readonly members: readonly Worker[]
  readonly workers: readonly WorkerId[]
  readonly onChange: (workers: readonly WorkerId[]) => void
}

function TrackBranch({ name, members, workers, onChange }: TrackBranchProps) {
  const ids = members.map(worker => worker.id)
  const set = (changed: readonly WorkerId[], isWanted: boolean): void => {
    const others = workers.filter(id => !changed.includes(id))
    onChange(isWanted ? [...others, ...changed] : others)
  }
  return (
    <>
      <label className="flex min-h-6 items-center gap-2 font-medium">
        <input
          type="checkbox"
          checked={ids.every(id => workers.includes(id))}
          onChange={({ target }) => set(ids, target.checked)}
        />
        {name}
      </label>
      {members.map(worker => (
        <label key={worker.id} className="flex min-h-6 items-center gap-2 pl-6">
          <input
            type="checkbox"
            checked={workers.includes(worker.id)}
            onChange={({ target }) => set([worker.id], target.checked)}
          />
          {worker.node} w{worker.nodeIndex}
        </label>
      ))}
    </>
  )
}
