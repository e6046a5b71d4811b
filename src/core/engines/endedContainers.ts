import type { ContainerRemoval, EndedContainer } from '../../contract/folders'
import type { NodeName, RunId } from '../../contract/ids'
import { AppError } from '../kernel/appError'
import type { FleetNode } from '../nodes/fleetNodes'
import type { ListedContainer } from './dockerAnswers'
import { parseContainers, parseRemovals } from './dockerAnswers'
import { inDockersWords } from './dockerTrouble'

export interface EndedContainersDeps {
  readonly node: (name: NodeName) => FleetNode | undefined
  /** Whether this Drydock has a record of the run. */
  readonly isKnown: (run: RunId) => boolean
}

/**
 * Containers that carry Drydock's label and have ended: listed, and removed by id, one by one. Nothing else is ever
 * pruned: not one that runs, not one of another Drydock, no image, no volume, no network.
 */
export function createEndedContainers(deps: EndedContainersDeps) {
  async function ask(name: NodeName, functionName: string, args: readonly string[]): Promise<string> {
    const online = deps.node(name)?.online
    if (online == null) {
      throw new AppError('unreachable', `${name} is not online.`, { hint: 'Reconnect it, then look again.' })
    }
    return await inDockersWords(() => online.shell.call(functionName, [online.facts.stateDir, ...args]))
  }

  /** One that says whose it is belongs to that Drydock; one that does not say is anybody's. */
  const isOurs = ({ run, app }: ListedContainer): boolean =>
    run !== null && (app === null || deps.isKnown(run))

  async function list(name: NodeName): Promise<ListedContainer[]> {
    return parseContainers(await ask(name, 'drydock_containers', [])).filter(isOurs)
  }

  return {
    /** Errors: `unreachable`; `launch-failed` with what Docker said. */
    async list(name: NodeName): Promise<EndedContainer[]> {
      const found = await list(name)
      return found.map(({ app: _app, ...one }) => ({ node: name, ...one }))
    },

    /** Each is looked at again before it goes. Errors: as for `list`. */
    async remove(name: NodeName, ids: readonly string[]): Promise<ContainerRemoval> {
      const ours = new Set((await list(name)).map(({ id }) => id))
      const wanted = [...new Set(ids)]
      const left = wanted.filter(id => !ours.has(id))
      const rest = wanted.filter(id => ours.has(id))
      const answer =
        rest.length === 0
          ? { removed: [], failed: [] }
          : parseRemovals(await ask(name, 'drydock_container_remove', rest))
      const reason = 'it is not an ended container of this Drydock'
      return { ...answer, failed: [...answer.failed, ...left.map(id => ({ id, reason }))] }
    },
  }
}
