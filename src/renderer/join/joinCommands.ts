import type { NodeName } from '../../contract/ids'
import type { NodeChange } from '../../contract/machines'
import type { NodeView } from '../../contract/nodes'
import { fleetStore } from '../state/fleetStore'
import { attempt, problemOf } from '../views/attempt'
import { type ActionProblem, screenStore } from '../views/screenStore'
import { type AddTab, EMPTY_ADD, newNodes } from './addState'
import type { JoinActions } from './joinActions'
import { changeAdd, type JoinDialog, joinStore } from './joinStore'
import { nodeDraft, readEdit } from './nodeEdit'

/** Nothing of a node is changed. */
const NO_CHANGE: NodeChange = { name: null, ssh: null, roles: null, isDisabled: null }

/** Opens "Add machines"; what was picked before is still picked. With a tab it goes straight to the picking. */
export function openAdd(tab: AddTab | null = null): void {
  joinStore.setState(({ add, isOfferOver }) => ({
    dialog: { kind: 'add' },
    add: {
      ...add,
      step: tab === null && !isOfferOver ? 'this-pc' : 'pick',
      tab: tab ?? add.tab,
      problem: null,
    },
  }))
}

/** Closes whatever is open. The offer was seen: it does not come again. */
export function closeJoin(): void {
  joinStore.setState(({ dialog, isOfferOver }) => ({
    dialog: null,
    isOfferOver: isOfferOver || dialog?.kind === 'add',
  }))
}

export const dismissOffer = (): void => joinStore.setState({ isOfferOver: true })

/** Adds what is picked and closes; a refusal is shown where it was asked for, and nothing typed is lost. */
export async function addPicked(actions: JoinActions): Promise<void> {
  const nodes = newNodes(joinStore.getState().add, fleetStore.getState().nodes)
  if (nodes === null) return
  changeAdd(add => ({ ...add, isAdding: true, problem: null }))
  try {
    await actions.addNodes(nodes)
    joinStore.setState(({ add }) => ({ add: { ...EMPTY_ADD, tab: add.tab } }))
    closeJoin()
  } catch (error) {
    changeAdd(add => ({ ...add, isAdding: false, problem: problemOf(error) }))
  }
}

export const openLogin = (node: NodeName): void =>
  joinStore.setState({ dialog: { kind: 'login', node, phase: { at: 'ask' } } })

export const openEdit = (node: NodeView): void =>
  joinStore.setState({
    dialog: { kind: 'edit', node: node.name, draft: nodeDraft(node), isSaving: false, problem: null },
  })

export const openRemove = (node: NodeName): void =>
  joinStore.setState({ dialog: { kind: 'remove', node, isRemoving: false, problem: null } })

/** Enables or disables a node at once; the change can be taken back. */
export function setDisabled(actions: JoinActions, node: NodeName, isDisabled: boolean): void {
  const set = (value: boolean) => actions.editNode(node, { ...NO_CHANGE, isDisabled: value })
  attempt(async () => {
    await set(isDisabled)
    tellUndo(`${node} is ${isDisabled ? 'disabled' : 'enabled'}.`, () => set(!isDisabled))
  })
}

/** One place up (-1) or down (1) in the fleet's order. Does nothing at the ends. */
export function moveNode(actions: JoinActions, node: NodeName, by: -1 | 1): void {
  const { nodes } = fleetStore.getState()
  const from = nodes.findIndex(one => one.name === node)
  const to = from + by
  if (from < 0 || to < 0 || to >= nodes.length) return
  joinStore.setState({ moved: node })
  attempt(async () => {
    await actions.moveNode(node, to)
    tellUndo(`${node} is at place ${to + 1} of ${nodes.length}.`, null)
  })
}

/** Says what was done, with the way back when there is one. */
export function tellUndo(words: string, undo: (() => Promise<void>) | null): void {
  joinStore.setState(({ undo: before }) => ({ undo: { id: (before?.id ?? 0) + 1, words, undo } }))
}

/** Saves what the open dialog changed of `node`, and offers the way back. A refusal is shown in the dialog. */
export async function saveEdit(actions: JoinActions, node: NodeView): Promise<void> {
  const { dialog } = joinStore.getState()
  if (dialog?.kind !== 'edit') return
  const { change, back } = readEdit(dialog.draft, node, fleetStore.getState().nodes)
  if (change === null || back === null) return
  const isDone = await inDialog(
    problem => ({ ...dialog, isSaving: problem === 'under way', problem: problemIn(problem) }),
    () => actions.editNode(node.name, change),
  )
  const name = change.name ?? node.name
  if (isDone) tellUndo(`${name} was changed.`, () => actions.editNode(name, back))
}

/** Takes a node out of the fleet. A refusal is shown in the dialog. */
export async function removeNode(actions: JoinActions, node: NodeName): Promise<void> {
  const isDone = await inDialog(
    problem => ({ kind: 'remove', node, isRemoving: problem === 'under way', problem: problemIn(problem) }),
    () => actions.removeNode(node),
  )
  if (isDone) tellUndo(`${node} was removed from the fleet.`, null)
}

type Attempt = 'under way' | ActionProblem
const problemIn = (attempted: Attempt): ActionProblem | null => (attempted === 'under way' ? null : attempted)

/** Does `work` with the dialog open, and closes it when that went well. Whether it did. */
async function inDialog(
  draw: (attempted: Attempt) => JoinDialog,
  work: () => Promise<void>,
): Promise<boolean> {
  joinStore.setState({ dialog: draw('under way') })
  try {
    await work()
    joinStore.setState({ dialog: null })
    return true
  } catch (error) {
    // Whoever closed it meanwhile still learns of it, under the header.
    const { dialog } = joinStore.getState()
    if (dialog === null) screenStore.setState({ problem: problemOf(error) })
    else joinStore.setState({ dialog: draw(problemOf(error)) })
    return false
  }
}
