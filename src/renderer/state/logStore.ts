import type { LogLines } from '../../contract/logs'
import type { Run } from '../../contract/runs'
import { createLogBuffers, SHOWN_LINES, type LogBuffers, type ShownLog } from './logBuffers'
import type { LogEntry, LogSkip, LogSource } from './logEntry'
import type { LogExcerpt } from './logExcerpt'
import { EVERY_LINE, NO_FILTER, type FilterInput, type LineChoice, type LogFilter } from './logFilter'
import { createLogFrames } from './logFrames'
import { createLogMoves } from './logMoves'
import { indexOfEntry, mergeByArrival } from './logOrder'
import { createLogReader, type LogReader } from './logReader'
import { createLogSearches } from './logSearch'
import { createLogStreams, type LogClient, type LogProblem } from './logStreams'
import { createLogView, type LogView } from './logView'
import type { LogNumbers } from './logWindow'

/** Of the 8 ms a frame may take; the rest is for drawing. */
const FRAME_BUDGET_MS = 4
/** A second publish of lines within this time is a flood: screen readers are spared it. */
const QUIET_MS = 10_000

/** What is drawn. A new object at every publish; `rows` itself is changed in place. */
export interface LogSnapshot {
  readonly rows: readonly LogEntry[]
  readonly filter: LogFilter
  readonly input: FilterInput
  readonly choice: LineChoice
  /** A new filter has not seen every line yet. */
  readonly isFiltering: boolean
  /** Lines in memory of the shown logs. */
  readonly lineCount: number
  /** How many of the shown lines match: the `m` of `n/m`. */
  readonly hitCount: number
  /** The match that was gone to, and which of them it is (from 0); null and -1 before any. */
  readonly current: LogEntry | null
  readonly hitIndex: number
  /** Is to be brought into sight once, with what is around it: a new object every time. */
  readonly reveal: { readonly entry: LogEntry } | null
  readonly isFollowing: boolean
  /** A part of the logs that was jumped to, and not their end. */
  readonly isExcerpt: boolean
  /** Lines that came, and would be shown, since following was switched off. */
  readonly newCount: number
  readonly isFlooding: boolean
  readonly isReading: boolean
  readonly hasOlder: boolean
  readonly problem: LogProblem | null
}

interface LogStoreDeps {
  readonly monotonicMs: () => number
  /** Calls back before the next frame is drawn, or soon when nothing is drawn. Returns its own cancellation. */
  readonly nextFrame: (callback: () => void) => () => void
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * The logs on screen, outside React: a bounded window per log, one merged and filtered view of the shown ones,
 * one publish a frame. Closing it ends every stream.
 */
export function createLogStore(deps: LogStoreDeps) {
  const parts = createParts(deps)
  const { buffers, streams, reader, frames, state } = parts
  const searches = createLogSearches()
  return {
    subscribe: (listener: () => void): (() => void) => frames.subscribe(listener),
    getSnapshot: (): LogSnapshot => frames.snapshot(),
    /** The engine to follow from; null while it is lost. What is here stays here. */
    use(client: LogClient | null): void {
      if (client === state.client) return
      streams.closeAll()
      state.client = client
      if (client !== null) streams.show(client, buffers.shown)
    },
    /** The engine in use; null while it is lost. */
    client: (): LogClient | null => state.client,
    /** Opens streams for these logs and for no other. Windows of other runs are forgotten. */
    show(logs: readonly ShownLog[]): void {
      buffers.show(logs)
      if (state.client !== null) streams.show(state.client, buffers.shown)
      // Another list: there is no place in it that somebody could have been reading.
      Object.assign(state, { showing: state.showing + 1, excerpt: null, current: null, reveal: null })
      state.isFollowing = true
      state.isStale = true
      frames.ask()
    },
    shown: (): readonly LogSource[] => buffers.shown,
    /** The search over whole logs. It outlives the panel that it was begun in. */
    searches,
    /** What is known to be lost of a run's logs: at the end of a log no line tells of it. */
    takeGaps(gaps: Run['gaps']): void {
      if (buffers.takeGaps(gaps)) frames.ask()
    },
    ...createViewControls(parts),
    ...createLogMoves({ ...parts, ask: frames.ask, standStill: () => standStill(parts) }),
    /** Reads what a skip stands for. Errors: the engine's. */
    readSkip: async (skip: LogSkip): Promise<void> => {
      if (state.client === null) return
      await reader.readSkip(state.client, skip, (of, by) => {
        if (state.excerpt === null) buffers.windowOf(of.source)?.fill(of, by)
        else state.excerpt.fill(of, by)
      })
    },
    /** Streams that are open now. */
    openStreams: (): number => streams.count,
    close(): void {
      searches.clear()
      streams.closeAll()
      frames.close()
    },
  }
}

/** What the person chooses of the lines: which, and whether they move. */
function createViewControls(parts: StoreParts & Pick<ReturnType<typeof createParts>, 'frames'>) {
  const { state, view, frames } = parts
  const changed = (): void => {
    // A list that stands still lacks what came since; what is looked for is to be found in all there is.
    if (!state.isFollowing) state.isStale = true
    frames.ask()
  }
  return {
    setFilter(input: FilterInput): void {
      state.input = input
      state.current = null
      view.setFilter(input)
      changed()
    },
    setChoice(choice: LineChoice): void {
      const { choice: known } = state
      const isSame = (['level', 'showsReports', 'onlyMatches'] as const).every(
        name => choice[name] === known[name],
      )
      if (isSame) return
      state.choice = choice
      view.setChoice(choice)
      changed()
    },
    /** Off: the list stands still and new lines are kept and counted. On: they are all there, the newest in sight. */
    setFollowing(isOn: boolean): void {
      if (isOn === state.isFollowing) return
      if (isOn) Object.assign(state, { isFollowing: true, isStale: true, excerpt: null, reveal: null })
      else standStill(parts)
      frames.ask()
    },
  }
}

export type LogStore = ReturnType<typeof createLogStore>

interface StoreState {
  client: LogClient | null
  input: FilterInput
  choice: LineChoice
  /** Goes up with every other choice of logs. */
  showing: number
  current: LogEntry | null
  reveal: LogSnapshot['reveal']
  excerpt: LogExcerpt | null
  isFollowing: boolean
  newCount: number
  /** The view does not agree with the windows and is built anew at the next frame. */
  isStale: boolean
  isFlooding: boolean
  lastLinesAtMs: number
  readonly problems: Map<LogSource, LogProblem>
}

export interface StoreParts {
  readonly state: StoreState
  readonly buffers: LogBuffers
  readonly view: LogView
  readonly reader: LogReader
  readonly numbers: LogNumbers
}

const initialState = (): StoreState => ({
  client: null,
  input: NO_FILTER,
  choice: EVERY_LINE,
  showing: 0,
  current: null,
  reveal: null,
  excerpt: null,
  isFollowing: true,
  newCount: 0,
  isStale: false,
  isFlooding: false,
  lastLinesAtMs: Number.NEGATIVE_INFINITY,
  problems: new Map(),
})

function createParts(deps: LogStoreDeps) {
  const state = initialState()
  const numbers = createNumbers()
  const buffers = createLogBuffers(numbers)
  const view = createLogView(deps)
  const frames = createLogFrames(deps.nextFrame, () => drawFrame(parts, deps.monotonicMs()))
  const reader = createLogReader({ view, numbers, onChange: frames.ask })
  const parts: StoreParts = { state, buffers, view, reader, numbers }
  const streams = createLogStreams({
    sleep: deps.sleep,
    nextLineOf: source => buffers.windowOf(source)?.nextLine ?? 0,
    onLines(source: LogSource, batch: LogLines) {
      if (!buffers.take(source, batch)) return
      // Frames do not come (the window is hidden): what piles up is in the windows anyhow.
      if (buffers.freshCount > SHOWN_LINES) takeFresh(parts)
      frames.ask()
    },
    onProblem(source, problem) {
      if (state.problems.get(source)?.message === problem?.message) return
      if (problem === null) state.problems.delete(source)
      else state.problems.set(source, problem)
      frames.ask()
    },
  })
  return { ...parts, streams, frames }
}

function standStill(parts: StoreParts): void {
  if (parts.state.isFollowing) takeFresh(parts)
  parts.state.isFollowing = false
}

function drawFrame(parts: StoreParts, nowMs: number): { snapshot: LogSnapshot; isDone: boolean } {
  const { state, buffers, view, reader } = parts
  if (buffers.freshCount > 0) {
    state.isFlooding = nowMs - state.lastLinesAtMs < QUIET_MS
    state.lastLinesAtMs = nowMs
  }
  takeFresh(parts)
  if (state.isStale) {
    state.isStale = false
    if (state.excerpt === null) state.newCount = 0
    reader.forget()
    view.rebuild(state.excerpt?.lists() ?? buffers.lists())
  }
  const isDone = view.work(nowMs + FRAME_BUDGET_MS)
  return { snapshot: snapshotOf(parts, isDone), isDone }
}

/** Into the view while following; else only counted: a list that is being read does not move. */
function takeFresh({ state, buffers, view }: StoreParts): void {
  if (!state.isFollowing) {
    const { lists } = buffers.takeFresh()
    for (const list of lists) state.newCount += view.countOf(list)
    return
  }
  const { lists, count, isTrimmed } = buffers.takeFresh()
  if (count > SHOWN_LINES) state.isStale = true
  if (state.isStale) return
  view.add(mergeByArrival(lists))
  if (isTrimmed) view.drop(buffers.createIsKept())
}

function snapshotOf({ state, buffers, view, reader }: StoreParts, isDone: boolean): LogSnapshot {
  const { input, choice, current, reveal, excerpt, isFollowing, newCount, isFlooding, problems } = state
  return {
    rows: view.rows,
    filter: view.filter,
    input,
    choice,
    isFiltering: !isDone,
    lineCount: excerpt === null ? buffers.lineCount() : view.merged.length,
    hitCount: view.hits.length,
    current,
    hitIndex: current === null ? -1 : indexOfEntry(view.hits, current),
    reveal,
    isFollowing,
    isExcerpt: excerpt !== null,
    newCount,
    isFlooding,
    isReading: reader.isReading,
    hasOlder: excerpt?.hasOlder() ?? reader.hasOlder(buffers.shown.map(source => buffers.windowOf(source))),
    problem: buffers.shown.map(source => problems.get(source)).find(problem => problem !== undefined) ?? null,
  }
}

function createNumbers(): LogNumbers {
  let id = 0
  let batch = 0
  return { nextId: () => (id += 1), nextBatch: () => (batch += 1) }
}
