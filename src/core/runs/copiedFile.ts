import type { LogGap } from '../../contract/logs'
import type { Clock } from '../kernel/clock'
import type { LocalLog } from './localLog'
import { PROOF_BYTES, hashOf, newPlace } from './logPlace'
import type { LogPlace } from './logPlace'
import { isSameFile } from './nodeFiles'
import type { FileLook, NodeFile } from './nodeFiles'
import type { SecretMask } from './secretMask'

const KEEP_PLACE_MS = 200
const PACKED = /\.(gz|xz|bz2|zst|lz4|zip)$/

export interface LogSource {
  readonly path: string
  /** See `NodeShell.readAt`; null when there is no such file. */
  readonly readAt: (path: string, offset: number, maxBytes: number) => Promise<Uint8Array | null>
  readonly look: (path: string) => Promise<FileLook>
}

export interface LogCopyDeps {
  readonly source: LogSource
  readonly log: LocalLog
  readonly mask: SecretMask
  readonly onBytes: (bytes: Uint8Array, atMs: number) => void
  readonly onGap: (gap: LogGap) => void
  readonly clock: Clock
}

interface State {
  place: LogPlace
  /** Where the file stands now: rotation may have renamed it. */
  path: string
  /** The node's own bytes before the offset. */
  tail: Buffer
}

/** What is written here of one node's file, and how that file is known again. */
export function createCopiedFile(deps: LogCopyDeps) {
  const { source, log, mask } = deps
  const state: State = { place: log.place ?? newPlace(0), path: source.path, tail: Buffer.alloc(0) }

  return {
    get place() {
      return state.place
    },
    get path() {
      return state.path
    },
    get tail() {
      return state.tail
    },
    /** The node's offset up to which bytes are here, held back ones included. */
    offset: (): number => log.size - state.place.base + mask.heldBytes,
    own: createOwnFile(() => state.place),
    ...createWriting(deps, state),

    /** It is there, at the offset, and under this name. */
    found(at: string, last: Uint8Array | null): void {
      state.path = at
      if (last !== null) state.tail = Buffer.from(last)
    },

    /** These count as read. */
    ignore(files: readonly NodeFile[]): void {
      state.place = { ...state.place, seen: [...state.place.seen, ...files.map(keyOf)] }
    },

    /** Learns which file it is. What stands beside it was there before. */
    async meet({ here, siblings }: FileLook): Promise<void> {
      if (here === null || state.place.inode !== null) return
      const seen = [...state.place.seen, ...[here, ...siblings].map(keyOf)]
      state.place = { ...state.place, device: here.device, inode: here.inode, seen }
      await log.keepPlace(state.place)
    },
  }
}

function createWriting({ source, log, mask, clock, onBytes, onGap }: LogCopyDeps, state: State) {
  let keptAtMs = 0

  async function write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    const atMs = clock.nowMs()
    await log.append(bytes, atMs)
    onBytes(bytes, atMs)
  }

  async function keepPlace(): Promise<void> {
    keptAtMs = clock.nowMs()
    const { place, tail } = state
    const next = provedPlace(place, tail.subarray(0, Math.max(0, tail.length - mask.heldBytes)), log.size)
    if (next === null || (next.offset === place.offset && place === log.place)) return
    state.place = next
    await log.keepPlace(next)
  }

  return {
    keepPlace,

    async take(bytes: Uint8Array): Promise<void> {
      await write(mask.push(bytes))
      const last = Buffer.concat([state.tail, bytes.subarray(-2 * PROOF_BYTES)])
      state.tail = Buffer.from(last.subarray(-2 * PROOF_BYTES))
      if (clock.nowMs() - keptAtMs >= KEEP_PLACE_MS) await keepPlace()
    },

    /** Nothing more will come of this file. */
    end: (): Promise<void> => write(mask.flush()),

    /** From here on, another file (or the same from its start) is copied, to the end of what is here. */
    async turnTo(file: NodeFile | null, reason: string | null): Promise<void> {
      await write(mask.flush())
      if (reason !== null) {
        const gap = { beforeLine: log.lines, lostBytes: null, reason, atMs: clock.nowMs() }
        await log.addGap(gap)
        onGap(gap)
      }
      const seen = file === null ? state.place.seen : [...state.place.seen, keyOf(file)]
      const identity = { device: file?.device ?? null, inode: file?.inode ?? null }
      state.place = { ...newPlace(log.size), ...identity, seen }
      state.path = file?.path ?? source.path
      state.tail = Buffer.alloc(0)
      await log.keepPlace(state.place)
    },
  }
}

export type CopiedFile = ReturnType<typeof createCopiedFile>

/** The place with a newer proof; null when that would be a worse one. `bytes` are the node's before the offset. */
function provedPlace(place: LogPlace, bytes: Buffer, size: number): LogPlace | null {
  const offset = size - place.base
  const proof = bytes.subarray(-PROOF_BYTES)
  if (proof.length < Math.min(place.hashedBytes, offset)) return null
  return {
    ...place,
    offset: Math.max(0, offset),
    sizeBytes: Math.max(place.sizeBytes, offset),
    hashedBytes: proof.length,
    hash: hashOf(proof),
  }
}

const keyOf = ({ device, inode }: NodeFile): string => `${device}:${inode}`

/** Which of the files beside each other is the copied one, and which one comes after it. */
function createOwnFile(place: () => LogPlace) {
  const isMine = (file: NodeFile): boolean => {
    const { device, inode } = place()
    return device !== null && inode !== null && isSameFile(file, { device, inode })
  }
  const isUnread = (file: NodeFile): boolean =>
    !isMine(file) && !place().seen.includes(keyOf(file)) && !PACKED.test(file.path)
  return {
    in: ({ here, siblings }: FileLook): NodeFile | null =>
      [...(here === null ? [] : [here]), ...siblings].find(isMine) ?? null,

    /** Rotated ones that nobody has read, the oldest first. */
    unread: ({ siblings }: FileLook): NodeFile[] => siblings.filter(isUnread).sort(byAge),

    /** The oldest of those; then the one that has the name now. */
    next({ here, siblings }: FileLook): NodeFile | null {
      const [oldest] = siblings.filter(isUnread).sort(byAge)
      return oldest ?? (here !== null && !isMine(here) ? here : null)
    },
  }
}

/** `x.log.2` is older than `x.log.1`, should both have changed in the same moment. */
function byAge(a: NodeFile, b: NodeFile): number {
  const number = ({ path }: NodeFile): number => Number(/\.(\d+)$/.exec(path)?.[1] ?? 0)
  return a.changedAtS - b.changedAtS || number(b) - number(a) || (a.path < b.path ? -1 : 1)
}
