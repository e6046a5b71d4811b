import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it.each([['dash'], ['bash'], ['busybox', 'ash']])('takes the folder of a worker once, in %s', (...shell) => {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-forbid-'))
  try {
    const [program = '', ...args] = shell
    const script = readFileSync(join(import.meta.dirname, 'nodeSide', 'forbid.sh'), 'utf8')
    const input = `${script}\ndrydock_forbid "$1" r1 "$2"\n`
    const forbid = (worker: string): string =>
      execFileSync(program, [...args, '-s', dir, worker], { input, encoding: 'utf8' }).trim()
    expect([forbid('bots-1'), forbid('bots-1')]).toEqual(['FORBIDDEN', 'FORBIDDEN'])
    expect(existsSync(join(dir, 'runs', 'r1', 'bots-1', 'stopped'))).toBe(true)
    mkdirSync(join(dir, 'runs', 'r1', 'bots-2'))
    expect(forbid('bots-2')).toBe('TAKEN')
    expect(existsSync(join(dir, 'runs', 'r1', 'bots-2', 'stopped'))).toBe(false)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
