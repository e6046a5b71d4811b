import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../kernel/appError'
import {
  entriesFor,
  judgeHostKey,
  knownHostName,
  knownHostsLine,
  parseKnownHosts,
  type HostVerdict,
  type KnownHost,
  type OfferedKey,
} from './knownHosts'

/** What is known of one host at the moment of a connection. */
interface HostTrust {
  /** Types of the keys that are known, in file order: the server is asked for one of these first, as OpenSSH does. */
  readonly knownTypes: readonly string[]
  judge(offered: OfferedKey): Judgement
}

/** `file` is where the verdict comes from; null for `unknown`. */
export interface Judgement {
  readonly verdict: HostVerdict
  readonly file: string | null
}

export interface HostKeys {
  /** Errors: `file-invalid` when a file is there but cannot be read: an unreadable list must not count as empty. */
  load(host: string, port: number): Promise<HostTrust>
  /** Adds a key to Drydock's own file; on disk when it returns. */
  trust(host: string, port: number, offered: OfferedKey): Promise<void>
}

/**
 * Two files: Drydock's own `known_hosts`, which it appends to, and the user's `~/.ssh/known_hosts`, which it only
 * reads. A key that either knows is known; one that either revokes is revoked.
 */
export function createHostKeys(deps: { readonly home: string; readonly userHome: string }): HostKeys {
  const ownFile = join(deps.home, 'known_hosts')
  const files = [ownFile, join(deps.userHome, '.ssh', 'known_hosts')]
  // Appends go one after the other, so that two of them cannot share a line.
  let lastAppend = Promise.resolve()

  return {
    async load(host, port) {
      const lists = await Promise.all(
        files.map(async file => ({ file, list: parseKnownHosts(await textOf(file)) })),
      )
      const known = lists.flatMap(({ file, list }) =>
        entriesFor(list, knownHostName(host, port)).map(entry => ({ file, entry })),
      )
      const knownOnPort22 = lists.flatMap(({ file, list }) =>
        entriesFor(list, knownHostName(host, 22)).map(entry => ({ file, entry })),
      )
      const types = known.filter(({ entry }) => entry.marker === null).map(({ entry }) => entry.type)
      return {
        knownTypes: [...new Set(types)],
        judge(offered) {
          const judged = judgeKnown(known, offered)
          if (judged.verdict.kind !== 'unknown') return judged
          // As OpenSSH: the very key that the host has on port 22 is known on its other ports. A different one says
          // nothing about this port.
          const elsewhere = judgeKnown(knownOnPort22, offered)
          return elsewhere.verdict.kind === 'changed' ? judged : elsewhere
        },
      }
    },
    async trust(host, port, offered) {
      const line = knownHostsLine(knownHostName(host, port), offered)
      const append = lastAppend.then(() => appendLine(ownFile, line))
      lastAppend = append.catch(() => {})
      await append
    },
  }
}

function judgeKnown(
  known: readonly { readonly file: string; readonly entry: KnownHost }[],
  offered: OfferedKey,
): Judgement {
  const verdict = judgeHostKey(
    known.map(({ entry }) => entry),
    offered,
  )
  const speaks = known.find(({ entry }) => judgeHostKey([entry], offered).kind === verdict.kind)
  return { verdict, file: verdict.kind === 'unknown' ? null : (speaks?.file ?? null) }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw new AppError('file-invalid', `${file} cannot be read.`, {
      hint: 'Correct its permissions: without it no host key can be checked.',
      cause: error,
    })
  }
}

async function appendLine(file: string, line: string): Promise<void> {
  try {
    await appendAndSync(file, line)
  } catch (cause) {
    throw new AppError('refused', `${file} cannot be written.`, {
      hint: "Make room or correct the permissions of Drydock's folder, then trust the key again.",
      cause,
    })
  }
}

async function appendAndSync(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const text = await textOf(file)
  const handle = await open(file, 'a', 0o600)
  try {
    await handle.writeFile(text === '' || text.endsWith('\n') ? line : `\n${line}`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
