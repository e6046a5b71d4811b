import { expect, it } from 'vitest'
import { FIELDS, ROW, ROW_1, say, startWatch } from './gpuTestkit'

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
    if (channel !== watch.shell.channels[1]) return
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
