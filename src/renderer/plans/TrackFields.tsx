import type { PlanDraft, TrackDraft } from '../../contract/plans'
import { Button } from '../components/Button'
import { useEditor } from './editor'
import { AfterChips } from './AfterChips'
import { ContainerFields } from './ContainerFields'
import { EnvRows } from './EnvRows'
import { AreaField, FieldGroup, NumberField, TextField } from './fields'
import { type FieldPath, withTrackNamed } from './planEdit'
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
      <Container path={[...path, 'docker']} docker={track.docker} engine={engine} />
      <EnvRows path={[...path, 'env']} env={track.env} />
      <SecretRows path={[...path, 'secrets']} secrets={track.secrets} />
      <AfterChips path={[...path, 'after']} after={track.after} others={others} />
      <TrackMore track={track} at={at} />
    </>
  )
}

interface ContainerProps {
  readonly path: FieldPath
  readonly docker: TrackDraft['docker']
  readonly engine: PlanDraft['engine']
}

/** A block that the engine has no use for is only offered to be taken out. */
function Container({ path, docker, engine }: ContainerProps) {
  const { set } = useEditor()
  if (docker === null) return null
  if (engine === 'docker') return <ContainerFields path={path} docker={docker} />
  return (
    <FieldGroup isOne path={path} label="Container" note="Only for plans of Docker containers.">
      <span>
        <Button size="s" onClick={() => set(path, null)}>
          Take it out
        </Button>
      </span>
    </FieldGroup>
  )
}
