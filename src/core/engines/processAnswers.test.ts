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
  expect(parseStart(`STARTED 42 42 9001 ${BOOT}\n`)).toEqual({ outcome: 'started', identity })
  expect(parseStart('UNSURE its wrapper has not come up yet.\n')).toEqual({
    outcome: 'unsure',
    sentence: 'its wrapper has not come up yet.',
  })
  expect(parseStart(`EXISTS 42 42 9001 ${BOOT}\n`)).toEqual({ outcome: 'exists', identity })
})

it('reads what became of each worker', () => {
  const text = [
    `bots-1 running 42 42 9001 ${BOOT}`,
    `bots-2 ended 143 1795565016 42 42 9001 ${BOOT}`,
    'bots-3 ended 74 1795565016 0 0 0 -',
    `bots-4 vanished 42 42 9001 ${BOOT}`,
    `bots-5 rebooted 42 42 9001 ${BOOT}`,
    'bots-6 launching',
    'bots-7 absent',
  ].join('\n')
  const endedAtMs = 1_795_565_016_000
  expect(parseWatch(text)).toEqual([
    { worker: 'bots-1', state: 'running', identity },
    { worker: 'bots-2', state: 'ended', exitCode: 143, endedAtMs, identity },
    { worker: 'bots-3', state: 'ended', exitCode: 74, endedAtMs, identity: null },
    { worker: 'bots-4', state: 'vanished', identity },
    { worker: 'bots-5', state: 'rebooted', identity },
    { worker: 'bots-6', state: 'launching' },
    { worker: 'bots-7', state: 'absent' },
  ])
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
