import type { PlanName, TrackName } from '../../contract/ids'
import type { PlanDraft, PlanPreview, PlanView, PreviewNode, TrackDraft } from '../../contract/plans'
import { EMPTY_DOCKER, newPlan, newTrack } from '../plans/planEdit'
import { asNode } from './builders'

const track = (name: string, rest: Partial<TrackDraft>): TrackDraft => ({ ...newTrack(name), ...rest })

/** Features first, then two sweeps beside each other, then a report. */
export const WALK: PlanDraft = {
  ...newPlan(),
  name: 'tft-walk-forward',
  prerequisite: { command: 'test -f ~/data/spx-1min.parquet', on: null, limitSeconds: 30 },
  tracks: [
    track('features', {
      on: ['this-pc'],
      command: 'python3 features.py --out /tmp/features',
      workdir: '~/bots',
      needs: { cpu: 4, gpu: null, memGiB: [4, 8], diskGiB: 20 },
    }),
    track('train', {
      on: { role: 'gpu' },
      workers: 2,
      command: 'python3 train.py --fold {{worker}} --of {{workers}}',
      workdir: '~/bots',
      env: [
        { name: 'OMP_NUM_THREADS', value: '6' },
        { name: 'MODELS_DIR', value: '~/models' },
      ],
      secrets: ['PGPASSWORD', 'WANDB_API_KEY'],
      needs: { cpu: [4, 8], gpu: 1, memGiB: [8, 20], diskGiB: 10 },
      progress: { match: 'epoch (\\d+)/(\\d+)' },
      graceSeconds: 60,
      drainSignal: 'USR1',
      after: ['features'],
    }),
    track('baseline', {
      on: ['hp-server'],
      workers: 4,
      command: 'python3 baseline.py --seed {{worker}}',
      workdir: '~/bots',
      needs: { cpu: 12, gpu: null, memGiB: 2, diskGiB: null },
      after: ['features'],
    }),
    track('report', {
      on: ['this-pc'],
      command: 'python3 report.py',
      workdir: '~/bots',
      onFailure: 'abort',
      limitSeconds: 900,
      after: ['train', 'baseline'],
    }),
  ],
}

export const CONTAINERS: PlanDraft = {
  ...newPlan(),
  name: 'ppo-sweep',
  engine: 'docker',
  cleanup: { remove: ['/tmp/ppo-scratch'] },
  tracks: [
    track('sweep', {
      on: { role: 'gpu' },
      workers: 2,
      command: null,
      needs: { cpu: 4, gpu: 1, memGiB: null, diskGiB: null },
      docker: {
        ...EMPTY_DOCKER,
        image: 'registry.example.net/bots/ppo:2026-09',
        gpus: 'all',
        mounts: ['~/data:/data:ro', '~/models:/models'],
        shm: '2g',
        containerName: 'ppo',
      },
    }),
  ],
}

const needs = (
  ...of: readonly (readonly [PreviewNode['needs'][number]['what'], number, number, number | null])[]
) =>
  of.map(([what, low, high, free]): PreviewNode['needs'][number] => ({
    what,
    low,
    high,
    free,
    verdict: free === null ? 'unknown' : low > free ? 'over' : high > free ? 'tight' : 'ok',
  }))

const previewNode = (
  name: string,
  workers: number,
  of: PreviewNode['needs'],
  isOnline = true,
): PreviewNode => ({
  node: asNode(name),
  isOnline,
  workers,
  needs: of,
})

/** What the engine would say of a draft, as far as a picture needs it. */
export function previewOf(draft: PlanDraft, of: readonly PreviewNode[]): PlanPreview {
  const nodesOf = ({ on }: TrackDraft): readonly string[] =>
    Array.isArray(on) ? on : on === 'all' ? of.map(({ node }) => node) : ['pc2']
  return {
    problems: [],
    nodes: [...of],
    steps: stepsOf(draft.tracks),
    workers: draft.tracks.flatMap(one => {
      let index = 0
      return nodesOf(one).flatMap(node =>
        Array.from({ length: one.workers }, () => {
          index += 1
          return {
            track: one.name as TrackName,
            node: asNode(node),
            index,
            command: (one.command ?? '').replace('{{worker}}', String(index)).replace('{{workers}}', '2'),
            workdir: one.workdir ?? '~/bots',
            environment: [
              { name: 'DRY_RUN', value: '1', isSecret: false },
              { name: 'ALLOW_ORDERS', value: '0', isSecret: false },
              ...one.env.map(({ name, value }) => ({ name, value, isSecret: false })),
              ...one.secrets.map(name => ({ name, value: '••••', isSecret: true })),
            ],
          }
        }),
      )
    }),
  }
}

function stepsOf(tracks: readonly TrackDraft[]): TrackName[][] {
  const steps: TrackName[][] = []
  const done = new Set<string>()
  while (done.size < tracks.length) {
    const ready = tracks.filter(one => !done.has(one.name) && one.after.every(name => done.has(name)))
    if (ready.length === 0) return steps
    for (const one of ready) done.add(one.name)
    steps.push(ready.map(one => one.name as TrackName))
  }
  return steps
}

export const WALK_NODES: readonly PreviewNode[] = [
  previewNode('this-pc', 2, needs(['cpu', 4, 4, 11.7], ['memGiB', 4, 8, 13.4], ['diskGiB', 20, 20, 212])),
  previewNode(
    'pc2',
    2,
    needs(['cpu', 8, 16, 15], ['gpu', 2, 2, 1], ['memGiB', 16, 40, 22], ['diskGiB', 20, 20, 1433]),
  ),
  previewNode('hp-server', 4, needs(['cpu', 48, 48, 7.6], ['memGiB', 8, 8, null])),
]

export const CONTAINER_NODES: readonly PreviewNode[] = [
  previewNode('pc2', 2, needs(['cpu', 8, 8, 15], ['gpu', 2, 2, 2])),
]

/** A plan's tracks as the picker knows them. */
export const viewOf = (draft: PlanDraft, refusal: string | null = null): PlanView => ({
  name: draft.name as PlanName,
  engine: draft.engine,
  nodes: ['this-pc', 'pc2', 'hp-server'].map(asNode),
  workers: draft.tracks.reduce((sum, one) => sum + one.workers, 0),
  tracks: draft.tracks.map(one => ({
    name: one.name as TrackName,
    nodes: (Array.isArray(one.on)
      ? one.on
      : one.on === 'all'
        ? ['this-pc', 'pc2', 'hp-server']
        : ['pc2']
    ).map(asNode),
    workers: one.workers,
    after: one.after.map(name => name as TrackName),
    onFailure: one.onFailure,
  })),
  secrets: [...new Set(draft.tracks.flatMap(one => one.secrets))].map(name => ({
    name,
    isSet: name === 'PGPASSWORD',
  })),
  refusal,
})

/** As large as a plan may be, over a fleet of fifty. */
export function bigPlan(nodes: readonly string[]): { draft: PlanDraft; preview: PlanPreview } {
  const tracks = Array.from({ length: 64 }, (_, at) =>
    track(`fold-${String(at + 1).padStart(2, '0')}`, {
      on: nodes.slice(at % 25, (at % 25) + 3),
      command: `python3 train.py --fold ${at + 1}`,
      needs: { cpu: 2, gpu: null, memGiB: 2, diskGiB: null },
      after: at < 8 ? [] : [`fold-${String(at - 7).padStart(2, '0')}`],
    }),
  )
  const draft = { ...newPlan(), name: 'fold-everything', tracks }
  const of = nodes.map((name, at) =>
    previewNode(name, 4, needs(['cpu', 8, 8, 4 + (at % 20)], ['memGiB', 8, 8, 20]), at !== 7),
  )
  return { draft, preview: previewOf(draft, of) }
}
