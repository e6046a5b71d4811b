import type { LogEntry } from './logEntry'
import { compareArrival, createMerger, mergeInto, replaceEntry, type Merger } from './logOrder'
import { createFilter, NO_FILTER, type FilterInput, type LogFilter } from './logFilter'
import { plainText } from './plainText'
import { isReportLine } from './reportLine'

/** Lines merged, and lines tested, between two looks at the clock. */
const MERGE_STRIDE = 2_000
const STRIDE = 64
/** A filter that needs longer for one stride is given up: it would freeze the screen, STOP button and all. */
const TOO_SLOW_MS = 250

type IsKept = (entry: LogEntry) => boolean

interface ViewState {
  /** All lines of the shown workers in arrival order. */
  merged: LogEntry[]
  /** While they are merged anew: how far it is, and what came meanwhile. */
  merging: { readonly merger: Merger; readonly late: LogEntry[]; isKept: IsKept | null } | null
  filter: LogFilter
  showsReports: boolean
  /** Of `merged[0..tested)`, what the filter lets through. */
  matched: LogEntry[]
  tested: number
  rows: readonly LogEntry[]
}

/**
 * What is drawn: all lines of the shown workers in arrival order, less those the filter leaves out.
 * The filter runs in slices: `work` stops at its deadline and goes on where it was. Until a new filter has seen
 * everything the rows of the old one stay, so that a list is never half there.
 */
export function createLogView(deps: { readonly monotonicMs: () => number }) {
  const state: ViewState = {
    merged: [],
    merging: null,
    filter: createFilter(NO_FILTER),
    showsReports: true,
    matched: [],
    tested: 0,
    rows: [],
  }
  return {
    get filter() {
      return state.filter
    },
    /** The rows, oldest first. Changed in place between two looks; never hold on to it across frames. */
    get rows() {
      return state.rows
    },
    get merged(): readonly LogEntry[] {
      return state.merged
    },
    /** Begins anew with these lists, each in its own order. */
    rebuild(lists: readonly (readonly LogEntry[])[]): void {
      // Copies: the windows go on growing while these are merged.
      state.merging = { merger: createMerger(lists.map(list => [...list])), late: [], isKept: null }
    },
    setFilter(input: FilterInput): void {
      state.filter = createFilter(input)
      begin(state, state.merged)
    },
    /** Whether lines of the line protocol are shown, too. */
    setShowsReports(showsReports: boolean): void {
      state.showsReports = showsReports
      begin(state, state.merged)
    },
    /** New lines, in arrival order. */
    add: (fresh: readonly LogEntry[]): void => add(state, fresh),
    /** Forgets entries that `isKept` does not know any more. */
    drop: (isKept: IsKept): void => drop(state, isKept),
    /** What was fetched takes the place of `gap`. */
    replace: (gap: LogEntry, by: readonly LogEntry[]): void =>
      begin(state, [...replaceEntry(state.merged, gap, by)]),
    /** Tests until `deadlineMs` (monotonic). True when every line has been tested and `rows` says so. */
    work: (deadlineMs: number): boolean => work(state, deadlineMs, deps.monotonicMs),
    /** How many of `fresh` the filter lets through. */
    countOf: (fresh: readonly LogEntry[]): number =>
      fresh.reduce((count, entry) => (isShown(state, entry) ? count + 1 : count), 0),
  }
}

export type LogView = ReturnType<typeof createLogView>

function begin(state: ViewState, merged: LogEntry[]): void {
  state.merged = merged
  state.matched = []
  state.tested = 0
}

function add(state: ViewState, fresh: readonly LogEntry[]): void {
  const first = fresh[0]
  if (first === undefined) return
  if (state.merging !== null) {
    mergeInto(state.merging.late, fresh)
    return
  }
  const from = mergeInto(state.merged, fresh)
  if (from >= state.tested) return
  state.tested = from
  const { matched } = state
  while (matched.length > 0 && compareArrival(matched.at(-1) ?? first, first) > 0) matched.pop()
}

function drop(state: ViewState, isKept: IsKept): void {
  if (state.merging !== null) state.merging.isKept = isKept
  const { tested } = state
  state.merged = state.merged.filter((entry, at) => {
    const isStaying = isKept(entry)
    if (!isStaying && at < tested) state.tested -= 1
    return isStaying
  })
  state.matched = state.matched.filter(isKept)
}

function work(state: ViewState, deadlineMs: number, monotonicMs: () => number): boolean {
  if (!mergeUntil(state, deadlineMs, monotonicMs)) return false
  if (leavesOut(state) && !testUntil(state, deadlineMs, monotonicMs)) return false
  // Asked again: testing may have given the filter up.
  state.rows = leavesOut(state) ? state.matched : state.merged
  return true
}

function mergeUntil(state: ViewState, deadlineMs: number, monotonicMs: () => number): boolean {
  if (state.merging === null) return true
  const { merger, late, isKept } = state.merging
  while (!merger.advance(MERGE_STRIDE)) if (monotonicMs() >= deadlineMs) return false
  state.merging = null
  begin(state, merger.merged)
  add(state, late)
  if (isKept !== null) drop(state, isKept)
  return true
}

function testUntil(state: ViewState, deadlineMs: number, monotonicMs: () => number): boolean {
  let beforeMs = monotonicMs()
  while (state.tested < state.merged.length) {
    testStride(state)
    const nowMs = monotonicMs()
    if (state.filter.kind === 'matching' && nowMs - beforeMs > TOO_SLOW_MS) {
      state.filter = { kind: 'unusable', problem: 'This expression takes too long. Make it simpler.' }
      begin(state, state.merged)
      return !leavesOut(state)
    }
    if (nowMs >= deadlineMs && state.tested < state.merged.length) return false
    beforeMs = nowMs
  }
  return true
}

function testStride(state: ViewState): void {
  const end = Math.min(state.merged.length, state.tested + STRIDE)
  for (; state.tested < end; state.tested += 1) {
    const entry = state.merged[state.tested]
    if (entry !== undefined && isShown(state, entry)) state.matched.push(entry)
  }
}

const leavesOut = ({ filter, showsReports }: ViewState): boolean =>
  filter.kind === 'matching' || !showsReports

function isShown({ filter, showsReports }: ViewState, entry: LogEntry): boolean {
  if (entry.kind !== 'line') return filter.kind !== 'matching'
  if (!showsReports && isReport(entry.text)) return false
  return filter.kind !== 'matching' || filter.matches(entry.text)
}

/** Nearly every line is none: only those that might be are looked at closely. */
const isReport = (raw: string): boolean => raw.includes('"drydock"') && isReportLine(plainText(raw))
