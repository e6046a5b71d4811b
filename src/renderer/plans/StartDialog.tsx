import { Play } from 'lucide-react'
import { useCallback, useEffect, useId, useMemo } from 'react'
import type { PlanDraft, PlanView, TrackView } from '../../contract/plans'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { DialogParts, ScreenDialog } from '../components/ScreenDialog'
import { plural } from '../format'
import { useAsked } from '../join/useAsked'
import { type FleetState, useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { useAttempt } from '../views/attempt'
import { startRefusal } from '../views/refusals'
import { NodeNeeds } from './NodeNeeds'
import { changeStart, closeStart, startChosen } from './planCommands'
import { Steps } from './PlanPreviewPane'
import { type StartChoice, usePlans } from './planStore'
import { MOST_WORKERS, orderWords, startDraft, workersOf } from './startDraft'
import { useStartCheck } from './useStartCheck'

/** Which tracks of a plan to start now, with how many workers, and whether there is room for them. */
export function StartDialog() {
  const start = usePlans(state => state.start)
  const view = useFleet(state => state.plans.find(plan => plan.name === start?.plan))
  // A plan that has left the fleet leaves nothing to choose.
  useEffect(() => {
    if (start !== null && view === undefined) closeStart()
  }, [start, view])
  return start === null || view === undefined ? null : (
    <OpenDialog key={view.name} view={view} start={start} />
  )
}

function OpenDialog({ view, start }: { view: PlanView; start: StartChoice }) {
  const actions = useActions()
  const { problem, isBusy, run } = useAttempt()
  const refusalOfPlan = useFleet((state: FleetState) => startRefusal(state, view))
  const refusal = isBusy ? 'Starting it.' : (choiceRefusal(view, start) ?? refusalOfPlan)
  const begin = (): void => {
    if (refusal === null) void run(() => startChosen(actions, view, start))
  }
  return (
    <ScreenDialog name={`Start ${view.name}`} onLeave={closeStart}>
      <DialogParts
        buttons={
          <>
            <span className="plan-start-count">{countWords(view, start)}</span>
            <Button onClick={closeStart}>Cancel</Button>
            <Button look="primary" refusal={refusal} onClick={begin}>
              <Play size={14} strokeWidth={1.75} aria-hidden />
              Start training
            </Button>
          </>
        }
      >
        <h2>
          <span className="truncate">Start {view.name}</span>
        </h2>
        <p className="text-t2">Choose the tracks that start now, and how many workers each node gets.</p>
        {problem === null ? null : (
          <div className="modal-part mt-3">
            <Notice severity="err" what={problem.what} fix={problem.fix} />
          </div>
        )}
        <TrackChoices view={view} start={start} />
        <Room view={view} start={start} />
      </DialogParts>
    </ScreenDialog>
  )
}

function choiceRefusal({ tracks }: PlanView, { without, workers }: StartChoice): string | null {
  const chosen = tracks.filter(track => !without.includes(track.name))
  if (chosen.length === 0) return 'Choose at least one track.'
  const wrong = chosen.find(track => workersOf(workers[track.name], track.workers) === null)
  return wrong === undefined
    ? null
    : `The workers of ${wrong.name} are not a number from 1 to ${MOST_WORKERS}.`
}

function countWords({ tracks }: PlanView, { without, workers }: StartChoice): string {
  const chosen = tracks.filter(track => !without.includes(track.name))
  const all = chosen.reduce(
    (sum, track) => sum + track.nodes.length * (workersOf(workers[track.name], track.workers) ?? 0),
    0,
  )
  return `${chosen.length} of ${plural(tracks.length, 'track')} · ${plural(all, 'worker')}`
}

function TrackChoices({ view: { tracks }, start }: { view: PlanView; start: StartChoice }) {
  const isAll = start.without.length === 0
  return (
    <div className="modal-part plan-start-tracks">
      <div className="plan-start-tools">
        <span id="plan-start-title">Tracks</span>
        <Button
          size="s"
          onClick={() => changeStart({ without: isAll ? tracks.map(track => track.name) : [] })}
        >
          {isAll ? 'Choose none' : 'Choose all'}
        </Button>
      </div>
      <ul className="plan-start-list" aria-labelledby="plan-start-title">
        {tracks.map((track, at) => (
          <TrackLine key={track.name} track={track} start={start} isFirst={at === 0} />
        ))}
      </ul>
    </div>
  )
}

interface TrackLineProps {
  readonly track: TrackView
  readonly start: StartChoice
  readonly isFirst: boolean
}

function TrackLine({ track, start: { without, workers }, isFirst }: TrackLineProps) {
  const [orderId, wrongId] = [useId(), useId()]
  const isChosen = !without.includes(track.name)
  const typed = workers[track.name]
  const isWrong = isChosen && workersOf(typed, track.workers) === null
  const toggle = (): void =>
    changeStart({
      without: isChosen ? [...without, track.name] : without.filter(name => name !== track.name),
    })
  return (
    <li data-out={isChosen ? undefined : ''}>
      <label className="plan-start-track">
        <input
          type="checkbox"
          data-first={isFirst ? '' : undefined}
          checked={isChosen}
          aria-describedby={orderId}
          onChange={toggle}
        />
        <span className="truncate font-medium">{track.name}</span>
      </label>
      <span className="plan-start-nodes" data-tip={track.nodes.join(', ')}>
        {track.nodes.length === 1 ? track.nodes[0] : plural(track.nodes.length, 'node')}
      </span>
      <label className="plan-start-workers">
        <input
          type="text"
          inputMode="numeric"
          className="field num"
          aria-label={`Workers a node of ${track.name}`}
          aria-invalid={isWrong ? true : undefined}
          aria-describedby={isWrong ? wrongId : undefined}
          disabled={!isChosen}
          value={typed ?? String(track.workers)}
          onChange={event => changeStart({ workers: { ...workers, [track.name]: event.target.value } })}
        />
        <span aria-hidden>a node</span>
      </label>
      <span className="plan-start-words">
        <span id={orderId}>{isChosen ? orderWords(track, without) : 'does not start'}</span>
        {isWrong ? (
          <span id={wrongId} className="text-err">
            {' '}
            Write a number from 1 to {MOST_WORKERS}.
          </span>
        ) : null}
      </span>
    </li>
  )
}

/** Whether the nodes have room for what is chosen, by the engine's own reckoning. */
function Room({ view, start }: { view: PlanView; start: StartChoice }) {
  const { readPlan } = useActions()
  const read = useCallback(() => readPlan(view.name), [readPlan, view.name])
  const { asked } = useAsked(read)
  if (asked.at === 'waiting') return <p className="plan-start-note">Reading the plan…</p>
  if (asked.at === 'failed')
    return (
      <p className="plan-start-note">
        Whether there is room is not known: {asked.problem.what} {asked.problem.fix}
      </p>
    )
  return <KnownRoom view={view} plan={asked.value} start={start} />
}

function KnownRoom({ view, plan, start }: { view: PlanView; plan: PlanDraft; start: StartChoice }) {
  const draft = useMemo(() => startDraft(plan, view, start), [plan, view, start])
  const { preview, problem } = useStartCheck(draft, view.name)
  if (draft === null) return null
  if (problem !== null)
    return <p className="plan-start-note">Whether there is room is not known: {problem.what}</p>
  if (preview === null) return <p className="plan-start-note">Looking whether there is room…</p>
  return (
    <div className="modal-part plan-start-room">
      {preview.steps.length > 1 ? <Steps steps={preview.steps} /> : null}
      {preview.problems.map(({ message, fix }) => (
        <p key={message} className="text-err">
          {message} {fix}
        </p>
      ))}
      <NodeNeeds nodes={preview.nodes} />
    </div>
  )
}
