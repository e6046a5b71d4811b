import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { SshNodeOptions } from '../../../e2e/rig/sshNode'
import { createRigSessions, optionsFor } from './rigSessions'
import type { SshOptions } from './sshShell'

/** Accounts as they are found on real machines: other shells, no shell, another language, no home. */

const rig = createRigSessions()
afterEach(() => rig.closeAll())

async function connectTo(options: SshNodeOptions, more: Partial<SshOptions> = {}) {
  const server = await rig.node(options)
  return { server, session: await rig.connect(optionsFor(server, more)) }
}

function has(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('a login shell', () => {
  it.for([
    ['fish', ['--version']],
    ['csh', ['-c', 'true']],
    ['zsh', ['--version']],
    ['dash', ['-c', 'true']],
    ['busybox ash', ['ash', '-c', 'true']],
  ] as const)('may be %s', async ([shell, check], context) => {
    const [program = ''] = shell.split(' ')
    context.skip(!has(program, ...check), `${program} is not installed`)
    const { session, server } = await connectTo({
      sshdConfig: [`ForceCommand ${shell} -c "$SSH_ORIGINAL_COMMAND"`],
    })
    expect(await session.shell.call('drydock_echo', ["it's", '$x'])).toBe("it's$x")
    expect(session.facts.home).toBe(server.home)
  })

  it.each([
    ['fish', /^The login on pc2 gave no POSIX shell: it did not answer in 1 s\./],
    ['csh', /^The login on pc2 gave no POSIX shell: it did not answer in 1 s\. It printed: /],
  ])('that a start-up file puts in place of it (%s) is told with the file', async (shell, message) => {
    await expect(connectTo({ bashrc: `exec ${shell}` }, { handshakeTimeoutMs: 1000 })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('Look in ~/.bashrc (or ~/.zshrc'),
    })
  })

  it('that asks a question is told with the file', async () => {
    const bashrc = 'read -r -p "Agree? " answer; [ "$answer" = y ] || exit 1'
    await expect(connectTo({ bashrc })).rejects.toMatchObject({
      code: 'blocked',
      message: 'The login on pc2 gave no POSIX shell: it ended with code 1.',
      hint: expect.stringContaining('a question'),
    })
  })
})

describe('an account that may not run commands is explained:', () => {
  it.each([
    ['SFTP only', 'internal-sftp', 'allows this user nothing but SFTP'],
    ['nologin', '/usr/sbin/nologin', 'its shell is nologin'],
    ['rbash', 'rbash -c "$SSH_ORIGINAL_COMMAND"', 'is a restricted one (rbash)'],
    ['another program', '/bin/date', 'no ForceCommand'],
    ['false', '/bin/false', 'no nologin, no ForceCommand'],
  ])('%s', async (_name, command, hint) => {
    await expect(connectTo({ sshdConfig: [`ForceCommand ${command}`] })).rejects.toMatchObject({
      code: 'blocked',
      message: expect.stringMatching(/^The login on pc2 gave no POSIX shell: it ended with code \d+\./),
      hint: expect.stringContaining(hint),
    })
  })
})

it('speaks C whatever the login speaks', async context => {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-locale-'))
  rig.own({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) })
  const made = has('localedef', '-i', 'fr_FR', '-f', 'UTF-8', join(folder, 'fr_FR.UTF-8'))
  context.skip(!made, 'there is no localedef or no French locale to make')
  const { session } = await connectTo(
    { environment: { LOCPATH: folder, LC_ALL: 'fr_FR.UTF-8', LANG: 'fr_FR.UTF-8' } },
    {
      library: `drydock_comma() { LC_ALL=fr_FR.UTF-8 /usr/bin/printf '%.1f ' 1,5; /usr/bin/printf '%.1f' 1.5; }
drydock_missing() { cat /no/such/file; }`,
    },
  )
  // The first proves that the locale is there.
  expect(await session.shell.call('drydock_comma', [])).toBe('1,5 1.5')
  await expect(session.shell.call('drydock_missing', [])).rejects.toThrow('No such file or directory')
})

describe('a home folder', () => {
  it('is found in the list of users when the login does not name it', async () => {
    const { home } = await rig.node()
    const { session } = await connectTo({ environment: { HOME: '' } }, { stateDir: join(home, 'state') })
    expect(session.facts).toMatchObject({ home: userInfo().homedir, stateDir: join(home, 'state') })
  })

  it.skipIf(process.getuid?.() !== 0)(
    'that is read-only is told with the fix, and the fix works (only root can mount: skipped for others)',
    async () => {
      const server = await rig.node()
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', server.home])
      try {
        await expect(rig.connect(optionsFor(server))).rejects.toMatchObject({
          code: 'blocked',
          message: `pc2: The state folder ${server.home}/.drydock cannot be made: Read-only file system.`,
          hint: 'Choose a folder that this user can write as stateDir of this node in fleet.yaml.',
        })
        const other = await mkdtemp(join(tmpdir(), 'drydock-state-'))
        rig.own({ [Symbol.asyncDispose]: () => rm(other, { recursive: true }) })
        const session = await rig.connect(optionsFor(server, { stateDir: join(other, 'drydock') }))
        expect(session.facts.stateDir).toBe(join(other, 'drydock'))
      } finally {
        execFileSync('umount', ['-l', server.home])
      }
    },
  )
})
