import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { PlanName } from '../contract/ids'
import type { PlanView } from '../contract/plans'

const LIMIT = { timeout: 30_000 }
/** As a person writes it. */
const FLEET = `# Mine.
version: 1

nodes:
  - name: this-pc   # the desk
    local: true
    env: { MODELS: ~/models }

plans:

  # Every night.
  - name: nightly
    tracks:
      - name: data
        on: all   # everywhere
        command: 'true' # quick

      - name: train
        on: [this-pc]
        after:   [data]
        command: 'sleep 60' # slow
        secrets: [PGPASSWORD]

  # --- experiments ---

  - { name: try, tracks: [ { name: a, on: all, command: 'sleep 60', aliveSeconds: 0 } ] } # short
`
const NIGHTLY = PlanName.parse('nightly')
const TRY = PlanName.parse('try')

let rig: EngineRig
let app: RigEngine
beforeEach(async () => {
  rig = createEngineRig()
  writeFileSync(join(rig.home, 'drydock', 'fleet.yaml'), FLEET)
  app = await rig.open()
})
afterEach(() => rig[Symbol.asyncDispose]())

const text = (): string => readFileSync(join(rig.home, 'drydock', 'fleet.yaml'), 'utf8')

/** The plans as the screen was told of them last. */
function shown(): readonly PlanView[] {
  const told = app.events.findLast(({ type }) => type === 'fleet' || type === 'snapshot')
  if (told?.type === 'fleet') return told.plans
  return told?.type === 'snapshot' ? told.snapshot.plans : []
}

it('edits, copies, removes and restores plans, and leaves every other byte as it was', async () => {
  const { plans } = app.client
  const draft = await plans.read({ plan: NIGHTLY })
  const [data, train] = draft.tracks
  if (data === undefined || train === undefined) throw new Error('two tracks were written')

  const changed = { ...draft, tracks: [{ ...data, workers: 2, command: 'sleep 1' }, train] }
  await plans.save({ draft: changed, replaces: NIGHTLY })
  const saved = FLEET.replace("command: 'true' # quick", "command: 'sleep 1' # quick").replace(
    'on: all   # everywhere\n',
    'on: all   # everywhere\n        workers: 2\n',
  )
  expect(text()).toBe(saved)
  await vi.waitFor(() => expect(shown()[0]?.tracks.map(({ workers }) => workers)).toEqual([2, 1]), LIMIT)

  expect(await plans.duplicate({ plan: TRY })).toBe('try-2')
  expect(text()).toBe(`${saved}\n${saved.split('\n').at(-2)?.replace('name: try', 'name: try-2')}\n`)
  await plans.remove({ plan: PlanName.parse('try-2') })
  expect(text()).toBe(saved)

  const before = text()
  const removed = await plans.remove({ plan: NIGHTLY })
  expect(removed.yaml.startsWith('  # Every night.\n  - name: nightly\n')).toBe(true)
  await vi.waitFor(() => expect(shown().map(({ name }) => name)).toEqual(['try']), LIMIT)
  await plans.restore(removed)
  expect(text()).toBe(before)
  await vi.waitFor(() => expect(shown().map(({ name }) => name)).toEqual(['nightly', 'try']), LIMIT)

  // What was said once stays said, though it is the default again.
  await plans.save({ draft, replaces: NIGHTLY })
  expect(text()).toBe(FLEET.replace('# everywhere\n', '# everywhere\n        workers: 1\n'))
  expect(app.errors).toEqual([])
}, 60_000)

it('refuses to rename or remove a plan while it runs', async () => {
  await vi.waitFor(() => expect(app.link('this-pc')).toBe('online'), LIMIT)
  const { plans, runs } = app.client
  const { id } = await runs.start({ plan: TRY, tracks: null })
  const draft = await plans.read({ plan: TRY })
  const active = { code: 'REFUSED', message: `The run ${id} of try has not ended, so try cannot be renamed.` }
  await expect(plans.save({ draft: { ...draft, name: 'tried' }, replaces: TRY })).rejects.toMatchObject(
    active,
  )
  await expect(plans.remove({ plan: TRY })).rejects.toMatchObject({ code: 'REFUSED' })
  expect(text()).toBe(FLEET)
  await runs.stop({ run: id, how: 'force', nodes: null, workers: null })
  await plans.save({ draft: { ...draft, name: 'tried' }, replaces: TRY })
  expect(text()).toBe(FLEET.replace('name: try,', 'name: tried,'))
  expect(app.errors).toEqual([])
}, 60_000)

it('shows what a draft would run on this PC, and what it would need there', async () => {
  await vi.waitFor(() => expect(app.link('this-pc')).toBe('online'), LIMIT)
  const { plans } = app.client
  const draft = await plans.read({ plan: NIGHTLY })
  const needs = { cpu: null, gpu: null, memGiB: 0.001, diskGiB: 0.001 }
  const asked = { ...draft, tracks: draft.tracks.map(track => ({ ...track, needs })) }
  await vi.waitFor(async () => {
    const { nodes } = await plans.check({ draft: asked, replaces: NIGHTLY })
    expect(nodes).toMatchObject([
      {
        node: 'this-pc',
        isOnline: true,
        workers: 2,
        needs: [
          { what: 'memGiB', low: 0.002, high: 0.002, verdict: 'ok' },
          { what: 'diskGiB', low: 0.002, high: 0.002, verdict: 'ok' },
        ],
      },
    ])
  }, LIMIT)
  const { problems, workers, steps } = await plans.check({ draft: asked, replaces: NIGHTLY })
  expect(problems).toEqual([])
  expect(steps).toEqual([['data'], ['train']])
  expect(workers[1]).toEqual({
    track: 'train',
    node: 'this-pc',
    index: 1,
    command: 'sleep 60',
    workdir: rig.home,
    environment: [
      { name: 'MODELS', value: `${rig.home}/models`, isSecret: false },
      { name: 'PGPASSWORD', value: '••••', isSecret: true },
      { name: 'DRYDOCK_RUN', value: 'next-run', isSecret: false },
      { name: 'DRYDOCK_WORKER', value: 'train-1', isSecret: false },
      { name: 'DRY_RUN', value: '1', isSecret: false },
      { name: 'ALLOW_ORDERS', value: '0', isSecret: false },
    ],
  })
  const wrong = { ...asked, name: 'try' }
  expect(await plans.check({ draft: wrong, replaces: NIGHTLY })).toMatchObject({
    problems: [{ path: ['name'], message: 'Two plans are called try.' }],
    workers: [],
  })
  expect(app.errors).toEqual([])
}, 60_000)

it('names the secret that has no value, until it has one', async () => {
  const { secrets } = app.client
  const nightly = (): PlanView | undefined => shown().find(({ name }) => name === 'nightly')
  await vi.waitFor(() => expect(nightly()?.refusal).toBe('PGPASSWORD has no value yet.'), LIMIT)
  await secrets.set({ name: 'PGPASSWORD', value: 'x' })
  await vi.waitFor(
    () => expect(nightly()).toMatchObject({ refusal: null, secrets: [{ name: 'PGPASSWORD', isSet: true }] }),
    LIMIT,
  )
  await secrets.remove({ name: 'PGPASSWORD' })
  await vi.waitFor(() => expect(nightly()?.secrets).toEqual([{ name: 'PGPASSWORD', isSet: false }]), LIMIT)
  expect(app.errors).toEqual([])
}, 60_000)
