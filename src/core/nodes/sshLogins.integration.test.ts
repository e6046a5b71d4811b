import { execFile } from 'node:child_process'
import { chmod, mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { startSshAgent } from '../../../e2e/rig/sshAgent'
import { createSshKey, type SshKey } from '../../../e2e/rig/sshKeys'
import type { SshNode } from '../../../e2e/rig/sshNode'
import { createMemorySecrets } from '../kernel/secretStore'
import { createPassphrases } from './passphrases'
import { createRigSessions, optionsFor, targetOf } from './rigSessions'
import { readPrivateKey } from './sshAuth'
import type { SshOptions } from './sshShell'

/** Which keys a server gets to see, in which order, as sshd itself logs them. */

const rig = createRigSessions()
afterEach(() => rig.closeAll())
const { node, connect } = rig
const passphrases = () => createPassphrases({ secrets: createMemorySecrets(''), readKey: readPrivateKey })

/** Nothing is configured: all is found in `server.home`. */
function usual(server: SshNode, more: Partial<SshOptions> = {}): SshOptions {
  return optionsFor(server, { target: { ...targetOf(server), identityFiles: null }, ...more })
}
async function keyAt(server: SshNode, path: string, passphrase = ''): Promise<SshKey> {
  const file = join(server.home, path)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  return createSshKey(file, { passphrase })
}
async function agentOf(server: SshNode, keys: readonly SshKey[]): Promise<string> {
  return rig.own(await startSshAgent(server.home, keys)).socket
}
const failure = (attempt: Promise<unknown>): Promise<unknown> => attempt.catch((error: unknown) => error)
/** The fingerprints that sshd was asked about and refused, in order. */
async function refused(server: SshNode): Promise<string[]> {
  await server.waitForLog(/Connection (closed|reset) by|Disconnect|Received disconnect|error: maximum/)
  return [...server.log().matchAll(/Failed publickey for .* (SHA256:\S+)/g)].map(match => match[1] ?? '')
}
function asked(server: SshNode): Promise<string[]> {
  const lines = server.log().matchAll(/userauth_pubkey: publickey test.*? (SHA256:\S+)/g)
  return Promise.resolve([...lines].map(match => match[1] ?? ''))
}

it('offers the agent’s keys, then Drydock’s own, the newest first, then the usual files', async () => {
  const server = await node({ sshdConfig: ['LogLevel DEBUG3'] })
  const inAgent = await keyAt(server, 'elsewhere')
  const old = await keyAt(server, 'keys/drydock_ed25519')
  const young = await keyAt(server, 'keys/drydock_ed25519_2')
  await utimes(old.path, 1000, 1000)
  const usualKey = await keyAt(server, '.ssh/id_ed25519')
  const agentSocket = await agentOf(server, [inAgent])
  const keyring = { folder: join(server.home, 'keys'), passphrases: passphrases() }
  const error = await failure(connect(usual(server, { agentSocket, keyring })))
  expect(error).toMatchObject({
    code: 'blocked',
    message: `${server.user}@127.0.0.1 refused the key: your ssh-agent's keys, ${young.path}, ${old.path}, ${usualKey.path}.`,
    reason: { kind: 'auth', takesPassword: false },
  })
  const order = [inAgent, young, old, usualKey].map(key => key.fingerprint)
  expect((await asked(server)).filter((print, index, all) => all.indexOf(print) === index)).toEqual(order)
})

it('logs in with a key of Drydock’s own when nothing is configured', async () => {
  const server = await node()
  const keyring = { folder: join(server.home, 'keys'), passphrases: passphrases() }
  const key = await keyAt(server, 'keys/drydock_ed25519')
  const trusting = await node({ clientKey: key })
  await connect(usual(trusting, { userHome: server.home, keyring }))
  expect(trusting.log()).toMatch(/Accepted publickey/)
})

it('never offers so many keys that the server locks us out, and leaves places for key files', async () => {
  const server = await node()
  const many = await Promise.all(Array.from({ length: 9 }, (_, index) => keyAt(server, `agent${index}`)))
  const key = await keyAt(server, 'keys/drydock_ed25519')
  const trusting = await node({ clientKey: key })
  const agentSocket = await agentOf(server, many)
  const keyring = { folder: join(server.home, 'keys'), passphrases: passphrases() }
  await connect(usual(trusting, { userHome: server.home, agentSocket, keyring }))
  expect(trusting.log()).toMatch(/Accepted publickey/)

  await rm(key.path)
  expect(await failure(connect(usual(server, { agentSocket, keyring })))).toMatchObject({
    message: `${server.user}@127.0.0.1 refused the key: your ssh-agent's keys (4 more keys were not offered: servers end the login after six).`,
  })
  expect(await refused(server)).toHaveLength(5)
})

it('says so when the server takes fewer tries still', async () => {
  const server = await node({ sshdConfig: ['MaxAuthTries 2'] })
  const keys = await Promise.all(['a', 'b', 'c'].map(name => keyAt(server, name)))
  const agentSocket = await agentOf(server, keys)
  expect(await failure(connect(usual(server, { agentSocket })))).toMatchObject({
    reason: { kind: 'auth', hint: expect.stringContaining('identityFile') },
    message: expect.stringMatching(/ended the login after \d refused keys: its MaxAuthTries is reached/),
  })
})

it('offers the configured key alone, whatever else there is', async () => {
  const server = await node()
  const others = await Promise.all(['a', 'b'].map(name => keyAt(server, name)))
  await keyAt(server, '.ssh/id_ed25519')
  const agentSocket = await agentOf(server, others)
  await connect(optionsFor(server, { agentSocket }))
  expect(server.log()).not.toMatch(/Failed publickey/)
})

it('goes on without an agent that is gone, and names it when nothing else helps', async () => {
  const server = await node()
  const agentSocket = join(server.home, 'no-agent')
  expect(await failure(connect(usual(server, { agentSocket })))).toMatchObject({
    message: `There is no key to log in to ${server.user}@127.0.0.1 with (your ssh-agent does not answer).`,
  })
  const empty = await agentOf(server, [])
  expect(await failure(connect(usual(server, { agentSocket: empty })))).toMatchObject({
    message: `There is no key to log in to ${server.user}@127.0.0.1 with (your ssh-agent has no keys).`,
  })
  await connect(optionsFor(server, { agentSocket }))
})

it('asks for the passphrase of a usual key only when the server takes that key', async () => {
  const server = await node()
  const locked = await keyAt(server, '.ssh/id_ed25519', 'secret')
  expect(await failure(connect(usual(server)))).toMatchObject({
    reason: { kind: 'auth', message: `${server.user}@127.0.0.1 refused the key: ${locked.path}.` },
  })
  const trusting = await node({ clientKey: locked })
  const keyring = { folder: join(server.home, 'keys'), passphrases: passphrases() }
  const options = usual(trusting, { userHome: server.home, keyring })
  expect(await failure(connect(options))).toMatchObject({
    reason: { kind: 'passphrase', path: locked.path },
  })
  await keyring.passphrases.unlock(locked.path, 'secret')
  await connect(options)
})

it('asks at once for the passphrase of a configured key in an old form, which hides its public half', async () => {
  const server = await node()
  const path = join(server.home, 'old')
  const options = ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'secret', '-f', path]
  await promisify(execFile)('ssh-keygen', options)
  await rm(`${path}.pub`)
  const target = { ...targetOf(server), identityFiles: [path] }
  expect(await failure(connect(optionsFor(server, { target })))).toMatchObject({
    reason: { kind: 'passphrase', path },
  })
  expect(server.log()).not.toMatch(/userauth-request/)
})

it('refuses a key that others can read, as OpenSSH does, unless the agent has it', async () => {
  const server = await node()
  const { path } = server.clientKey
  await chmod(path, 0o640)
  expect(await failure(connect(optionsFor(server)))).toMatchObject({
    reason: {
      kind: 'auth',
      message: `The key ${path} is readable for others than you, so it is not used.`,
      hint: `Close it: chmod 600 ${path}`,
    },
  })
  await chmod(path, 0o600)
  const agentSocket = await agentOf(server, [server.clientKey])
  await chmod(path, 0o640)
  await connect(optionsFor(server, { agentSocket }))
})

it('logs in with the keys that are there when one of several configured ones is missing', async () => {
  const server = await node()
  const target = { ...targetOf(server), identityFiles: [join(server.home, 'missing'), server.clientKey.path] }
  await connect(optionsFor(server, { target }))
  await writeFile(join(server.home, 'broken'), 'no key')
  const wrong = await keyAt(server, 'wrong')
  const files = { ...target, identityFiles: [join(server.home, 'broken'), wrong.path] }
  expect(await failure(connect(optionsFor(server, { target: files })))).toMatchObject({
    message: `${server.user}@127.0.0.1 refused the key: ${wrong.path} (${join(server.home, 'broken')} is not a private key that Drydock can read).`,
  })
})

it('never uses the password for any other machine than the one it was given for', async () => {
  const server = await node({ sshdConfig: ['PasswordAuthentication yes'] })
  const options = optionsFor(server)
  const login = { password: 'secret', target: { ...options.target } }
  await connect({ ...options, login })
  expect(server.log()).toMatch(/Accepted publickey/)
  expect(server.log()).not.toMatch(/Failed password/)
})
