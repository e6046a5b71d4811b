import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RunId, WorkerId } from '../../contract/ids'
import type { GpuReading } from '../../contract/samples'
import { createGpuMemory } from './gpuMemory'
import { watchGpus } from './gpuWatch'
import type { OwnerOf } from './gpuReadings'
import { GPU_FIELDS, HOLDER_FIELDS } from './nvidiaSmi'
import {
  createManualClock,
  createRecordedLog,
  createScriptedShell,
  nodeA,
  type ScriptedChannel,
} from './testkit'

const FIELDS = GPU_FIELDS.join(',')
const ROW = '0, GPU-1, RTX 3090, 550.90.07, 74, 23655, 24576, 71, 318.42, 350.00, 68, 1725, [N/A]'
const ROW_1 = '1, GPU-2, RTX 3070, 550.90.07, 5, 100, 8192, 40, 30.00, 220.00, 10, 300, [N/A]'

const APPS = `apps ${HOLDER_FIELDS.join(',')}`

interface Options {
  /** Whether the watch asks for the CUDA version and for who holds VRAM, too. */
  readonly asksAside?: boolean
  readonly ownerOf?: OwnerOf
}

/** A watch on a node whose nvidia-smi is played by the test. */
function startWatch(
  onRequest: (channel: ScriptedChannel, request: string) => void = () => {},
  { asksAside = false, ownerOf = () => null }: Options = {},
) {
  const clock = createManualClock()
  const shell = createScriptedShell(onRequest)
  const readings: GpuReading[] = []
  const stop = new AbortController()
  const memory = createGpuMemory('boot-1')
  if (!asksAside) Object.assign(memory, { compute: '12.4', holdersDueMs: Infinity })
  const deps = {
    node: nodeA,
    shell,
    clock,
    periodMs: 1_000,
    publish: (reading: GpuReading) => void readings.push(reading),
    log: createRecordedLog(),
    ownerOf,
    memory,
  }
  const ended = watchGpus(deps, stop.signal)
  return {
    clock,
    shell,
    readings,
    deps,
    states: () => readings.map(({ state }) => state),
    channel: (at = 0) => shell.channels[at]!,
    stop: async () => {
      stop.abort()
      await ended
    },
  }
}

const say = (channel: ScriptedChannel, text: string): void => channel.print(`\n${channel.args[0]} ${text}\n`)

it('asks for one looping process, and tells each cycle as soon as its last row is there', async () => {
  const watch = startWatch()
  await watch.clock.advance(0)
  expect(watch.channel().requests).toEqual([`loop ${FIELDS}`])

  say(watch.channel(), 'running 321 77')
  watch.channel().print(`${ROW}\n${ROW_1}\n`)
  await watch.clock.advance(150)
  watch.channel().print(`${ROW}\n${ROW_1}\n`)
  await watch.clock.advance(0)
  expect(
    watch.readings.map(({ state, driver, gpus }) => [state, driver, gpus.map(gpu => gpu.utilPct)]),
  ).toEqual([
    ['ok', '550.90.07', [74, 5]],
    ['ok', '550.90.07', [74, 5]],
  ])
  await watch.stop()
  expect(watch.channel().isClosed).toBe(true)
})

it('greys the GPUs that it knew when no row came for five seconds, starts nothing, and recovers', async () => {
  const watch = startWatch()
  await watch.clock.advance(0)
  say(watch.channel(), 'running 321 77')
  watch.channel().print(`${ROW}\n`)
  await watch.clock.advance(60_000)
  expect(watch.states()).toEqual(['ok', 'hung'])
  expect(watch.readings[1]).toMatchObject({
    driver: '550.90.07',
    gpus: [{ index: 0, name: 'RTX 3090', memTotalMiB: 24576, utilPct: null, memUsedMiB: null, tempC: null }],
  })
  expect(watch.shell.channels.map(channel => channel.requests)).toEqual([[`loop ${FIELDS}`]])

  watch.channel().print(`${ROW}\n`)
  await watch.clock.advance(200)
  expect(watch.states()).toEqual(['ok', 'hung', 'ok'])
  await watch.stop()
})

it('hangs after five seconds and not before', async () => {
  const watch = startWatch()
  await watch.clock.advance(4_999)
  expect(watch.states()).toEqual([])
  await watch.clock.advance(1)
  expect(watch.states()).toEqual(['hung'])
  await watch.stop()
})

it('tells the next channel which process hung, and waits until that one is gone', async () => {
  const watch = startWatch((channel, request) => {
    if (channel !== watch.channel(1)) return
    expect(request).toBe(`loop ${FIELDS}`)
    say(channel, 'busy 321 77')
  })
  await watch.clock.advance(0)
  say(watch.channel(), 'running 321 77')
  await watch.clock.advance(5_000)
  watch.channel().end(null)
  await watch.clock.advance(1_000)
  expect(watch.channel(1).args.slice(1)).toEqual(['321', '77'])
  expect(watch.readings.at(-1)).toMatchObject({
    state: 'hung',
    message: 'An earlier nvidia-smi (process 321) still hangs.',
  })

  await watch.clock.advance(2_000)
  say(watch.channel(2), 'running 400 99')
  watch.channel(2).print(`${ROW}\n`)
  await watch.clock.advance(200)
  expect(watch.states().at(-1)).toBe('ok')
  expect(watch.deps.memory.hung).toBe(null)
  await watch.stop()
})

it("believes only at the third look that somebody else's nvidia-smi is stuck", async () => {
  const watch = startWatch(channel => say(channel, 'busy 9 1'))
  await watch.clock.advance(1_000)
  expect([watch.shell.channels.length, watch.states()]).toEqual([2, []])
  await watch.clock.advance(2_000)
  expect([watch.shell.channels.length, watch.states()]).toEqual([3, ['hung']])
  await watch.stop()
})

it('calls once a second where there is no loop, and never while a call is under way', async () => {
  const watch = startWatch((channel, request) => {
    if (request.startsWith('once')) return
    channel.print(`${ROW}\n`)
    say(channel, 'exit 0')
  })
  await watch.clock.advance(1_000)
  expect(watch.channel().requests).toEqual([`loop ${FIELDS}`, `once ${FIELDS}`])
  await watch.clock.advance(4_000)
  expect(watch.channel().requests.length).toBe(2)
  watch.channel().print(`${ROW}\n`)
  say(watch.channel(), 'exit 0')
  // It took its time: it is left in peace for half a second.
  await watch.clock.advance(499)
  expect(watch.channel().requests.length).toBe(2)
  await watch.clock.advance(1)
  expect(watch.channel().requests.length).toBe(3)
  expect(watch.states()).toEqual(['ok', 'ok'])
  await watch.stop()
})

it('asks at once without a field that is rejected', async () => {
  const watch = startWatch((channel, request) => {
    if (!request.includes('fan.speed')) return
    channel.print('Field "fan.speed" is not a valid field to query.\n\n')
    say(channel, 'exit 2')
  })
  await watch.clock.advance(0)
  expect(watch.channel().requests).toEqual([`loop ${FIELDS}`, `loop ${FIELDS.replace('fan.speed,', '')}`])
  await watch.stop()
})

it('says once a minute that there is no GPU', async () => {
  const watch = startWatch(channel => say(channel, 'exit 127'))
  await watch.clock.advance(59_000)
  expect(watch.readings).toEqual([
    {
      node: 'node-a',
      atMs: 1_700_000_000_000,
      state: 'none',
      vendor: null,
      gpus: [],
      holders: null,
      driver: null,
      compute: null,
      message: 'nvidia-smi is not installed.',
      hint: null,
    },
  ])
  await watch.clock.advance(1_000)
  expect(watch.states()).toEqual(['none', 'none'])
  await watch.stop()
})

it('says what is wrong with the driver, and looks again', async () => {
  const watch = startWatch(channel => {
    channel.print('Failed to initialize NVML: Driver/library version mismatch\n')
    say(channel, 'exit 18')
  })
  await watch.clock.advance(15_000)
  expect(watch.states()).toEqual(['driver-broken', 'driver-broken'])
  expect(watch.readings[0]?.hint).toContain('reboot')
  await watch.stop()
})

it('a process that speaks without readings is lost or broken, not hung', async () => {
  const watch = startWatch()
  await watch.clock.advance(4_000)
  watch.channel().print('Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.\n')
  await watch.clock.advance(1_000)
  expect(watch.states()).toEqual(['lost'])
  await watch.stop()
})

it('keeps good rows and drops bad ones', async () => {
  const watch = startWatch()
  await watch.clock.advance(0)
  watch.channel().print(`${ROW.replace('RTX 3090', 'RTX, 3090')}\n${ROW_1}\n`)
  await watch.clock.advance(150)
  expect(watch.readings.map(({ state, gpus }) => [state, gpus.map(gpu => gpu.index)])).toEqual([['ok', [1]]])
  await watch.stop()
})

it('begins again, with back-off, when its channel ends', async () => {
  const watch = startWatch(channel => channel.end(1))
  await watch.clock.advance(7_000)
  expect(watch.shell.channels.length).toBe(4)
  await watch.stop()
})

it('asks without a field that was rejected on every later channel of the same boot', async () => {
  const watch = startWatch((channel, request) => {
    if (request.includes('mig.mode.current')) {
      channel.print('Field "mig.mode.current" is not a valid field to query.\n\n')
      say(channel, 'exit 2')
    } else channel.end(null)
  })
  await watch.clock.advance(1_000)
  expect(watch.shell.channels.map(({ requests }) => requests.length)).toEqual([2, 1])
  await watch.stop()
})

it('goes on with the other cards when one falls off the bus, which stays on the list without readings', async () => {
  const watch = startWatch()
  await watch.clock.advance(0)
  watch.channel().print(`${ROW}\n${ROW_1}\n`)
  await watch.clock.advance(150)
  const words = 'Unable to determine the device handle for GPU1: 0000:44:00.0: Unknown Error'
  watch.channel().print(`${words}\n${ROW}\n`)
  await watch.clock.advance(150)
  expect(watch.states()).toEqual(['ok', 'lost'])
  expect(watch.readings[1]).toMatchObject({
    message: words,
    driver: '550.90.07',
    gpus: [
      { index: 0, utilPct: 74 },
      { index: 1, uuid: 'GPU-2', utilPct: null, memUsedMiB: null, memTotalMiB: 8192 },
    ],
  })
  expect(watch.readings[1]?.hint).toContain('no longer on the bus')
  await watch.stop()
})

describe('between two turns', () => {
  const HOLDERS = 'GPU-1, 4242, python3, 9102\nGPU-2, 4242, python3, [N/A]\nGPU-1, 7, Xorg, 40\n'
  const owner = { run: RunId.parse('r-1'), worker: WorkerId.parse('bots-1') }
  const ownerOf: OwnerOf = (node, pid) => (node === nodeA && pid === 4242 ? owner : null)

  /** A nvidia-smi that does what is asked, each request when the test lets it. */
  function play(channel: ScriptedChannel, request: string): void {
    if (request.startsWith('loop')) channel.print(`${ROW}\n${ROW_1}\n`)
    if (request === 'end') say(channel, 'exit 143')
    if (request === 'about') {
      channel.print('| NVIDIA-SMI 550.90.07   Driver Version: 550.90.07   CUDA Version: 12.4   |\n')
      say(channel, 'exit 0')
    }
    if (request === APPS) {
      channel.print(HOLDERS)
      say(channel, 'exit 0')
    }
  }

  it('asks who holds VRAM, every five seconds, and once for the CUDA version; never two at once', async () => {
    const watch = startWatch(play, { asksAside: true, ownerOf })
    for (let second = 0; second < 7; second++) {
      await watch.clock.advance(1_000)
      watch.channel().print(`${ROW}\n${ROW_1}\n`)
    }
    await watch.clock.advance(0)
    const loop = `loop ${FIELDS}`
    expect(watch.channel().requests).toEqual([loop, 'end', 'about', APPS, loop, 'end', APPS, loop])
    expect(watch.readings[0]).toMatchObject({ holders: null, compute: null })
    expect(watch.readings.at(-1)).toMatchObject({
      state: 'ok',
      compute: '12.4',
      holders: [
        { gpuUuid: 'GPU-1', pid: 4242, name: 'python3', memUsedMiB: 9102, ...owner },
        { gpuUuid: 'GPU-2', pid: 4242, name: 'python3', memUsedMiB: null, ...owner },
        { gpuUuid: 'GPU-1', pid: 7, name: 'Xorg', memUsedMiB: 40, run: null, worker: null },
      ],
    })
    await watch.stop()
  })

  it('a loop that does not end hangs: nothing else is started', async () => {
    const watch = startWatch((channel, request) => request !== 'end' && play(channel, request), {
      asksAside: true,
    })
    await watch.clock.advance(1_000)
    watch.channel().print(`${ROW}\n${ROW_1}\n`)
    await watch.clock.advance(30_000)
    expect(watch.channel().requests).toEqual([`loop ${FIELDS}`, 'end'])
    expect(watch.states()).toEqual(['ok', 'ok', 'hung'])
    await watch.stop()
  })

  it('a question that does not end hangs, greys the cards, and is waited for', async () => {
    const watch = startWatch((channel, request) => request !== APPS && play(channel, request), {
      asksAside: true,
    })
    await watch.clock.advance(1_000)
    watch.channel().print(`${ROW}\n${ROW_1}\n`)
    await watch.clock.advance(0)
    say(watch.channel(), 'running 99 5')
    await watch.clock.advance(30_000)
    expect(watch.readings.at(-1)).toMatchObject({
      state: 'hung',
      gpus: [{ utilPct: null }, { utilPct: null }],
    })
    expect(watch.deps.memory.hung).toEqual({ pid: '99', start: '5' })
    const asked = watch.channel().requests.length
    say(watch.channel(), 'exit 0')
    await watch.clock.advance(150)
    expect(watch.channel().requests.slice(asked)).toEqual([`loop ${FIELDS}`])
    expect(watch.states().at(-1)).toBe('ok')
    await watch.stop()
  })

  it('a driver that does not tell who holds VRAM is asked again a minute later', async () => {
    const watch = startWatch(
      (channel, request) => {
        if (request === APPS) say(channel, 'exit 3')
        else play(channel, request)
      },
      { asksAside: true },
    )
    for (let second = 0; second < 30; second++) {
      await watch.clock.advance(1_000)
      watch.channel().print(`${ROW}\n${ROW_1}\n`)
    }
    expect(watch.channel().requests.filter(request => request === APPS).length).toBe(1)
    expect(watch.readings.at(-1)).toMatchObject({ state: 'ok', holders: null })
    await watch.stop()
  })
})

describe("AMD's tools", () => {
  const CARDS = readFileSync(new URL('./fixtures/rocm-smi.two-cards.txt', import.meta.url), 'utf8')
  const ABOUT = readFileSync(new URL('./fixtures/amd-smi.about.txt', import.meta.url), 'utf8')

  it('are asked where there is no nvidia-smi, every two seconds, and once for what does not change', async () => {
    const watch = startWatch((channel, request) => {
      if (request === 'amd') channel.print(CARDS)
      if (request === 'amd-about') channel.print(ABOUT)
      say(channel, request.startsWith('amd') ? 'exit 0' : 'exit 127')
    })
    await watch.clock.advance(4_000)
    expect(watch.channel().requests).toEqual([`loop ${FIELDS}`, 'amd-about', 'amd', 'amd', 'amd'])
    expect(watch.readings.length).toBe(3)
    expect(watch.readings[0]).toMatchObject({
      state: 'ok',
      vendor: 'amd',
      driver: '6.8.5',
      compute: '6.2.2',
      holders: null,
      gpus: [
        { index: 0, name: 'AMD Radeon PRO W7700', utilPct: 0 },
        { index: 1, utilPct: 100 },
      ],
    })
    await watch.stop()
  })

  it('that hang grey the cards, and nothing else is started', async () => {
    let calls = 0
    const watch = startWatch((channel, request) => {
      if (request === 'amd' && ++calls === 2) return
      if (request === 'amd') channel.print(CARDS)
      say(channel, request.startsWith('amd') ? 'exit 0' : 'exit 127')
    })
    await watch.clock.advance(60_000)
    expect(watch.states()).toEqual(['ok', 'hung'])
    expect(watch.readings[1]).toMatchObject({ vendor: 'amd', gpus: [{ utilPct: null }, { utilPct: null }] })
    expect(calls).toBe(2)
    await watch.stop()
  })

  it('that find no driver say so', async () => {
    const watch = startWatch((channel, request) => {
      if (request.startsWith('amd'))
        channel.print('ERROR:root:Driver not initialized (amdgpu not found in modules)\n')
      say(channel, request.startsWith('amd') ? 'exit 1' : 'exit 127')
    })
    await watch.clock.advance(0)
    expect(watch.readings).toMatchObject([{ state: 'driver-broken', vendor: null, gpus: [] }])
    await watch.stop()
  })
})
