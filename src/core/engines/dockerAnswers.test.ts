import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../kernel/appError'
import {
  parseContainers,
  parseDockerClient,
  parseDockerWatch,
  parseRemovals,
  parseStartedContainer,
} from './dockerAnswers'

const BOOT = 'deb9fd7a-aed7-49c0-abc1-405548efda3e'
const ID = 'a'.repeat(64)
const identity = { pid: 42, processGroup: 42, startTicks: 9001, bootId: BOOT }
const container = { id: ID, name: 'drydock-r-bots-1', image: 'tarp:v4' }

it('reads what became of each container', () => {
  const who = `42 42 9001 ${BOOT}`
  const text = [
    `bots-1 running ${who} ${ID} drydock-r-bots-1 tarp:v4`,
    `bots-2 ended 137 1795565016 out-of-memory KILL ${who} ${ID} drydock-r-bots-1 tarp:v4`,
    'bots-3 ended 125 1795565016 never-started - 0 0 0 - - - -',
    `bots-4 vanished ${who} - - -`,
    'bots-5 unsure',
    'bots-6 launching',
    'bots-7 absent',
  ].join('\n')
  const endedAtMs = 1_795_565_016_000
  expect(parseDockerWatch(text)).toEqual([
    { worker: 'bots-1', state: 'running', identity, container },
    {
      worker: 'bots-2',
      state: 'ended',
      exitCode: 137,
      endedAtMs,
      identity,
      container,
      end: { cause: 'out-of-memory', exitCode: 137, signal: 'KILL' },
    },
    {
      worker: 'bots-3',
      state: 'ended',
      exitCode: 125,
      endedAtMs,
      identity: null,
      container: null,
      end: { cause: 'never-started', exitCode: 125, signal: null },
    },
    { worker: 'bots-4', state: 'vanished', identity, container: null },
    { worker: 'bots-5', state: 'unsure', sentence: 'the Docker Engine on its node does not answer' },
    { worker: 'bots-6', state: 'launching' },
    { worker: 'bots-7', state: 'absent' },
  ])
})

it('reads how to reach the Docker Engine, and what came of a start', () => {
  expect(parseDockerClient('docker=/usr/bin/docker\nDOCKER_HOST=unix:///x=y\n')).toEqual({
    program: '/usr/bin/docker',
    environment: [['DOCKER_HOST', 'unix:///x=y']],
  })
  expect(parseStartedContainer(`running ${ID} drydock-r-bots-1 tarp:v4\n`)).toEqual({
    state: 'running',
    container,
  })
  expect(parseStartedContainer('failed 127 exec: "x"\nmore')).toEqual({
    state: 'failed',
    exitCode: 127,
    said: 'exec: "x"\nmore',
  })
})

it('reads ended containers and what came of removing them', () => {
  const line = `${ID}|/boxes|tarp:v4|20260101-000000-ab12|bots-1||exited (137)|12|2026-11-25T07:23:47.5Z`
  expect(parseContainers(`${line}\n`)).toEqual([
    {
      id: ID,
      name: 'boxes',
      image: 'tarp:v4',
      run: '20260101-000000-ab12',
      app: null,
      status: 'exited (137)',
      sizeBytes: 12,
      endedAtMs: Date.UTC(2026, 10, 25, 7, 23, 47, 500),
    },
  ])
  expect(parseRemovals(`removed ${ID}\nkept b it is running\nand more\n`)).toEqual({
    removed: [ID],
    failed: [{ id: 'b', reason: 'it is running and more' }],
  })
})

it('calls anything else unreadable, and never lets it pass for an answer', () => {
  const word = fc.constantFrom('bots-1', 'ended', 'running', '42', '-1', BOOT, ID, 'exit', '|', 'kept', '')
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 12 }).map(words => words.join(' ')),
  )
  const parsers = [parseDockerWatch, parseStartedContainer, parseDockerClient, parseContainers, parseRemovals]
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
})
