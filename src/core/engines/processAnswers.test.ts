import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../kernel/appError'
import {
  parseFamily,
  parseKilled,
  parseStart,
  parseStop,
  parseStopReport,
  parseWatch,
} from './processAnswers'

const BOOT = 'deb9fd7a-aed7-49c0-abc1-405548efda3e'
const identity = { pid: 42, processGroup: 42, startTicks: 9001, bootId: BOOT }

it('reads who was started', () => {
  expect(parseStart(`STARTED 42 42 9001 ${BOOT}\n`)).toEqual({
    outcome: 'started',
    identity,
    container: null,
  })
  expect(parseStart('UNSURE its wrapper has not come up yet.\n')).toEqual({
    outcome: 'unsure',
    sentence: 'its wrapper has not come up yet.',
  })
  expect(parseStart(`EXISTS 42 42 9001 ${BOOT}\n`)).toEqual({ outcome: 'exists', identity, container: null })
})

it('reads what became of each worker', () => {
  const text = [
    `bots-1 running 42 42 9001 ${BOOT}`,
    `bots-2 ended 143 1795565016 signal TERM - 42 42 9001 ${BOOT}`,
    'bots-3 ended 74 1795565016 exit - - 0 0 0 -',
    `bots-4 vanished 42 42 9001 ${BOOT}`,
    `bots-5 rebooted 42 42 9001 ${BOOT}`,
    'bots-6 launching',
    'bots-7 absent',
  ].join('\n')
  const ended = { state: 'ended', endedAtMs: 1_795_565_016_000, container: null }
  const signal = { cause: 'signal', exitCode: 143, signal: 'TERM' }
  expect(parseWatch(text)).toEqual([
    { worker: 'bots-1', state: 'running', identity, container: null },
    { worker: 'bots-2', ...ended, exitCode: 143, identity, end: signal },
    {
      worker: 'bots-3',
      ...ended,
      exitCode: 74,
      identity: null,
      end: { cause: 'exit', exitCode: 74, signal: null },
    },
    { worker: 'bots-4', state: 'vanished', identity, container: null },
    { worker: 'bots-5', state: 'rebooted', identity, container: null },
    { worker: 'bots-6', state: 'launching' },
    { worker: 'bots-7', state: 'absent' },
  ])
})

it.each([
  ['0 1795565016 - - -', { cause: 'exit', exitCode: 0, signal: null }, undefined],
  ['139 1795565016 signal SEGV -', { cause: 'signal', exitCode: 139, signal: 'SEGV' }, undefined],
  ['137 1795565016 oom KILL -', { cause: 'out-of-memory', exitCode: 137, signal: 'KILL' }, undefined],
  [
    '137 1795565016 oom-likely KILL -',
    { cause: 'out-of-memory', exitCode: 137, signal: 'KILL' },
    'probably out of memory: killed while the system was killing processes for want of memory',
  ],
  [
    '143 1795565016 time-limit TERM 120',
    { cause: 'time-limit', exitCode: 143, signal: 'TERM' },
    'stopped after its time limit of 120 s',
  ],
])('reads the end `%s`, and that of an older wrapper', (words, end, sentence) => {
  const [row] = parseWatch(`bots-1 ended ${words} 42 42 9001 ${BOOT}`)
  expect(row).toMatchObject({ state: 'ended', end, identity })
  expect(row !== undefined && 'sentence' in row ? row.sentence : undefined).toBe(sentence)
})

it('reads the mode of each process, with null for what it does not show', () => {
  expect(parseFamily('42 9001 bots-1 1 0 r\n43 9002 - - - u\n44 9003 bots-1 0,1 (odd) r\n')).toEqual([
    {
      pid: 42,
      startTicks: 9001,
      worker: 'bots-1',
      isReadable: true,
      flags: { dryRun: '1', allowOrders: '0' },
    },
    {
      pid: 43,
      startTicks: 9002,
      worker: null,
      isReadable: false,
      flags: { dryRun: null, allowOrders: null },
    },
    {
      pid: 44,
      startTicks: 9003,
      worker: 'bots-1',
      isReadable: true,
      flags: { dryRun: '0,1', allowOrders: '(odd)' },
    },
  ])
})

it('reads a ladder that is still climbing, and how long until KILL', () => {
  const report = [
    'now 5000',
    'phase under-way',
    'worker bots-1 live',
    'gone 2',
    'groups 1',
    'took 57',
    'how TERM',
    'deadline 5350',
    'drain 5200',
    'survivor 48130 777 D trader python3 worker.py --all',
    'about 48130 bots-1 nfs_wait_bit_killable',
  ].join('\n')
  expect(parseStopReport(report)).toEqual({
    phase: 'under-way',
    workers: [{ worker: 'bots-1', leader: 'live' }],
    groups: 1,
    processesGone: 2,
    tookMs: 570,
    signal: 'TERM',
    killedAfterS: null,
    killInMs: 3500,
    drainsForMs: 2000,
    survivors: [
      {
        pid: 48130,
        startTicks: 777,
        state: 'D',
        user: 'trader',
        command: 'python3 worker.py --all',
        worker: 'bots-1',
        hangsIn: 'nfs_wait_bit_killable',
      },
    ],
  })
})

it('reads a proof after KILL, and that there is no report', () => {
  const text = 'phase proved\nworker bots-1 live\ngone 3\ngroups 1\ntook 2001\nhow KILL 2000\ndeadline 5350'
  expect(parseStop(text)).toMatchObject({ phase: 'proved', signal: 'KILL', killedAfterS: 20, killInMs: null })
  expect(parseStopReport('now 5000\n')).toBeNull()
})

it('reads how each worker was stopped, and what became of one process', () => {
  const text = 'phase proved\nworker a-1 live INT\nworker b-1 live KILL 500\nworker c-1 gone\ntook 5\nhow INT'
  expect(parseStop(text).workers).toEqual([
    { worker: 'a-1', leader: 'live', how: { signal: 'INT', killedAfterS: null } },
    { worker: 'b-1', leader: 'live', how: { signal: 'KILL', killedAfterS: 5 } },
    { worker: 'c-1', leader: 'gone' },
  ])
  expect(parseKilled('other\n')).toEqual({ outcome: 'other' })
  expect(parseKilled('alive\nsurvivor 7 9 D trader cp a b\nabout 7 - io_schedule\n')).toMatchObject({
    outcome: 'alive',
    survivor: { pid: 7, startTicks: 9, command: 'cp a b', worker: null, hangsIn: 'io_schedule' },
  })
})

it('calls anything else unreadable, and never lets it pass for an answer', () => {
  const word = fc.constantFrom(
    'STARTED',
    'phase',
    'proved',
    'worker',
    'bots-1',
    'running',
    '42',
    '-1',
    '1e3',
    BOOT,
    '',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 12 }).map(words => words.join(' ')),
  )
  const parsers = [parseStart, parseWatch, parseFamily, parseKilled, parseStop, parseStopReport]
  fc.assert(
    fc.property(text, fc.constantFrom(...parsers), (answer, parse) => {
      try {
        parse(answer)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
      }
    }),
    { numRuns: 2000 },
  )
  expect(() => parseStop('')).toThrow(AppError)
  expect(() => parseStart('STARTED 0 0 0 -')).toThrow(AppError)
})
