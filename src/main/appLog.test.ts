import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { AppError } from '../core/kernel/appError'
import { openAppLog } from './appLog'

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'drydock.log')
}

const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

it('writes one object a line, readable by its owner alone', () => {
  const file = newFile()
  using log = openAppLog(file)
  log.info('engine open', { sinceStartMs: 12 })
  log.warn('two\nlines')
  expect(linesOf(file)).toEqual([
    { at: expect.any(String), level: 'info', message: 'engine open', sinceStartMs: 12 },
    { at: expect.any(String), level: 'warn', message: 'two\nlines' },
  ])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it('joins an error to the screen by its ref, with all its causes', () => {
  const file = newFile()
  using log = openAppLog(file)
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const ref = log.error('call failed', new AppError('unreachable', 'pc2 does not answer.', { cause }), {
    call: 'runs.start',
  })
  expect(ref).toMatch(/^[0-9a-f]{8}$/)
  expect(linesOf(file)).toEqual([
    {
      at: expect.any(String),
      level: 'error',
      message: 'call failed',
      ref,
      call: 'runs.start',
      error: {
        name: 'AppError',
        message: 'pc2 does not answer.',
        code: 'unreachable',
        stack: expect.stringContaining('appLog.test.ts'),
        cause: {
          name: 'Error',
          message: 'connect ECONNREFUSED',
          code: 'ECONNREFUSED',
          stack: expect.any(String),
        },
      },
    },
  ])
})

it('writes a line for whatever it is given: cycles, big numbers, the same thing twice, a thrown string', () => {
  const file = newFile()
  using log = openAppLog(file)
  const cycle: Record<string, unknown> = { bytes: 1n }
  cycle['self'] = cycle
  const twice = { a: 1 }
  log.info('odd', { cycle, first: twice, second: twice })
  log.error('odd', 'only a string')
  expect(linesOf(file)).toMatchObject([
    { cycle: { bytes: '1', self: '[cycle]' }, first: { a: 1 }, second: { a: 1 } },
    { error: 'only a string' },
  ])
})

it('moves a full file aside and never keeps more than two', () => {
  const file = newFile()
  writeFileSync(file, `${'x'.repeat(150)}\n`)
  using log = openAppLog(file, 200)
  log.info('first'.padEnd(100, '.'))
  expect(readFileSync(`${file}.1`, 'utf8')).toBe(`${'x'.repeat(150)}\n`)
  log.info('second'.padEnd(100, '.'))
  expect(linesOf(`${file}.1`)).toMatchObject([{ message: 'first'.padEnd(100, '.') }])
  expect(linesOf(file)).toMatchObject([{ message: 'second'.padEnd(100, '.') }])
})
