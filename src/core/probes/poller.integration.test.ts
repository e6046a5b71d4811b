import { expect, it, vi } from 'vitest'
import { NodeName } from '../../contract/ids'
import type { GpuReading, Sample } from '../../contract/samples'
import { systemClock } from '../kernel/clock'
import type { NodeShell } from '../nodes/nodeShell'
import { createPoller } from './poller'
import { createManualNodes } from './manualNodes'
import { createArrivals, createProcessShell, createRecordedLog } from './testkit'

const pc = NodeName.parse('this-pc')
const one = NodeName.parse('one')
const two = NodeName.parse('two')

function startPoller() {
  const nodes = createManualNodes('/tmp/drydock-not-there')
  const samples = createArrivals<Sample>()
  const gpus = createArrivals<GpuReading>()
  const crashes: unknown[] = []
  const log = createRecordedLog()
  const poller = createPoller({
    nodes,
    clock: systemClock,
    publishSample: sample => samples.add(sample),
    publishGpu: reading => gpus.add(reading),
    ownerOf: () => null,
    log,
    onCrash: (name, error) => crashes.push([name, error]),
    periodMs: 50,
  })
  return { nodes, samples, gpus, crashes, log, poller }
}

const of = (name: NodeName) => (value: { node: NodeName }) => value.node === name
const processShell = () => createProcessShell(['sh'], { PATH: '/usr/bin:/bin' })

it('measures this PC and nodes over a shell, from the moment of their links, and stops with them', async () => {
  const { nodes, samples, gpus, crashes, poller } = startPoller()
  await using shellOfPc = processShell()
  await using shellOfOne = processShell()
  nodes.set(pc, shellOfPc, { local: true })
  nodes.set(one, null)
  nodes.set(one, shellOfOne)
  const whole = (name: NodeName) => (sample: Sample) => sample.node === name && sample.cpuPct !== null
  const ofPc = await samples.next(whole(pc))
  const ofOne = await samples.next(whole(one))
  await gpus.next(of(pc))
  await gpus.next(of(one))
  expect([ofPc.roundTripMs, ofOne.roundTripMs]).toEqual([null, expect.any(Number)])
  // This PC's probe is no process; its GPU watch ended with "no GPU", as the node's did.
  expect(shellOfOne.alive.size).toBe(1)

  nodes.set(one, null)
  await shellOfOne[Symbol.asyncDispose]()
  expect(poller.running).not.toContain('probe of one')
  expect(poller.latest()).toMatchObject({
    samples: [{ node: 'this-pc' }, { node: 'one' }],
    gpus: [
      { node: 'this-pc', state: 'none' },
      { node: 'one', state: 'none' },
    ],
  })

  await using next = processShell()
  nodes.set(one, next)
  await samples.next(of(one), samples.all.length)
  await poller[Symbol.asyncDispose]()
  await next[Symbol.asyncDispose]()
  expect([poller.running, next.alive.size, crashes]).toEqual([[], 0, []])
})

it('a node whose channels cannot be opened, and one that never answers, disturb nobody', async () => {
  const { nodes, samples, crashes, log, poller } = startPoller()
  const refusing = { open: () => Promise.reject(new Error('open failed')) } as unknown as NodeShell
  await using silent = createProcessShell(['sh', '-c', 'echo ready; exec cat >/dev/null'])
  await using good = processShell()
  const mute = NodeName.parse('mute')
  nodes.set(two, refusing)
  nodes.set(mute, silent)
  nodes.set(one, good)
  for (let from = 0; from < 5; from++) await samples.next(of(one), from)
  expect(samples.all.every(of(one))).toBe(true)
  expect(log.lines).toContain('The probe ended: it could not be started (open failed).')
  await poller[Symbol.asyncDispose]()
  expect([poller.running, crashes]).toEqual([[], []])
})

it.each(['Darwin', 'macOS 15.1'])('measures a node whose system is "%s" as a Mac', async os => {
  const { nodes, log, samples, poller } = startPoller()
  await using shell = processShell()
  nodes.set(one, shell, { os })
  // This machine has no vm_stat, which is what the script for a Mac says.
  await vi.waitFor(
    () => expect(log.lines).toContain('No gauges for this node: it is no Mac with vm_stat and iostat.'),
    { timeout: 30_000 },
  )
  expect(samples.all).toEqual([])
  await poller[Symbol.asyncDispose]()
})

it('forgets a node that left the fleet, though its link never changed', async () => {
  const { nodes, samples, poller } = startPoller()
  await using shell = processShell()
  nodes.set(one, shell)
  await samples.next(of(one))
  nodes.remove(one)
  await shell[Symbol.asyncDispose]()
  expect(poller.latest()).toEqual({ samples: [], gpus: [] })
  await poller[Symbol.asyncDispose]()
})

it('starts anew on a new link that replaced the old one at once', async () => {
  const { nodes, samples, poller } = startPoller()
  await using before = processShell()
  await using after = processShell()
  nodes.set(one, before)
  await samples.next(of(one))
  nodes.set(one, after)
  await before[Symbol.asyncDispose]()
  const sample = await samples.next(of(one), samples.all.length)
  expect(sample.node).toBe('one')
  await poller[Symbol.asyncDispose]()
  expect(poller.running).toEqual([])
})
