import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NodeName, RunId, TrackName, WorkerId } from '../../contract/ids'
import { WINDOW_LINES } from './logBuffers'
import type { LogEntry, LogSource } from './logEntry'
import { createLogStore, type LogStore } from './logStore'
import { createScriptedLogEngine as createEngine, linesFrom } from './scriptedLogEngine'

const sourceOf = (worker: string): LogSource => ({
  run: RunId.parse('r1'),
  log: WorkerId.parse(worker),
  node: NodeName.parse('pc2'),
  track: TrackName.parse('bots'),
  label: worker,
  colour: 0,
})
const [one, two] = [sourceOf('w-1'), sourceOf('w-2')]

let frames: (() => void)[]
let nowMs: number
let naps: (() => void)[]
let store: LogStore

const drawFrame = (): void => {
  nowMs += 16
  for (const frame of frames.splice(0)) frame()
}
const show = (...sources: LogSource[]): void => store.show(sources.map(source => ({ source, knownLines: 0 })))
const rows = (): string[] =>
  store.getSnapshot().rows.map((row: LogEntry) => {
    if (row.kind === 'line') return row.text
    return row.kind === 'skip' ? `[${row.missing} missing]` : `[${row.lostBytes} bytes: ${row.reason}]`
  })

beforeEach(() => {
  frames = []
  naps = []
  nowMs = 0
  store = createLogStore({
    monotonicMs: () => nowMs,
    nextFrame: callback => {
      frames.push(callback)
      return () => void frames.splice(frames.indexOf(callback), 1)
    },
    sleep: (_ms, signal) =>
      new Promise(resolve => {
        naps.push(resolve)
        signal.addEventListener('abort', () => resolve())
      }),
  })
})
afterEach(() => store.close())

describe('the log store', () => {
  it('publishes once a frame, however many batches came', async () => {
    const engine = createEngine()
    let published = 0
    store.subscribe(() => (published += 1))
    store.use(engine.client)
    show(one)
    drawFrame()
    published = 0
    await engine.push(one, linesFrom(0, ['a']))
    await engine.push(one, linesFrom(1, ['b', 'c']))
    expect(published).toBe(0)
    drawFrame()
    expect([published, rows(), store.getSnapshot().lineCount]).toEqual([1, ['a', 'b', 'c'], 3])
  })

  it('follows the shown workers and no other', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one, two)
    await engine.settle()
    expect(engine.openLogs()).toEqual(['w-1', 'w-2'])
    show(two)
    expect(engine.openLogs()).toEqual(['w-2'])
    show()
    expect(engine.openLogs()).toEqual([])
  })

  it('leaves no stream open when it is closed', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one, two)
    await engine.settle()
    store.close()
    expect([store.openStreams(), engine.openLogs()]).toEqual([0, []])
  })

  it('merges the shown workers by arrival and goes on at the next line when one is shown again', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one, two)
    await engine.push(one, linesFrom(0, ['one 0'], 10))
    await engine.push(two, linesFrom(0, ['two 0'], 30))
    await engine.push(one, linesFrom(1, ['one 1'], 20))
    drawFrame()
    expect(rows()).toEqual(['one 0', 'one 1', 'two 0'])
    show(two)
    drawFrame()
    expect(rows()).toEqual(['two 0'])
    show(one, two)
    await engine.settle()
    expect(engine.asked).toEqual(['w-1 from 0', 'w-2 from 0', 'w-1 from 2'])
  })

  it('begins near the end of a long log', async () => {
    const engine = createEngine()
    store.use(engine.client)
    store.show([{ source: one, knownLines: 1_000_000 }])
    await engine.settle()
    expect(engine.asked).toEqual([`w-1 from ${1_000_000 - WINDOW_LINES}`])
  })

  it('stands still while following is off, counts what comes, and has all of it afterwards', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one)
    await engine.push(one, linesFrom(0, ['a']))
    drawFrame()
    store.setFollowing(false)
    await engine.push(one, linesFrom(1, ['b', 'c']))
    drawFrame()
    expect([rows(), store.getSnapshot().newCount]).toEqual([['a'], 2])
    store.setFollowing(true)
    drawFrame()
    expect([rows(), store.getSnapshot().newCount]).toEqual([['a', 'b', 'c'], 0])
  })

  it('keeps a bounded number of lines, the newest', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one)
    for (let from = 0; from < 60_000; from += 5_000) {
      await engine.push(
        one,
        linesFrom(
          from,
          Array.from({ length: 5_000 }, (_, at) => `${from + at}`),
        ),
      )
      drawFrame()
    }
    const { rows, lineCount } = store.getSnapshot()
    expect(rows.length).toBe(lineCount)
    expect(lineCount).toBeGreaterThanOrEqual(WINDOW_LINES)
    expect(lineCount).toBeLessThanOrEqual(WINDOW_LINES * 1.25)
    expect(rows.at(-1)).toMatchObject({ line: 59_999, text: '59999' })
  })

  it('filters in slices: the old rows stay until the new ones are whole', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one)
    await engine.push(
      one,
      linesFrom(
        0,
        Array.from({ length: 200 }, (_, at) => (at === 150 ? 'rare' : 'common')),
      ),
    )
    drawFrame()
    store.setFilter({ text: 'rare', isRegex: false, isCaseSensitive: false })
    expect(store.getSnapshot().rows.length).toBe(200)
    while (frames.length > 0) drawFrame()
    expect([rows(), store.getSnapshot().isFiltering]).toEqual([['rare'], false])
  })

  it('opens a failed stream again from the next line and says meanwhile what is wrong', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one)
    await engine.push(one, linesFrom(0, ['a', 'b']))
    await engine.fail(one, 'The log is not here yet.')
    drawFrame()
    expect(store.getSnapshot().problem).toEqual({ source: one, message: 'The log is not here yet.' })
    for (const wakeUp of naps.splice(0)) wakeUp()
    await engine.settle()
    expect(engine.asked).toEqual(['w-1 from 0', 'w-1 from 2'])
    await engine.push(one, linesFrom(2, ['c']))
    drawFrame()
    expect([rows(), store.getSnapshot().problem]).toEqual([['a', 'b', 'c'], null])
  })

  it('reads what is behind a skip, in as many answers as it takes', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one)
    await engine.push(one, linesFrom(0, ['a']))
    await engine.push(one, linesFrom(4, ['e']))
    drawFrame()
    expect(rows()).toEqual(['a', '[3 missing]', 'e'])
    engine.reads.set(1, linesFrom(1, ['b']))
    engine.reads.set(2, linesFrom(2, ['c', 'd']))
    const skip = store.getSnapshot().rows[1]!
    if (skip.kind !== 'skip') throw new Error('no skip')
    await store.readSkip(skip)
    drawFrame()
    expect(rows()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('reads older lines before the first one', async () => {
    const engine = createEngine()
    store.use(engine.client)
    store.show([{ source: one, knownLines: WINDOW_LINES + 2 }])
    await engine.push(one, linesFrom(2, ['c']))
    drawFrame()
    store.setFollowing(false)
    drawFrame()
    expect(store.getSnapshot().hasOlder).toBe(true)
    engine.reads.set(0, linesFrom(0, ['a', 'b'], 500))
    await store.readOlder()
    drawFrame()
    expect([rows(), store.getSnapshot().hasOlder]).toEqual([['a', 'b', 'c'], false])
  })

  it('is quiet after a pause and flooding when lines keep coming', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one)
    await engine.push(one, linesFrom(0, ['a']))
    drawFrame()
    expect(store.getSnapshot().isFlooding).toBe(false)
    await engine.push(one, linesFrom(1, ['b']))
    drawFrame()
    expect(store.getSnapshot().isFlooding).toBe(true)
    nowMs += 20_000
    await engine.push(one, linesFrom(2, ['c']))
    drawFrame()
    expect(store.getSnapshot().isFlooding).toBe(false)
  })

  it('keeps its lines when the engine is lost, and goes on with the next one', async () => {
    const engine = createEngine()
    store.use(engine.client)
    show(one)
    await engine.push(one, linesFrom(0, ['a']))
    store.use(null)
    drawFrame()
    expect([rows(), engine.openLogs()]).toEqual([['a'], []])
    const next = createEngine()
    store.use(next.client)
    await next.settle()
    expect(next.asked).toEqual(['w-1 from 1'])
  })
})
