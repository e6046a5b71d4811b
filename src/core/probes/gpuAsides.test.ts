import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RunId, WorkerId } from '../../contract/ids'
import type { OwnerOf } from './gpuReadings'
import { APPS, FIELDS, ROW, ROW_1, say, startWatch } from './gpuTestkit'
import { nodeA, type ScriptedChannel } from './testkit'

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
