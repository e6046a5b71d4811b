import type { NodeName, RunId } from '../../contract/ids'
import type { RunMode } from '../../contract/mode'
import type { NodeView } from '../../contract/nodes'
import type { Run, StopReport } from '../../contract/runs'
import type { JoinActions } from '../join/joinActions'
import { initialJoin, type JoinState } from '../join/joinStore'
import type { PlanActions } from '../plans/planActions'
import type { PlanState } from '../plans/planStore'
import { type FleetState, initialState } from '../state/fleetStore'
import type { FleetLook } from '../views/fleetLook'
import { initialScreen, type ScreenState } from '../views/screenStore'
import { gpuReading, type Load, NOW_MS, sample } from './builders'
import { plan } from './plans'
import {
  oneBusyNode,
  type GalleryFleet,
  hungGpu,
  oneNode,
  plans,
  threeNodeResults,
  threeNodeRuns,
  threeNodes,
  workerResults,
} from './fleets'
import { joinScenes } from './joinScenes'
import { logScenes } from './logScenes'
import { blocked, known, offered, offline, unseen } from './links'
import { withLongNames } from './longNames'
import { nodeScenes, type SceneAnswers } from './nodeScenes'
import {
  fiftyNodes,
  hundredNodes,
  joiningNodes,
  manyNodeRun,
  notedNodes,
  rackGone,
  thirteenNodes,
  twelveNodes,
} from './manyFleets'
import { planScenes } from './planScenes'
import type { LogSketch } from './scriptedLogs'
import { DRAINING, LEFT, STOPPED, STOPPING } from './stopReports'

export type SceneReplies = Partial<JoinActions & PlanActions & SceneAnswers>

/** A whole screen with fixed data. */
export interface Scene {
  readonly state: FleetState
  readonly screen: ScreenState
  readonly loadOf: (node: NodeView) => Load
  readonly join?: JoinState
  readonly plans?: PlanState
  /** What the engine answers, where it matters. */
  readonly answers?: SceneReplies
  /** How the fleet is drawn, when it is not as nobody has chosen it. */
  readonly look?: Partial<FleetLook>
  /** What lies over the screen, or stands instead of it. */
  readonly overlay?: 'commands' | 'shortcuts' | 'log-window'
  /** What is printed, when it is not the usual. */
  readonly logs?: LogSketch
}

const NO_LOAD: Load = { cpu: null, ram: null }

function scene(
  fleet: GalleryFleet,
  state: Partial<FleetState> = {},
  screen: Partial<ScreenState> = {},
): Scene {
  const loadOf = (node: NodeView): Load => fleet.loads.get(node.name) ?? NO_LOAD
  const seen = (state.nodes ?? fleet.nodes).filter(node => node.link.state !== 'connecting')
  return {
    loadOf,
    screen: { ...initialScreen, ...screen },
    state: {
      ...initialState,
      engine: 'live',
      app: {
        version: '0.1.0',
        home: '/home/w1/.local/share/drydock',
        fleetFile: '/home/w1/.local/share/drydock/fleet.yaml',
      },
      nodes: fleet.nodes,
      plans,
      samples: Object.fromEntries(seen.map(node => [node.name, sample(node, loadOf(node), lastAtMs(node))])),
      gpus: Object.fromEntries(seen.map(node => [node.name, gpuReading(node, loadOf(node), lastAtMs(node))])),
      lastSampleAtMs: NOW_MS - 400,
      ...state,
    },
  }
}

/** What is known of a node that is not seen came before that. */
const lastAtMs = ({ link }: NodeView): number =>
  link.state === 'online' ? NOW_MS - 400 : Math.min(NOW_MS - 400, link.sinceMs - 2_000)

const day = (
  rest: Partial<FleetState> = {},
  screen: Partial<ScreenState> = {},
  fleet: GalleryFleet = threeNodes,
): Scene => {
  const runs = threeNodeRuns()
  const [running] = runs
  return scene(
    fleet,
    { runs, results: running === undefined ? [] : threeNodeResults(running).slice(0, 3), ...rest },
    screen,
  )
}

/** One node that has been at work. */
const oneDay = (): Scene => {
  const runs = threeNodeRuns()
    .slice(0, 2)
    .map(run => ({
      ...run,
      workers: run.workers.filter(worker => worker.node === 'this-pc'),
    }))
  return scene(oneBusyNode, { runs, results: runs.slice(0, 1).flatMap(threeNodeResults) })
}

const withStop = (stop: StopReport, state: Run['state']): Partial<FleetState> => {
  const [first, ...rest] = threeNodeRuns()
  return first === undefined
    ? {}
    : { runs: [{ ...first, state, stop }, ...rest], results: threeNodeResults(first) }
}
const RUN = '20260924-134104-k7c2' as RunId
const watching: Partial<ScreenState> = { stop: { step: 'watch', runs: [RUN], earlier: {} } }

const broker = { host: '127.0.0.1', port: 4001 }
const LIVE: RunMode = {
  flags: { dryRun: false, allowOrders: true },
  broker,
  name: 'LIVE',
  verdict: 'orders WILL be sent · port 4001',
  remark: null,
}
const mode = (rest: Partial<RunMode>): Partial<FleetState> => ({ mode: { ...LIVE, ...rest } })

const twelve = (): Scene => scene(twelveNodes, { runs: [manyNodeRun(twelveNodes)] })
const many = (fleet: GalleryFleet, look: Partial<FleetLook> = {}): Scene => ({
  ...scene(fleet, { runs: [manyNodeRun(fleet)] }),
  look,
})
const fifty = (look: Partial<FleetLook> = {}): Scene => many(fiftyNodes, look)
/** Some gauges of it are old, though its link is online. */
const withStaleNode = (of: Scene, name: string): Scene => {
  const known = of.state.samples[name as NodeName]
  if (known === undefined) return of
  const samples = { ...of.state.samples, [known.node]: { ...known, atMs: NOW_MS - 12_000 } }
  return { ...of, state: { ...of.state, samples } }
}

/** Every screen that a picture is taken of, by the name in the address: `#fleet-3`, `#fleet-3/light`. */
export const SCENES: Readonly<Record<string, () => Scene>> = {
  'fleet-1': () => scene(oneNode, { plans: [plan('kelly-monte-carlo', ['this-pc'], 2)] }),
  'fleet-1-offered': () => ({
    ...scene(oneNode, { plans: [plan('kelly-monte-carlo', ['this-pc'], 2)] }),
    join: { ...initialJoin, isOfferOver: true },
  }),
  'fleet-1-runs': () => oneDay(),
  'fleet-3': () => day(),
  'fleet-3-compact': () => ({ ...day(), look: { density: 'compact' } }),
  'fleet-12': twelve,
  'fleet-12-comfortable': () => ({ ...twelve(), look: { density: 'comfortable' } }),
  'fleet-13': () => many(thirteenNodes),
  'fleet-50': fifty,
  'fleet-50-groups': () => fifty({ groupBy: 0, folded: ['cpu'] }),
  'fleet-50-comfortable': () => fifty({ density: 'comfortable' }),
  'fleet-50-heat': () => fifty({ layout: 'heat' }),
  'fleet-50-heat-groups': () => fifty({ layout: 'heat', heat: 'GPU', groupBy: 1 }),
  'fleet-50-stale': () => withStaleNode(fifty(), 'node-05'),
  'fleet-50-rack-gone': () => many(rackGone),
  'fleet-50-notes': () => many(notedNodes),
  'fleet-50-joining': () => many(joiningNodes),
  'fleet-100': () => many(hundredNodes),
  'fleet-100-groups': () => many(hundredNodes, { groupBy: 1 }),
  'fleet-100-heat': () => many(hundredNodes, { layout: 'heat', heat: 'VRAM' }),
  stop: () => day({}, { stop: { step: 'choose' } }),
  stopping: () => day(withStop(STOPPING, 'stopping'), watching),
  draining: () => day(withStop(DRAINING, 'stopping'), watching),
  stopped: () => day(withStop(STOPPED, 'stopped'), watching),
  'still-running': () => day(withStop(LEFT, 'stopping'), watching),
  live: () => day({ ...mode({}), runs: threeNodeRuns('LIVE') }),
  mixed: () =>
    day(
      mode({
        name: 'MIXED',
        verdict: 'orders MAY be sent · treated as LIVE',
        remark: 'hp-server reports DRY_RUN is missing or not readable',
      }),
    ),
  paper: () =>
    day(
      mode({
        name: 'PAPER',
        verdict: 'orders go to the paper account on port 4002',
        broker: { host: '127.0.0.1', port: 4002 },
      }),
    ),
  'no-orders': () =>
    day(
      mode({
        name: 'NO ORDERS',
        verdict: 'orders WILL NOT be sent · real path, orders off',
        flags: { dryRun: false, allowOrders: false },
      }),
    ),
  'orders-ignored': () =>
    day(
      mode({
        name: 'SAFE',
        verdict: 'orders WILL NOT be sent',
        flags: { dryRun: true, allowOrders: true },
        remark: 'orders flag on, ignored',
      }),
    ),
  'leave-safe': () =>
    day({ mode: { ...initialState.mode, broker } }, { leavingFor: { dryRun: false, allowOrders: true } }),
  offline: () => day({ nodes: offline, runs: unseen() }),
  'gpu-hung': () => day({}, {}, hungGpu),
  'host-key': () =>
    day({ nodes: blocked({ kind: 'host-key-unknown', address: '192.168.1.11:22', offered }) }),
  'host-key-changed': () =>
    day({
      nodes: blocked({
        kind: 'host-key-changed',
        address: '192.168.1.11:22',
        offered,
        known,
        knownIn: '/home/w1/.ssh/known_hosts',
      }),
    }),
  'login-refused': () =>
    day({
      nodes: blocked({
        kind: 'auth',
        takesPassword: true,
        message: 'The login was refused',
        hint: 'Add your key to its authorized_keys.',
      }),
    }),
  ...joinScenes(day),
  lost: () => day({ engine: 'lost' }),
  'lost-stop': () => day({ engine: 'lost' }, { stop: { step: 'choose' } }),
  'long-names': () => withLongNames(day({ results: workerResults() })),
  'long-names-12': () => withLongNames(twelve()),
  'long-names-50': () => withLongNames(fifty()),
  runs: () => day({}, { screen: 'runs', run: RUN }),
  'runs-of-others': () => day({ runs: threeNodeRuns().map(ofAnother) }, { screen: 'runs', run: RUN }),
  ...logScenes(day),
  settings: () => day({}, { screen: 'settings' }),
  palette: () => ({ ...day(), overlay: 'commands' }),
  shortcuts: () => ({ ...day(), overlay: 'shortcuts' }),
  results: () =>
    day({ results: threeNodeRuns().slice(0, 1).flatMap(threeNodeResults) }, { screen: 'results' }),
  'results-by-worker': () => day({ results: workerResults() }, { screen: 'results' }),
  ...nodeScenes(() => day()),
  ...planScenes(day, fiftyNodes),
  empty: () => scene({ nodes: [], loads: new Map() }, { plans: [], lastSampleAtMs: null }),
  loading: () =>
    scene({ nodes: [], loads: new Map() }, { engine: 'waiting', plans: [], lastSampleAtMs: null }),
}

const ofAnother = (run: Run): Run => ({
  ...run,
  origin: 'foreign',
  owner: { name: 'w1@laptop', app: 'other' },
})
