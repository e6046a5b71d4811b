import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createSshKey } from '../../../e2e/rig/sshKeys'
import { createLoginKeys, type LoginKeys } from './loginKeys'
import { newKeyPair, readPrivateKey } from './sshAuth'

/** The keys of this PC, held against OpenSSH's own ssh-keygen. */

const run = promisify(execFile)
let home: string
let folder: string
let keys: LoginKeys
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'drydock-keys-'))
  folder = join(home, 'drydock/keys')
  await mkdir(folder, { recursive: true })
  await mkdir(join(home, '.ssh'))
  keys = createLoginKeys({ folder, userHome: home, readKey: readPrivateKey, newKeyPair })
})
afterEach(() => rm(home, { recursive: true }))

it('makes pairs that ssh-keygen takes, readable for their owner alone, and never over another file', async () => {
  const first = await keys.make('')
  expect(first).toEqual({
    path: join(folder, 'drydock_ed25519'),
    type: 'ssh-ed25519',
    fingerprint: expect.stringMatching(/^SHA256:/),
    comment: `drydock@${hostname()}`,
    hasPassphrase: false,
    isOwn: true,
  })
  const { stdout } = await run('ssh-keygen', ['-lf', first.path])
  expect(stdout).toBe(`256 ${first.fingerprint} ${first.comment} (ED25519)\n`)
  const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777
  expect([await mode(first.path), await mode(`${first.path}.pub`)]).toEqual([0o600, 0o644])

  const before = await readFile(first.path, 'utf8')
  await writeFile(join(folder, 'drydock_ed25519_2.pub'), 'of somebody else\n')
  const made = await Promise.all(['a', 'b'].map(comment => keys.make(comment)))
  expect(made.map(({ path }) => path).toSorted()).toEqual([
    join(folder, 'drydock_ed25519_3'),
    join(folder, 'drydock_ed25519_4'),
  ])
  expect(await readFile(first.path, 'utf8')).toBe(before)
  expect(await readFile(join(folder, 'drydock_ed25519_2.pub'), 'utf8')).toBe('of somebody else\n')
  expect(await readdir(folder)).not.toContain('drydock_ed25519_2')
})

it('makes private keys that OpenSSH itself reads, whatever the length of the comment', async () => {
  for (let length = 1; length <= 9; length++) {
    const { path } = await keys.make('ü'.repeat(length))
    const { stdout } = await run('ssh-keygen', ['-y', '-f', path])
    expect(stdout).toBe(await readFile(`${path}.pub`, 'utf8'))
  }
})

it('refuses a comment of more than one line', async () => {
  await expect(keys.make('a\nssh-ed25519 AAAA')).rejects.toMatchObject({ code: 'refused' })
  expect(await readdir(folder)).toEqual([])
})

it('says so when no key can be written', async () => {
  await rm(folder, { recursive: true })
  await writeFile(folder, 'a file is in the way')
  await expect(keys.make('')).rejects.toMatchObject({
    code: 'refused',
    message: `No key can be written in ${folder}.`,
  })
})

it('lists every private key of ~/.ssh and of Drydock’s folder, and nothing else', async () => {
  const ssh = join(home, '.ssh')
  const own = await keys.make('desk')
  const plain = await createSshKey(join(ssh, 'id_ed25519'))
  const locked = await createSshKey(join(ssh, 'farm'), { passphrase: 'secret' })
  const rsa = await createSshKey(join(ssh, 'id_rsa'), { kind: 'rsa' })
  const pem = join(ssh, 'old')
  await run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'secret', '-f', pem])
  await rm(`${pem}.pub`)
  // Its public half is read from the file itself; the comment of an open key too.
  await rm(`${locked.path}.pub`)
  await rm(`${plain.path}.pub`)
  for (const name of ['config', 'known_hosts', 'authorized_keys'])
    await writeFile(join(ssh, name), plain.publicKey)
  await mkdir(join(ssh, 'sockets'))
  await writeFile(join(ssh, 'id_torn'), '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n')

  const listed = (key: { path: string; type: string; fingerprint: string }, more: object) => ({
    path: key.path,
    type: key.type,
    fingerprint: key.fingerprint,
    comment: 'rig',
    hasPassphrase: false,
    isOwn: false,
    ...more,
  })
  expect(await keys.list()).toEqual([
    own,
    listed(locked, { hasPassphrase: true, comment: '' }),
    listed(plain, {}),
    listed(rsa, {}),
    { path: pem, type: null, fingerprint: null, comment: '', hasPassphrase: true, isOwn: false },
  ])
  await expect(keys.find(pem)).rejects.toMatchObject({ message: `The public half of ${pem} cannot be read.` })
  await expect(keys.find('/etc/shadow')).rejects.toMatchObject({ code: 'not-found' })
})
