import { Plus, X } from 'lucide-react'
import { useId, useRef } from 'react'
import type { TrackDraft } from '../../contract/plans'
import { Button, IconButton } from '../components/Button'
import { nextFrame } from '../state/pageFrames'
import { useEditor, useFieldProblem } from './editor'
import { FieldGroup, FieldNote } from './fields'
import type { FieldPath } from './planEdit'

type Env = TrackDraft['env']

/** Variables of every worker, in the order in which they are set. */
export function EnvRows({ path, env }: { path: FieldPath; env: Env }) {
  const { set } = useEditor()
  const rows = useRef<HTMLDivElement>(null)
  const focusLater = (at: number): void => {
    nextFrame(() => rows.current?.querySelectorAll<HTMLInputElement>('[data-part="name"]')[at]?.focus())
  }
  const add = (): void => {
    set(path, [...env, { name: '', value: '' }])
    focusLater(env.length)
  }
  const remove = (at: number): void => {
    set(
      path,
      env.filter((_, index) => index !== at),
    )
    focusLater(Math.max(0, at - 1))
  }
  return (
    <FieldGroup path={path} label="Environment">
      <div ref={rows} className="plan-rows">
        {env.map((one, at) => (
          // Two rows may be the same while they are typed: only the place tells one from the other.
          <EnvRow key={at} path={[...path, at]} row={one} at={at} onRemove={() => remove(at)} />
        ))}
      </div>
      <span>
        <Button size="s" onClick={add}>
          <Plus size={12} strokeWidth={1.75} aria-hidden />
          Add variable
        </Button>
      </span>
    </FieldGroup>
  )
}

interface EnvRowProps {
  readonly path: FieldPath
  readonly row: Env[number]
  readonly at: number
  readonly onRemove: () => void
}

function EnvRow({ path, row, at, onRemove }: EnvRowProps) {
  const { set } = useEditor()
  const noteId = useId()
  const problem = useFieldProblem(path)
  const field = (part: 'name' | 'value', label: string, placeholder: string) => (
    <input
      type="text"
      className="field font-mono"
      data-part={part}
      data-path={[...path, part].join('.')}
      aria-label={`${label} of variable ${at + 1}`}
      aria-invalid={problem === null ? undefined : true}
      aria-describedby={problem === null ? undefined : noteId}
      autoComplete="off"
      spellCheck={false}
      placeholder={placeholder}
      value={row[part]}
      onChange={event => set([...path, part], event.target.value)}
    />
  )
  return (
    <div className="plan-row">
      <span className="plan-env">
        {field('name', 'Name', 'OMP_NUM_THREADS')}
        <span aria-hidden className="text-t3">
          =
        </span>
        {field('value', 'Value', '6')}
        <IconButton
          name={`Remove ${row.name === '' ? `variable ${at + 1}` : row.name}`}
          size="s"
          onClick={onRemove}
        >
          <X size={14} strokeWidth={1.75} aria-hidden />
        </IconButton>
      </span>
      <FieldNote id={noteId} words={problem ?? undefined} isWrong />
    </div>
  )
}
