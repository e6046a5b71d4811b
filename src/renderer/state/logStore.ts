import type { LogLines } from '../../contract/logs'
import { createLogBuffers, SHOWN_LINES, type LogBuffers, type ShownLog } from './logBuffers'
import type { LogEntry, LogGap, LogSource } from './logEntry'
import { NO_FILTER, type FilterInput, type LogFilter } from './logFilter'
import { mergeByArrival } from './logOrder'
import { createLogReader, type LogReader } from './logReader'
import { createLogStreams, type LogClient, type LogProblem } from './logStreams'
import { createLogView, type LogView } from './logView'

/** Of the 8 ms a frame may take; the rest is for drawing. */
const FRAME_BUDGET_MS = 4
/** A second publish of lines within this time is a flood: screen readers are spared it. */
const QUIET_MS = 10_000

/** What is drawn. A new object at every publish; `rows` itself is changed in place. */
export interface LogSnapshot {
  readonly rows: readonly LogEntry[]
  readonly filter: LogFilter
  readonly input: FilterInput
  /** Lines of the line protocol, too. */
  readonly showsReports: boolean
  /** A new filter has not seen every line yet. */
  readonly isFiltering: boolean
  /** Lines in memory of the shown workers: the `m` of `n of m`. */
  readonly lineCount: number
  readonly isFollowing: boolean
  /** Lines that came, and match, since following was switched off. */
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
 * The logs on screen, outside React: a bounded window per worker, one merged and filtered view of the shown ones,
 * one publish a frame. Closing it ends every stream.
 */
export function createLogStore(deps: LogStoreDeps) {
  const parts = createParts(deps)
  const { buffers, streams, reader, frames, state } = parts
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
    /** Opens streams for these workers and for no other. Windows of other runs are forgotten. */
    show(logs: readonly ShownLog[]): void {
      buffers.show(logs)
      if (state.client !== null) streams.show(state.client, buffers.shown)
      // Another list: there is no place in it that somebody could have been reading.
      state.isFollowing = true
      state.isStale = true
      frames.ask()
    },
    ...createViewControls(parts),
    /** Reads the lines before the first row. Only of use while not following. Errors: the engine's. */
    readOlder: async (): Promise<void> => {
      if (state.client !== null) await reader.readOlder(state.client, buffers.shown)
    },
    /** Reads what a gap stands for. Errors: the engine's. */
    readGap: async (gap: LogGap): Promise<void> => {
      if (state.client !== null) await reader.readGap(state.client, gap, buffers.windowOf(gap.source))
    },
    /** Streams that are open now. */
    openStreams: (): number => streams.count,
    close(): void {
      streams.closeAll()
      frames.close()
    },
  }
}

/** What the person chooses of the lines: which, and whether they move. */
function createViewControls(parts: StoreParts & Pick<ReturnType<typeof createParts>, 'frames'>) {
  const { state, view, frames } = parts
  return {
    setFilter(input: FilterInput): void {
      state.input = input
      view.setFilter(input)
      // A list that stands still lacks what came since; the filter is to search all there is.
      if (!state.isFollowing) state.isStale = true
      frames.ask()
    },
    /** Lines of the line protocol: left out, or shown like any other. */
    setShowsReports(showsReports: boolean): void {
      if (showsReports === state.showsReports) return
      state.showsReports = showsReports
      view.setShowsReports(showsReports)
      if (!state.isFollowing) state.isStale = true
      frames.ask()
    },
    /** Off: the list stands still and new lines are kept and counted. On: they are all there. */
    setFollowing(isOn: boolean): void {
      if (isOn === state.isFollowing) return
      if (isOn) state.isStale = true
      else takeFresh(parts)
      state.isFollowing = isOn
      frames.ask()
    },
  }
}

export type LogStore = ReturnType<typeof createLogStore>

interface StoreState {
  client: LogClient | null
  input: FilterInput
  showsReports: boolean
  isFollowing: boolean
  newCount: number
  /** The view does not agree with the windows and is built anew at the next frame. */
  isStale: boolean
  isFlooding: boolean
  lastLinesAtMs: number
  readonly problems: Map<LogSource, LogProblem>
}

interface StoreParts {
  readonly state: StoreState
  readonly buffers: LogBuffers
  readonly view: LogView
  readonly reader: LogReader
}

function createParts(deps: LogStoreDeps) {
  const state: StoreState = {
    client: null,
    input: NO_FILTER,
    showsReports: true,
    isFollowing: true,
    newCount: 0,
    isStale: false,
    isFlooding: false,
    lastLinesAtMs: Number.NEGATIVE_INFINITY,
    problems: new Map(),
  }
  const numbers = createNumbers()
  const buffers = createLogBuffers(numbers)
  const view = createLogView(deps)
  const frames = createFrames(deps.nextFrame, () => drawFrame(parts, deps.monotonicMs()))
  const reader = createLogReader({ view, numbers, onChange: frames.ask })
  const parts = { state, buffers, view, reader }
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

function drawFrame(parts: StoreParts, nowMs: number): { snapshot: LogSnapshot; isDone: boolean } {
  const { state, buffers, view, reader } = parts
  if (buffers.freshCount > 0) {
    state.isFlooding = nowMs - state.lastLinesAtMs < QUIET_MS
    state.lastLinesAtMs = nowMs
  }
  takeFresh(parts)
  if (state.isStale) {
    state.isStale = false
    state.newCount = 0
    reader.forget()
    view.rebuild(buffers.lists())
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
  const { input, showsReports, isFollowing, newCount, isFlooding, problems } = state
  return {
    rows: view.rows,
    filter: view.filter,
    input,
    showsReports,
    isFiltering: !isDone,
    lineCount: buffers.lineCount(),
    isFollowing,
    newCount,
    isFlooding,
    isReading: reader.isReading,
    hasOlder: reader.hasOlder(buffers.shown.map(source => buffers.windowOf(source))),
    problem: buffers.shown.map(source => problems.get(source)).find(problem => problem !== undefined) ?? null,
  }
}

function createNumbers() {
  let id = 0
  let batch = 0
  return { nextId: () => (id += 1), nextBatch: () => (batch += 1) }
}

/** At most one drawing a frame, then everybody is told; drawn again next frame while it is not done. */
function createFrames(
  nextFrame: LogStoreDeps['nextFrame'],
  draw: () => { readonly snapshot: LogSnapshot; readonly isDone: boolean },
) {
  const listeners = new Set<() => void>()
  let snapshot: LogSnapshot | null = null
  let cancel: (() => void) | null = null
  let isClosed = false

  function ask(): void {
    if (!isClosed) cancel ??= nextFrame(frame)
  }

  function frame(): void {
    cancel = null
    const drawn = draw()
    snapshot = drawn.snapshot
    for (const listener of listeners) listener()
    if (!drawn.isDone) ask()
  }

  return {
    ask,
    snapshot: (): LogSnapshot => (snapshot ??= draw().snapshot),
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close(): void {
      isClosed = true
      cancel?.()
      listeners.clear()
    },
  }
}
