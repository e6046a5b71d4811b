import type { RunId } from '../../contract/ids'
import type { RunMode } from '../../contract/mode'
import type { NodeView } from '../../contract/nodes'
import type { Run, StopReport } from '../../contract/runs'
import { type FleetState, initialState } from '../state/fleetStore'
import { initialScreen, type ScreenState } from '../views/screenStore'
import { gpuReading, type Load, nodeStop, NOW_MS, plan, sample } from './builders'
import {
  fiftyNodes,
  type GalleryFleet,
  hungGpu,
  manyNodeRun,
  oneNode,
  plans,
  threeNodeResults,
  threeNodeRuns,
  threeNodes,
  twelveNodes,
} from './fleets'

/** A whole screen with fixed data. */
export interface Scene {
  readonly state: FleetState
  readonly screen: ScreenState
  readonly loadOf: (node: NodeView) => Load
}

const NO_LOAD: Load = { cpu: null, ram: null }

function scene(
  fleet: GalleryFleet,
  state: Partial<FleetState> = {},
  screen: Partial<ScreenState> = {},
): Scene {
  const loadOf = (node: NodeView): Load => fleet.loads.get(node.name) ?? NO_LOAD
  const seen = fleet.nodes.filter(node => node.link.state !== 'connecting')
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
      samples: Object.fromEntries(seen.map(node => [node.name, sample(node, loadOf(node))])),
      gpus: Object.fromEntries(seen.map(node => [node.name, gpuReading(node, loadOf(node))])),
      lastSampleAtMs: NOW_MS - 400,
      ...state,
    },
  }
}

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

const withStop = (stop: StopReport, state: Run['state']): Partial<FleetState> => {
  const [first, ...rest] = threeNodeRuns()
  return first === undefined
    ? {}
    : { runs: [{ ...first, state, stop }, ...rest], results: threeNodeResults(first) }
}
const RUN = '20260924-134104-k7c2' as RunId
const watching: Partial<ScreenState> = { stop: { step: 'watch', runs: [RUN], earlier: {} } }

const gone = (name: string, groups: number, processesGone: number, tookMs: number) =>
  nodeStop(name, {
    phase: 'verified',
    groups,
    processesGone,
    checkedAtMs: NOW_MS + tookMs,
    tookMs,
    how: 'TERM',
    message: 'Gone',
  })

const STOPPING: StopReport = {
  askedAtMs: NOW_MS - 6_000,
  graceSeconds: 20,
  isForced: false,
  outcome: 'under-way',
  summary: null,
  endedAtMs: null,
  nodes: [
    gone('this-pc', 2, 5, 800),
    gone('hp-server', 4, 9, 1100),
    nodeStop('pc2', {
      phase: 'acknowledged',
      groups: 1,
      survivors: [{ pid: 48130, startTicks: 812_400, command: 'python3 worker.py', user: 'trader' }],
      killAtMs: NOW_MS + 14_000,
      message: 'Still closing',
    }),
  ],
}
const STOPPED: StopReport = {
  ...STOPPING,
  askedAtMs: NOW_MS - 20_400,
  outcome: 'proved',
  summary: 'Nothing is left running',
  endedAtMs: NOW_MS,
  nodes: [
    gone('this-pc', 2, 5, 800),
    gone('hp-server', 4, 9, 1100),
    { ...gone('pc2', 1, 3, 20_400), how: 'KILL after 20 s' },
  ],
}
const LEFT: StopReport = {
  ...STOPPED,
  isForced: true,
  outcome: 'still-running',
  summary: 'Still running: 1 process on pc2.',
  nodes: [
    ...STOPPED.nodes.slice(0, 2),
    nodeStop('pc2', {
      phase: 'still-running',
      groups: 1,
      survivors: [{ pid: 48130, startTicks: 812_400, command: 'python3 worker.py', user: 'trader' }],
      how: 'KILL, waits on a disk',
      message: 'Still running',
    }),
  ],
}

const broker = { host: '127.0.0.1', port: 4001 }
const LIVE: RunMode = {
  flags: { dryRun: false, allowOrders: true },
  broker,
  name: 'LIVE',
  verdict: 'orders WILL be sent · port 4001',
  remark: null,
}
const mode = (rest: Partial<RunMode>): Partial<FleetState> => ({ mode: { ...LIVE, ...rest } })

const linked = (name: string, link: NodeView['link']): readonly NodeView[] =>
  threeNodes.nodes.map(node => (node.name === name ? { ...node, link } : node))
const offered = { type: 'ssh-ed25519', fingerprint: 'SHA256:9kVY0cQmT0mLw5iQ9ZbDqk1mHf3vXo8yPj2nUe4sR6A' }
const known = [{ type: 'ssh-ed25519', fingerprint: 'SHA256:Xo8yPj2nUe4sR6A9kVY0cQmT0mLw5iQ9ZbDqk1mHf3v' }]
const blocked = (reason: Extract<NodeView['link'], { state: 'blocked' }>['reason']): readonly NodeView[] =>
  linked('pc2', { state: 'blocked', sinceMs: NOW_MS - 9_000, reason })
const offline = linked('pc2', {
  state: 'unreachable',
  sinceMs: NOW_MS - 130_000,
  nextTryAtMs: NOW_MS + 7_600,
  message: 'No answer for 2.5 s',
  hint: 'Check its power and its network.',
})
const unseen = (): readonly Run[] =>
  threeNodeRuns().map(run => ({
    ...run,
    workers: run.workers.map(worker =>
      worker.node === 'pc2' && worker.state === 'running' ? { ...worker, state: 'unknown' as const } : worker,
    ),
  }))

/** Every screen that a picture is taken of, by the name in the address: `#fleet-3`, `#fleet-3/light`. */
export const SCENES: Readonly<Record<string, () => Scene>> = {
  'fleet-1': () => scene(oneNode, { plans: [plan('kelly-monte-carlo', ['this-pc'], 2)] }),
  'fleet-3': () => day(),
  'fleet-12': () => scene(twelveNodes, { runs: [manyNodeRun(twelveNodes)] }),
  'fleet-50': () => scene(fiftyNodes, { runs: [manyNodeRun(fiftyNodes)] }),
  stop: () => day({}, { stop: { step: 'choose' } }),
  stopping: () => day(withStop(STOPPING, 'stopping'), watching),
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
        message: 'The login was refused',
        hint: 'Add your key to its authorized_keys.',
      }),
    }),
  lost: () => day({ engine: 'lost' }),
  'lost-stop': () => day({ engine: 'lost' }, { stop: { step: 'choose' } }),
  runs: () => day({}, { screen: 'runs', run: RUN }),
  results: () =>
    day({ results: threeNodeRuns().slice(0, 1).flatMap(threeNodeResults) }, { screen: 'results' }),
  empty: () => scene({ nodes: [], loads: new Map() }, { plans: [], lastSampleAtMs: null }),
  loading: () =>
    scene({ nodes: [], loads: new Map() }, { engine: 'waiting', plans: [], lastSampleAtMs: null }),
}
