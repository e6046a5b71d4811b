import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { identityOf, openLocalEngine, SAFE_PROCESS } from '../../../e2e/rig/localEngine'
import { isAlive, readProcess } from '../../../e2e/rig/processes'
import { RunId, WorkerId } from '../../contract/ids'

const run = RunId.parse('20260101-000000-wrap')
const worker = WorkerId.parse('bots-1')
/** A shell that is started with files open, as Electron starts its children. */
const LEAKY = ['bash', '-c', 'exec 7</etc/passwd 8>/dev/null 120<>/dev/null; exec "$0" "$@"', 'dash'] as const

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-path-'))
  for (const name of readdirSync('/usr/bin').filter(one => !/^(perl|python)/.test(one))) {
    symlinkSync(join('/usr/bin', name), join(folder, name))
  }
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)']).toString().trim()
  symlinkSync(python, join(folder, 'python3'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.each([
  ['Perl', () => process.env['PATH'] ?? ''],
  ['Python alone', () => folder],
])('a worker started with %s', (_name, path) => {
  it('has no file of its starter open, and its escaped daemon is still found', async () => {
    await using local = await openLocalEngine(LEAKY, path())
    const pidFile = join(local.home, 'daemon.pid')
    const environment = [
      ['PATH', path()],
      ['DRYDOCK_RUN', run],
      ['DRYDOCK_WORKER', worker],
      ['DRY_RUN', '1'],
      ['ALLOW_ORDERS', '0'],
    ] as const
    const answer = await local.engine.start({
      run,
      worker,
      command: `(setsid sh -c 'env -i /bin/sh -c "echo \\$\\$ > ${pidFile}; exec /bin/sleep 300" &' &); exec sleep 300`,
      workdir: local.home,
      environment,
      ...SAFE_PROCESS,
    })
    const identity = identityOf(answer)
    const open = readdirSync(`/proc/${identity.pid}/fd`).map(Number)
    // 4 is the worker's log, kept for its program; from 10 on the wrapper's own shell keeps its script and its files.
    expect(open.filter(file => file > 2 && file !== 4 && (file < 10 || file > 12))).toEqual([])
    const daemon = await vi.waitFor(() => {
      const found = readProcess(Number(readFileSync(pidFile, 'utf8')))
      if (found === null) throw new Error('not yet')
      return found
    }, 45_000)
    const target = [{ worker, identity }]
    await local.engine.stop(run, { stopId: 's', signal: 'TERM', graceSeconds: 5, drain: null }, target)
    await vi.waitFor(async () => {
      expect(await local.engine.stopReport(run, 's', target)).toMatchObject({ phase: 'proved' })
    }, 45_000)
    expect(isAlive(daemon)).toBe(false)
  })
})
