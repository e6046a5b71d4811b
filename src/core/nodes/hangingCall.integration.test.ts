import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openLocalSession } from './localShell'

it('gives up a link whose control shell hangs, instead of waiting for ever behind one call', async () => {
  const home = mkdtempSync(join(tmpdir(), 'drydock-hang-'))
  await using session = await openLocalSession({
    label: 'this-pc',
    stateDir: '~/state',
    library: 'drydock_hang() { exec sleep 1000; }\ndrydock_echo() { echo "$1"; }',
    handshakeTimeoutMs: 10_000,
    answerLimitMs: 200,
    environment: { PATH: process.env['PATH'], HOME: home },
  })
  const hanging = session.shell.call('drydock_hang', [])
  const behind = session.shell.call('drydock_echo', ['never'])
  await expect(hanging).rejects.toMatchObject({ code: 'unreachable' })
  await expect(behind).rejects.toMatchObject({ code: 'unreachable' })
  expect(await session.died).toMatchObject({ code: 'unreachable' })
  rmSync(home, { recursive: true, force: true })
})
