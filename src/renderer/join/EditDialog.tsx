import type { NodeName } from '../../contract/ids'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { DialogParts, ScreenDialog } from '../components/ScreenDialog'
import { Toggle } from '../components/Toggle'
import { useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import type { ActionProblem } from '../views/screenStore'
import { AddressFields } from './AddressFields'
import { Field } from './Field'
import { backToNode } from './focusNode'
import { closeJoin, saveEdit } from './joinCommands'
import { joinStore, type NodeDraft } from './joinStore'
import { type EditProblems, readEdit } from './nodeEdit'
import { RoleChips } from './RoleChips'

interface EditDialogProps {
  readonly node: NodeName
  readonly draft: NodeDraft
  readonly isSaving: boolean
  readonly problem: ActionProblem | null
}

const change = (part: Partial<NodeDraft>): void =>
  joinStore.setState(({ dialog }) =>
    dialog?.kind === 'edit' ? { dialog: { ...dialog, draft: { ...dialog.draft, ...part } } } : {},
  )

/** A node's name, address and roles, and whether it is used. */
export function EditDialog({ node: name, draft, isSaving, problem }: EditDialogProps) {
  const actions = useActions()
  const nodes = useFleet(state => state.nodes)
  const node = nodes.find(one => one.name === name)
  const edit = node === undefined ? null : readEdit(draft, node, nodes)
  const save = (): void => {
    if (!isSaving && node !== undefined && edit?.change !== null) void saveEdit(actions, node)
  }
  return (
    <ScreenDialog name={`Edit ${name}`} onLeave={closeJoin} backTo={() => backToNode(name)}>
      <DialogParts
        buttons={
          <>
            <Button onClick={closeJoin}>Cancel</Button>
            <Button look="primary" refusal={saveRefusal(isSaving, edit)} onClick={save}>
              Save
            </Button>
          </>
        }
      >
        <h2>Edit {name}</h2>
        {edit === null ? (
          <p className="text-t2">{name} is not in the fleet any more.</p>
        ) : (
          <EditFields draft={draft} problems={edit.problems} onEnter={save} />
        )}
        {problem === null ? null : (
          <div className="modal-part mt-4">
            <Notice severity="err" what={problem.what} fix={problem.fix} />
          </div>
        )}
      </DialogParts>
    </ScreenDialog>
  )
}

function saveRefusal(isSaving: boolean, edit: ReturnType<typeof readEdit> | null): string | null {
  if (isSaving) return 'Saving.'
  if (edit === null) return 'There is no such node any more.'
  const wrong = Object.values(edit.problems).find(problem => problem !== null)
  if (wrong !== undefined) return wrong
  return edit.change === null ? 'Nothing is changed yet.' : null
}

interface EditFieldsProps {
  readonly draft: NodeDraft
  readonly problems: EditProblems
  readonly onEnter: () => void
}

function EditFields({ draft, problems, onEnter }: EditFieldsProps) {
  const onKeyDown = (event: { key: string }): void => (event.key === 'Enter' ? onEnter() : undefined)
  return (
    <div className="modal-part mt-3 flex flex-col gap-4">
      <Field
        label="Name"
        maxLength={64}
        value={draft.name}
        problem={problems.name}
        note="Runs of the past keep the name that it had."
        onText={name => change({ name })}
        onKeyDown={onKeyDown}
      />
      {draft.way === 'local' ? null : <Where {...{ draft, problems, onEnter }} />}
      <RoleChips roles={draft.roles} of={draft.name} onChange={roles => change({ roles })} />
      <Toggle
        name="Disabled: not connected, and no run goes there"
        isOn={draft.isDisabled}
        onAsk={isDisabled => change({ isDisabled })}
      />
    </div>
  )
}

const WAYS: readonly (readonly [NodeDraft['way'], string])[] = [
  ['address', 'Own address'],
  ['alias', 'Alias of ~/.ssh/config'],
]

/** Where it is: an address of its own, or all that OpenSSH knows of an alias. */
function Where({ draft, problems, onEnter }: EditFieldsProps) {
  const onKeyDown = (event: { key: string }): void => (event.key === 'Enter' ? onEnter() : undefined)
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-1.5 text-dense text-t2">Where it is</legend>
      <span className="flex flex-wrap gap-5">
        {WAYS.map(([way, words]) => (
          <label key={way} className="flex min-h-6 items-center gap-2">
            <input
              type="radio"
              name="edit-way"
              checked={draft.way === way}
              onChange={() => change({ way })}
            />
            {words}
          </label>
        ))}
      </span>
      {draft.way === 'alias' ? (
        <Field
          isMono
          label="Alias"
          value={draft.alias}
          problem={problems.alias}
          onText={alias => change({ alias })}
          onKeyDown={onKeyDown}
        />
      ) : (
        <AddressFields
          draft={draft.address}
          problems={problems}
          onChange={address => change({ address })}
          onEnter={onEnter}
        />
      )}
    </fieldset>
  )
}
