import type { PlanDraft, TrackDraft } from '../../contract/plans'
import { useEditor } from './editor'
import { AfterChips } from './AfterChips'
import { ContainerFields } from './ContainerFields'
import { EnvRows } from './EnvRows'
import { AreaField, NumberField, TextField } from './fields'
import { withTrackNamed } from './planEdit'
import { changeEdit } from './planStore'
import { SecretRows } from './SecretRows'
import { TrackMore } from './TrackMore'
import { WhereField } from './WhereField'

interface TrackFieldsProps {
  readonly track: TrackDraft
  readonly at: number
  readonly engine: PlanDraft['engine']
  readonly others: string
}

/** Everything that a track is. */
export function TrackFields({ track, at, engine, others }: TrackFieldsProps) {
  const { key, set } = useEditor()
  const path = ['tracks', at] as const
  const mayBeEmpty = engine === 'docker'
  return (
    <>
      <div className="plan-pair">
        <TextField
          path={[...path, 'name']}
          label="Name"
          value={track.name}
          onText={name => changeEdit(key, edit => withTrackNamed(edit, at, name))}
        />
        <NumberField path={[...path, 'workers']} label="Workers a node" value={track.workers} />
      </div>
      <WhereField path={[...path, 'on']} on={track.on} />
      <AreaField
        path={[...path, 'command']}
        label="Command"
        note={
          mayBeEmpty
            ? 'A shell line. Empty: the container’s own command. {{worker}} {{workers}} {{node}} {{run}} are filled in.'
            : 'A shell line. {{worker}} {{workers}} {{node}} {{run}} are filled in.'
        }
        placeholder={mayBeEmpty ? '' : 'python3 train.py --seed {{worker}}'}
        value={track.command ?? ''}
        onText={command => set([...path, 'command'], mayBeEmpty && command === '' ? null : command)}
      />
      <TextField
        isMono
        isOptional
        path={[...path, 'workdir']}
        label="Work folder"
        note="On the node. Empty: the node’s own work folder."
        placeholder="~/bots"
        value={track.workdir}
      />
      {engine === 'docker' && track.docker !== null ? (
        <ContainerFields path={[...path, 'docker']} docker={track.docker} />
      ) : null}
      <EnvRows path={[...path, 'env']} env={track.env} />
      <SecretRows path={[...path, 'secrets']} secrets={track.secrets} />
      <AfterChips path={[...path, 'after']} after={track.after} others={others} />
      <TrackMore track={track} at={at} />
    </>
  )
}
