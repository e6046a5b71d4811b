import type { NodeView } from '../../contract/nodes'
import type { Run } from '../../contract/runs'
import { type Load, type NodeSketch, NOW_MS, progress, run, worker } from './builders'
import { fleet, type GalleryFleet } from './fleets'

const many = (
  size: number,
  trouble: Readonly<Record<string, Partial<Load> & Pick<NodeSketch, 'link' | 'notices'>>>,
): GalleryFleet =>
  fleet(
    Array.from({ length: size }, (_, index): readonly [NodeSketch, Load] => {
      const name = `node-${String(index + 1).padStart(2, '0')}`
      const isCpuOnly = index % 5 === 4
      const { link, notices, ...load } = trouble[name] ?? {}
      const spread = (by: number, least: number, most: number): number =>
        least + ((index * by) % (most - least))
      return [
        {
          name,
          roles: [isCpuOnly ? 'cpu' : 'gpu', index % 2 === 0 ? 'rack-a' : 'rack-b'],
          ...(link && { link }),
          ...(notices && { notices }),
        },
        {
          cpu: spread(17, 64, 87),
          ram: spread(13, 30, 69),
          disk: [spread(7, 20, 82), 930],
          ...(isCpuOnly ? {} : { gpus: cardsOf(index, spread) }),
          ...load,
        },
      ]
    }),
  )

const cardsOf = (index: number, spread: (by: number, least: number, most: number) => number) =>
  Array.from({ length: index % 3 === 1 ? 2 : 1 }, (_, card) => ({
    util: spread(11 + card * 2, 63, 88),
    vramGiB: spread(19, 9, 21),
    totalGiB: 24,
    name: 'NVIDIA GeForce RTX 3090',
  }))

const gone: NodeView['link'] = {
  state: 'unreachable',
  sinceMs: NOW_MS - 130_000,
  nextTryAtMs: NOW_MS + 7_600,
  message: 'No answer for 2.5 s',
  hint: 'Check its power and its network.',
}

export const twelveNodes = many(12, {
  'node-04': { cpu: 4, gpus: [{ util: 2, vramGiB: 3, totalGiB: 24, name: 'NVIDIA GeForce RTX 3090' }] },
  'node-02': { gpuState: 'hung' },
  'node-07': { gpuState: 'driver-broken', gpus: [] },
  'node-08': { link: gone },
  'node-10': { disk: [93, 930] },
})

export const fiftyNodes = many(50, {
  'node-02': { gpuState: 'hung' },
  'node-08': { link: gone },
  'node-20': { cpu: 4, gpus: [{ util: 1, vramGiB: 2, totalGiB: 24, name: 'NVIDIA GeForce RTX 3090' }] },
  'node-34': { gpus: [{ util: 97, vramGiB: 20, totalGiB: 24, name: 'NVIDIA GeForce RTX 3090' }] },
})

export const thirteenNodes = many(13, { 'node-08': { link: gone } })

/** A switch has died: half of the fleet is gone at once. */
export const rackGone = many(
  50,
  Object.fromEntries(
    Array.from({ length: 25 }, (_, at) => [`node-${String(at * 2 + 2).padStart(2, '0')}`, { link: gone }]),
  ),
)

/** Nothing is wrong, and three things are worth a look. */
export const notedNodes = many(50, {
  'node-03': {
    notices: [
      {
        kind: 'clock-skew',
        message: 'Its clock is 42 s behind this PC.',
        hint: 'Turn time synchronisation on there.',
      },
    ],
  },
  'node-11': {
    notices: [
      {
        kind: 'same-machine',
        message: 'node-11 and node-12 are the same machine.',
        hint: 'Remove one of them from fleet.yaml, or its workers are started twice.',
      },
    ],
  },
  'node-30': {
    notices: [
      {
        kind: 'not-as-planned',
        message: '1 GPU instead of 2.',
        hint: 'Look for the missing card, or correct expect in fleet.yaml.',
      },
    ],
  },
})

/** The first minute of a big fleet: links come up, keys wait for a word. */
export const joiningNodes = many(
  50,
  Object.fromEntries(
    Array.from({ length: 18 }, (_, at) => [
      `node-${String(33 + at).padStart(2, '0')}`,
      { link: joining(at) },
    ]),
  ),
)

function joining(at: number): NodeView['link'] {
  if (at % 3 > 0) return { state: 'connecting', sinceMs: NOW_MS - 1_400 }
  const reason = {
    kind: 'auth',
    message: 'The login was refused',
    hint: 'Add your key to its authorized_keys.',
    takesPassword: true,
  } as const
  return { state: 'blocked', sinceMs: NOW_MS - 9_000, reason }
}

export const hundredNodes = many(100, {
  'node-08': { link: gone },
  'node-20': { cpu: 4, gpus: [{ util: 1, vramGiB: 2, totalGiB: 24, name: 'NVIDIA GeForce RTX 3090' }] },
  'node-61': { disk: [94, 930] },
  'node-77': { gpuState: 'driver-broken', gpus: [] },
})

/** One run over all of them. */
export const manyNodeRun = (of: GalleryFleet): Run =>
  run({
    id: '20260924-120000-m4n1',
    plan: 'kelly-monte-carlo',
    state: 'running',
    startedAgoS: 7331,
    progress: progress(1262, 2000, 1),
    workers: of.nodes.flatMap((node, index) =>
      [1, 2].map(nodeIndex =>
        worker({
          node: node.name,
          index: index * 2 + nodeIndex,
          nodeIndex,
          state: node.link.state === 'online' ? 'running' : 'unknown',
          step: 700 + ((index * 137) % 900),
          stepAgoMs: (of.loads.get(node.name)?.cpu ?? 50) < 10 ? 180_000 : 300,
        }),
      ),
    ),
  })
