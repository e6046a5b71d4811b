import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PlanName } from '../../contract/ids'
import type { TrackDraft } from '../../contract/plans'
import { createPlanBench, HAND, HEAD } from './planBench'

const NIGHTLY = PlanName.parse('nightly')
const TRY = PlanName.parse('try')

let bench: Awaited<ReturnType<typeof createPlanBench>>
beforeEach(async () => {
  bench = await createPlanBench()
})
afterEach(() => bench[Symbol.asyncDispose]())

/** What the file says after the fields of one track were changed. */
const afterTrack = (index: number, change: Partial<TrackDraft>): Promise<string> =>
  bench.afterSaving(NIGHTLY, draft => ({
    tracks: draft.tracks.map((track, at) => (at === index ? { ...track, ...change } : track)),
  }))

describe('saving a plan', () => {
  it('writes nothing when nothing is changed', async () => {
    expect(await bench.afterSaving(NIGHTLY, () => ({}))).toBe(HAND)
    expect(await bench.afterSaving(TRY, () => ({}))).toBe(HAND)
  })

  it('changes a value in its own style, and leaves the comment beside it', async () => {
    const [, train] = (await bench.edits.read(NIGHTLY)).tracks
    expect(await afterTrack(1, { workers: 1, command: 'python3 fast.py', graceSeconds: 20 })).toBe(
      HAND.replace('workers: 2 #', 'workers: 1 #')
        .replace('|\n          cd bots\n          python3 train.py --seed {{worker}}', 'python3 fast.py')
        .replace('graceSeconds: 60 }', 'graceSeconds: 20 }'),
    )
    expect(await afterTrack(1, { ...train })).toBe(HAND.replace('command: |', 'command: |'))
  })

  it('writes a command of several lines as lines, with the comment beside the key', async () => {
    expect(await afterTrack(0, { command: 'set -e\nmake data\n' })).toBe(
      HAND.replace('make data # slow', '| # slow\n          set -e\n          make data'),
    )
  })

  it('adds and removes keys, variables and names of lists one by one', async () => {
    const env = [
      { name: 'B', value: '2' },
      { name: 'C', value: 'x: y' },
    ]
    expect(
      await afterTrack(0, {
        on: ['this-pc', 'pc2', 'pc3'],
        env,
        secrets: ['PGPASSWORD'],
        needs: { cpu: 2, gpu: null, memGiB: [1, 2], diskGiB: null },
        limitSeconds: 3600,
      }),
    ).toBe(
      HAND.replace('[this-pc,   pc2]', '[this-pc,   pc2, pc3]').replace(
        `{ A: "1",   B: '2' }   # beside env\n`,
        `{ B: '2', C: "x: y" }   # beside env
        secrets: [PGPASSWORD]
        needs: { cpu: 2, memGiB: [1, 2] }
        limitSeconds: 3600
`,
      ),
    )
    expect(
      await afterTrack(0, {
        on: ['this-pc', 'pc2'],
        env: [],
        secrets: [],
        needs: { cpu: null, gpu: null, memGiB: null, diskGiB: null },
        limitSeconds: null,
      }),
    ).toBe(HAND.replace(/ {8}env: .*\n/, ''))
  })

  it('writes the keys of a plan where they are looked for, and no defaults', async () => {
    const saved = await bench.afterSaving(NIGHTLY, () => ({
      prerequisite: { command: 'git pull', on: 'pc2', limitSeconds: null },
      cleanup: { remove: ['/tmp/bots/*'] },
    }))
    expect(saved).toBe(
      HAND.replace(
        '# plain\n',
        `# plain
    prerequisite: { command: git pull, on: pc2 }
    cleanup: { remove: [/tmp/bots/*] }
`,
      ),
    )
    expect(await bench.afterSaving(NIGHTLY, () => ({ prerequisite: null, cleanup: null }))).toBe(HAND)
  })

  it('adds, removes and moves tracks, each with its comments', async () => {
    const [data, train] = (await bench.edits.read(NIGHTLY)).tracks as [TrackDraft, TrackDraft]
    const report = {
      ...data,
      name: 'report',
      on: 'all' as const,
      command: 'make report',
      env: [],
      after: ['train'],
    }
    const behind = HAND.replace(
      '# it saves first\n',
      `# it saves first

      - name: report
        on: all
        after: [train]
        command: make report
`,
    )
    expect(await bench.afterSaving(NIGHTLY, () => ({ tracks: [data, train, report] }))).toBe(behind)
    expect(await bench.afterSaving(NIGHTLY, () => ({ tracks: [data, train] }))).toBe(HAND)

    const dataLines = HAND.slice(HAND.indexOf('      # The data'), HAND.indexOf('\n\n      - name: "train"'))
    const trainLines = HAND.slice(HAND.indexOf('      - name: "train"'), HAND.indexOf('\n\n  # --- exp'))
    expect(await bench.afterSaving(NIGHTLY, () => ({ tracks: [train, data] }))).toBe(
      HAND.replace(`${dataLines}\n\n${trainLines}`, `${trainLines}\n\n${dataLines}`),
    )
    expect(await bench.afterSaving(NIGHTLY, () => ({ tracks: [{ ...train, after: [] }] }))).toBe(
      HAND.replace(`${dataLines}\n\n${trainLines}`, trainLines).replace('        after: [data]\n', ''),
    )
  })

  it('renames a track in its place, and what waits for it', async () => {
    const saved = await bench.afterSaving(NIGHTLY, ({ tracks: [data, train] }) => ({
      tracks: [
        { ...data!, name: 'prices' },
        { ...train!, after: ['prices'] },
      ],
    }))
    expect(saved).toBe(HAND.replace('- name: data', '- name: prices').replace('[data]', '[prices]'))
  })

  it('edits a plan in braces within its braces', async () => {
    const saved = await bench.afterSaving(TRY, ({ tracks }) => ({
      name: 'tried',
      tracks: [{ ...tracks[0]!, workers: 3, command: 'a\nb' }],
    }))
    expect(saved).toBe(
      HAND.replace(
        "{ name: try, tracks: [ { name: a, on: all, command: 'true' } ] }",
        '{ name: tried, tracks: [ { name: a, on: all, workers: 3, command: "a\\nb" } ] }',
      ),
    )
  })

  it('writes a new plan behind the last, as a person would', async () => {
    const { tracks } = await bench.edits.read(TRY)
    const docker = {
      image: 'bots:1',
      pull: 'missing' as const,
      build: '~/bots',
      containerName: 'bot',
      onConflict: 'suffix' as const,
      network: 'host',
      mounts: ['/srv/data:/data:ro'],
      envFile: null,
      gpus: 'all',
      cpus: null,
      memory: '12g',
      shm: null,
      init: true,
    }
    const track = { ...tracks[0]!, command: null, docker, needs: { ...tracks[0]!.needs, gpu: 1 } }
    await bench.edits.save(
      { ...(await bench.edits.read(TRY)), name: 'boxed', engine: 'docker', tracks: [track] },
      null,
    )
    expect(await bench.text()).toBe(
      HAND.replace(
        '# short\n',
        `# short

  - name: boxed
    engine: docker
    tracks:
      - name: a
        on: all
        docker:
          image: bots:1
          build: ~/bots
          containerName: bot
          network: host
          mounts: [/srv/data:/data:ro]
          gpus: all
          memory: 12g
        needs: { gpu: 1 }
`,
      ),
    )
  })

  it('refuses what is wrong with a draft, a taken name, and a plan that is gone', async () => {
    const draft = await bench.edits.read(NIGHTLY)
    expect(await bench.refusal(() => bench.edits.save({ ...draft, name: 'try' }, NIGHTLY))).toMatchObject({
      code: 'refused',
      message: 'name: Two plans are called try.',
      hint: 'Give this plan another name.',
    })
    const wrong = { ...draft.tracks[1]!, command: 'x {{wroker}}' }
    expect(
      await bench.refusal(() => bench.edits.save({ ...draft, tracks: [draft.tracks[0]!, wrong] }, NIGHTLY)),
    ).toMatchObject({
      message: 'train, command: {{wroker}} is not a placeholder.',
      hint: 'Write {{worker}}.',
    })
    for (const edit of [
      () => bench.edits.read(PlanName.parse('gone')),
      () => bench.edits.save({ ...draft, name: 'x' }, PlanName.parse('gone')),
      () => bench.edits.duplicate(PlanName.parse('gone')),
      () => bench.edits.remove(PlanName.parse('gone')),
    ]) {
      expect(await bench.refusal(edit)).toMatchObject({
        code: 'not-found',
        message: 'There is no plan gone in fleet.yaml.',
      })
    }
  })

  it('refuses another name and the removal while the plan runs, and nothing else', async () => {
    bench.run('nightly')
    const draft = await bench.edits.read(NIGHTLY)
    const stopFirst = { code: 'refused', hint: 'Stop the run first, or wait until it has ended.' }
    expect(await bench.refusal(() => bench.edits.save({ ...draft, name: 'x' }, NIGHTLY))).toMatchObject(
      stopFirst,
    )
    expect(await bench.refusal(() => bench.edits.remove(NIGHTLY))).toMatchObject(stopFirst)
    expect(await afterTrack(1, { workers: 3 })).toBe(HAND.replace('workers: 2', 'workers: 3'))
  })

  it('changes nothing in a file that has a mistake', async () => {
    await bench.write(HAND.replace('version: 1', 'version: 9'))
    await expect(bench.edits.read(NIGHTLY)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/^fleet\.yaml has a mistake in line 2/),
    })
  })

  it('refuses to write what an anchor shares, so that no other plan is changed with it', async () => {
    const shared = `${HEAD}plans:
  - { name: one, tracks: [{ name: a, on: all, command: x, env: &e { A: "1" } }] }
  - { name: try, tracks: [{ name: a, on: all, command: x, env: *e }] }
`
    await bench.write(shared)
    const one = await bench.edits.read(PlanName.parse('one'))
    const tracks = [{ ...one.tracks[0]!, env: [{ name: 'A', value: '2' }] }]
    await expect(bench.edits.save({ ...one, tracks }, PlanName.parse('one'))).rejects.toMatchObject({
      message: 'fleet.yaml is written in a way that Drydock cannot change here.',
    })
    expect(await bench.text()).toBe(shared)
  })
})
