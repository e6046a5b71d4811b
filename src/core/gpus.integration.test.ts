import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { markedProcesses } from '../../e2e/rig/marked'
import { PlanName } from '../contract/ids'
import type { GpuReading } from '../contract/samples'

/** The GPUs of a real SSH node whose tools are stand-ins, through the door that the app uses. */

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const LONG = { timeout: 60_000, interval: 50 }
const readings = (app: RigEngine): GpuReading[] =>
  app.events.flatMap(event => (event.type === 'gpu' && event.reading.node === 'pc2' ? [event.reading] : []))

/** The first reading that fits, of those that come from now on. */
async function next(app: RigEngine, fits: (reading: GpuReading) => boolean): Promise<GpuReading> {
  const from = readings(app).length
  return vi.waitFor(() => {
    const found = readings(app).slice(from).find(fits)
    if (found === undefined) throw new Error(`not among ${readings(app).length - from} readings`)
    return found
  }, LONG)
}

const UUID = 'GPU-00000000-0000-4000-8000-000000000001'

it('VRAM has a holder: the run and worker that the process belongs to, by pid, its children too', async () => {
  const pc2 = await rig.sshNode({ gpu: true })
  const app = await rig.open({
    nodes: { pc2 },
    plans: [{ name: 'train', on: ['pc2'], command: 'setsid sleep 300 & exec sleep 300' }],
  })
  await vi.waitFor(() => expect(app.link('pc2')).toBe('online'), LONG)
  const run = await app.client.runs.start({ plan: PlanName.parse('train') })
  const sleepers = await vi.waitFor(() => {
    const found = markedProcesses(run.id).filter(pid => comm(pid) === 'sleep')
    expect(found.length).toBe(2)
    return found
  }, LONG)
  await pc2.gpu!.setApps([
    ...sleepers.map(pid => ({ gpu_uuid: UUID, pid, process_name: 'python3', used_memory: 900 })),
    { gpu_uuid: UUID, pid: process.pid, process_name: 'Xorg', used_memory: '[N/A]' },
  ])
  const reading = await next(
    app,
    ({ holders }) => holders?.filter(holder => holder.run !== null).length === 2,
  )
  expect(reading).toMatchObject({ state: 'ok', vendor: 'nvidia', compute: '12.4' })
  expect(reading.holders).toEqual([
    ...sleepers.map(pid => ({
      gpuUuid: UUID,
      pid,
      name: 'python3',
      memUsedMiB: 900,
      run: run.id,
      worker: run.workers[0]!.id,
    })),
    { gpuUuid: UUID, pid: process.pid, name: 'Xorg', memUsedMiB: null, run: null, worker: null },
  ])
  await app.client.runs.stop({ run: run.id, how: 'force', nodes: null })
  expect(app.errors).toEqual([])
})

const comm = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()

it.each([
  ['one-lost', { state: 'lost', vendor: 'nvidia', gpus: [{ index: 0, utilPct: 42 }] }],
  ['lost', { state: 'lost', message: expect.stringContaining('Unable to determine the device handle') }],
  ['old-driver', { state: 'ok', gpus: [{ isMig: false, utilPct: 42 }, { isMig: false }] }],
  ['lms-refused', { state: 'ok', gpus: [{ isMig: true, utilPct: 42 }, { isMig: false }] }],
  ['version-mismatch', { state: 'driver-broken', hint: expect.stringContaining('reboot') }],
  ['no-permission', { state: 'unreadable', hint: expect.stringContaining('/dev/nvidiactl') }],
  ['no-devices', { state: 'none', message: 'No devices were found', hint: null }],
  ['none', { state: 'none', message: 'nvidia-smi is not installed.', vendor: null }],
  [
    'amd',
    { state: 'ok', vendor: 'amd', driver: '6.7.0', gpus: [{ name: 'Radeon RX 7900 XT', utilPct: 77 }] },
  ],
] as const)('a node whose GPU tool is in the mode "%s" says so in words', async (mode, expected) => {
  const pc2 = await rig.sshNode({
    gpu: [
      { index: 0, uuid: UUID, 'utilization.gpu': 42, 'mig.mode.current': 'Enabled' },
      { index: 1, uuid: UUID.replace(/1$/, '2'), 'mig.mode.current': 'Disabled' },
    ],
  })
  await pc2.gpu!.setMode(mode)
  const app = await rig.open({ nodes: { pc2 }, plans: [] })
  await vi.waitFor(() => expect(readings(app)[0]).toMatchObject(expected), LONG)
  expect(app.errors).toEqual([])
})
