import type { NodeName } from '../contract/ids'
import type { RunOwner } from '../contract/runs'
import type { Engine } from './engines/engine'
import { createNodeEngine } from './engines/nodeEngine'
import type { FleetNode, FleetNodes } from './nodes/fleetNodes'
import { isContainer } from './runs/isContainer'
import type { RunBook } from './runs/runBook'

/** One engine for each link: what it has asked of the node once need not be asked again. */
export function createEngineOf(book: RunBook, self: RunOwner): (node: FleetNode) => Engine | null {
  const engines = new WeakMap<object, Engine>()
  return ({ online }) => {
    if (online === null) return null
    const engine =
      engines.get(online) ??
      createNodeEngine({
        ...online,
        owner: self,
        isContainer: (run, worker) => book.has(run) && isContainer(book.record(run), worker),
      })
    engines.set(online, engine)
    return engine
  }
}

/** Until the node's link is online, or `signal` aborts. */
export async function untilOnline(nodes: FleetNodes, name: NodeName, signal: AbortSignal): Promise<void> {
  if (signal.aborted || nodes.get(name)?.online != null) return
  await new Promise<void>(resolve => {
    const forget = nodes.onLink(node => {
      if (node.config.name === name && node.online !== null) done()
    })
    const done = (): void => {
      forget()
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}
