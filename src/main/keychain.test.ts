import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeychain, type SafeStorage } from './keychain'

let folder: string
let file: string
const errors: string[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-keychain-'))
  file = join(folder, 'secrets.json')
  errors.length = 0
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A keychain that hides text from the eye; `key` is what it has for a key. */
function fakeStorage(more: Partial<SafeStorage> = {}, key = 'k'): SafeStorage & { asked: number } {
  const storage = {
    asked: 0,
    isEncryptionAvailable: () => true,
    encryptString: (text: string) => Buffer.from(key + Buffer.from(text).toString('hex')),
    decryptString(bytes: Buffer) {
      storage.asked += 1
      const text = bytes.toString('utf8')
      if (!text.startsWith(key)) throw new Error('Error while decrypting the ciphertext')
      return Buffer.from(text.slice(key.length), 'hex').toString('utf8')
    },
    getSelectedStorageBackend: () => 'gnome_libsecret',
    ...more,
  }
  return storage
}

function keychainOn(safeStorage: SafeStorage, whenReady = (): Promise<unknown> => Promise.resolve()) {
  const log = {
    info: () => {},
    warn: () => {},
    error: (message: string, error: unknown) => String(errors.push(`${message}: ${String(error)}`)),
  }
  return createKeychain({ file, safeStorage, platform: 'linux', whenReady, log })
}

describe.each([
  ['the asynchronous calls of a new runtime', true],
  ['the calls that every runtime has', false],
])('by %s', (_name, isAsynchronous) => {
  const storage = (more: Partial<SafeStorage> = {}): SafeStorage => {
    const sync = fakeStorage(more)
    if (!isAsynchronous) return sync
    return {
      isEncryptionAvailable: () => false,
      encryptString: () => Buffer.from('never'),
      decryptString: () => 'never',
      getSelectedStorageBackend: () => 'gnome_libsecret',
      isAsyncEncryptionAvailable: async () => sync.isEncryptionAvailable(),
      encryptStringAsync: async text => sync.encryptString(text),
      decryptStringAsync: async bytes => ({ result: sync.decryptString(bytes), shouldReEncrypt: false }),
      ...more,
    }
  }

  it('keeps secrets over a restart, encrypted, readable for the owner alone', async () => {
    const keychain = keychainOn(storage())
    expect(await keychain.place()).toEqual({ place: 'keychain', detail: 'Encrypted with GNOME Keyring.' })
    await Promise.all([keychain.set('a', 'open sesame'), keychain.set('b', 'two')])
    await keychain.remove('b')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toContain('sesame')
    const again = keychainOn(storage())
    expect([await again.get('a'), await again.get('b')]).toEqual(['open sesame', null])
  })
})

describe.each(['basic_text', 'unknown'])('with the backend %s', backend => {
  it('writes nothing to the disk, and says that it forgets', async () => {
    const keychain = keychainOn(fakeStorage({ getSelectedStorageBackend: () => backend }))
    await keychain.set('a', 'open sesame')
    expect(await keychain.get('a')).toBe('open sesame')
    expect(await keychain.place()).toEqual({
      place: 'memory',
      detail: expect.stringContaining('forgotten when Drydock ends'),
    })
    expect(existsSync(file)).toBe(false)
  })
})

it('keeps secrets in memory where no encryption is available', async () => {
  const keychain = keychainOn(fakeStorage({ isEncryptionAvailable: () => false }))
  await keychain.set('a', 'open sesame')
  expect([(await keychain.place()).place, existsSync(file)]).toEqual(['memory', false])
})

it('asks again rather than fail when another keychain encrypted it, or a file is torn', async () => {
  await keychainOn(fakeStorage({}, 'old')).set('a', 'open sesame')
  expect(await keychainOn(fakeStorage({}, 'new')).get('a')).toBe(null)
  expect(errors).toEqual(['a secret cannot be decrypted: Error: Error while decrypting the ciphertext'])
  const wallet = fakeStorage({ getSelectedStorageBackend: () => 'kwallet6' }, 'old')
  expect([await keychainOn(wallet).get('a'), wallet.asked]).toEqual([null, 0])

  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20))
  expect(await keychainOn(fakeStorage({}, 'old')).get('a')).toBe(null)
  await keychainOn(fakeStorage()).set('b', 'two')
  expect(await keychainOn(fakeStorage()).get('b')).toBe('two')
})

it('encrypts anew what the keychain wants with a new key', async () => {
  const storage: SafeStorage = {
    ...fakeStorage(),
    isAsyncEncryptionAvailable: async () => true,
    encryptStringAsync: async text => Buffer.from(`new ${text}`),
    decryptStringAsync: async bytes => {
      const [age, result = ''] = bytes.toString('utf8').split(' ')
      return { result, shouldReEncrypt: age === 'old' }
    },
  }
  const value = Buffer.from('old sesame').toString('base64')
  writeFileSync(file, JSON.stringify({ version: 1, secrets: { a: { backend: 'gnome_libsecret', value } } }))
  expect(await keychainOn(storage).get('a')).toBe('sesame')
  expect(readFileSync(file, 'utf8')).toContain(Buffer.from('new sesame').toString('base64'))
})

it('does not wake the keychain for a secret that is not there, and waits until it may be asked', async () => {
  let isReady = false
  let makeReady = (): void => {}
  const ready = new Promise<void>(resolve => (makeReady = resolve)).then(() => (isReady = true))
  const never = fakeStorage({
    isEncryptionAvailable() {
      expect(isReady).toBe(true)
      return true
    },
  })
  const keychain = keychainOn(never, () => ready)
  expect(await keychain.get('a')).toBe(null)
  expect(isReady).toBe(false)
  const set = keychain.set('a', 'open sesame')
  makeReady()
  await set
  expect(await keychain.get('a')).toBe('open sesame')
})

it('says so when the keychain does not take a secret', async () => {
  const keychain = keychainOn(
    fakeStorage({
      encryptString: () => {
        throw new Error('locked')
      },
    }),
  )
  await expect(keychain.set('a', 'open sesame')).rejects.toMatchObject({
    code: 'refused',
    message: 'The keychain did not take it.',
  })
})
