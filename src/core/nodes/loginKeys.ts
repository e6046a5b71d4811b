import { createHash } from 'node:crypto'
import { open, readdir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { LoginKey } from '../../contract/keys'
import { AppError } from '../kernel/appError'
import type { InstallableKey } from './installKey'
import { readKeyFile, type KeyFile, type ReadPrivateKey } from './keyFile'

export interface LoginKeys {
  /** Drydock's own keys, then those of `~/.ssh`, which is only read. */
  list(): Promise<LoginKey[]>
  /** A new ed25519 pair in Drydock's own folder; an empty comment becomes `drydock@<this PC>`. Errors: `refused`. */
  make(comment: string): Promise<LoginKey>
  /** The key with this path. Errors: `not-found` when it is not one of the list; `refused` without a public half. */
  find(path: string): Promise<InstallableKey>
}

interface LoginKeysDeps {
  /** Drydock's own folder of keys. */
  readonly folder: string
  readonly userHome: string
  readonly readKey: ReadPrivateKey
  readonly newKeyPair: (comment: string) => { readonly privateKey: string; readonly publicKey: string }
}

const FIRST_NAME = 'drydock_ed25519'
const MAX_NAMES = 1000

export function createLoginKeys(deps: LoginKeysDeps): LoginKeys {
  const { folder, userHome, readKey, newKeyPair } = deps

  async function found(): Promise<readonly { readonly file: KeyFile; readonly isOwn: boolean }[]> {
    const own = await keyFilesIn(folder, readKey)
    const users = await keyFilesIn(join(userHome, '.ssh'), readKey)
    return [...own.map(file => ({ file, isOwn: true })), ...users.map(file => ({ file, isOwn: false }))]
  }

  return {
    list: async () => (await found()).map(({ file, isOwn }) => loginKeyOf(file, isOwn)),
    async make(comment) {
      const pair = newKeyPair(commentOf(comment))
      const path = await writePair(folder, pair)
      const file = await readKeyFile(path, readKey)
      if (file === null) throw notWritten(folder, null)
      return loginKeyOf(file, true)
    },
    async find(path) {
      const file = (await found()).find(each => each.file.path === path)?.file
      if (file === undefined) {
        throw new AppError('not-found', `There is no key ${path}.`, { hint: 'Choose a key of the list.' })
      }
      if (file.publicKey === null) {
        throw new AppError('refused', `The public half of ${path} cannot be read.`, {
          hint: `Write it beside the key: ssh-keygen -y -f ${path} > ${path}.pub`,
        })
      }
      return { path, publicKey: file.publicKey }
    },
  }
}

/** Every private key that Drydock can use, in the order of their names. */
async function keyFilesIn(folder: string, readKey: ReadPrivateKey): Promise<KeyFile[]> {
  const names = await readdir(folder).catch(() => [])
  const paths = names.filter(name => !name.endsWith('.pub')).map(name => join(folder, name))
  const files = await Promise.all(paths.toSorted().map(path => readKeyFile(path, readKey)))
  return files.filter(file => file !== null).filter(({ reading }) => reading.state !== 'broken')
}

function loginKeyOf({ path, publicKey, reading }: KeyFile, isOwn: boolean): LoginKey {
  return {
    path,
    type: publicKey?.type ?? null,
    fingerprint: publicKey === null ? null : fingerprintOf(publicKey.wire),
    comment: publicKey?.comment ?? '',
    hasPassphrase: reading.state === 'locked',
    isOwn,
  }
}

/** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
function fingerprintOf(wire: Buffer): string {
  return `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`
}

function commentOf(comment: string): string {
  if (/\p{Cc}/u.test(comment)) {
    throw new AppError('refused', 'A comment is one line of text.', {
      hint: 'Take out the line breaks and control characters.',
    })
  }
  return comment.trim() === '' ? `drydock@${hostname()}` : comment.trim()
}

/** Never over a file that is there, whoever writes at the same time. Returns the path of the private half. */
async function writePair(
  folder: string,
  pair: { readonly privateKey: string; readonly publicKey: string },
): Promise<string> {
  try {
    for (let number = 1; number <= MAX_NAMES; number++) {
      const path = join(folder, number === 1 ? FIRST_NAME : `${FIRST_NAME}_${number}`)
      if (!(await writeNew(path, pair.privateKey, 0o600))) continue
      if (await writeNew(`${path}.pub`, `${pair.publicKey}\n`, 0o644)) return path
      await unlink(path)
    }
  } catch (cause) {
    throw notWritten(folder, cause)
  }
  throw notWritten(folder, null)
}

/** Returns false when there is such a file already. A file that could not be written whole is taken away again. */
async function writeNew(path: string, text: string, mode: number): Promise<boolean> {
  const file = await open(path, 'wx', mode).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null
    throw error
  })
  if (file === null) return false
  try {
    // The umask may have taken bits away.
    await file.chmod(mode)
    await file.writeFile(text)
    await file.sync()
    return true
  } catch (error) {
    await unlink(path)
    throw error
  } finally {
    await file.close()
  }
}

function notWritten(folder: string, cause: unknown): AppError {
  return new AppError('refused', `No key can be written in ${folder}.`, {
    hint: "Make room, or correct the permissions of Drydock's folder.",
    cause,
  })
}
