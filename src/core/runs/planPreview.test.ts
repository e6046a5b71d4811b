import { describe, expect, it } from 'vitest'
import type { GpuReading, Sample } from '../../contract/samples'
import { NodeName, PlanName } from '../../contract/ids'
import type { PlanDraft, PreviewNode, TrackDraft } from '../../contract/plans'
import { FleetFile } from '../config/fleetSchema'
import { draftOf } from '../config/planDraft'
import type { FleetNode } from '../nodes/fleetNodes'
import { createPlanPreview } from './planPreview'

const P = PlanName.parse('p')
const fleet = FleetFile.parse({
  version: 1,
  nodes: [
    { name: 'pc1', local: true, env: { MODELS: '~/models' } },
    { name: 'pc2', ssh: { host: 'b' }, roles: ['gpu'], workdir: '/srv/bots' },
    { name: 'off', ssh: { host: 'c' }, disabled: true },
  ],
  plans: [{ name: 'p', tracks: [{ name: 'a', on: 'all', command: 'x --seed {{worker}} --run {{run}}' }] }],
})
const draft = draftOf(fleet.plans[0]!)

const sample = (node: string, more: Partial<Sample> = {}): Sample => ({
  node: NodeName.parse(node),
  atMs: 0,
  cpuPct: 25,
  cpuThreads: 16,
  memUsedMiB: 4096,
  memTotalMiB: 20_480,
  swapUsedMiB: null,
  swapTotalMiB: null,
  load1: null,
  load5: null,
  load15: null,
  disk: { mount: '/', usedMiB: 0, totalMiB: 0, freeMiB: 1024 },
  mounts: [
    { mount: '/', usedMiB: 0, totalMiB: 0, freeMiB: 1024 },
    { mount: '/srv', usedMiB: 0, totalMiB: 0, freeMiB: 51_200 },
    { mount: '/srv/bo', usedMiB: 0, totalMiB: 0, freeMiB: 0 },
  ],
  diskReadBytesPerS: null,
  diskWrittenBytesPerS: null,
  cpuTempC: null,
  netReceivedBytesPerS: null,
  netSentBytesPerS: null,
  uptimeS: null,
  roundTripMs: null,
  ...more,
})

const card = (uuid: string): GpuReading['gpus'][number] => ({
  index: 0,
  uuid,
  name: null,
  utilPct: null,
  memUsedMiB: null,
  memTotalMiB: null,
  tempC: null,
  powerW: null,
  powerLimitW: null,
  fanPct: null,
  clockMHz: null,
  isMig: false,
})

const cards = (node: string, more: Partial<GpuReading> = {}): GpuReading => ({
  node: NodeName.parse(node),
  atMs: 0,
  state: 'ok',
  vendor: 'nvidia',
  gpus: [card('a'), card('b'), card('c')],
  holders: [
    { gpuUuid: 'b', pid: 1, name: null, memUsedMiB: null, run: null, worker: null },
    { gpuUuid: 'b', pid: 2, name: null, memUsedMiB: null, run: null, worker: null },
  ],
  driver: null,
  compute: null,
  message: null,
  hint: null,
  ...more,
})

/** What `check` reads of a node whose link is online. */
const ONLINE = {
  facts: { home: '/home/w1', stateDir: '/home/w1/.drydock', bootId: 'b' },
  inventory: { cpuThreads: 16 },
} as FleetNode['online']

function preview(samples: readonly Sample[] = [], gpus: readonly GpuReading[] = [], isOnline = true) {
  return createPlanPreview({
    fleet: () => fleet,
    modeFlags: () => ({ dryRun: true, allowOrders: false }),
    node: name => ({ config: { name }, online: isOnline ? ONLINE : null }) as FleetNode,
    measured: () => ({ samples, gpus }),
  })
}

const withTrack = (change: Partial<TrackDraft>): PlanDraft => ({
  ...draft,
  tracks: [{ ...draft.tracks[0]!, ...change }],
})

const MODE = [
  { name: 'DRY_RUN', value: '1', isSecret: false },
  { name: 'ALLOW_ORDERS', value: '0', isSecret: false },
]
const marker = (worker: string) => [
  { name: 'DRYDOCK_RUN', value: 'next-run', isSecret: false },
  { name: 'DRYDOCK_WORKER', value: worker, isSecret: false },
]

describe('what would run where', () => {
  it('is each worker as a launch would make it, disabled nodes without any', async () => {
    const { problems, workers, steps } = await preview().check(
      withTrack({ env: [{ name: 'A', value: '1' }] }),
      P,
    )
    expect(problems).toEqual([])
    expect(steps).toEqual([['a']])
    expect(workers).toEqual([
      {
        track: 'a',
        node: 'pc1',
        index: 1,
        command: 'x --seed 1 --run next-run',
        workdir: '/home/w1',
        environment: [
          { name: 'MODELS', value: '/home/w1/models', isSecret: false },
          { name: 'A', value: '1', isSecret: false },
          ...marker('a-1'),
          ...MODE,
        ],
      },
      {
        track: 'a',
        node: 'pc2',
        index: 2,
        command: 'x --seed 2 --run next-run',
        workdir: '/srv/bots',
        environment: [{ name: 'A', value: '1', isSecret: false }, ...marker('a-2'), ...MODE],
      },
    ])
  })

  it('never shows a secret, nor what looks like one', async () => {
    const change = {
      on: ['pc2'],
      secrets: ['PGPASSWORD'],
      command: 'curl https://w1:hunter2@example.com/x http://a@b',
      env: [
        { name: 'API_KEY', value: 'hunter2' },
        { name: 'BOT_TOKEN', value: '' },
        { name: 'REDIS', value: 'redis://:hunter2@10.0.0.1:6379/0,redis://w1@b' },
      ],
    }
    const { workers } = await preview().check(withTrack(change), P)
    expect(JSON.stringify(workers)).not.toContain('hunter2')
    expect(workers[0]?.command).toBe('curl https://w1:••••@example.com/x http://a@b')
    expect(workers[0]?.environment.slice(0, 4)).toEqual([
      { name: 'API_KEY', value: '••••', isSecret: true },
      { name: 'BOT_TOKEN', value: '', isSecret: false },
      { name: 'REDIS', value: 'redis://:••••@10.0.0.1:6379/0,redis://w1@b', isSecret: false },
      { name: 'PGPASSWORD', value: '••••', isSecret: true },
    ])
  })

  it('begins with the prerequisite, on the first node of the plan or where it says', async () => {
    const prerequisite = { command: 'make {{node}}', on: null, limitSeconds: null }
    const other = { ...draft.tracks[0]!, name: 'b', on: ['pc2'], after: ['a'] }
    const plan = { ...draft, tracks: [other, { ...draft.tracks[0]!, on: ['pc2'] }] }
    const first = await preview().check({ ...plan, prerequisite }, P)
    expect(first.steps).toEqual([['prerequisite'], ['a'], ['b']])
    expect(first.workers.map(({ track, node, command }) => [track, node, command])).toEqual([
      ['prerequisite', 'pc2', 'make pc2'],
      ['b', 'pc2', 'x --seed 1 --run next-run'],
      ['a', 'pc2', 'x --seed 1 --run next-run'],
    ])
    expect(first.nodes).toEqual([{ node: 'pc2', isOnline: true, workers: 2, needs: [] }])
    const elsewhere = await preview().check({ ...plan, prerequisite: { ...prerequisite, on: 'pc1' } }, P)
    expect(elsewhere.workers[0]).toMatchObject({ node: 'pc1', command: 'make pc1', workdir: '/home/w1' })
  })

  it('counts all workers of a large plan, and shows the first', async () => {
    const { workers, nodes } = await preview().check(withTrack({ on: ['pc2', 'pc1'], workers: 256 }), P)
    expect(workers).toHaveLength(500)
    expect(nodes.map(node => node.workers)).toEqual([256, 256])
  })

  it('is nothing while something is wrong with the draft', async () => {
    expect(await preview().check(withTrack({ workers: 0 }), P)).toEqual({
      problems: [
        {
          path: ['tracks', 0, 'workers'],
          message: 'This must be at least 1.',
          fix: 'Write a number of at least 1.',
        },
      ],
      workers: [],
      nodes: [],
      steps: [],
    })
  })
})

describe('what it needs', () => {
  const needs: TrackDraft['needs'] = { cpu: 4, gpu: 1, memGiB: [3, 9], diskGiB: 30 }
  const onPc2 = (change: Partial<TrackDraft> = {}): PlanDraft =>
    withTrack({ on: ['pc2'], workers: 2, needs, ...change })

  async function needsOf(plan: PlanDraft, ...measured: Parameters<typeof preview>) {
    const { nodes } = await preview(...measured).check(plan, P)
    return nodes.flatMap(node =>
      node.needs.map((need: PreviewNode['needs'][number]) => Object.values(need).join(' ')),
    )
  }

  it('is the sum of all workers of a node, against what that has free', async () => {
    expect(await needsOf(onPc2(), [sample('pc2')], [cards('pc2')])).toEqual([
      'cpu 8 8 12 ok',
      'gpu 2 2 2 ok',
      'memGiB 6 18 16 tight',
      'diskGiB 60 60 50 over',
    ])
  })

  it('leaves out what no track says, and sums those that do', async () => {
    const other = { ...draft.tracks[0]!, name: 'b', on: ['pc2'], needs: { ...needs, cpu: null, gpu: null } }
    const plan = { ...onPc2({ needs: { cpu: 0.1, gpu: null, memGiB: 1, diskGiB: null } }) }
    expect(await needsOf({ ...plan, tracks: [...plan.tracks, other] }, [sample('pc2')])).toEqual([
      'cpu 0.2 0.2 12 ok',
      'memGiB 5 11 16 ok',
      'diskGiB 30 30 50 ok',
    ])
  })

  it('is not judged where nothing is known: offline, not measured, not told', async () => {
    const unknown = ['cpu 8 8  unknown', 'gpu 2 2  unknown', 'memGiB 6 18  unknown', 'diskGiB 60 60  unknown']
    expect(await needsOf(onPc2(), [sample('pc2')], [cards('pc2')], false)).toEqual(unknown)
    expect(await needsOf(onPc2(), [sample('pc1')], [cards('pc1')])).toEqual(unknown)
    const untold = { cpuPct: null, memUsedMiB: null, mounts: null }
    expect(await needsOf(onPc2(), [sample('pc2', untold)], [cards('pc2', { holders: null })])).toEqual(
      unknown,
    )
    expect(await needsOf(onPc2(), [], [cards('pc2', { state: 'hung' })])).toEqual(unknown)
  })

  it('knows that a node has no GPU', async () => {
    const none = cards('pc2', { state: 'none', gpus: [], holders: null })
    expect(await needsOf(onPc2({ needs: { ...needs, cpu: null } }), [], [none])).toContain('gpu 2 2 0 over')
  })

  it('looks at the disk that is mounted nearest above each folder, and takes the fullest', async () => {
    const diskOf = async (workdir: string | null): Promise<string | undefined> =>
      (await needsOf(onPc2({ workdir }), [sample('pc2')]))[3]
    expect(await diskOf(null)).toBe('diskGiB 60 60 50 over')
    expect(await diskOf('/srv')).toBe('diskGiB 60 60 50 over')
    expect(await diskOf('~/x')).toBe('diskGiB 60 60 1 over')
    expect(await diskOf('sample:kelly-monte-carlo')).toBe('diskGiB 60 60 1 over')
    const plan = onPc2({ workdir: '/srv' })
    const other = { ...plan.tracks[0]!, name: 'b', workdir: '/tmp' }
    expect((await needsOf({ ...plan, tracks: [...plan.tracks, other] }, [sample('pc2')]))[3]).toBe(
      'diskGiB 120 120 1 over',
    )
  })
})
