import { expect, test } from 'vitest'
import type { NodeName } from '../../contract/ids'
import { NOW_MS, run, worker } from '../gallery/builders'
import { isSameWork, workByNode } from './nodeWork'

const pc2 = 'pc2' as NodeName

test('a node works for the newest active run; its workers of all runs are counted', () => {
  const older = run({
    id: 'r1',
    plan: 'older',
    state: 'running',
    startedAgoS: 100,
    workers: [
      worker({ node: 'pc2', index: 1, nodeIndex: 1, step: 0, total: 100, ratePerS: 1, stepAgoMs: 5_000 }),
    ],
  })
  const newer = run({
    id: 'r2',
    plan: 'newer',
    state: 'running',
    startedAgoS: 10,
    workers: [
      worker({ node: 'pc2', index: 1, nodeIndex: 1, step: 90, total: 100, ratePerS: 1, stepAgoMs: 9_000 }),
      worker({ node: 'pc2', index: 2, nodeIndex: 2, state: 'starting' }),
      worker({ node: 'pc3', index: 3, nodeIndex: 1, state: 'failed' }),
    ],
  })
  const ended = run({
    id: 'r0',
    plan: 'ended',
    state: 'stopped',
    startedAgoS: 900,
    workers: [worker({ node: 'pc4', index: 1, nodeIndex: 1 })],
  })
  expect([...workByNode([newer, older, ended])]).toEqual([
    [
      pc2,
      {
        run: 'r2',
        plan: 'newer',
        state: 'starting',
        workers: 3,
        mode: 'SAFE',
        etaMs: 100_000,
        lastStepAtMs: NOW_MS - 5_000,
        worker: 'bots-1',
      },
    ],
  ])
})

test('a step that nobody would see does not draw a card again, a state does', () => {
  const [work] = workByNode([
    run({
      id: 'r1',
      plan: 'p',
      state: 'running',
      startedAgoS: 1,
      workers: [worker({ node: 'pc2', index: 1, nodeIndex: 1, step: 1 })],
    }),
  ]).values()
  const later = (rest: Partial<NonNullable<typeof work>>) => ({ ...work!, ...rest })
  expect(isSameWork(work, later({ lastStepAtMs: NOW_MS + 1000, etaMs: work!.etaMs! - 1000 }))).toBe(true)
  expect(isSameWork(work, later({ lastStepAtMs: NOW_MS + 40_000 }))).toBe(false)
  expect(isSameWork(work, later({ lastStepAtMs: null }))).toBe(false)
  expect(isSameWork(work, later({ state: 'unknown' }))).toBe(false)
  expect([isSameWork(work, undefined), isSameWork(undefined, undefined)]).toEqual([false, true])
})
