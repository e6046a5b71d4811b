import type { NodeView } from '../../contract/nodes'
import type { Run } from '../../contract/runs'
import { type Load, node, type NodeSketch, NOW_MS, progress, result, run, worker } from './builders'
import { plan } from './plans'

/** Nodes with what each of them is doing. */
export interface GalleryFleet {
  readonly nodes: readonly NodeView[]
  readonly loads: ReadonlyMap<string, Load>
}

export const fleet = (members: readonly (readonly [NodeSketch, Load])[]): GalleryFleet => ({
  nodes: members.map(([sketch]) => node(sketch)),
  loads: new Map(members.map(([sketch, load]) => [sketch.name, load])),
})

export const oneNode = fleet([
  [
    { name: 'this-pc', memGiB: 31.3 },
    {
      cpu: 11,
      ram: 32,
      disk: [55, 476],
      gpus: [{ util: 4, vramGiB: 0.6, totalGiB: 8, name: 'NVIDIA GeForce RTX 3070', tempC: 39, powerW: 18 }],
    },
  ],
])

export const oneBusyNode = fleet([
  [
    { name: 'this-pc', memGiB: 31.3 },
    {
      cpu: 73,
      ram: 58,
      disk: [55, 476],
      gpus: [
        { util: 76, vramGiB: 6.2, totalGiB: 8, name: 'NVIDIA GeForce RTX 3070', tempC: 68, powerW: 187 },
      ],
    },
  ],
])

export const threeNodes = fleet([
  [
    { name: 'this-pc', roles: ['trader'], cpuModel: 'AMD Ryzen 7 5800X 8-Core Processor' },
    {
      cpu: 73,
      ram: 58,
      disk: [55, 471],
      gpus: [
        { util: 76, vramGiB: 6.2, totalGiB: 8, name: 'NVIDIA GeForce RTX 3070', tempC: 68, powerW: 187 },
      ],
    },
  ],
  [
    { name: 'pc2', roles: ['gpu', 'ray-worker'], os: 'Ubuntu 22.04' },
    {
      cpu: 6,
      ram: 31,
      disk: [22, 1838],
      gpus: [{ util: 3, vramGiB: 2.1, totalGiB: 24, name: 'NVIDIA GeForce RTX 3090', tempC: 41, powerW: 32 }],
    },
  ],
  [
    { name: 'hp-server', roles: ['cpu'], os: 'Debian 12', threads: 40, memGiB: 128 },
    { cpu: 81, ram: 44, load1: 32.8, disk: [91, 122] },
  ],
])

/** The same three, with a driver that hangs on the second. */
export const hungGpu: GalleryFleet = {
  nodes: threeNodes.nodes,
  loads: new Map(
    [...threeNodes.loads].map(([name, load]) => [
      name,
      name === 'pc2' ? { ...load, gpuState: 'hung' } : load,
    ]),
  ),
}

export const plans = [
  plan('kelly-monte-carlo', ['this-pc', 'pc2', 'hp-server'], 7),
  plan('tft-walk-forward', ['pc2'], 1),
  plan('ppo-sweep', ['pc2'], 4, 'The ray engine is not built yet.'),
]

/** The trader's day on three nodes: one run under way, one that failed, one that was stopped. */
export function threeNodeRuns(mode: Run['mode'] = 'SAFE'): readonly Run[] {
  const kelly = run({
    id: '20260924-134104-k7c2',
    plan: 'kelly-monte-carlo',
    state: 'running',
    startedAgoS: 1267,
    mode,
    progress: progress(1262, 2000, 1.025),
    workers: [
      worker({ node: 'this-pc', index: 1, nodeIndex: 1, step: 1262, ratePerS: 1.025 }),
      worker({ node: 'this-pc', index: 2, nodeIndex: 2, step: 1270, ratePerS: 1.02 }),
      worker({ node: 'pc2', index: 3, nodeIndex: 1, step: 1180, stepAgoMs: 4 * 60_000, ratePerS: 0.1 }),
      ...[1, 2, 3, 4].map(nodeIndex =>
        worker({ node: 'hp-server', index: 3 + nodeIndex, nodeIndex, step: 1460, ratePerS: 1 }),
      ),
    ],
  })
  return [
    kelly,
    run({
      id: '20260924-112012-p3d9',
      plan: 'kelly-monte-carlo',
      state: 'stopped',
      startedAgoS: 9720,
      tookS: 644,
      progress: progress(620, 2000),
      workers: [worker({ node: 'this-pc', index: 1, nodeIndex: 1, state: 'stopped', step: 620 })],
      stop: {
        askedAtMs: NOW_MS - 9_080_000,
        graceSeconds: 20,
        isForced: false,
        outcome: 'proved',
        summary: 'Nothing is left running',
        endedAtMs: NOW_MS - 9_079_000,
        nodes: [],
      },
    }),
    run({
      id: '20260924-091200-t1w4',
      plan: 'tft-walk-forward',
      state: 'failed',
      detail: 'out of memory',
      startedAgoS: 17_411,
      tookS: 17_400 - 2_000,
      progress: progress(36, 200),
      workers: [
        worker({
          node: 'pc2',
          index: 1,
          nodeIndex: 1,
          state: 'failed',
          step: 36,
          total: 200,
          detail: 'killed by the system: out of memory',
        }),
      ],
    }),
  ]
}

export const threeNodeResults = (of: Run) => [
  result(of, 'SPX kelly 0.25', 1, {
    medianWealth: 14_210,
    cagr: 0.036,
    sharpe: 0.61,
    maxDrawdown: -0.182,
    ruin: 0,
  }),
  result(of, 'SPX kelly 0.50', 2, {
    medianWealth: 18_930,
    cagr: 0.061,
    sharpe: 0.58,
    maxDrawdown: -0.339,
    ruin: 0.004,
  }),
  result(of, 'SPX kelly 1.00', 4, {
    medianWealth: 23_480,
    cagr: 0.079,
    sharpe: 0.51,
    maxDrawdown: -0.587,
    ruin: 0.062,
  }),
  result(of, 'SPX kelly 2.00', 5, {
    medianWealth: 8_120,
    cagr: -0.021,
    sharpe: 0.22,
    maxDrawdown: -0.914,
    ruin: 0.31,
  }),
]

/** Three workers that report the same fractions. */
export const workerResults = () => {
  const [of] = threeNodeRuns()
  if (of === undefined) return []
  return [1, 3, 4].flatMap((worker, at) =>
    threeNodeResults(of).map(row => ({
      ...row,
      worker: of.workers[worker - 1]?.id ?? row.worker,
      node: of.workers[worker - 1]?.node ?? row.node,
      values: { ...row.values, medianWealth: (row.values['medianWealth'] ?? 0) + 311 * at },
    })),
  )
}
