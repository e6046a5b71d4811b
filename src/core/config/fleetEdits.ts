import { isDeepStrictEqual } from 'node:util'
import type { NodeName, RunId } from '../../contract/ids'
import type { NewNode, NodeChange } from '../../contract/machines'
import { AppError } from '../kernel/appError'
import { tracksWithoutNodes, withChange, withMove, withNodes, withoutNode } from './changeFleet'
import { addNodesText, editNodeText, moveNodeText, removeNodeText, renameMentions } from './editFleetText'
import type { Edit, EditFile } from './editFile'
import type { Fleet, NodeConfig } from './fleetSchema'
import { freeName } from './freeName'

export interface FleetEditsDeps {
  readonly editFile: EditFile
  /** A run with a worker on this node that has not ended; null when there is none. */
  readonly activeRunOn: (name: NodeName) => RunId | null
}

/**
 * Changes of the nodes of `fleet.yaml` from the screen. Comments, order, quotes and blank lines of what is not changed
 * stay; each change is on disk, and taken by the engine, when it returns.
 * Errors: `refused` with the reason and the fix; `not-found` for a node that the file does not have.
 */
export function createFleetEdits({ editFile, activeRunOn }: FleetEditsDeps) {
  const file = editFile.name

  /** `unless` is for a machine that a STOP may never reach again. */
  function refuseWhileRunning(name: NodeName, what: string, unless = ''): void {
    const run = activeRunOn(name)
    if (run === null) return
    throw new AppError('refused', `The run ${run} is on ${name}, so ${name} cannot be ${what}.`, {
      hint: `Stop the run first.${unless}`,
    })
  }

  return {
    add: (nodes: readonly NewNode[]) => editFile.apply((text, fleet) => planAdd(text, fleet, nodes)),
    edit: (name: NodeName, change: NodeChange) =>
      editFile.apply((text, fleet) => {
        const wanted = realChange(nodeOf(fleet, name, file), change)
        if (wanted.name !== null) refuseWhileRunning(name, 'renamed')
        if (wanted.ssh !== null) refuseWhileRunning(name, 'given another address', MOVED)
        return planChange(text, fleet, name, wanted)
      }),
    remove: (name: NodeName) =>
      editFile.apply((text, fleet) => {
        nodeOf(fleet, name, file)
        refuseWhileRunning(name, 'removed', GONE)
        return planRemoval(text, fleet, name)
      }),
    move: (name: NodeName, toIndex: number) =>
      editFile.apply((text, fleet) => {
        nodeOf(fleet, name, file)
        const to = Math.min(toIndex, fleet.nodes.length - 1)
        return {
          text: moveNodeText(text, indexOf(fleet, name), to),
          fleet: withMove(fleet, name, to),
        }
      }),
  }
}

const MOVED = ' If this machine itself has got another address, change it in fleet.yaml by hand.'
const GONE = ' If this machine is gone for good, take it out of fleet.yaml by hand.'

function planAdd(text: string, fleet: Fleet, nodes: readonly NewNode[]): Edit {
  const taken = new Set(fleet.nodes.map(({ name }) => name))
  const wanted = new Set(nodes.map(({ name }) => name))
  for (const { name } of nodes) {
    if (taken.has(name)) throw nameTaken(name, each => taken.has(each) || wanted.has(each))
    taken.add(name)
  }
  return { text: addNodesText(text, nodes), fleet: withNodes(fleet, nodes) }
}

/** Only what differs from what the file says: a form sends all that it shows. */
function realChange(node: NodeConfig, change: NodeChange): NodeChange {
  if (change.ssh !== null && 'local' in node) {
    throw new AppError('refused', `${node.name} is this PC, which needs no SSH.`, {
      hint: 'Add a node of its own for the other machine.',
    })
  }
  const asIs = withChange({ version: 1, nodes: [node], plans: [] }, node.name, {
    ...NO_CHANGE,
    ssh: change.ssh,
  })
  return {
    name: change.name === node.name ? null : change.name,
    ssh: isDeepStrictEqual(asIs.nodes[0], node) ? null : change.ssh,
    roles: isDeepStrictEqual(change.roles, node.roles) ? null : change.roles,
    isDisabled: change.isDisabled === node.disabled ? null : change.isDisabled,
  }
}

const NO_CHANGE: NodeChange = { name: null, ssh: null, roles: null, isDisabled: null }

function planChange(text: string, fleet: Fleet, name: NodeName, change: NodeChange): Edit {
  const isTaken = (each: NodeName): boolean => fleet.nodes.some(node => node.name === each)
  if (change.name !== null && isTaken(change.name)) throw nameTaken(change.name, isTaken)
  const after = withChange(fleet, name, change)
  const idle = newlyIdle(fleet, after)
  if (idle !== null) {
    throw new AppError('refused', `${name} is the last node with the role that ${idle} runs on.`, {
      hint: 'Give the role to another node first, or change the plan.',
    })
  }
  const renamed = change.name === null ? text : renameMentions(text, name, change.name)
  return { text: editNodeText(renamed, indexOf(fleet, name), change), fleet: after }
}

function planRemoval(text: string, fleet: Fleet, name: NodeName): Edit {
  if (fleet.nodes.length === 1) {
    throw new AppError('refused', `${name} is the last node of the fleet.`, {
      hint: 'Add another node first.',
    })
  }
  const first = fleet.plans.find(plan => plan.prerequisite?.on === name)
  if (first !== undefined) {
    throw new AppError('refused', `The prerequisite of ${first.name} runs on ${name}.`, {
      hint: 'Let it run on another node first.',
    })
  }
  const after = withoutNode(fleet, name)
  const idle = newlyIdle(fleet, after)
  if (idle !== null) {
    throw new AppError('refused', `${idle} would be left with no node to run on.`, {
      hint: `Give this plan another node than ${name} first, or remove the plan.`,
    })
  }
  return { text: removeNodeText(text, indexOf(fleet, name), name), fleet: after }
}

function newlyIdle(before: Fleet, after: Fleet): string | null {
  const known = tracksWithoutNodes(before)
  return tracksWithoutNodes(after).find(track => !known.includes(track)) ?? null
}

function nodeOf(fleet: Fleet, name: NodeName, file: string): NodeConfig {
  const node = fleet.nodes.find(each => each.name === name)
  if (node !== undefined) return node
  throw new AppError('not-found', `There is no node ${name} in ${file}.`, {
    hint: 'It may have been renamed or removed meanwhile.',
  })
}

function indexOf(fleet: Fleet, name: NodeName): number {
  return fleet.nodes.findIndex(node => node.name === name)
}

function nameTaken(name: NodeName, isTaken: (name: NodeName) => boolean): AppError {
  return new AppError('refused', `There is already a node called ${name}.`, {
    hint: `${freeName(name, isTaken)} is free.`,
  })
}
