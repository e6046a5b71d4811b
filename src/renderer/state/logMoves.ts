import type { LogEntry } from './logEntry'
import type { JumpPlace } from './logExcerpt'
import { firstIndexAfter, mergeByArrival } from './logOrder'
import type { StoreParts } from './logStore'

type Parts = StoreParts & {
  readonly ask: () => void
  /** Stops following: from now on the list stands still. */
  readonly standStill: () => void
}

/** What moves the reader to another place in the logs: from match to match, to a line, to a time, on and back. */
export function createLogMoves(parts: Parts) {
  const { state, view, buffers, reader } = parts
  return {
    /**
     * To the next (1) or previous (-1) match, from the last one or, before any, from `from`: the first row in sight.
     * After the last match comes the first.
     */
    find(step: 1 | -1, from: LogEntry | null): void {
      const { hits } = view
      const base = state.current ?? from
      const at = base === null ? (step === 1 ? 0 : -1) : nextHit(hits, base, step, state.current === null)
      const hit = hits[(at + hits.length) % Math.max(1, hits.length)]
      if (hit === undefined) return
      state.current = hit
      reveal(parts, hit)
    },
    /**
     * To a line, or to the first line at or after a time, wherever on disk it is. False: there is none.
     * Errors: the engine's.
     */
    jump: (place: JumpPlace): Promise<boolean> => jump(parts, place),
    /** Reads the lines before the first row. Only of use while not following. Errors: the engine's. */
    readOlder: async (): Promise<void> => {
      if (state.excerpt !== null) await extend(parts, 'readOlder')
      else if (state.client !== null) await reader.readOlder(state.client, buffers.shown)
    },
    /** Reads the lines after the last row of an excerpt. Errors: the engine's. */
    readNewer: (): Promise<void> => extend(parts, 'readNewer'),
  }
}

function reveal({ state, standStill, ask }: Parts, entry: LogEntry): void {
  standStill()
  state.reveal = { entry }
  ask()
}

async function jump(parts: Parts, place: JumpPlace): Promise<boolean> {
  const { state, buffers, reader, numbers } = parts
  const held = 'line' in place && state.excerpt === null ? lineIn(parts, place) : null
  if (held !== null) {
    // What came while the list stood still is not in it yet.
    state.isStale ||= !state.isFollowing
    state.current = held
    reveal(parts, held)
    return true
  }
  const { client, showing } = state
  if (client === null || buffers.shown.length === 0) return false
  let isThere = false
  await reader.whileReading(async () => {
    const { readExcerpt } = await import('./logExcerpt')
    const excerpt = await readExcerpt({ client, sources: buffers.shown, numbers }, place)
    // Other logs are shown by now: this is no part of them.
    if (showing !== state.showing || excerpt.target === null) return
    parts.standStill()
    state.excerpt = excerpt
    state.isStale = true
    if ('line' in place) state.current = excerpt.target
    reveal(parts, excerpt.target)
    isThere = true
  })
  return isThere
}

async function extend({ state, view, reader }: Parts, side: 'readOlder' | 'readNewer'): Promise<void> {
  const { excerpt } = state
  if (excerpt === null) return
  await reader.whileReading(async () => {
    const lists = await excerpt[side]()
    if (state.excerpt === excerpt) view.add(mergeByArrival(lists))
  })
}

function nextHit(hits: readonly LogEntry[], base: LogEntry, step: 1 | -1, isFirst: boolean): number {
  const after = firstIndexAfter(hits, base)
  const isOnHit = hits[after - 1] === base
  if (step === 1) return isOnHit && isFirst ? after - 1 : after % Math.max(1, hits.length)
  return isOnHit ? after - 2 : after - 1
}

function lineIn({ buffers }: StoreParts, place: Extract<JumpPlace, { line: number }>): LogEntry | null {
  const entries = buffers.windowOf(place.source)?.entries ?? []
  return entries.find(entry => entry.kind === 'line' && entry.line === place.line) ?? null
}
