import { expect, it } from 'vitest'
import type { Sample } from '../../contract/samples'
import { linuxDialect } from './linuxProbe'
import { probeNode } from './nodeProbe'
import {
  createManualClock,
  createRecordedLog,
  createScriptedShell,
  nodeA,
  type ScriptedChannel,
} from './testkit'

const DISK = '/dev/sda1 2048 1024 1024 50% /'

/** A probe of a node that the test plays. */
function startProbe(onRequest: (channel: ScriptedChannel, seq: number, what: string) => void) {
  const clock = createManualClock()
  const askedAtMs: number[] = []
  const shell = createScriptedShell((channel, request) => {
    const [seq = '', what = ''] = request.split(' ')
    askedAtMs.push(clock.monotonicMs())
    onRequest(channel, Number(seq), what)
  })
  const samples: Sample[] = []
  const log = createRecordedLog()
  const stop = new AbortController()
  const ended = probeNode(
    linuxDialect,
    {
      node: nodeA,
      shell,
      stateDir: '/home/w/.drydock',
      clock,
      periodMs: 1_000,
      publish: sample => void samples.push(sample),
      log,
    },
    stop.signal,
  )
  return {
    clock,
    shell,
    samples,
    log,
    askedAtMs,
    channel: (at = 0) => shell.channels[at]!,
    ended,
    stop: async () => {
      stop.abort()
      await ended
    },
  }
}

function answer(channel: ScriptedChannel, seq: number, lines: readonly string[], kind = 'sample'): void {
  const [nonce] = channel.args
  channel.print(`\n${nonce} ${seq} ${kind}\n${lines.map(line => `${line}\n`).join('')}${nonce} ${seq} end\n`)
}

const ticks = (seq: number): string[] => [`stat cpu ${seq * 25} 0 0 ${seq * 75}`, 'threads 4']

it('asks at once, after a quarter of a second, and then once a second without drift', async () => {
  const probe = startProbe((channel, seq) => answer(channel, seq, ticks(seq)))
  await probe.clock.advance(3_250)
  expect(probe.askedAtMs).toEqual([0, 250, 1_250, 2_250, 3_250])
  expect(probe.samples.map(sample => sample.cpuPct)).toEqual([null, 25, 25, 25, 25])
  await probe.stop()
  expect(probe.channel().isClosed).toBe(true)
})

it('never has two requests under way: a slow node slows itself down', async () => {
  const waiting: (() => void)[] = []
  const probe = startProbe((channel, seq) => waiting.push(() => answer(channel, seq, ticks(seq))))
  for (let turn = 0; turn < 4; turn++) {
    await probe.clock.advance(3_000)
    expect(waiting.length).toBe(1)
    waiting.pop()?.()
    await probe.clock.advance(0)
  }
  expect(probe.askedAtMs).toEqual([0, 3_000, 6_000, 9_000, 12_000])
  expect(probe.samples.map(sample => sample.roundTripMs)).toEqual([3_000, 3_000, 3_000, 3_000])
  await probe.stop()
})

it('asks for the disk with every fifteenth request, and shows it from the next sample on', async () => {
  const asked: string[] = []
  const probe = startProbe((channel, seq, what) => {
    asked.push(what)
    answer(channel, seq, ticks(seq))
    if (what === 'full') answer(channel, seq, [DISK], 'disk')
  })
  await probe.clock.advance(14_250)
  expect(asked).toEqual(['full', ...Array<string>(14).fill('sample'), 'full'])
  expect(probe.samples.slice(0, 2).map(sample => sample.disk)).toEqual([
    null,
    { mount: '/', usedMiB: 1, totalMiB: 2, freeMiB: 1 },
  ])
  await probe.stop()
})

it('disks that do not answer are unknown, are not asked for again, and delay nothing', async () => {
  const asked: string[] = []
  const probe = startProbe((channel, seq, what) => {
    asked.push(what)
    answer(channel, seq, ticks(seq))
    if (seq === 1) answer(channel, seq, [DISK], 'disk')
  })
  await probe.clock.advance(40_000)
  expect(asked.filter(what => what === 'full').length).toBe(2)
  expect(probe.samples.map(sample => sample.disk === null).lastIndexOf(false)).toBe(29)
  expect(probe.samples.map(sample => sample.mounts === null).lastIndexOf(false)).toBe(29)
  expect(probe.samples.length).toBe(41)
  await probe.stop()
})

it('drops an answer that cannot be read and goes on with the next', async () => {
  const probe = startProbe((channel, seq) =>
    answer(channel, seq, seq === 2 ? ['Broadcast message'] : ticks(seq)),
  )
  await probe.clock.advance(1_250)
  expect(probe.samples.map(sample => sample.cpuPct)).toEqual([null, 25])
  expect(probe.log.lines).toEqual(['A probe answer was dropped.'])
  await probe.stop()
})

it('drops a frame that is not whole and goes on with the next', async () => {
  const probe = startProbe((channel, seq) => {
    if (seq === 2) channel.print(`garbage${channel.args[0]} 2 sample\n${channel.args[0]} 2 end\n`)
    else answer(channel, seq, ticks(seq))
  })
  await probe.clock.advance(1_250)
  expect(probe.samples.length).toBe(2)
  await probe.stop()
})

it('is started again, with back-off, when its channel ends; a good answer ends the back-off', async () => {
  const probe = startProbe((channel, seq) => {
    if (seq === 1 && probe.shell.channels.length === 4) answer(channel, seq, ticks(seq))
    else channel.end(1)
  })
  await probe.clock.advance(7_000)
  expect(probe.askedAtMs).toEqual([0, 1_000, 3_000, 7_000])
  await probe.clock.advance(1_250)
  expect(probe.askedAtMs.slice(4)).toEqual([7_250, 8_250])
  await probe.stop()
})

it('is started again when it does not answer at all', async () => {
  const probe = startProbe(() => {})
  await probe.clock.advance(16_000)
  expect(probe.log.lines).toEqual(['The probe ended: it does not answer.'])
  expect([probe.channel().isClosed, probe.shell.channels.length]).toEqual([true, 2])
  await probe.stop()
})

it('leaves a node without /proc alone, with one clear line and without a sample', async () => {
  const probe = startProbe(channel => answer(channel, 0, [], 'unsupported'))
  await probe.clock.advance(0)
  await probe.ended
  expect(probe.samples).toEqual([])
  expect(probe.log.lines).toEqual(['No gauges for this node: it has no /proc, and is no Mac either.'])
})
