import type { NodeName } from '../../contract/ids'
import type { Engine } from '../engines/engine'
import { createTaskGroup } from '../kernel/taskGroup'
import type { FleetNode, FleetNodes } from '../nodes/fleetNodes'
import type { ModeReadDeps } from './modeReader'
import type { NodeWatch } from './nodeWatch'
import { createNodeWatch } from './nodeWatch'
import type { WorkerLogDeps } from './workerLog'

export interface SupervisorDeps extends WorkerLogDeps, ModeReadDeps {
  readonly nodes: FleetNodes
  readonly engineOf: (node: FleetNode) => Engine | null
  readonly onCrash: (name: string, error: unknown) => void
}

const GONE_FROM_FLEET = 'its node is no longer in fleet.yaml: put it back to see and stop the worker'

/**
 * Watches every worker that has not ended, for as long as its node's link is online: its state by the node's own
 * records, its mode by its environment, its log by offset. Watching changes nothing on the node, and its end (a dead
 * link, the end of Drydock) changes nothing about the run.
 */
export function createSupervisor(deps: SupervisorDeps) {
  const { book, nodes, onCrash } = deps
  const all = createTaskGroup(onCrash)
  const watches = new Map<NodeName, NodeWatch>()

  function sync(node: FleetNode): void {
    const { name } = node.config
    const engine = deps.engineOf(node)
    const current = watches.get(name)
    if (engine !== null && node.online !== null) {
      if (current?.session === node.online) return
      current?.stop()
      const watch = createNodeWatch(deps, name, engine, node.online)
      watches.set(name, watch)
      all.start(`watch ${name}`, () => watch.run())
    } else if (current !== undefined) {
      current.stop()
      watches.delete(name)
      loseSight(name, deps.nodes.get(name) === undefined ? GONE_FROM_FLEET : 'the link to its node is down')
    }
  }

  function loseSight(name: NodeName | null, detail: string): void {
    for (const { run, record } of book.watched()) {
      const { id, node } = record.worker
      if (name === null || node === name) book.note(run, id, { type: 'link-lost' }, { detail })
    }
  }

  loseSight(null, 'not seen since Drydock started')
  const forget = nodes.onLink(sync)
  for (const node of nodes.list()) sync(node)

  return {
    /** Looks at a node now instead of within the next second. */
    nudge: (node: NodeName): void => watches.get(node)?.nudge(),

    async [Symbol.asyncDispose](): Promise<void> {
      forget()
      for (const watch of watches.values()) watch.stop()
      await all[Symbol.asyncDispose]()
    },
  }
}
