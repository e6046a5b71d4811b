import { cleanup, render } from '@testing-library/react'
import * as dialogs from '../join/dialogs'
import { provideDialogs } from '../join/JoinDialogs'
import { initialJoin, joinStore } from '../join/joinStore'
import * as planParts from '../plans/planParts'
import { PlanEditorScreen, providePlanParts } from '../plans/LazyPlans'
import { initialPlans, planStore } from '../plans/planStore'
import { fleetStore } from '../state/fleetStore'
import { createIdleJoin } from '../state/idleJoin'
import { createIdlePlans } from '../state/idlePlans'
import type { PlanActions } from '../plans/planActions'
import type { FleetActions } from '../views/actions'
import { ClockProvider, fixedClock } from '../views/clock'
import { fleetLook, PLAIN_LOOK } from '../views/fleetLook'
import { FleetView } from '../views/FleetView'
import { NodeScreen } from '../views/NodeScreen'
import { ResultsView } from '../views/ResultsView'
import { RunsView } from '../views/RunsView'
import { initialScreen, screenStore, useScreen } from '../views/screenStore'
import { Shell } from '../views/Shell'
import { NOW_MS } from './builders'
import type { SceneAnswers } from './nodeScenes'
import { type SceneReplies, SCENES } from './scenes'
import { seedHistory } from './seedHistory'

provideDialogs(dialogs)
providePlanParts(planParts)

/** For tests: what was asked of the engine, a line an act, and how the next acts end. */
export interface Asked {
  readonly acts: string[]
  failure: Error | null
}

/** For tests: draws a scene of the gallery in the page, as the app would draw it. `more` is what the engine answers. */
export function showScene(name: keyof typeof SCENES, more: SceneReplies = {}): Asked {
  cleanup()
  stubPage()
  const create = SCENES[name]
  if (create === undefined) throw new Error(`There is no scene ${name}.`)
  const { state, screen, loadOf, look, join = initialJoin, plans = initialPlans, answers = {} } = create()
  seedHistory(state.nodes, loadOf)
  fleetStore.setState(state, true)
  screenStore.setState({ ...initialScreen, ...screen }, true)
  joinStore.setState(join, true)
  planStore.setState(plans, true)
  fleetLook.setState({ ...PLAIN_LOOK, ...look }, true)
  const asked: Asked = { acts: [], failure: null }
  render(
    <ClockProvider value={fixedClock(NOW_MS)}>
      <Shell
        actions={recordInto(asked, { ...answers, ...more })}
        onOpenPalette={() => asked.acts.push('palette')}
      >
        <Chosen />
      </Shell>
    </ClockProvider>,
  )
  return asked
}

function Chosen() {
  const screen = useScreen(state => state.screen)
  if (screen === 'node') return <NodeScreen />
  if (screen === 'plan') return <PlanEditorScreen />
  return screen === 'runs' ? <RunsView /> : screen === 'results' ? <ResultsView /> : <FleetView />
}

const NO_ANSWERS: SceneAnswers = {
  readHistory: () => new Promise(() => {}),
  diagnose: () => new Promise(() => {}),
}

function recordInto(asked: Asked, answers: SceneReplies): FleetActions {
  const act =
    (name: string) =>
    (...given: readonly unknown[]): Promise<void> => {
      asked.acts.push([name, ...given.map(one => JSON.stringify(one))].join(' '))
      return asked.failure === null ? Promise.resolve() : Promise.reject(asked.failure)
    }
  const idle = { ...createIdleJoin(), ...createIdlePlans(), ...NO_ANSWERS, ...answers }
  return {
    ...idle,
    testMachine(ssh, signal) {
      asked.acts.push(`test ${JSON.stringify(ssh)}`)
      return idle.testMachine(ssh, signal)
    },
    trustMachine: act('trust machine'),
    addNodes: act('add'),
    editNode: act('edit'),
    removeNode: act('remove'),
    moveNode: act('move'),
    unlockNode: act('unlock'),
    answerNode: act('answer'),
    installKey: async ask => act('install')(ask),
    ...changesOfPlans(idle, act),
    startTraining: (plan, tracks) => (tracks ? act('start')(plan, tracks) : act('start')(plan)),
    stopTraining: act('stop'),
    killSurvivor: act('kill'),
    takeOver: act('take over'),
    setMode: act('mode'),
    trustHostKey: act('trust'),
    refuseHostKey: act('refuse'),
    reconnect: act('reconnect'),
    dismissAlert: act('dismiss'),
    copyText: act('copy'),
    saveText: (...given) => void act('save')(...given),
    showLogs: (...given) => void act('logs')(...given),
    openDownload: (...given) => void act('download')(...given),
  }
}

/** What changes a plan is written down, and answered as the scene answers it. */
function changesOfPlans(
  idle: PlanActions,
  act: (name: string) => (...given: readonly unknown[]) => Promise<void>,
): PlanActions {
  return {
    readPlan: idle.readPlan,
    checkPlan: idle.checkPlan,
    savePlan: async (draft, replaces) => act('save plan')(draft, replaces),
    async duplicatePlan(plan) {
      await act('duplicate plan')(plan)
      return idle.duplicatePlan(plan)
    },
    async removePlan(plan) {
      await act('delete plan')(plan)
      return idle.removePlan(plan)
    },
    restorePlan: act('restore plan'),
    setSecret: act('set secret'),
    removeSecret: act('remove secret'),
  }
}

/** What a page has and the test's page lacks. */
function stubPage(): void {
  const query = { matches: true, addEventListener: () => {}, removeEventListener: () => {} }
  Object.defineProperty(window, 'matchMedia', { configurable: true, value: () => query })
  HTMLCanvasElement.prototype.getContext = () => null
}
