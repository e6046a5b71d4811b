import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createSshKey, type KeyKind } from '../../../e2e/rig/sshKeys'
import { createHostKeys, type HostKeys } from './hostKeys'
import { readOfferedKey, type OfferedKey } from './knownHosts'

const run = promisify(execFile)
let folder: string
let ownFile: string
let userFile: string
let hostKeys: HostKeys

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-keys-'))
  const home = join(folder, 'drydock')
  const userHome = join(folder, 'user')
  await mkdir(join(userHome, '.ssh'), { recursive: true })
  ownFile = join(home, 'known_hosts')
  userFile = join(userHome, '.ssh', 'known_hosts')
  hostKeys = createHostKeys({ home, userHome })
})
afterEach(() => rm(folder, { recursive: true }))

async function newKey(name: string, kind: KeyKind = 'ed25519'): Promise<OfferedKey> {
  const { publicKey, fingerprint } = await createSshKey(join(folder, name), { kind })
  const key = readOfferedKey(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'))
  expect(key?.fingerprint).toBe(fingerprint)
  if (key === null) throw new Error('no key')
  return key
}

async function judge(host: string, port: number, key: OfferedKey): Promise<unknown> {
  return (await hostKeys.load(host, port)).judge(key)
}

it('knows no host at first, and a trusted one from then on', async () => {
  const key = await newKey('a')
  expect(await judge('pc2', 2222, key)).toEqual({ verdict: { kind: 'unknown' }, file: null })
  await hostKeys.trust('pc2', 2222, key)
  expect(await judge('pc2', 2222, key)).toEqual({ verdict: { kind: 'known' }, file: ownFile })
  expect(await readFile(ownFile, 'utf8')).toBe(`[pc2]:2222 ${key.type} ${key.key}\n`)
  expect((await stat(ownFile)).mode & 0o777).toBe(0o600)
  expect((await stat(join(folder, 'drydock'))).mode & 0o777).toBe(0o700)
})

it('writes what ssh-keygen finds', async () => {
  const key = await newKey('a')
  await Promise.all([hostKeys.trust('pc2', 22, key), hostKeys.trust('pc3', 2222, key)])
  for (const name of ['pc2', '[pc3]:2222']) {
    const { stdout } = await run('ssh-keygen', ['-F', name, '-f', ownFile])
    expect(stdout).toContain(key.key)
  }
})

it('begins a line of its own after a file that does not end with one', async () => {
  const [a, b] = [await newKey('a'), await newKey('b')]
  await mkdir(join(folder, 'drydock'))
  await writeFile(ownFile, `pc2 ${a.type} ${a.key}`)
  await hostKeys.trust('pc3', 22, b)
  expect(await judge('pc2', 22, a)).toMatchObject({ verdict: { kind: 'known' } })
  expect(await judge('pc3', 22, b)).toMatchObject({ verdict: { kind: 'known' } })
})

it('finds the names that ssh-keygen has hashed', async () => {
  const [a, b, c] = [await newKey('a'), await newKey('b', 'rsa'), await newKey('c', 'ecdsa')]
  const lines = [
    `pc2,192.168.1.11 ${a.type} ${a.key}`,
    `[pc3]:2222 ${b.type} ${b.key}`,
    `pc4 ${c.type} ${c.key}`,
  ]
  await writeFile(userFile, `${lines.join('\n')}\n`)
  await run('ssh-keygen', ['-q', '-H', '-f', userFile])
  expect((await readFile(userFile, 'utf8')).match(/^\|1\|/gm)).toHaveLength(4)
  const known = { verdict: { kind: 'known' }, file: userFile }
  expect(await judge('pc2', 22, a)).toEqual(known)
  expect(await judge('192.168.1.11', 22, a)).toEqual(known)
  expect(await judge('pc3', 2222, b)).toEqual(known)
  expect(await judge('pc4', 22, c)).toEqual(known)
  expect(await judge('pc4', 22, a)).toEqual({
    verdict: { kind: 'changed', known: [{ type: c.type, fingerprint: c.fingerprint }] },
    file: userFile,
  })
})

it('asks for the types that are known, from both files', async () => {
  const [rsa, ecdsa, old] = [await newKey('a', 'rsa'), await newKey('b', 'ecdsa'), await newKey('c')]
  await writeFile(userFile, `pc2 ${rsa.type} ${rsa.key}\n@revoked pc2 ${old.type} ${old.key}\n`)
  await hostKeys.trust('pc2', 22, ecdsa)
  expect((await hostKeys.load('pc2', 22)).knownTypes).toEqual([ecdsa.type, rsa.type])
})

it('takes a key that either file knows, and refuses one that either revokes', async () => {
  const [a, b] = [await newKey('a'), await newKey('b')]
  await hostKeys.trust('pc2', 22, a)
  await writeFile(userFile, `pc2 ${b.type} ${b.key}\n`)
  expect(await judge('pc2', 22, b)).toEqual({ verdict: { kind: 'known' }, file: userFile })
  await writeFile(userFile, `@revoked pc2 ${a.type} ${a.key}\n`)
  expect(await judge('pc2', 22, a)).toEqual({ verdict: { kind: 'revoked' }, file: userFile })
})

it('takes the key of port 22 for other ports, but does not hold it against another key there', async () => {
  const [a, b] = [await newKey('a'), await newKey('b')]
  await writeFile(userFile, `pc2 ${a.type} ${a.key}\n`)
  expect(await judge('pc2', 2222, a)).toEqual({ verdict: { kind: 'known' }, file: userFile })
  expect(await judge('pc2', 2222, b)).toEqual({ verdict: { kind: 'unknown' }, file: null })
})

it('does not take an unreadable file for an empty one', async () => {
  await mkdir(userFile)
  await expect(hostKeys.load('pc2', 22)).rejects.toMatchObject({ code: 'file-invalid' })
})

it('says so when a key cannot be written down', async () => {
  await writeFile(join(folder, 'drydock'), 'a file is in the way')
  const key = await newKey('a')
  await expect(hostKeys.trust('pc2', 22, key)).rejects.toMatchObject({
    code: 'refused',
    message: `${ownFile} cannot be written.`,
  })
})
