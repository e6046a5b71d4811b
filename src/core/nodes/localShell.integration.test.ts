import { mkdtempSync, rmSync } from 'node:fs'
import { getPriority, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openLocalSession } from './localShell'

it.skipIf(process.geteuid?.() !== 0)(
  'is started with normal priority by an app that has a raised one (only root can raise it: skipped for others)',
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'drydock-priority-'))
    const before = getPriority()
    setPriority(-5)
    onTestFinished(() => {
      setPriority(before)
      rmSync(home, { recursive: true })
    })
    await using session = await openLocalSession({
      label: 'this-pc',
      stateDir: home,
      // Field 19 of stat is the nice value; the shell's name has no blanks.
      library: 'drydock_nice() { set -- $(cat /proc/self/stat); echo "${19}"; }',
      handshakeTimeoutMs: 10_000,
      environment: { PATH: process.env['PATH'], HOME: home },
    })
    expect(await session.shell.call('drydock_nice', [])).toBe('0\n')
  },
)
