import type { HistorySpan, NodeHistory } from '../../contract/history'
import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import type { GpuHolder, GpuReading, Sample } from '../../contract/samples'
import type { FleetState } from '../state/fleetStore'
import type { FleetActions } from '../views/actions'
import type { ScreenState } from '../views/screenStore'
import { node, NOW_MS } from './builders'
import { scriptedDiagnosis } from './diagnoses'
import { offline } from './links'
import type { Scene } from './scenes'
import { scriptedHistory } from './scriptedHistory'

/** What a scene's engine answers. */
export type SceneAnswers = Pick<FleetActions, 'readHistory' | 'diagnose'>

const GIB = 1024
const pc2 = 'pc2' as NodeName
const RUN = '20260924-134104-k7c2' as RunId

const RICH: Partial<NodeView> = {
  expected: { cpuThreads: 16, memGiB: 64, gpus: ['RTX 3090', 'RTX 3090'] },
  hostKey: { type: 'ssh-ed25519', fingerprint: 'SHA256:9kVY0cQmT0mLw5iQ9ZbDqk1mHf3vXo8yPj2nUe4sR6A' },
  notices: [
    {
      kind: 'few-sessions',
      message: 'Its SSH server allows 4 sessions over one link',
      hint: 'Set MaxSessions 20 in sshd_config, so that logs and gauges need not take turns',
    },
  ],
  tunnels: [
    { localPort: 48_265, to: '127.0.0.1:8265', purpose: 'Ray dashboard', connections: 2 },
    { localPort: 46_379, to: '/run/redis/redis.sock', purpose: 'Redis of the backtests', connections: 0 },
  ],
}

const holder = (pid: number, name: string, memGiB: number | null, worker: string | null): GpuHolder => ({
  gpuUuid: 'GPU-00000000',
  pid,
  name,
  memUsedMiB: memGiB === null ? null : memGiB * GIB,
  run: worker === null ? null : RUN,
  worker: worker as WorkerId | null,
})
const HOLDERS = [
  holder(1_204, '/usr/lib/xorg/Xorg', 0.1, null),
  holder(48_121, 'python3', 1.9, 'bots-3'),
  holder(2_310, '/usr/bin/gnome-shell', null, null),
]

const mount = (path: string, totalGiB: number, usedPct: number) => ({
  mount: path,
  totalMiB: totalGiB * GIB,
  usedMiB: (totalGiB * GIB * usedPct) / 100,
  freeMiB: (totalGiB * GIB * (100 - usedPct)) / 100,
})
const MOUNTS = [mount('/', 476, 61), mount('/home', 1_838, 22), mount('/mnt/datasets', 3_726, 93)]

/** A fleet's day with one node of it open; that node is told of in every detail. */
function nodeScene(day: () => Scene, screen: Partial<ScreenState>, change: NodeChange = {}): Scene {
  const scene = day()
  const { state } = scene
  const name = screen.node ?? pc2
  return {
    ...scene,
    answers: { ...answersOf(scene), ...change.answers },
    screen: { ...scene.screen, screen: 'node', node: name, ...screen },
    state: {
      ...state,
      nodes: state.nodes.map(one => (one.name === pc2 ? { ...one, ...RICH, ...change.node } : one)),
      samples: withOne(state.samples, pc2, sample => ({ ...sample, mounts: MOUNTS, ...change.sample })),
      gpus: withOne(state.gpus, pc2, gpu => ({ ...gpu, holders: HOLDERS, ...change.gpu })),
      ...change.state,
    },
  }
}

interface NodeChange {
  readonly node?: Partial<NodeView>
  readonly sample?: Partial<Sample>
  readonly gpu?: Partial<GpuReading>
  readonly state?: Partial<FleetState>
  readonly answers?: Partial<SceneAnswers>
}

function withOne<T>(
  all: Readonly<Record<NodeName, T>>,
  name: NodeName,
  change: (one: T) => T,
): Readonly<Record<NodeName, T>> {
  const one = all[name]
  return one === undefined ? all : { ...all, [name]: change(one) }
}

/** An engine that remembers everything and finds four things. */
const answersOf = ({ state, loadOf }: Pick<Scene, 'state' | 'loadOf'>): SceneAnswers => ({
  async readHistory(name: NodeName, span: HistorySpan): Promise<NodeHistory> {
    const node = state.nodes.find(one => one.name === name)
    if (node === undefined) throw new Error(`There is no node called ${name}.`)
    return scriptedHistory(node, span, loadOf(node))
  },
  diagnose: async node => scriptedDiagnosis(node),
})

const never = (): Promise<never> => new Promise(() => {})
const failed = (what: string, hint: string) => (): Promise<never> =>
  Promise.reject(Object.assign(new Error(what), { data: { hint } }))
const lost: Partial<NodeView> = offline.find(node => node.name === pc2) ?? {}

/** One node's screen in every state; `day` is the fleet that it belongs to. */
export const nodeScenes = (day: () => Scene): Readonly<Record<string, () => Scene>> => ({
  node: () => nodeScene(day, {}),
  'node-hour': () => nodeScene(day, { nodeSpan: 'hour' }),
  'node-day': () => nodeScene(day, { nodeSpan: 'day', node: 'this-pc' as NodeName }),
  'node-no-gpu': () => nodeScene(day, { node: 'hp-server' as NodeName }),
  'node-offline': () =>
    nodeScene(
      day,
      { nodeSpan: 'hour' },
      { node: { link: lost.link ?? PENDING }, sample: { atMs: NOW_MS - 131_000 } },
    ),
  'node-new': () => withNewNode(nodeScene(day, { node: fresh.name })),
  'node-reading': () => nodeScene(day, { nodeSpan: 'day' }, { answers: { readHistory: never } }),
  'node-history-failed': () =>
    nodeScene(
      day,
      { nodeSpan: 'hour' },
      { answers: { readHistory: failed('drydock.db cannot be read.', 'Look at the disk of this PC.') } },
    ),
  'node-gone': () => nodeScene(day, { node: 'pc9' as NodeName }),
  'node-loading': () => nodeScene(day, {}, { state: { engine: 'waiting', nodes: [] } }),
  'node-diagnosis': () => nodeScene(day, { nodeTab: 'diagnosis' }),
  'node-diagnosis-running': () =>
    nodeScene(
      day,
      { nodeTab: 'diagnosis' },
      { answers: { diagnose: async node => scriptedDiagnosis(node, 5) } },
    ),
  'node-diagnosis-failed': () =>
    nodeScene(
      day,
      { nodeTab: 'diagnosis' },
      {
        answers: {
          diagnose: failed('pc2 is being diagnosed already.', 'Wait for the other diagnosis to end.'),
        },
      },
    ),
})

const PENDING: NodeView['link'] = { state: 'connecting', sinceMs: NOW_MS - 4_000 }
/** Added a moment ago: nothing of it is known. */
const fresh: NodeView = { ...node({ name: 'new-pc', link: PENDING }), inventory: null }
const withNewNode = (scene: Scene): Scene => ({
  ...scene,
  state: { ...scene.state, nodes: [...scene.state.nodes, fresh] },
})
