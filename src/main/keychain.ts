import { readFile } from 'node:fs/promises'
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { AppError } from '../core/kernel/appError'
import type { Log } from '../core/kernel/log'
import { createMemorySecrets, type SecretStore } from '../core/kernel/secretStore'

/** As much of Electron's `safeStorage` as is used. The asynchronous half is newer than some runtimes. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean
  encryptString(text: string): Buffer
  decryptString(bytes: Buffer): string
  /** Linux only. */
  getSelectedStorageBackend?(): string
  isAsyncEncryptionAvailable?(): Promise<boolean>
  encryptStringAsync?(text: string): Promise<Buffer>
  decryptStringAsync?(bytes: Buffer): Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }>
}

interface KeychainDeps {
  /** The encrypted secrets, 0600. */
  readonly file: string
  readonly safeStorage: SafeStorage
  readonly platform: NodeJS.Platform
  /** Until then the system's keychain cannot be asked. */
  readonly whenReady: () => Promise<unknown>
  readonly log: Log
}

/**
 * Secrets encrypted with a key that the system's keychain keeps. Where there is none they live in memory: Chromium
 * then encrypts with a password that everybody knows (`basic_text`), which is no better than plain text.
 * A secret that cannot be decrypted (another keychain, a copied folder) counts as not there and is asked for again.
 */
export function createKeychain(deps: KeychainDeps): SecretStore {
  const file = createSecretFile(deps.file)
  let opening: Promise<SecretStore> | null = null
  const store = (): Promise<SecretStore> => (opening ??= openStore(deps, file))

  return {
    place: async () => (await store()).place(),
    async get(name) {
      // Nothing kept, nothing asked: a keychain may show a dialog of its own.
      if (opening === null && (await file.read())[name] === undefined) return null
      return (await store()).get(name)
    },
    set: async (name, value) => (await store()).set(name, value),
    remove: async name => (await store()).remove(name),
  }
}

async function openStore(deps: KeychainDeps, file: SecretFile): Promise<SecretStore> {
  const { safeStorage, platform, whenReady, log } = deps
  await whenReady()
  const cipher = cipherOf(safeStorage)
  const backend = safeStorage.getSelectedStorageBackend?.() ?? platform
  const isAvailable = await cipher.isAvailable().catch((error: unknown) => {
    log.error('the keychain cannot be asked', error)
    return false
  })
  if (!isAvailable || backend === 'basic_text' || backend === 'unknown') {
    return createMemorySecrets(
      'This desktop offers no keychain (GNOME Keyring, KWallet), so what you type is forgotten when Drydock ends.',
    )
  }
  return createEncryptedStore({ file, cipher, backend, log })
}

interface Cipher {
  isAvailable(): Promise<boolean>
  encrypt(text: string): Promise<Buffer>
  decrypt(bytes: Buffer): Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }>
}

/** The asynchronous calls where the runtime has them: they do not stop the app while the keychain shows a dialog. */
function cipherOf(safeStorage: SafeStorage): Cipher {
  if (isAsynchronous(safeStorage)) {
    return {
      isAvailable: () => safeStorage.isAsyncEncryptionAvailable(),
      encrypt: text => safeStorage.encryptStringAsync(text),
      decrypt: bytes => safeStorage.decryptStringAsync(bytes),
    }
  }
  return {
    isAvailable: async () => safeStorage.isEncryptionAvailable(),
    encrypt: async text => safeStorage.encryptString(text),
    decrypt: async bytes => ({ result: safeStorage.decryptString(bytes), shouldReEncrypt: false }),
  }
}

function isAsynchronous(safeStorage: SafeStorage): safeStorage is Required<SafeStorage> {
  return (
    safeStorage.isAsyncEncryptionAvailable !== undefined &&
    safeStorage.encryptStringAsync !== undefined &&
    safeStorage.decryptStringAsync !== undefined
  )
}

interface EncryptedStoreDeps {
  readonly file: SecretFile
  readonly cipher: Cipher
  readonly backend: string
  readonly log: Log
}

function createEncryptedStore({ file, cipher, backend, log }: EncryptedStoreDeps): SecretStore {
  async function set(name: string, value: string): Promise<void> {
    try {
      const bytes = await cipher.encrypt(value)
      await file.change(secrets => ({ ...secrets, [name]: { backend, value: bytes.toString('base64') } }))
    } catch (cause) {
      throw new AppError('refused', 'The keychain did not take it.', {
        hint: 'Unlock the keychain of this desktop, and look whether this disk is full.',
        cause,
      })
    }
  }

  return {
    place: async () => ({
      place: 'keychain',
      detail: `Encrypted with ${KEYCHAINS[backend] ?? 'the keychain of this system'}.`,
    }),
    set,
    async get(name) {
      const kept = (await file.read())[name]
      if (kept === undefined || kept.backend !== backend) return null
      try {
        const { result, shouldReEncrypt } = await cipher.decrypt(Buffer.from(kept.value, 'base64'))
        if (shouldReEncrypt) await set(name, result)
        return result
      } catch (error) {
        log.error('a secret cannot be decrypted', error, { name })
        return null
      }
    },
    remove: name => file.change(({ [name]: _gone, ...rest }) => rest),
  }
}

const KEYCHAINS: Readonly<Record<string, string>> = {
  gnome_libsecret: 'GNOME Keyring',
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet',
  darwin: 'the macOS Keychain',
  win32: 'Windows (DPAPI)',
}

const Kept = z.object({
  version: z.literal(1),
  secrets: z.record(z.string(), z.object({ backend: z.string(), value: z.string() })),
})
type Secrets = z.infer<typeof Kept>['secrets']

function createSecretFile(path: string) {
  let lastChange: Promise<void> = Promise.resolve()

  /** A file that is absent, torn or of a later version has no secrets for us. */
  async function read(): Promise<Secrets> {
    try {
      return Kept.parse(JSON.parse(await readFile(path, 'utf8'))).secrets
    } catch {
      return {}
    }
  }

  return {
    read,
    /** One change after the other, each on the disk when it returns. */
    change(to: (secrets: Secrets) => Secrets): Promise<void> {
      const change = lastChange.then(async () => writeWhole(path, { version: 1, secrets: to(await read()) }))
      lastChange = change.catch(() => {})
      return change
    },
  }
}

type SecretFile = ReturnType<typeof createSecretFile>

/** By a temporary name and a rename: a full disk leaves the old file. */
function writeWhole(path: string, kept: z.infer<typeof Kept>): void {
  const part = `${path}.part`
  const file = openSync(part, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify(kept, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(part, path)
}
