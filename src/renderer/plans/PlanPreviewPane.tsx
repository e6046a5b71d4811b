import { RefreshCw } from 'lucide-react'
import type { DraftProblem, PlanPreview } from '../../contract/plans'
import { Button, IconButton } from '../components/Button'
import { StateIcon } from '../components/StateIcon'
import { plural } from '../format'
import { problemText, useEditor } from './editor'
import { focusProblem } from './focusProblem'
import type { Checked } from './planStore'
import { NodeNeeds } from './NodeNeeds'
import { problemPlace } from './problemPlace'
import { WorkerList } from './WorkerList'

interface PlanPreviewPaneProps {
  readonly checked: Checked | null
  /** The draft has changed since. */
  readonly isOld: boolean
  readonly problems: readonly DraftProblem[]
  /** Fields that nobody has filled in yet. */
  readonly missing: number
  readonly onAgain: () => void
}

/** What the plan would start, where, and whether there is room for it: as it is typed, before it is saved. */
export function PlanPreviewPane(props: PlanPreviewPaneProps) {
  const { checked, isOld, problems, onAgain } = props
  const preview = checked?.preview ?? null
  const isWhole = preview !== null && preview.problems.length === 0 && preview.workers.length > 0
  return (
    <section className="panel plan-preview" aria-label="Preview" data-old={isOld ? '' : undefined}>
      <header className="panel-head">
        <h2 className="font-semibold">Preview</h2>
        <output className="min-w-0 truncate text-dense text-t3" aria-label="Preview summary">
          {summary(props)}
        </output>
        <span className="ml-auto flex">
          <IconButton name="Check again" size="s" onClick={onAgain}>
            <RefreshCw size={14} strokeWidth={1.75} aria-hidden />
          </IconButton>
        </span>
      </header>
      <div className="plan-preview-body">
        {checked?.problem ? (
          <NoPreview what={checked.problem.what} fix={checked.problem.fix} onAgain={onAgain} />
        ) : null}
        {problems.length > 0 ? <ProblemList problems={problems} /> : null}
        {isWhole ? <Preview preview={preview} /> : null}
        {!isWhole && problems.length === 0 && !checked?.problem ? (
          <p className="plan-preview-blank">What it would start, and where, appears here as you type.</p>
        ) : null}
      </div>
    </section>
  )
}

function summary({ checked, isOld, problems, missing }: PlanPreviewPaneProps): string {
  if (problems.length > 0) return `${plural(problems.length, 'problem')} to solve`
  if (missing > 0) return `${plural(missing, 'field')} to fill in`
  if (checked === null || isOld) return 'checking…'
  if (checked.preview === null) return 'not known'
  const { workers, nodes } = checked.preview
  return `${plural(workers.length, 'worker')} on ${plural(nodes.length, 'node')}`
}

const NoPreview = ({ what, fix, onAgain }: { what: string; fix: string | null; onAgain: () => void }) => (
  <div className="plan-preview-part">
    <p className="flex items-start gap-2">
      <StateIcon state="warn" />
      <span>
        <b className="font-semibold">{what}</b> <span className="text-t2">{fix}</span>
      </span>
    </p>
    <span>
      <Button size="s" onClick={onAgain}>
        Try again
      </Button>
    </span>
  </div>
)

/** So many are listed; the fields show the others. */
const LISTED = 12

function ProblemList({ problems }: { problems: readonly DraftProblem[] }) {
  const { key } = useEditor()
  const rest = problems.length - LISTED
  return (
    <div className="plan-preview-part">
      <h3>Problems</h3>
      <ul className="plan-problems" aria-label="Problems of the plan">
        {problems.slice(0, LISTED).map(problem => (
          <li key={`${problem.path.join('.')} ${problem.message}`}>
            <StateIcon state="err" size={14} />
            <button type="button" className="plan-problem" onClick={() => focusProblem(key, problem.path)}>
              <span className="plan-problem-place">{problemPlace(problem.path)}</span>
              <span>{problemText(problem)}</span>
            </button>
          </li>
        ))}
      </ul>
      {rest > 0 ? <p className="text-dense text-t3">and {plural(rest, 'other')}, each at its field</p> : null}
    </div>
  )
}

function Preview({ preview: { steps, nodes, workers } }: { preview: PlanPreview }) {
  return (
    <>
      {steps.length > 1 ? (
        <div className="plan-preview-part">
          <h3>Order</h3>
          <Steps steps={steps} />
        </div>
      ) : null}
      <div className="plan-preview-part">
        <h3>Nodes</h3>
        <NodeNeeds nodes={nodes} />
      </div>
      <div className="plan-preview-part">
        <h3>Workers</h3>
        <WorkerList workers={workers} />
      </div>
    </>
  )
}

/** Tracks in the order of their starting. */
export const Steps = ({ steps }: { steps: PlanPreview['steps'] }) => (
  <ol className="plan-steps" aria-label="Order of the tracks">
    {steps.map((tracks, at) => (
      <li key={tracks.join(' ')}>
        <span className="plan-step-number num">{at + 1}</span>
        <span className="plan-step-tracks">
          {tracks.map(track => (
            <span key={track} className="plan-step-track">
              {track}
            </span>
          ))}
        </span>
        <span className="plan-step-words">{at === 0 ? 'at once' : `once step ${at} has succeeded`}</span>
      </li>
    ))}
  </ol>
)
