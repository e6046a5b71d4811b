import { Clipboard, Download, RotateCw } from 'lucide-react'
import { useState } from 'react'
import type { DiagnosisRow } from '../../contract/diagnosis'
import type { NodeName } from '../../contract/ids'
import { Button, IconButton } from '../components/Button'
import { Notice } from '../components/Notice'
import { StateIcon, type StateName } from '../components/StateIcon'
import { clockTime, seconds } from '../format'
import { diagnosisJson, diagnosisMarkdown } from '../state/diagnosisText'
import { useActions } from './actions'
import { attempt } from './attempt'
import { type Diagnosis, useDiagnosis } from './useDiagnosis'

const GROUPS: readonly (readonly [DiagnosisRow['group'], string])[] = [
  ['connection', 'Connection'],
  ['system', 'System'],
  ['resources', 'Resources'],
  ['software', 'Software'],
  ['work', 'Work'],
]

/** Everything that is looked at on a node: the verdict, what was measured, what was wanted, and the fix. */
export function NodeDiagnosis({ node }: { node: NodeName }) {
  const [turn, setTurn] = useState(1)
  return <OneDiagnosis key={turn} node={node} onRunAgain={() => setTurn(turn + 1)} />
}

function OneDiagnosis({ node, onRunAgain }: { node: NodeName; onRunAgain: () => void }) {
  const diagnosis = useDiagnosis(node)
  const { phase, heads, problem } = diagnosis
  return (
    <section className="panel diagnosis" aria-label={`Diagnosis of ${node}`} aria-busy={phase === 'running'}>
      <header className="panel-head">
        <h2 className="font-semibold">Diagnosis</h2>
        <output className="text-dense text-t2" aria-label="Diagnosis result">
          {summaryWords(diagnosis)}
        </output>
        <span className="ml-auto flex flex-wrap items-center justify-end gap-2">
          <Outputs node={node} diagnosis={diagnosis} />
          <Button size="s" refusal={phase === 'running' ? 'It is running.' : null} onClick={onRunAgain}>
            <RotateCw size={12} strokeWidth={1.75} aria-hidden />
            Run again
          </Button>
        </span>
      </header>
      {problem === null ? null : (
        <div className="diagnosis-problem">
          <Notice severity="err" what={problem.what} fix={problem.fix} />
        </div>
      )}
      {heads.length === 0 && phase === 'running' ? <Waiting /> : null}
      {heads.length === 0 ? null : <DiagnosisTable node={node} diagnosis={diagnosis} />}
    </section>
  )
}

function DiagnosisTable({ node, diagnosis }: { node: NodeName; diagnosis: Diagnosis }) {
  const { phase, heads, rows } = diagnosis
  return (
    <table className="data-table diagnosis-table" aria-label={`Diagnosis of ${node}`}>
      <thead>
        <tr>
          <th scope="col">Verdict</th>
          <th scope="col">What</th>
          <th scope="col">Measured</th>
          <th scope="col">Wanted</th>
          <th scope="col" className="num">
            Took
          </th>
        </tr>
      </thead>
      {GROUPS.map(([group, word]) => {
        const inGroup = heads.filter(head => head.group === group)
        if (inGroup.length === 0) return null
        return (
          <tbody key={group}>
            <tr>
              <th scope="rowgroup" colSpan={5}>
                {word}
              </th>
            </tr>
            {inGroup.map(head => (
              <Row key={head.id} name={head.name} row={rows[head.id]} isOver={phase !== 'running'} />
            ))}
          </tbody>
        )
      })}
    </table>
  )
}

const VERDICTS: Readonly<Record<DiagnosisRow['verdict'], StateName>> = {
  PASS: 'ok',
  WARN: 'warn',
  FAIL: 'err',
  SKIP: 'disabled',
}

function Row({ name, row, isOver }: { name: string; row: DiagnosisRow | undefined; isOver: boolean }) {
  if (row === undefined) {
    return (
      <tr>
        <td>
          <span className="verdict">
            <StateIcon state={isOver ? 'unknown' : 'waiting'} size={14} />
            <span className="text-t2">{isOver ? 'Not seen' : 'Looking'}</span>
          </span>
        </td>
        <th scope="row">{name}</th>
        <td colSpan={3} className="text-t3">
          {isOver ? 'It ended before this was looked at.' : ''}
        </td>
      </tr>
    )
  }
  return (
    <tr data-verdict={row.verdict}>
      <td>
        <span className="verdict">
          <StateIcon state={VERDICTS[row.verdict]} size={14} isQuiet={row.verdict === 'PASS'} />
          {row.verdict}
        </span>
      </td>
      <th scope="row">{row.name}</th>
      <td>
        {row.measured}
        {row.fix === null ? null : <Fix name={row.name} fix={row.fix} />}
      </td>
      <td className="text-t2">{row.wanted ?? '—'}</td>
      <td className="num text-t3">
        {row.tookMs < 1000 ? `${Math.round(row.tookMs)}\u2009ms` : seconds(row.tookMs)}
      </td>
    </tr>
  )
}

function Fix({ name, fix }: { name: string; fix: string }) {
  const actions = useActions()
  return (
    <span className="diagnosis-fix">
      <code>{fix}</code>
      <IconButton
        name={`Copy the fix of ${name}`}
        size="s"
        onClick={() => attempt(() => actions.copyText(fix))}
      >
        <Clipboard size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
    </span>
  )
}

/** In the order of the screen, those that are known. */
const knownRows = ({ heads, rows }: Diagnosis): readonly DiagnosisRow[] =>
  GROUPS.flatMap(([group]) => heads.filter(head => head.group === group)).flatMap(({ id }) => rows[id] ?? [])

function Outputs({ node, diagnosis }: { node: NodeName; diagnosis: Diagnosis }) {
  const actions = useActions()
  const { atMs, phase } = diagnosis
  const rows = knownRows(diagnosis)
  const refusal =
    rows.length === 0 ? 'There is nothing to take along yet.' : phase === 'running' ? 'It is running.' : null
  const day = new Date(atMs ?? 0).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  return (
    <>
      <Button
        size="s"
        refusal={refusal}
        onClick={() => attempt(() => actions.copyText(diagnosisMarkdown({ node, atMs: atMs ?? 0, rows })))}
      >
        <Clipboard size={12} strokeWidth={1.75} aria-hidden />
        Copy as Markdown
      </Button>
      <Button
        size="s"
        refusal={refusal}
        onClick={() =>
          actions.saveText(`diagnosis-${node}-${day}.json`, diagnosisJson({ node, atMs: atMs ?? 0, rows }))
        }
      >
        <Download size={12} strokeWidth={1.75} aria-hidden />
        Save as JSON
      </Button>
    </>
  )
}

/** Said once when it begins and once when it is over, not for every row. */
function summaryWords({ phase, heads, rows, atMs }: Diagnosis): string {
  if (phase === 'running') return heads.length === 0 ? 'Looking…' : `Looking at ${heads.length} things…`
  const all = Object.values(rows)
  if (all.length === 0) return 'Nothing was seen'
  const counted = (['FAIL', 'WARN', 'PASS', 'SKIP'] as const).flatMap(verdict => {
    const count = all.filter(row => row.verdict === verdict).length
    return count === 0 ? [] : [`${count} ${verdict}`]
  })
  return `${counted.join(' · ')}${atMs === null ? '' : ` at ${clockTime(atMs)} UTC`}`
}

const Waiting = () => (
  <div className="skeleton flex flex-col gap-3 p-3" aria-hidden>
    {[72, 64, 80, 56].map(width => (
      <span key={width} className="bone h-4" style={{ width: `${width}%` }} />
    ))}
  </div>
)
