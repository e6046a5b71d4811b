import { cleanup, render } from '@testing-library/react'
import { fleetStore } from '../state/fleetStore'
import type { FleetActions } from '../views/actions'
import { ClockProvider, fixedClock } from '../views/clock'
import { fleetLook, PLAIN_LOOK } from '../views/fleetLook'
import { FleetView } from '../views/FleetView'
import { ResultsView } from '../views/ResultsView'
import { RunsView } from '../views/RunsView'
import { initialScreen, screenStore, useScreen } from '../views/screenStore'
import { Shell } from '../views/Shell'
import { NOW_MS } from './builders'
import { SCENES } from './scenes'
import { seedHistory } from './seedHistory'

/** For tests: what was asked of the engine, a line an act, and how the next acts end. */
export interface Asked {
  readonly acts: string[]
  failure: Error | null
}

/** For tests: draws a scene of the gallery in the page, as the app would draw it. */
export function showScene(name: keyof typeof SCENES): Asked {
  cleanup()
  stubPage()
  const create = SCENES[name]
  if (create === undefined) throw new Error(`There is no scene ${name}.`)
  const { state, screen, loadOf, look } = create()
  seedHistory(state.nodes, loadOf)
  fleetStore.setState(state, true)
  screenStore.setState({ ...initialScreen, ...screen }, true)
  fleetLook.setState({ ...PLAIN_LOOK, ...look }, true)
  const asked: Asked = { acts: [], failure: null }
  render(
    <ClockProvider value={fixedClock(NOW_MS)}>
      <Shell actions={recordInto(asked)} onOpenPalette={() => asked.acts.push('palette')}>
        <Chosen />
      </Shell>
    </ClockProvider>,
  )
  return asked
}

function Chosen() {
  const screen = useScreen(state => state.screen)
  return screen === 'runs' ? <RunsView /> : screen === 'results' ? <ResultsView /> : <FleetView />
}

function recordInto(asked: Asked): FleetActions {
  const act =
    (name: string) =>
    (...given: readonly unknown[]): Promise<void> => {
      asked.acts.push([name, ...given.map(one => JSON.stringify(one))].join(' '))
      return asked.failure === null ? Promise.resolve() : Promise.reject(asked.failure)
    }
  return {
    startTraining: act('start'),
    stopTraining: act('stop'),
    setMode: act('mode'),
    trustHostKey: act('trust'),
    refuseHostKey: act('refuse'),
    reconnect: act('reconnect'),
    dismissAlert: act('dismiss'),
    copyText: act('copy'),
    showLogs: (...given) => void act('logs')(...given),
    openDownload: (...given) => void act('download')(...given),
  }
}

/** What a page has and the test's page lacks. */
function stubPage(): void {
  const query = { matches: true, addEventListener: () => {}, removeEventListener: () => {} }
  Object.defineProperty(window, 'matchMedia', { configurable: true, value: () => query })
  HTMLCanvasElement.prototype.getContext = () => null
}
