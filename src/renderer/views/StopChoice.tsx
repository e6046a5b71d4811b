import { useRef, useState } from 'react'
import type { NodeName, RunId } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { Button } from '../components/Button'
import { Modal } from '../components/Modal'
import { Notice } from '../components/Notice'
import { plural } from '../format'
import { useFleet } from '../state/fleetStore'
import { useActions } from './actions'
import { stopRuns } from './commands'
import { isActive } from './nodeWork'
import { activeRuns } from './refusals'
import { screenStore, useScreen } from './screenStore'
import { reachOf } from './stopWords'

/** `nodes: null` is all of the run's. */
type Scope = { readonly run: RunId | null; readonly nodes: readonly NodeName[] | null } | 'every'

const leave = (): void => screenStore.setState({ stop: null, problem: null })

/** The scope of a stop: this run, chosen nodes of it, or everything. */
export function StopChoice() {
  const actions = useActions()
  const runs = useFleet(state => state.runs)
  const selected = useScreen(state => state.run)
  const problem = useScreen(state => state.problem)
  const keepRef = useRef<HTMLButtonElement>(null)
  const [scope, setScope] = useState<Scope>({ run: selected, nodes: null })
  const active = activeRuns(runs)
  const run = active.find(one => scope !== 'every' && one.id === scope.run) ?? active[0]
  const nodes = scope === 'every' ? null : scope.nodes

  const stopNow = (): void => {
    if (run !== undefined) stopRuns(actions, scope === 'every' ? active : [run], nodes)
  }
  return (
    <Modal
      name="Stop training"
      isOpen
      onLeave={leave}
      firstRef={keepRef}
      buttons={
        <>
          <Button ref={keepRef} onClick={leave}>
            Keep running
          </Button>
          <Button look="stop" refusal={refusalOf(run, nodes)} onClick={stopNow}>
            Stop now
          </Button>
        </>
      }
    >
      <h2>Stop training?</h2>
      <p className="text-t2">
        Workers are asked to end and get their grace. What does not end in time is killed. Then Drydock looks
        for whatever is left.
      </p>
      {problem === null ? null : (
        <div className="modal-part mt-4">
          <Notice severity="err" what={problem.what} fix={problem.fix} />
        </div>
      )}
      {run === undefined ? null : <ScopeChoice active={active} run={run} scope={scope} onChange={setScope} />}
      <p className="mt-4 text-dense text-t2">
        Open positions at the broker are not closed by this. What each worker wrote so far is kept.
      </p>
    </Modal>
  )
}

function refusalOf(run: Run | undefined, nodes: readonly NodeName[] | null): string | null {
  if (run === undefined) return 'Nothing is running any more.'
  return nodes?.length === 0 ? 'Choose at least one node.' : null
}

interface ScopeChoiceProps {
  readonly active: readonly Run[]
  readonly run: Run
  readonly scope: Scope
  readonly onChange: (scope: Scope) => void
}

function ScopeChoice({ active, run, scope, onChange }: ScopeChoiceProps) {
  const isEvery = scope === 'every'
  const workers = active.flatMap(one => one.workers).filter(worker => isActive(worker.state))
  return (
    <fieldset className="modal-part mt-4 flex flex-col gap-2">
      <legend className="sr-only">What to stop</legend>
      {active.map(one => (
        <label key={one.id} className="choice">
          <input
            type="radio"
            name="stop-scope"
            checked={!isEvery && run.id === one.id}
            onChange={() => onChange({ run: one.id, nodes: null })}
          />
          <span className="font-medium">{active.length === 1 ? `This run: ${one.plan}` : one.plan}</span>
          <span className="ml-auto text-dense text-t3">{reachOf(one)}</span>
        </label>
      ))}
      {active.length < 2 ? null : (
        <label className="choice">
          <input type="radio" name="stop-scope" checked={isEvery} onChange={() => onChange('every')} />
          <span className="font-medium">Every run</span>
          <span className="ml-auto text-dense text-t3">{plural(workers.length, 'worker')}</span>
        </label>
      )}
      {isEvery ? null : (
        <NodeChoice run={run} nodes={scope.nodes} onChange={nodes => onChange({ run: run.id, nodes })} />
      )}
    </fieldset>
  )
}

interface NodeChoiceProps {
  readonly run: Run
  readonly nodes: readonly NodeName[] | null
  readonly onChange: (nodes: readonly NodeName[] | null) => void
}

/** Only some of the run's nodes; offered when there are several. */
function NodeChoice({ run, nodes, onChange }: NodeChoiceProps) {
  const all = [...new Set(run.workers.filter(worker => isActive(worker.state)).map(worker => worker.node))]
  if (all.length < 2) return null
  return (
    <div className="choice">
      <label className="flex items-center gap-2.5">
        <input
          type="checkbox"
          checked={nodes !== null}
          onChange={({ target }) => onChange(target.checked ? [] : null)}
        />
        <span className="font-medium">Only chosen nodes</span>
      </label>
      {nodes === null ? null : (
        <span className="flex max-h-40 w-full flex-wrap gap-x-5 overflow-auto pl-6">
          {all.map(node => (
            <label key={node} className="flex min-h-6 items-center gap-2">
              <input
                type="checkbox"
                checked={nodes.includes(node)}
                onChange={({ target }) =>
                  onChange(target.checked ? [...nodes, node] : nodes.filter(one => one !== node))
                }
              />
              {node}
            </label>
          ))}
        </span>
      )}
    </div>
  )
}
