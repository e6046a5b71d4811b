import { ChevronsDownUp, ChevronsUpDown, Plus } from 'lucide-react'
import { useMemo } from 'react'
import type { PlanDraft } from '../../contract/plans'
import { Button } from '../components/Button'
import { plural } from '../format'
import { useFleet } from '../state/fleetStore'
import { ChoiceField, Fold, Radios } from './choices'
import { useEditor } from './editor'
import { ListField, NumberField, TextField } from './fields'
import { MOST_TRACKS, type PlanEdit, withEngine } from './planEdit'
import { changeEdit } from './planStore'
import { TrackCard } from './TrackCard'
import { addTrack, openTracks } from './trackCommands'

const ENGINES: readonly (readonly [PlanDraft['engine'], string])[] = [
  ['process', 'Processes'],
  ['docker', 'Docker containers'],
  ['ray', 'Ray jobs'],
]

/** Everything that a plan is. */
export function PlanForm({ edit }: { edit: PlanEdit }) {
  const { key } = useEditor()
  const { draft } = edit
  return (
    <div className="plan-form">
      <div className="plan-box">
        <TextField
          path={['name']}
          label="Name"
          note={
            edit.replaces === null
              ? 'Unique in the fleet; runs are called after it.'
              : 'Runs of the past keep the name that it had.'
          }
          value={draft.name}
        />
        <Radios
          path={['engine']}
          label="Workers are"
          value={draft.engine}
          options={ENGINES}
          onChoose={engine => changeEdit(key, one => withEngine(one, engine))}
        />
        <div className="plan-folds">
          <PrerequisiteFold prerequisite={draft.prerequisite} />
          <CleanupFold cleanup={draft.cleanup} />
        </div>
      </div>
      <TrackList edit={edit} />
    </div>
  )
}

function TrackList({ edit: { draft, ids, open } }: { edit: PlanEdit }) {
  const { key } = useEditor()
  const names = useMemo(() => draft.tracks.map(track => track.name), [draft.tracks])
  const size = draft.tracks.length
  const isAllOpen = open.length === size
  return (
    <div className="plan-tracks">
      <div className="plan-tracks-head">
        <h2>Tracks</h2>
        <span className="text-dense text-t3">{plural(size, 'track')}</span>
        {size < 2 ? null : (
          <Button size="s" className="ml-auto" onClick={() => openTracks(key, !isAllOpen)}>
            {isAllOpen ? (
              <ChevronsDownUp size={12} strokeWidth={1.75} aria-hidden />
            ) : (
              <ChevronsUpDown size={12} strokeWidth={1.75} aria-hidden />
            )}
            {isAllOpen ? 'Fold all' : 'Open all'}
          </Button>
        )}
      </div>
      {draft.tracks.map((track, at) => {
        const id = ids[at] ?? 0
        return (
          <TrackCard
            key={id}
            track={track}
            id={id}
            at={at}
            size={size}
            isOpen={open.includes(id)}
            engine={draft.engine}
            others={names.filter((_, other) => other !== at).join('\n')}
          />
        )
      })}
      <span>
        <Button
          refusal={size >= MOST_TRACKS ? `A plan has at most ${MOST_TRACKS} tracks.` : null}
          onClick={() => addTrack(key)}
        >
          <Plus size={14} strokeWidth={1.75} aria-hidden />
          Add track
        </Button>
      </span>
    </div>
  )
}

const FIRST = ''

function PrerequisiteFold({ prerequisite }: { prerequisite: PlanDraft['prerequisite'] }) {
  const { set } = useEditor()
  const nodes = useFleet(state => state.nodes)
  const places = [
    [FIRST, 'The first node of the plan'] as const,
    ...nodes.map(({ name }): readonly [string, string] => [name, name]),
  ]
  const empty = { command: '', on: null, limitSeconds: null }
  const { command, on, limitSeconds } = prerequisite ?? empty
  const change = (part: Partial<typeof empty>): void =>
    set(['prerequisite'], { ...empty, ...prerequisite, ...part })
  return (
    <Fold title="Prerequisite" holds={prerequisite === null ? null : command} paths={[['prerequisite']]}>
      <TextField
        isMono
        path={['prerequisite', 'command']}
        label="Command that must have succeeded before any track starts"
        note="Empty: none."
        placeholder="test -f ~/data/prices.parquet"
        value={command}
        onText={text =>
          text === '' && on === null && limitSeconds === null
            ? set(['prerequisite'], null)
            : change({ command: text })
        }
      />
      {prerequisite === null ? null : (
        <>
          <div className="plan-pair">
            <ChoiceField
              path={['prerequisite', 'on']}
              label="Runs on"
              value={on ?? FIRST}
              options={places}
              onChoose={node => change({ on: node === FIRST ? null : (node as never) })}
            />
            <NumberField
              isOptional
              path={['prerequisite', 'limitSeconds']}
              label="Time limit"
              unit="s"
              note="Empty: no limit."
              value={limitSeconds}
            />
          </div>
          <span>
            <Button size="s" onClick={() => set(['prerequisite'], null)}>
              Do without
            </Button>
          </span>
        </>
      )}
    </Fold>
  )
}

type CleanupWay = 'none' | 'command' | 'remove'
const CLEANUPS: readonly (readonly [CleanupWay, string])[] = [
  ['none', 'Nothing'],
  ['command', 'Run a command'],
  ['remove', 'Remove files'],
]

function CleanupFold({ cleanup }: { cleanup: PlanDraft['cleanup'] }) {
  const { set } = useEditor()
  const way: CleanupWay = cleanup === null ? 'none' : 'command' in cleanup ? 'command' : 'remove'
  const choose = (next: CleanupWay): void => {
    if (next === way) return
    set(['cleanup'], next === 'none' ? null : next === 'command' ? { command: '' } : { remove: [] })
  }
  const holds =
    cleanup === null ? null : 'command' in cleanup ? cleanup.command : `removes ${cleanup.remove.join(', ')}`
  return (
    <Fold title="Cleanup" holds={holds} paths={[['cleanup']]}>
      <Radios
        path={['cleanup']}
        label="Once on every node, after its last worker there has ended"
        value={way}
        options={CLEANUPS}
        onChoose={choose}
      >
        {cleanup !== null && 'command' in cleanup ? (
          <TextField
            isMono
            path={['cleanup', 'command']}
            label="Command"
            placeholder="rm -rf /tmp/scratch-{{run}}"
            value={cleanup.command}
          />
        ) : null}
        {cleanup !== null && 'remove' in cleanup ? (
          <ListField
            path={['cleanup', 'remove']}
            label="Files and folders to remove"
            note="Paths on the node, one a line."
            value={cleanup.remove}
          />
        ) : null}
      </Radios>
    </Fold>
  )
}
