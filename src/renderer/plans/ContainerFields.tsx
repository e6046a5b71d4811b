import type { DockerDraft } from '../../contract/plans'
import { Toggle } from '../components/Toggle'
import { ChoiceField, Fold } from './choices'
import { useEditor } from './editor'
import { FieldGroup, ListField, NumberField, TextField } from './fields'
import type { FieldPath } from './planEdit'

interface ContainerFieldsProps {
  readonly path: FieldPath
  readonly docker: DockerDraft
}

const PULLS: readonly (readonly [DockerDraft['pull'], string])[] = [
  ['missing', 'When it is missing'],
  ['always', 'Always'],
  ['never', 'Never'],
]

const CONFLICTS: readonly (readonly [DockerDraft['onConflict'], string])[] = [
  ['suffix', 'Add a suffix to the name'],
  ['remove', 'Remove it, if it has ended'],
  ['refuse', 'Refuse to start'],
]

/** How each worker becomes a container. */
export function ContainerFields({ path, docker }: ContainerFieldsProps) {
  const { set } = useEditor()
  const at = (field: keyof DockerDraft): FieldPath => [...path, field]
  return (
    <FieldGroup path={path} label="Container">
      <div className="plan-pair">
        <TextField
          isMono
          path={at('image')}
          label="Image"
          placeholder="pytorch/pytorch:2.4.0-cuda12.4-cudnn9-runtime"
          value={docker.image}
        />
        <ChoiceField
          path={at('pull')}
          label="Pull"
          value={docker.pull}
          options={PULLS}
          onChoose={pull => set(at('pull'), pull)}
        />
      </div>
      <div className="plan-pair">
        <TextField
          isMono
          isOptional
          path={at('gpus')}
          label="GPUs"
          note="all, 1, or device=0. Empty: none."
          value={docker.gpus}
        />
        <NumberField isOptional path={at('cpus')} label="CPUs" value={docker.cpus} />
      </div>
      <ListField
        path={at('mounts')}
        label="Mounts"
        note="One a line: source:/target, with :ro when it is only read."
        placeholder="~/data:/data:ro"
        value={docker.mounts}
      />
      <Fold title="More of the container" holds={moreWords(docker)} paths={MORE.map(field => at(field))}>
        <MoreFields path={path} docker={docker} />
      </Fold>
    </FieldGroup>
  )
}

const MORE = ['build', 'containerName', 'onConflict', 'network', 'envFile', 'memory', 'shm', 'init'] as const

function moreWords(docker: DockerDraft): string | null {
  const { build, containerName, network, envFile, memory, shm, init, onConflict } = docker
  const parts = [
    build === null ? null : `built from ${build}`,
    containerName,
    onConflict === 'suffix' ? null : `${onConflict} on conflict`,
    network === null ? null : `network ${network}`,
    envFile,
    memory === null ? null : `${memory} RAM`,
    shm === null ? null : `${shm} shm`,
    init ? null : 'no init',
  ].filter(part => part !== null)
  return parts.length === 0 ? null : parts.join(' · ')
}

function MoreFields({ path, docker }: ContainerFieldsProps) {
  const { set } = useEditor()
  const text = (field: keyof DockerDraft, label: string, note: string, value: string | null) => (
    <TextField isMono isOptional path={[...path, field]} label={label} note={note} value={value} />
  )
  return (
    <>
      {text(
        'build',
        'Build folder',
        'On the node, with a Dockerfile: the image is built there when it is missing.',
        docker.build,
      )}
      <div className="plan-pair">
        {text('containerName', 'Name', 'Empty: named after the run.', docker.containerName)}
        <ChoiceField
          path={[...path, 'onConflict']}
          label="When one of that name exists"
          value={docker.onConflict}
          options={CONFLICTS}
          onChoose={onConflict => set([...path, 'onConflict'], onConflict)}
        />
      </div>
      <div className="plan-pair">
        {text('memory', 'RAM limit', 'For example 12g.', docker.memory)}
        {text('shm', 'Shared memory', 'For example 2g.', docker.shm)}
      </div>
      <div className="plan-pair">
        {text('network', 'Network', 'Empty: Docker’s own.', docker.network)}
        {text('envFile', 'Environment file', 'On the node.', docker.envFile)}
      </div>
      <Toggle
        name="Run an init process in it, which ends what the command leaves behind"
        isOn={docker.init}
        onAsk={init => set([...path, 'init'], init)}
      />
    </>
  )
}
