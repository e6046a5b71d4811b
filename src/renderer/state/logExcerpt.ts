import type { LogLines } from '../../contract/logs'
import type { LogEntry, LogSource } from './logEntry'
import { replaceEntry } from './logOrder'
import { readAll } from './logReader'
import type { LogClient } from './logStreams'
import { entriesOf, type LogNumbers } from './logWindow'

/** Lines read of one log in one direction: fewer of each when many are shown, so that a jump does not take for ever. */
const MOST_LINES = 300
const FEWEST_LINES = 40
const LINES_OF_ALL = 2_000

/** Where to: one line, or whatever came at a time. */
export type JumpPlace =
  { readonly source: LogSource; readonly line: number; readonly atMs: number } | { readonly atMs: number }

interface ExcerptDeps {
  readonly client: LogClient
  readonly sources: readonly LogSource[]
  readonly numbers: LogNumbers
}

/** A part of one log: lines `[from, to)`, of which those that are not here stand as a skip. */
interface Stretch {
  readonly source: LogSource
  readonly batch: number
  from: number
  to: number
  /** How many lines the log is known to have. */
  total: number
  entries: LogEntry[]
}

/**
 * A part of the shown logs that is not their end, read from disk: around a line, or around a time. It is whole over its
 * span of time: what a log printed within it is there, or stands as lines to be read. Both ends can be extended.
 */
export interface LogExcerpt {
  /** One list a log, each in its own order. */
  readonly lists: () => readonly (readonly LogEntry[])[]
  /** What was jumped to; null when there is nothing. */
  readonly target: LogEntry | null
  readonly hasOlder: () => boolean
  /** Lines before the excerpt, in the order of each log. Errors: the engine's. */
  readonly readOlder: () => Promise<readonly (readonly LogEntry[])[]>
  /** Lines after it. None: this is the end for now. Errors: the engine's. */
  readonly readNewer: () => Promise<readonly (readonly LogEntry[])[]>
  /** Lines that were read for a skip take its place. */
  readonly fill: (skip: LogEntry, by: readonly LogEntry[]) => void
}

/** Errors: the engine's. */
export async function readExcerpt(deps: ExcerptDeps, place: JumpPlace): Promise<LogExcerpt> {
  const count = Math.max(FEWEST_LINES, Math.min(MOST_LINES, Math.floor(LINES_OF_ALL / deps.sources.length)))
  const stretches =
    'line' in place ? await aroundLine(deps, place, count) : await aroundTime(deps, place.atMs, count)
  return {
    lists: () => stretches.map(({ entries }) => entries),
    target: targetOf(stretches, place),
    hasOlder: () => stretches.some(({ from }) => from > 0),
    readOlder: () => extend(deps, stretches, count, OLDER),
    readNewer: () => extend(deps, stretches, count, NEWER),
    fill(skip, by) {
      const stretch = stretches.find(({ source }) => source === skip.source)
      if (stretch !== undefined) stretch.entries = [...replaceEntry(stretch.entries, skip, by)]
    },
  }
}

function targetOf(stretches: readonly Stretch[], place: JumpPlace): LogEntry | null {
  if ('line' in place) {
    const own = stretches.find(({ source }) => source === place.source)
    return own?.entries.find(entry => entry.kind === 'line' && entry.line === place.line) ?? null
  }
  const later = stretches.flatMap(({ entries }) => entries.find(entry => entry.atMs >= place.atMs) ?? [])
  const last = stretches.flatMap(({ entries }) => entries.at(-1) ?? [])
  return (
    later.reduce<LogEntry | null>(
      (first, entry) => (first === null || entry.atMs < first.atMs ? entry : first),
      null,
    ) ??
    last.reduce<LogEntry | null>(
      (newest, entry) => (newest === null || entry.atMs > newest.atMs ? entry : newest),
      null,
    )
  )
}

/** The line with its neighbours, and what the other logs had while those came. */
async function aroundLine(
  deps: ExcerptDeps,
  { source, line }: { readonly source: LogSource; readonly line: number },
  count: number,
): Promise<readonly Stretch[]> {
  const own = await readStretch(deps, source, Math.max(0, line - count), line + count + 1)
  const [firstMs, lastMs] = [own.entries[0]?.atMs, own.entries.at(-1)?.atMs]
  const atMs = own.entries.find(entry => entry.line === line)?.atMs
  if (firstMs === undefined || lastMs === undefined || atMs === undefined) return [own]
  const others = deps.sources.filter(other => other !== source)
  return [own, ...(await Promise.all(others.map(other => within(deps, other, firstMs, lastMs, atMs, count))))]
}

/** What a log had from `firstMs` to `lastMs`: all of it, or the part around `atMs` and skips for the rest. */
async function within(
  deps: ExcerptDeps,
  source: LogSource,
  firstMs: number,
  lastMs: number,
  atMs: number,
  count: number,
): Promise<Stretch> {
  const { run, log } = source
  const [from, middle, to] = await Promise.all(
    [firstMs, atMs, lastMs + 1].map(at => deps.client.lineAt({ run, log, atMs: at })),
  )
  if (from === undefined || middle === undefined || to === undefined || to <= from) {
    return { ...(await readStretch(deps, source, 0, 0)), from: from ?? 0, to: from ?? 0, total: to ?? 0 }
  }
  const readFrom = Math.max(from, Math.min(middle - count, to - 2 * count))
  const stretch = await readStretch(deps, source, readFrom, Math.min(to, readFrom + 2 * count))
  const skip = (line: number, end: number, placedAtMs: number): LogEntry[] =>
    end <= line
      ? []
      : [
          {
            kind: 'skip',
            id: deps.numbers.nextId(),
            source,
            line,
            missing: end - line,
            atMs: placedAtMs,
            batch: stretch.batch,
          },
        ]
  const before = skip(from, stretch.from, Math.min(firstMs, stretch.entries[0]?.atMs ?? firstMs))
  const after = skip(stretch.to, to, stretch.entries.at(-1)?.atMs ?? lastMs)
  return { ...stretch, from, to, entries: [...before, ...stretch.entries, ...after] }
}

/** Of each log the lines on both sides of the time, cut to the span of time over which all of them are whole. */
async function aroundTime(deps: ExcerptDeps, atMs: number, count: number): Promise<readonly Stretch[]> {
  const stretches = await Promise.all(
    deps.sources.map(async source => {
      const at = await deps.client.lineAt({ run: source.run, log: source.log, atMs })
      return readStretch(deps, source, Math.max(0, at - count), at + count)
    }),
  )
  for (const side of [OLDER, NEWER]) cutTo(stretches, side.limitOf(stretches), side)
  return stretches
}

interface Side {
  /** The moment up to which all of these are whole on this side. */
  readonly limitOf: (stretches: readonly Stretch[]) => number
  readonly isWithin: (entry: LogEntry, limitMs: number) => boolean
  readonly rangeOf: (stretch: Stretch, count: number) => readonly [from: number, to: number]
  readonly join: (stretch: Stretch, more: Stretch) => void
  readonly cut: (stretch: Stretch, kept: readonly LogEntry[]) => void
}

const OLDER: Side = {
  limitOf: all =>
    Math.max(
      ...all.map(({ from, entries }) => (from > 0 ? (entries[0]?.atMs ?? -Infinity) : -Infinity)),
      -Infinity,
    ),
  isWithin: (entry, limitMs) => entry.atMs >= limitMs,
  rangeOf: ({ from }, count) => [Math.max(0, from - count), from],
  join(stretch, more) {
    stretch.entries = [...more.entries, ...stretch.entries]
    stretch.from = more.from
  },
  cut(stretch, kept) {
    stretch.from = kept[0]?.line ?? stretch.to
  },
}

const NEWER: Side = {
  limitOf: all =>
    Math.min(
      ...all.map(({ to, total, entries }) => (to < total ? (entries.at(-1)?.atMs ?? Infinity) : Infinity)),
      Infinity,
    ),
  isWithin: (entry, limitMs) => entry.atMs <= limitMs,
  rangeOf: ({ to }, count) => [to, to + count],
  join(stretch, more) {
    stretch.entries = [...stretch.entries, ...more.entries]
    stretch.to = more.to
    stretch.total = Math.max(stretch.total, more.total)
  },
  cut(stretch, kept) {
    stretch.to = endOf(kept, stretch.from)
  },
}

function cutTo(stretches: readonly Stretch[], limitMs: number, side: Side): void {
  for (const stretch of stretches) {
    const kept = stretch.entries.filter(entry => side.isWithin(entry, limitMs))
    if (kept.length < stretch.entries.length) side.cut(stretch, kept)
    stretch.entries = kept
  }
}

/** One page more on this side: as far as all logs are whole. What goes beyond that is read again the next time. */
async function extend(
  deps: ExcerptDeps,
  stretches: readonly Stretch[],
  count: number,
  side: Side,
): Promise<readonly (readonly LogEntry[])[]> {
  const more = await Promise.all(
    stretches.map(async stretch => {
      const page = await readStretch(deps, stretch.source, ...side.rangeOf(stretch, count))
      return placedBeside(page, stretch, side)
    }),
  )
  cutTo(more, side.limitOf(more), side)
  more.forEach((page, at) => {
    const stretch = stretches[at]
    if (stretch !== undefined) side.join(stretch, page)
  })
  return more.map(({ entries }) => entries)
}

/** With the batch number of the stretch, and no time that would put it on the other side. */
function placedBeside(page: Stretch, stretch: Stretch, side: Side): Stretch {
  const beside = side === OLDER ? stretch.entries[0] : stretch.entries.at(-1)
  const clamp = (atMs: number): number => {
    if (beside === undefined) return atMs
    return side === OLDER ? Math.min(atMs, beside.atMs) : Math.max(atMs, beside.atMs)
  }
  const told = beside?.kind === 'gap' ? beside : null
  const entries = page.entries
    .filter(entry => !(entry.kind === 'gap' && told !== null && entry.line === told.line))
    .map(entry => ({ ...entry, atMs: clamp(entry.atMs), batch: stretch.batch }))
  return { ...page, batch: stretch.batch, entries }
}

async function readStretch(
  { client, numbers }: ExcerptDeps,
  source: LogSource,
  from: number,
  to: number,
): Promise<Stretch> {
  const batch = numbers.nextBatch()
  const batches: readonly LogLines[] = to > from ? await readAll(client, source, from, to) : []
  const entries: LogEntry[] = []
  let line = from
  for (const { firstLine, atMs, lines, gaps } of batches) {
    const place = { source, atMs: Math.max(atMs, entries.at(-1)?.atMs ?? 0), batch }
    for (const entry of entriesOf(firstLine, lines, gaps, place, numbers)) {
      const last = entries.at(-1)
      if (entry.kind !== 'gap' || last?.kind !== 'gap' || last.line !== entry.line) entries.push(entry)
    }
    line = firstLine + lines.length
  }
  return { source, batch, from, to: line, total: batches.at(-1)?.totalLines ?? line, entries }
}

function endOf(entries: readonly LogEntry[], from: number): number {
  const last = entries.at(-1)
  if (last === undefined) return from
  return last.kind === 'line' ? last.line + 1 : last.line + (last.kind === 'skip' ? last.missing : 0)
}
