import type { NodeName } from '../../contract/ids'
import type { Screen, ScreenState } from './screenStore'

type Place = Pick<ScreenState, 'screen' | 'node' | 'nodeTab'>

const SCREENS: readonly Screen[] = ['fleet', 'runs', 'results', 'logs', 'settings']

/** `#runs`, `#node/pc2`, `#node/pc2/diagnosis`. */
export function hashOf({ screen, node, nodeTab }: Place): string {
  if (screen !== 'node' || node === null) return `#${screen === 'node' ? 'fleet' : screen}`
  return `#node/${node}${nodeTab === 'diagnosis' ? '/diagnosis' : ''}`
}

/** The reverse; null for anything else. */
export function placeOf(hash: string): Pick<Place, 'screen'> | Place | null {
  const screen = SCREENS.find(name => `#${name}` === hash)
  if (screen !== undefined) return { screen }
  const [, name, tab] = /^#node\/([A-Za-z0-9._-]{1,64})(\/diagnosis)?$/.exec(hash) ?? []
  // Whether there is such a node is for the screen to say: the fleet may not be known yet.
  if (name === undefined) return null
  return { screen: 'node', node: name as NodeName, nodeTab: tab === undefined ? 'overview' : 'diagnosis' }
}
