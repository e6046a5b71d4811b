import { ChartNoAxesCombined, Logs, type LucideIcon, Play, Server, Settings } from 'lucide-react'
import type { MouseEvent } from 'react'
import { useFleet } from '../state/fleetStore'
import { activeRuns } from './refusals'
import { type Screen, screenStore, useScreen } from './screenStore'

const SCREENS: readonly (readonly [Screen, string, LucideIcon])[] = [
  ['fleet', 'Fleet', Server],
  ['runs', 'Runs', Play],
  ['results', 'Results', ChartNoAxesCombined],
  ['logs', 'Logs', Logs],
  ['settings', 'Settings', Settings],
]

/** Screens without a link of their own, and under which they lie. */
const WITHIN: Partial<Record<Screen, Screen>> = { node: 'fleet', plan: 'runs' }

export function MainNav() {
  const current = useScreen(state => state.screen)
  const nodes = useFleet(state => state.nodes.length)
  const running = useFleet(state => activeRuns(state.runs).length)
  const counts: Partial<Record<Screen, number>> = { fleet: nodes, runs: running }
  const go = (event: MouseEvent, screen: Screen): void => {
    event.preventDefault()
    screenStore.setState({ screen })
  }
  return (
    <nav className="nav" aria-label="Main">
      {SCREENS.map(([screen, name, Shape]) => (
        <span key={screen} className="nav-item" data-screen={screen}>
          <a
            href={`#${screen}`}
            aria-current={screen === current ? 'page' : undefined}
            data-within={WITHIN[current] === screen ? '' : undefined}
            data-tip={name}
            onClick={event => go(event, screen)}
          >
            <Shape size={16} strokeWidth={1.75} aria-hidden />
            <span className="nav-word">{name}</span>
          </a>
          {counts[screen] ? <span className="nav-count">{counts[screen]}</span> : null}
        </span>
      ))}
    </nav>
  )
}
