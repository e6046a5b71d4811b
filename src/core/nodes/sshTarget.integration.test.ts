import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { resolveTarget } from './sshTarget'

const signal = new AbortController().signal
let userHome: string
beforeEach(async () => {
  userHome = await mkdtemp(join(tmpdir(), 'drydock-target-'))
  await mkdir(join(userHome, '.ssh'))
  const config = [
    'Host i7',
    '  HostName 192.168.1.7',
    '  Port 2200',
    '  User backtest',
    '  IdentityFile ~/.ssh/farm',
    'Host plain',
    '  User w1',
    'Host inner',
    '  ProxyJump bastion,x@[::1]:33',
    'Host odd',
    '  ProxyCommand nc %h %p',
  ]
  await writeFile(join(userHome, '.ssh', 'config'), `${config.join('\n')}\n`)
})
afterEach(() => rm(userHome, { recursive: true }))

it('takes host, port, user and key from fleet.yaml', async () => {
  const deps = { userHome, userName: 'me' }
  const config = { host: '10.0.0.1', port: 22, user: 'w1', identityFile: '~/.ssh/key' }
  expect(await resolveTarget(config, deps, signal)).toEqual({
    host: '10.0.0.1',
    port: 22,
    user: 'w1',
    identityFiles: [join(userHome, '.ssh', 'key')],
    jump: [],
  })
  expect(await resolveTarget({ host: '10.0.0.1', port: 22 }, deps, signal)).toEqual({
    host: '10.0.0.1',
    port: 22,
    user: 'me',
    identityFiles: null,
    jump: [],
  })
})

it('resolves an alias as the OpenSSH client does', async () => {
  const deps = { userHome, userName: 'me' }
  expect(await resolveTarget({ alias: 'i7' }, deps, signal)).toEqual({
    host: '192.168.1.7',
    port: 2200,
    user: 'backtest',
    identityFiles: [join(userHome, '.ssh', 'farm')],
    jump: [],
  })
  expect(await resolveTarget({ alias: 'plain' }, deps, signal)).toEqual({
    host: 'plain',
    port: 22,
    user: 'w1',
    identityFiles: null,
    jump: [],
  })
})

it('tells the jump hosts as they are written, nearest first, and refuses a proxy command', async () => {
  const deps = { userHome, userName: 'me' }
  const jumpOf = async (config: Parameters<typeof resolveTarget>[0]): Promise<readonly string[]> =>
    (await resolveTarget(config, deps, signal)).jump
  expect(await jumpOf({ host: 'a', port: 22, jump: ['bastion', 'inner'] })).toEqual(['bastion', 'inner'])
  expect(await jumpOf({ alias: 'inner' })).toEqual(['bastion', 'x@[::1]:33'])
  await expect(jumpOf({ alias: 'odd' })).rejects.toMatchObject({
    code: 'refused',
    message: '"odd" is reached by a ProxyCommand, which Drydock does not run: nc %h %p.',
  })
})

it('does not let an alias become an option of the client', async () => {
  const attempt = resolveTarget(
    { alias: '-oProxyCommand=touch /tmp/x' },
    { userHome, userName: 'me' },
    signal,
  )
  expect(await attempt.catch((error: unknown) => error)).toMatchObject({ code: 'refused' })
})
