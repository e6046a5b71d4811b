import type { NodeName, PlanName } from '../../contract/ids'
import type { Screen, ScreenState } from './screenStore'

type Place = Pick<ScreenState, 'screen' | 'node' | 'nodeTab' | 'editedPlan'>

const SCREENS: readonly Screen[] = ['fleet', 'runs', 'results', 'logs', 'settings']
const NEW_PLAN = '#plan-new'

/** `#runs`, `#node/pc2`, `#node/pc2/diagnosis`, `#plan/kelly`, `#plan-new`. */
export function hashOf({ screen, node, nodeTab, editedPlan }: Place): string {
  if (screen === 'plan') return editedPlan === null ? NEW_PLAN : `#plan/${editedPlan}`
  if (screen !== 'node' || node === null) return `#${screen === 'node' ? 'fleet' : screen}`
  return `#node/${node}${nodeTab === 'diagnosis' ? '/diagnosis' : ''}`
}

/** The reverse; null for anything else. Whether there is such a node or plan is for the screen to say. */
export function placeOf(hash: string): Partial<Place> | null {
  const screen = SCREENS.find(name => `#${name}` === hash)
  if (screen !== undefined) return { screen }
  if (hash === NEW_PLAN) return { screen: 'plan', editedPlan: null }
  const [, plan] = /^#plan\/([A-Za-z0-9._-]{1,64})$/.exec(hash) ?? []
  if (plan !== undefined) return { screen: 'plan', editedPlan: plan as PlanName }
  const [, name, tab] = /^#node\/([A-Za-z0-9._-]{1,64})(\/diagnosis)?$/.exec(hash) ?? []
  if (name === undefined) return null
  return { screen: 'node', node: name as NodeName, nodeTab: tab === undefined ? 'overview' : 'diagnosis' }
}
