import { expect, test } from 'vitest'
import type { NodeName } from '../../contract/ids'
import type { Alert } from '../../contract/events'
import { gpuReading, node, NOW_MS, run, sample, worker } from '../gallery/builders'
import { type FleetState, initialState } from '../state/fleetStore'
import { HISTORY_LENGTH } from '../state/history'
import { isTold, type Reading, type RingOf } from './nodeReadings'
import { workByNode } from './nodeWork'
import { problemsOf } from './problems'

const pc2 = node({ name: 'pc2' })
const flat = (pct: number): Float32Array => new Float32Array(HISTORY_LENGTH).fill(pct)
const noRings: RingOf = () => undefined

function found(state: Partial<FleetState>, ringOf: RingOf = noRings, nowMs = NOW_MS) {
  const full: FleetState = { ...initialState, engine: 'live', ...state }
  return problemsOf(full, workByNode(full.runs), () => ringOf, nowMs)
}
const told = (...given: Parameters<typeof found>): readonly string[] =>
  found(...given).map(one => `${one.severity} ${one.what}`.replaceAll('\u2009', '_'))

const busy = run({
  id: 'r1',
  plan: 'kelly',
  state: 'running',
  startedAgoS: 900,
  workers: [worker({ node: 'pc2', index: 1, nodeIndex: 1, step: 5, stepAgoMs: 240_000 })],
})
const gone = {
  ...pc2,
  link: {
    state: 'unreachable',
    sinceMs: NOW_MS - 130_000,
    nextTryAtMs: null,
    message: 'No answer',
    hint: 'Look.',
  } as const,
}

test('nothing is wrong with a fleet that is well', () => {
  expect(told({ nodes: [pc2], samples: { [pc2.name]: sample(pc2, { cpu: 50, ram: 50 }) } })).toEqual([])
})

test('an unreachable node is worse when something runs on it, and nothing is assumed about that', () => {
  expect(told({ nodes: [gone] })).toEqual(['warn pc2 is unreachable since 14:00:01'])
  expect(found({ nodes: [gone], runs: [busy] })[0]).toMatchObject({
    severity: 'err',
    cause: 'No answer.',
    fix: 'Look. Its workers may still run; nothing is assumed.',
    buttons: [{ does: 'reconnect', node: 'pc2' }],
  })
})

test('a full disk, a limit that is passed for a minute and an idle worker are told', () => {
  const full = { [pc2.name]: sample(pc2, { cpu: 4, ram: 50, disk: [91, 100] }) }
  const gpus = {
    [pc2.name]: {
      node: pc2.name,
      atMs: 0,
      state: 'ok' as const,
      vendor: 'nvidia' as const,
      gpus: [gpu],
      holders: null,
      driver: null,
      compute: null,
      message: null,
      hint: null,
    },
  }
  const rings: Record<string, Float32Array> = { CPU: flat(4), 'GPU 0': flat(3), 'VRAM 0': flat(96) }
  expect(told({ nodes: [pc2], samples: full, gpus, runs: [busy] }, gauge => rings[gauge])).toEqual([
    'err pc2: disk 91_% full, 9.0_GiB free',
    'warn pc2: VRAM 0 over its limit of 90_%',
    'warn pc2 is assigned but idle',
  ])
})
const gpu = {
  isMig: false,
  index: 0,
  uuid: null,
  name: null,
  utilPct: 3,
  memUsedMiB: 1,
  memTotalMiB: 1,
  tempC: null,
  powerW: null,
  powerLimitW: null,
  fanPct: null,
  clockMHz: null,
}

test('a driver that hangs is told with its way out, and is worse when something runs there', () => {
  const gpus = { [pc2.name]: gpuReading(pc2, { cpu: 1, ram: 1, gpus: [], gpuState: 'hung' }) }
  expect(found({ nodes: [pc2], gpus })).toMatchObject([
    {
      severity: 'warn',
      what: 'pc2: nvidia-smi does not answer',
      fix: expect.stringMatching(/reboot the machine/),
    },
  ])
  expect(told({ nodes: [pc2], gpus, runs: [busy] })).toEqual(['err pc2: nvidia-smi does not answer'])
  const none = { [pc2.name]: gpuReading(pc2, { cpu: 1, ram: 1 }) }
  expect(told({ nodes: [pc2], gpus: none })).toEqual([])
})

test('a moment of quiet, or quiet without a worker, is not idleness', () => {
  const blip = flat(50)
  blip.fill(3, HISTORY_LENGTH - 59)
  expect(told({ nodes: [pc2], runs: [busy] }, () => blip)).toEqual([])
  expect(told({ nodes: [pc2] }, () => flat(3))).toEqual([])
})

test('a bad end is news for a quarter of an hour', () => {
  const failed = { ...busy, state: 'failed' as const, detail: 'exit code 1', endedAtMs: NOW_MS - 60_000 }
  expect(found({ runs: [failed] })[0]).toMatchObject({
    severity: 'err',
    what: 'kelly failed at 14:01:11',
    cause: 'exit code 1.',
    buttons: [{ does: 'show-log', run: 'r1' }],
  })
  expect(told({ runs: [failed] }, noRings, NOW_MS + 900_000)).toEqual([])
  expect(told({ runs: [{ ...failed, state: 'succeeded' }] })).toEqual([])
})

test('a run that cannot be seen is never called stopped', () => {
  const unseen = {
    ...busy,
    state: 'unknown' as const,
    workers: busy.workers.map(one => ({ ...one, state: 'unknown' as const })),
  }
  expect(found({ runs: [unseen] })[0]).toMatchObject({
    severity: 'warn',
    what: 'kelly cannot be seen since 14:00:11',
    fix: 'It is not started again and not called stopped until its node answers.',
  })
})

test('the engine’s own alerts come as it told them, and errors come before warnings', () => {
  const alert: Alert = {
    id: 'a1',
    severity: 'error',
    node: 'pc2' as NodeName,
    run: null,
    what: 'What happened',
    cause: 'Why',
    fix: 'What to do',
    atMs: NOW_MS,
  }
  const [first, second] = found({ nodes: [gone], alerts: [alert] })
  expect(first).toEqual({
    id: 'a1',
    severity: 'err',
    node: 'pc2',
    what: 'What happened',
    brief: 'What happened',
    cause: 'Why',
    fix: 'What to do',
    buttons: [],
    closes: 'engine',
  })
  expect(second?.severity).toBe('warn')
})

test('a remark on the run mode comes with the click that ends it, when there is one', () => {
  const mode = {
    ...initialState.mode,
    remark: 'orders flag on, ignored',
    flags: { dryRun: true, allowOrders: true },
  }
  expect(found({ mode })[0]).toMatchObject({
    severity: 'warn',
    buttons: [{ does: 'orders-off' }],
    closes: 'screen',
  })
  const mixed = { ...initialState.mode, name: 'MIXED' as const, remark: 'pc2 reports LIVE' }
  expect(found({ mode: mixed })[0]).toMatchObject({ severity: 'err', buttons: [], closes: 'never' })
})

test('what several nodes have in common is one and the same problem', () => {
  const notice = { kind: 'same-machine' as const, message: 'pc2 and pc3 are one machine.', hint: 'Keep one.' }
  const nodes = ['pc2', 'pc3'].map(name => ({ ...node({ name }), notices: [notice] }))
  const both = found({ nodes })
  expect(both.map(one => one.node)).toEqual(['pc2', 'pc3'])
  expect(new Set(both.map(({ id }) => id)).size).toBe(1)
})

test('a card that was lost is told as that, and the others go on telling', () => {
  const gpus = { [pc2.name]: gpuReading(pc2, { cpu: 1, ram: 1, gpus: [], gpuState: 'lost' }) }
  expect(found({ nodes: [pc2], gpus }).map(one => one.brief)).toEqual(['pc2 GPU lost'])
  const reading = { valuePct: 40 } as Reading
  expect(isTold({ text: 'lost', hint: null, isTrouble: true }, reading)).toBe(true)
  expect(isTold({ text: 'hung', hint: null, isTrouble: true }, { ...reading, valuePct: null })).toBe(false)
})
