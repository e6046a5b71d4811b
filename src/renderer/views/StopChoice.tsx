import { useRef, useState } from 'react'
import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { Button } from '../components/Button'
import { Modal } from '../components/Modal'
import { Notice } from '../components/Notice'
import { plural } from '../format'
import { useFleet } from '../state/fleetStore'
import { useActions } from './actions'
import { stopRuns } from './commands'
import { isActive } from './nodeWork'
import { activeRuns, ownRuns } from './refusals'
import { screenStore, useScreen } from './screenStore'
import { hasWorkOn, reachOf } from './stopWords'
import { WorkerChoice } from './WorkerChoice'

/** null is all of the run's. */
interface RunScope {
  readonly run: RunId | null
  readonly nodes: readonly NodeName[] | null
  readonly workers: readonly WorkerId[] | null
}
type Scope = RunScope | 'every'

const leave = (): void => screenStore.setState({ stop: null, problem: null })

/** The scope of a stop: this run, chosen nodes or workers of it, everything, or everything on one node. */
export function StopChoice() {
  const actions = useActions()
  const runs = useFleet(state => state.runs)
  const selected = useScreen(state => state.run)
  const asked = useScreen(state => (state.stop?.step === 'choose' ? state.stop : null))
  const keepRef = useRef<HTMLButtonElement>(null)
  const [scope, setScope] = useState<Scope>({
    run: asked?.worker?.run ?? selected,
    nodes: null,
    workers: asked?.worker === undefined ? null : [asked.worker.id],
  })
  const node = asked?.node ?? null
  const active = ownRuns(runs).filter(run => node === null || hasWorkOn(run, node))
  const run = active.find(one => scope !== 'every' && one.id === scope.run) ?? active[0]
  const isAll = scope === 'every' || node !== null
  const nodes = node === null ? (scope === 'every' ? null : scope.nodes) : [node]
  const workers = isAll ? null : scope.workers
  const reached = isAll ? active : run === undefined ? [] : [run]

  const stop = (isDrain: boolean): void => stopRuns(actions, reached, { nodes, workers, isDrain })
  const refusal = refusalOf(run, nodes, workers)
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
          {reached.some(run => mayDrain(run, nodes, workers)) ? (
            <Button refusal={refusal} onClick={() => stop(true)}>
              Drain
            </Button>
          ) : null}
          <Button look="stop" refusal={refusal} onClick={() => stop(false)}>
            Stop now
          </Button>
        </>
      }
    >
      <h2>{node === null ? 'Stop training?' : `Stop everything on ${node}?`}</h2>
      <WhatStopDoes />
      <ProblemPart />
      {node === null ? null : <RunList runs={active} />}
      {run === undefined || node !== null ? null : (
        <ScopeChoice active={active} run={run} scope={scope} onChange={setScope} />
      )}
      <ForeignNote runs={activeRuns(runs)} />
      <p className="mt-4 text-dense text-t2">
        Open positions at the broker are not closed by this. What each worker wrote so far is kept.
      </p>
    </Modal>
  )
}

function ProblemPart() {
  const problem = useScreen(state => state.problem)
  if (problem === null) return null
  return (
    <div className="modal-part mt-4">
      <Notice severity="err" what={problem.what} fix={problem.fix} />
    </div>
  )
}

function WhatStopDoes() {
  return (
    <p className="text-t2">
      Workers are asked to end and get their grace. What does not end in time is killed. Then Drydock looks
      for whatever is left.
    </p>
  )
}

const mayDrain = (
  run: Run,
  nodes: readonly NodeName[] | null,
  workers: readonly WorkerId[] | null,
): boolean =>
  run.workers.some(
    worker =>
      isActive(worker.state) &&
      worker.canDrain === true &&
      (nodes?.includes(worker.node) ?? true) &&
      (workers?.includes(worker.id) ?? true),
  )

function RunList({ runs }: { runs: readonly Run[] }) {
  return <p className="mt-4">{runs.map(run => run.plan).join(', ')}</p>
}

/** What is not in any scope, and whose it is. */
function ForeignNote({ runs }: { runs: readonly Run[] }) {
  const foreign = runs.filter(run => run.origin === 'foreign')
  if (foreign.length === 0) return null
  const words = foreign.map(run => `${run.plan} belongs to ${run.owner?.name ?? 'another Drydock'}`)
  return <p className="mt-4 text-dense text-t2">Not stopped from here: {words.join('; ')}.</p>
}

function refusalOf(
  run: Run | undefined,
  nodes: readonly NodeName[] | null,
  workers: readonly WorkerId[] | null,
): string | null {
  if (run === undefined) return 'Nothing is running any more.'
  if (workers?.length === 0) return 'Choose at least one worker.'
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
            onChange={() => onChange({ run: one.id, nodes: null, workers: null })}
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
        <>
          <NodeChoice
            run={run}
            nodes={scope.nodes}
            onChange={nodes => onChange({ run: run.id, nodes, workers: null })}
          />
          <WorkerChoice
            run={run}
            workers={scope.workers}
            onChange={workers => onChange({ run: run.id, nodes: null, workers })}
          />
        </>
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
