import type { NodeName } from '../../contract/ids'
import type { Scene } from './scenes'

/** 40 characters, and 60. */
const NODE_ENDING = '-in-the-cellar-behind-the-second-door-on-the-left'
const PLAN = 'kelly-monte-carlo-of-every-fraction-over-all-years-and-seeds'
const NODE_LENGTH = 40

/** The same scene where every name is as long as anybody would make it. */
export function withLongNames({ state, loadOf, ...rest }: Scene): Scene {
  const long = new Map(state.nodes.map(({ name }) => [name, lengthened(name)]))
  let text = JSON.stringify(state).replaceAll('"kelly-monte-carlo"', JSON.stringify(PLAN))
  for (const [name, longer] of long) text = text.replaceAll(JSON.stringify(name), JSON.stringify(longer))
  const short = new Map([...long].map(([name, longer]) => [longer, name]))
  return {
    ...rest,
    state: JSON.parse(text) as Scene['state'],
    loadOf: node => loadOf({ ...node, name: short.get(node.name) ?? node.name }),
  }
}

const lengthened = (name: NodeName): NodeName => `${name}${NODE_ENDING}`.slice(0, NODE_LENGTH) as NodeName
