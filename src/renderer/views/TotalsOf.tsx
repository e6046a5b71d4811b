import type { NodeView } from '../../contract/nodes'
import { fleetStore } from '../state/fleetStore'
import { useClock } from './clock'
import { totalsOf, totalWords } from './nodeTotals'

/** What these nodes do together, once a second and not with every sample. */
export function TotalsOf({ nodes, className }: { nodes: readonly NodeView[]; className: string }) {
  const words = useClock(() => totalWords(totalsOf(nodes, fleetStore.getState())).join('\n'))
  return (
    <span className={className}>
      {words.split('\n').map(total => (
        <Total key={total.replace(/[\d.]+/g, '')} words={total} />
      ))}
    </span>
  )
}

/** The figure is what matters, wherever in the words it stands. */
function Total({ words }: { words: string }) {
  const [, before = '', figure = '', after = ''] = /^(\D*?)([\d.,/]+)(.*)$/s.exec(words) ?? []
  return (
    <span>
      {before}
      <b className="font-semibold text-t1">{figure}</b>
      {after}
    </span>
  )
}
