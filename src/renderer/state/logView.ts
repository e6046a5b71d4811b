import type { LogEntry } from './logEntry'
import { compareArrival, createMerger, mergeInto, replaceEntry, type Merger } from './logOrder'
import {
  createFilter,
  EVERY_LINE,
  type FilterInput,
  isChosen,
  type LineChoice,
  type LogFilter,
  NO_FILTER,
} from './logFilter'

/** Lines merged, and lines tested, between two looks at the clock. */
const MERGE_STRIDE = 2_000
const STRIDE = 64
/** A filter that needs longer for one stride is given up: it would freeze the screen, STOP button and all. */
const TOO_SLOW_MS = 250

type IsKept = (entry: LogEntry) => boolean

interface ViewState {
  /** All lines of the shown logs in arrival order. */
  merged: LogEntry[]
  /** While they are merged anew: how far it is, and what came meanwhile. */
  merging: { readonly merger: Merger; readonly late: LogEntry[]; isKept: IsKept | null } | null
  filter: LogFilter
  choice: LineChoice
  /** Of `merged[0..tested)`, what is shown … */
  chosen: LogEntry[]
  /** … and what of that matches. */
  hits: LogEntry[]
  tested: number
  rows: readonly LogEntry[]
}

/**
 * What is drawn: all lines of the shown logs in arrival order, less those that are left out.
 * The filter runs in slices: `work` stops at its deadline and goes on where it was. Until a new filter has seen
 * everything the rows of the old one stay, so that a list is never half there.
 */
export function createLogView(deps: { readonly monotonicMs: () => number }) {
  const state: ViewState = {
    merged: [],
    merging: null,
    filter: createFilter(NO_FILTER),
    choice: EVERY_LINE,
    chosen: [],
    hits: [],
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
    /** The shown lines that match, oldest first; all of them once `work` is done. Changed in place, too. */
    get hits(): readonly LogEntry[] {
      return state.hits
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
    setChoice(choice: LineChoice): void {
      state.choice = choice
      begin(state, state.merged)
    },
    /** New lines, in arrival order. */
    add: (fresh: readonly LogEntry[]): void => add(state, fresh),
    /** Forgets entries that `isKept` does not know any more. */
    drop: (isKept: IsKept): void => drop(state, isKept),
    /** What was fetched takes the place of `skip`. */
    replace: (skip: LogEntry, by: readonly LogEntry[]): void =>
      begin(state, [...replaceEntry(state.merged, skip, by)]),
    /** Tests until `deadlineMs` (monotonic). True when every line has been tested and `rows` says so. */
    work: (deadlineMs: number): boolean => work(state, deadlineMs, deps.monotonicMs),
    /** How many of `fresh` would be shown. */
    countOf: (fresh: readonly LogEntry[]): number =>
      fresh.reduce((count, entry) => (isShown(state, entry) ? count + 1 : count), 0),
  }
}

export type LogView = ReturnType<typeof createLogView>

function begin(state: ViewState, merged: LogEntry[]): void {
  state.merged = merged
  state.chosen = []
  state.hits = []
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
  for (const list of [state.chosen, state.hits]) {
    while (list.length > 0 && compareArrival(list.at(-1) ?? first, first) > 0) list.pop()
  }
}

function drop(state: ViewState, isKept: IsKept): void {
  if (state.merging !== null) state.merging.isKept = isKept
  const { tested } = state
  state.merged = state.merged.filter((entry, at) => {
    const isStaying = isKept(entry)
    if (!isStaying && at < tested) state.tested -= 1
    return isStaying
  })
  state.chosen = state.chosen.filter(isKept)
  state.hits = state.hits.filter(isKept)
}

function work(state: ViewState, deadlineMs: number, monotonicMs: () => number): boolean {
  if (!mergeUntil(state, deadlineMs, monotonicMs)) return false
  if (looksAtLines(state) && !testUntil(state, deadlineMs, monotonicMs)) {
    // What matches is still being counted; what is shown does not wait for that.
    if (!leavesOut(state)) state.rows = state.merged
    return false
  }
  // Asked again: testing may have given the filter up.
  state.rows = leavesOut(state) ? state.chosen : state.merged
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
      return !looksAtLines(state)
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
    if (entry === undefined || !isShown(state, entry)) continue
    state.chosen.push(entry)
    // When only matches are shown it has matched already.
    if (isFinding(state) || isHit(state, entry)) state.hits.push(entry)
  }
}

const isFinding = ({ filter, choice }: ViewState): boolean => filter.kind === 'matching' && choice.onlyMatches
const leavesOut = (state: ViewState): boolean =>
  isFinding(state) || !state.choice.showsReports || state.choice.level !== 'all'
const looksAtLines = (state: ViewState): boolean => state.filter.kind === 'matching' || leavesOut(state)

function isShown(state: ViewState, entry: LogEntry): boolean {
  if (entry.kind !== 'line') return !isFinding(state)
  return isChosen(state.choice, entry.text) && (!isFinding(state) || isHit(state, entry))
}

const isHit = ({ filter }: ViewState, entry: LogEntry): boolean =>
  entry.kind === 'line' && filter.kind === 'matching' && filter.matches(entry.text)
