import { AppError, sentenceOf } from '../kernel/appError'
import type { SecretStore } from '../kernel/secretStore'
import { readKeyFile, type PrivateKey, type ReadPrivateKey } from './keyFile'

/** Private keys that a passphrase opened, for this session and every node that uses them. */
export interface Passphrases {
  /** The key in `bytes`, the content of `path`; null while nobody gave its passphrase. Silent: nobody is asked. */
  open(path: string, bytes: Buffer): Promise<PrivateKey | null>
  /** Opens a key file, and keeps it open until Drydock ends. Errors: `not-found`; `refused` for the wrong passphrase. */
  unlock(path: string, passphrase: string): Promise<void>
  /** Gives the passphrase to the keychain. Errors: `refused` when that does not take it. */
  keep(path: string, passphrase: string): Promise<void>
}

interface PassphraseDeps {
  readonly secrets: SecretStore
  readonly readKey: ReadPrivateKey
}

/** Opening takes some tenths of a second of pure computing (bcrypt), so what was opened once stays open. */
export function createPassphrases({ secrets, readKey }: PassphraseDeps): Passphrases {
  const opened = new Map<string, { readonly bytes: Buffer; readonly key: PrivateKey }>()
  // One look at the keychain for each content of a file, whatever the number of nodes that want it.
  const asked = new Map<string, { readonly bytes: Buffer; readonly key: Promise<PrivateKey | null> }>()

  function keep(path: string, bytes: Buffer, passphrase: string): PrivateKey | null {
    const reading = readKey(bytes, passphrase)
    if (reading.state !== 'usable') return null
    opened.set(path, { bytes, key: reading.key })
    return reading.key
  }

  async function fromKeychain(path: string, bytes: Buffer): Promise<PrivateKey | null> {
    const passphrase = await secrets.get(secretName(path))
    if (passphrase === null) return null
    const key = keep(path, bytes, passphrase)
    // The file got another passphrase since.
    if (key === null) await secrets.remove(secretName(path))
    return key
  }

  return {
    async open(path, bytes) {
      const known = opened.get(path)
      if (known?.bytes.equals(bytes) === true) return known.key
      const before = asked.get(path)
      if (before?.bytes.equals(bytes) === true) return before.key
      const key = fromKeychain(path, bytes)
      asked.set(path, { bytes, key })
      return key
    },
    async unlock(path, passphrase) {
      const file = await readKeyFile(path, readKey)
      if (file === null) {
        throw new AppError('not-found', `There is no readable key file ${path}.`, {
          hint: 'Look whether it was moved, and reconnect.',
        })
      }
      if (file.reading.state === 'usable') return
      if (keep(path, file.bytes, passphrase) === null) {
        throw new AppError('refused', `This passphrase does not open ${path}.`, {
          hint: 'Type it again. Nothing was sent to the machine.',
        })
      }
    },
    async keep(path, passphrase) {
      await secrets.set(secretName(path), passphrase).catch((cause: unknown) => {
        throw notKept(path, cause)
      })
    },
  }
}

function notKept(path: string, cause: unknown): AppError {
  return new AppError('refused', `${path} is open until Drydock ends, but not kept: ${sentenceOf(cause)}`, {
    hint: 'Unlock the keychain of this desktop, or give the passphrase again at the next start.',
    cause,
  })
}

function secretName(path: string): string {
  return `passphrase ${path}`
}
