import type { RunId } from '../../contract/ids'
import type { LogLines } from '../../contract/logs'
import type { Run } from '../../contract/runs'
import { node, run, worker } from '../gallery/builders'
import { fleetStore, initialState } from '../state/fleetStore'
import { createLogStore } from '../state/logStore'
import type { LogSource } from '../state/logEntry'
import { createScriptedLogEngine, linesFrom } from '../state/scriptedLogEngine'
import { initialScreen, screenStore } from '../views/screenStore'
import { logPanelStore } from './logPanelStore'

/** What is printed first came then. */
export const PRINTED_AT_MS = Date.UTC(2026, 8, 24, 14, 2, 9, 118)
const RUN_ID = '20260924-134104-k3v9' as RunId

/** Two workers on pc2, one on this-pc. */
export const kellyRun: Run = run({
  id: RUN_ID,
  plan: 'kelly-monte-carlo',
  state: 'running',
  startedAgoS: 60,
  workers: [
    { ...worker({ node: 'this-pc', index: 1, nodeIndex: 1 }), logLines: 0 },
    { ...worker({ node: 'pc2', index: 2, nodeIndex: 1 }), logLines: 0 },
    { ...worker({ node: 'pc2', index: 3, nodeIndex: 2 }), logLines: 0 },
  ],
})

/** For tests: the stores as they are at the start, with these runs; logs whose frames are drawn when the test says so. */
export function createLogBench(runs: readonly Run[] = [kellyRun]) {
  fleetStore.setState({
    ...initialState,
    engine: 'live',
    nodes: [node({ name: 'this-pc' }), node({ name: 'pc2' })],
    runs,
  })
  screenStore.setState(initialScreen)
  logPanelStore.setState(logPanelStore.getInitialState())
  const engine = createScriptedLogEngine()
  const frames: (() => void)[] = []
  const store = createLogStore({
    monotonicMs: () => 0,
    nextFrame: callback => {
      frames.push(callback)
      return () => {}
    },
    sleep: () => new Promise(() => {}),
  })
  store.use(engine.client)
  const drawFrame = (): void => {
    for (const frame of frames.splice(0)) frame()
  }
  async function push(index: number, batch: LogLines): Promise<void> {
    await engine.settle()
    await engine.push(sourceOf(index), batch)
    drawFrame()
  }
  return {
    store,
    engine,
    drawFrame,
    push,
    /** What worker `index` prints next, on the screen. */
    print: (index: number, texts: readonly string[], firstLine = 0): Promise<void> =>
      push(index, linesFrom(firstLine, texts, PRINTED_AT_MS + firstLine)),
  }
}

const sourceOf = (index: number) => ({ run: RUN_ID, log: kellyRun.workers[index - 1]?.id }) as LogSource
