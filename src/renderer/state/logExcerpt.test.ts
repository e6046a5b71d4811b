import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogId, NodeName, RunId, TrackName } from '../../contract/ids'
import type { LogEntry, LogSource } from './logEntry'
import { type LogExcerpt, readExcerpt } from './logExcerpt'
import { mergeByArrival } from './logOrder'
import { createScriptedLogEngine } from './scriptedLogEngine'

const sources: readonly LogSource[] = [0, 1, 2].map(at => ({
  run: RunId.parse('r1'),
  log: LogId.parse(`bots-${at + 1}`),
  node: NodeName.parse('pc2'),
  track: TrackName.parse('bots'),
  label: `pc2 w${at + 1}`,
  colour: at,
}))

/** Logs on disk whose lines came at these times. */
function open(timesMs: readonly (readonly number[])[]) {
  const engine = createScriptedLogEngine()
  let id = 0
  let batch = 0
  const numbers = { nextId: () => (id += 1), nextBatch: () => (batch += 1) }
  sources.forEach((source, at) =>
    engine.disk.set(
      source.log,
      (timesMs[at] ?? []).map((atMs, line) => ({ text: `${at}:${line}`, atMs })),
    ),
  )
  return { client: engine.client, sources, numbers }
}

const linesIn = (entries: readonly LogEntry[]): string[] =>
  entries.flatMap(entry => (entry.kind === 'line' ? [entry.text] : []))

/** Lines that came within the shown span of time and are neither there nor told of. */
function missing(entries: readonly LogEntry[], timesMs: readonly (readonly number[])[]): string[] {
  const [first, last] = [entries[0]?.atMs ?? 0, entries.at(-1)?.atMs ?? 0]
  const told = new Set(
    entries.flatMap(({ source, line, ...entry }) =>
      Array.from(
        { length: entry.kind === 'skip' ? entry.missing : 1 },
        (_, at) => `${sources.indexOf(source)}:${line + at}`,
      ),
    ),
  )
  return timesMs.flatMap((times, log) =>
    times.flatMap((atMs, line) =>
      atMs > first && atMs < last && !told.has(`${log}:${line}`) ? [`${log}:${line}`] : [],
    ),
  )
}

/** Reads on both sides until nothing more comes; the rows as the screen would have them. */
async function readAll(excerpt: LogExcerpt): Promise<readonly LogEntry[]> {
  while (excerpt.hasOlder()) await excerpt.readOlder()
  for (let more = true; more;) more = (await excerpt.readNewer()).some(list => list.length > 0)
  return mergeByArrival(excerpt.lists())
}

const times = fc
  .array(fc.integer({ min: 0, max: 300 }), { maxLength: 900 })
  .map(list => [...list].sort((left, right) => left - right))
const disks = fc.tuple(times, times, times)

describe('an excerpt of the shown logs', () => {
  it('around a time is whole within its span, and has every line in the end', async () => {
    await fc.assert(
      fc.asyncProperty(disks, fc.integer({ min: -10, max: 310 }), async (disk, atMs) => {
        const excerpt = await readExcerpt(open(disk), { atMs })
        const rows = mergeByArrival(excerpt.lists())
        expect(missing(rows, disk)).toEqual([])
        const later = disk.flat().filter(time => time >= atMs)
        const wanted = later.length > 0 ? Math.min(...later) : Math.max(...disk.flat())
        if (disk.flat().length > 0) expect(excerpt.target?.atMs).toBe(wanted)
        else expect(excerpt.target).toBe(null)
        const all = linesIn(await readAll(excerpt))
        expect(all.length).toBe(disk.flat().length)
        expect(new Set(all).size).toBe(all.length)
      }),
      { numRuns: 60 },
    )
  })

  it('around a line has its neighbours, and what the others had meanwhile, as lines or as a skip', async () => {
    await fc.assert(
      fc.asyncProperty(disks, fc.nat(), async (disk, seed) => {
        fc.pre(disk[0].length > 0)
        const line = seed % disk[0].length
        const source = sources[0]!
        const excerpt = await readExcerpt(open(disk), { source, line, atMs: 0 })
        const rows = mergeByArrival(excerpt.lists())
        expect(excerpt.target).toMatchObject({ source, line, text: `0:${line}` })
        expect(missing(rows, disk)).toEqual([])
        const own = linesIn(excerpt.lists()[0] ?? [])
        for (const near of [line - 1, line, line + 1])
          if (near >= 0 && near < disk[0].length) expect(own).toContain(`0:${near}`)
      }),
      { numRuns: 60 },
    )
  })

  it('says how many lines of a log that prints much it leaves out, and takes them in when they are read', async () => {
    const disk = [[0, 100], Array.from({ length: 5_000 }, (_, at) => Math.floor(at / 50)), []]
    const excerpt = await readExcerpt(open(disk), { source: sources[0]!, line: 1, atMs: 100 })
    const skips = (): (readonly [number, number])[] =>
      (excerpt.lists()[1] ?? []).flatMap(entry =>
        entry.kind === 'skip' ? [[entry.line, entry.missing] as const] : [],
      )
    expect(skips()).toEqual([[0, 4_400]])
    const [skip] = excerpt.lists()[1] ?? []
    excerpt.fill(skip!, [])
    expect(skips()).toEqual([])
  })

  it('of a line that is gone has no target', async () => {
    expect((await readExcerpt(open([[1], [], []]), { source: sources[0]!, line: 7, atMs: 1 })).target).toBe(
      null,
    )
  })
})
