import { ArrowDown, ArrowUp, ChevronRight, Trash2 } from 'lucide-react'
import { type KeyboardEvent, memo, useId } from 'react'
import type { PlanDraft, TrackDraft } from '../../contract/plans'
import { IconButton } from '../components/Button'
import { StateIcon } from '../components/StateIcon'
import { plural } from '../format'
import { matchesShortcut } from '../shortcuts'
import { useEditor, useProblemCount } from './editor'
import { TrackFields } from './TrackFields'
import { moveTrack, removeTrack, toggleTrack } from './trackCommands'
import { trackWords } from './trackWords'

interface TrackCardProps {
  readonly track: TrackDraft
  readonly id: number
  readonly at: number
  readonly size: number
  readonly isOpen: boolean
  readonly engine: PlanDraft['engine']
  /** The other tracks' names, a line each: the same text while they are the same. */
  readonly others: string
}

/** One track: its head tells what it is, its fields say it in full. */
export const TrackCard = memo(function TrackCard(props: TrackCardProps) {
  const { track, id, at, size, isOpen, engine, others } = props
  const { key } = useEditor()
  const fieldsId = useId()
  const problems = useProblemCount([['tracks', at]])
  const name = track.name === '' ? `track ${at + 1}` : track.name
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = matchesShortcut(event, 'moveUp') ? -1 : matchesShortcut(event, 'moveDown') ? 1 : null
    if (by === null) return
    event.preventDefault()
    moveTrack(key, id, by)
  }
  return (
    <section className="plan-track" aria-label={`Track ${at + 1}: ${name}`}>
      <div className="plan-track-head">
        <h3 className="min-w-0 flex-1">
          <button
            type="button"
            className="plan-track-name"
            data-path={`tracks.${at}`}
            aria-expanded={isOpen}
            aria-controls={isOpen ? fieldsId : undefined}
            onKeyDown={onKeyDown}
            onClick={() => toggleTrack(key, id)}
          >
            <ChevronRight size={14} strokeWidth={1.75} aria-hidden className="plan-chevron" />
            <span className="num plan-track-number">{at + 1}</span>
            <b>{name}</b>
            <span className="plan-track-words">{trackWords(track)}</span>
          </button>
        </h3>
        {problems === 0 ? null : (
          <span className="plan-badge" data-wrong="">
            <StateIcon state="err" size={12} />
            {plural(problems, 'problem')}
          </span>
        )}
        <TrackTools {...{ name, id, at, size, onKeyDown }} />
      </div>
      {isOpen ? (
        <div id={fieldsId} className="plan-track-fields">
          <TrackFields track={track} at={at} engine={engine} others={others} />
        </div>
      ) : null}
    </section>
  )
})

interface TrackToolsProps {
  readonly name: string
  readonly id: number
  readonly at: number
  readonly size: number
  readonly onKeyDown: (event: KeyboardEvent) => void
}

function TrackTools({ name, id, at, size, onKeyDown }: TrackToolsProps) {
  const { key } = useEditor()
  return (
    <>
      <IconButton
        name={`Move ${name} up`}
        size="s"
        aria-keyshortcuts="Alt+ArrowUp"
        refusal={at === 0 ? 'It is the first.' : null}
        onKeyDown={onKeyDown}
        onClick={() => moveTrack(key, id, -1)}
      >
        <ArrowUp size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
      <IconButton
        name={`Move ${name} down`}
        size="s"
        aria-keyshortcuts="Alt+ArrowDown"
        refusal={at === size - 1 ? 'It is the last.' : null}
        onKeyDown={onKeyDown}
        onClick={() => moveTrack(key, id, 1)}
      >
        <ArrowDown size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
      <IconButton
        name={`Remove ${name}`}
        size="s"
        refusal={size === 1 ? 'A plan has at least one track.' : null}
        onClick={() => removeTrack(key, id)}
      >
        <Trash2 size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
    </>
  )
}
