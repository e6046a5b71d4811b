import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  type VirtualItem,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/react-virtual'
import type { LogEntry } from '../state/logEntry'
import { indexOfEntry } from '../state/logOrder'
import type { LogSnapshot, LogStore } from '../state/logStore'
import { listenToScroll, type ScrollEvents } from './scrollEvents'

const ROW_PX = 20
const OVERSCAN = 12
/** While following every row is new every time, so few are drawn out of sight: enough for the first turn of a wheel. */
const FOLLOWING_OVERSCAN = 4
/** Rows of fixed height are counted in steps: all of them are measured anew whenever the count changes. */
const COUNT_STEP = 1_000
/** Rows that stay drawn around a selection that is being made, so that it is not lost by scrolling. */
const MOST_HELD = 2_000

export interface LogScene {
  readonly snapshot: LogSnapshot
  readonly isWrapping: boolean
  readonly isSelecting: boolean
}

/** How often a row that was brought into sight is put right while wrapped rows around it are measured. */
const MOST_CORRECTIONS = 4

interface TopRow {
  readonly entry: LogEntry
  /** How far its upper edge is above the scroller's. */
  readonly hiddenPx: number
}

type Span = readonly [first: number, last: number]

interface ScrollerState {
  element: HTMLElement | null
  scene: LogScene | null
  /** The scene in which somebody scrolled up: it still says "following" until the store's answer is drawn. */
  leftAt: LogSnapshot | null
  /** Where following put the element last. */
  pinnedTop: number
  /** Rows are changed in place, so only a new function tells the virtual list that keys may have moved. */
  keyOf: (index: number) => number
  /** The rows that were drawn last. */
  held: Span | null
  top: TopRow | null
  settledRows: readonly LogEntry[]
  settledCount: number
  /** What was brought into sight last, and how often it may still be put right: wrapped rows are guessed at first. */
  revealed: LogSnapshot['reveal']
  corrections: number
}

type ScrolledStore = Pick<LogStore, 'setFollowing' | 'getSnapshot'>
type LogVirtualizer = Virtualizer<HTMLElement, HTMLElement>

/**
 * Which rows are drawn and where; the part of the list that must not wait for React.
 * While following: the last rows, and the element is at its end before anything is painted. While not: whatever is in
 * sight, and the row at the top stays where it is when older ones come before it.
 */
export function createLogScroller(
  store: ScrolledStore,
  ends: { readonly onTop: () => void; readonly onBottom: () => void },
) {
  const listeners = new Set<() => void>()
  let version = 0
  const state = initialState()
  const onChange = (): void => {
    version += 1
    listeners.forEach(listener => listener())
  }
  const virtualizer: LogVirtualizer = new Virtualizer(optionsFor(state, onChange))

  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: (): number => version,

    /** The element that scrolls. Returns what ends it. */
    attach(element: HTMLElement | null): () => void {
      state.element = element
      const stopListening = listenToScroll(element, scrollEvents(state, virtualizer, store, ends))
      return () => {
        stopListening()
        // The pair of calls that the library's own React hook makes; this is its clean-up.
        virtualizer['_didMount']()()
        state.element = null
      }
    },

    /** What is to be drawn of this scene. */
    arrange(scene: LogScene): { readonly items: readonly VirtualItem[]; readonly heightPx: number } {
      enter(state, scene)
      virtualizer.setOptions(optionsFor(state, onChange))
      const heightPx = scene.isWrapping ? virtualizer.getTotalSize() : rowsOf(state).length * ROW_PX
      return { items: virtualizer.getVirtualItems(), heightPx }
    },

    /** After the rows are in the document and before they are painted. */
    settle: (): void => settle(state, virtualizer),

    /** The first row in sight; null before anything was drawn. */
    firstInSight: (): LogEntry | null =>
      rowsOf(state)[rowAt(state, virtualizer, state.element?.scrollTop ?? 0)] ?? null,

    /** The height of a wrapped row. */
    measure: (row: HTMLElement | null): void => virtualizer.measureElement(row),
  }
}

export type LogScroller = ReturnType<typeof createLogScroller>

const initialState = (): ScrollerState => ({
  element: null,
  scene: null,
  leftAt: null,
  pinnedTop: 0,
  keyOf: sameIndex,
  held: null,
  top: null,
  settledRows: [],
  settledCount: 0,
  revealed: null,
  corrections: 0,
})

function enter(state: ScrollerState, scene: LogScene): void {
  const { rows } = scene.snapshot
  if (scene.snapshot !== state.scene?.snapshot || scene.isWrapping !== state.scene.isWrapping) {
    state.keyOf = scene.isWrapping ? index => rows[index]?.id ?? -index : sameIndex
  }
  state.scene = scene
}

function scrollEvents(
  state: ScrollerState,
  virtualizer: LogVirtualizer,
  store: ScrolledStore,
  ends: Parameters<typeof createLogScroller>[1],
): ScrollEvents {
  return {
    onMove(scrollTop, isFromEnd) {
      if (isFollowing(state) && isFromEnd && scrollTop < state.pinnedTop - 1) leave(state, store)
      noteTop(state, virtualizer, scrollTop)
    },
    onWheelUp: () => (isFollowing(state) ? leave(state, store) : undefined),
    onTop() {
      if (!store.getSnapshot().hasOlder) return
      if (isFollowing(state)) leave(state, store)
      ends.onTop()
    },
    onBottom: () => (store.getSnapshot().isExcerpt ? ends.onBottom() : undefined),
  }
}

function leave(state: ScrollerState, store: ScrolledStore): void {
  state.leftAt = state.scene?.snapshot ?? null
  store.setFollowing(false)
}

function settle(state: ScrollerState, virtualizer: LogVirtualizer): void {
  // The other of the pair: it finds the element, and measures it.
  virtualizer['_willUpdate']()
  if (state.element !== null && isFollowing(state)) {
    state.element.scrollTop = state.element.scrollHeight
    state.pinnedTop = state.element.scrollTop
  } else if (state.element !== null && !revealAsked(state, virtualizer, state.element)) {
    keepTop(state, virtualizer, state.element)
  }
  state.settledRows = rowsOf(state)
  state.settledCount = rowsOf(state).length
}

function optionsFor(
  state: ScrollerState,
  onChange: () => void,
): VirtualizerOptions<HTMLElement, HTMLElement> {
  const count = rowsOf(state).length
  return {
    count: isWrapping(state) ? count : Math.ceil(count / COUNT_STEP) * COUNT_STEP,
    getScrollElement: () => state.element,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    getItemKey: state.keyOf,
    rangeExtractor: range =>
      indexesIn(hold(state, isFollowing(state) ? lastRows(range, count) : rowsInSight(range, count))),
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange,
  }
}

const rowsOf = (state: ScrollerState): readonly LogEntry[] => state.scene?.snapshot.rows ?? []
const isFollowing = ({ scene, leftAt }: ScrollerState): boolean =>
  scene === null || (scene.snapshot.isFollowing && scene.snapshot !== leftAt)
const isWrapping = (state: ScrollerState): boolean => state.scene?.isWrapping ?? false

/** While something is being selected, the rows that were drawn stay drawn. */
function hold(state: ScrollerState, span: Span): Span {
  const { held, scene } = state
  const union: Span =
    scene?.isSelecting && held !== null ? [Math.min(span[0], held[0]), Math.max(span[1], held[1])] : span
  state.held = union[1] - union[0] > MOST_HELD ? span : union
  return state.held
}

function startOf(state: ScrollerState, virtualizer: LogVirtualizer, index: number): number {
  return isWrapping(state) ? (virtualizer.getOffsetForIndex(index, 'start')?.[0] ?? 0) : index * ROW_PX
}

/** Puts what was asked for into the middle, once it is among the rows. Whether it did. */
function revealAsked(state: ScrollerState, virtualizer: LogVirtualizer, element: HTMLElement): boolean {
  const { snapshot } = state.scene ?? {}
  if (snapshot === undefined || snapshot.reveal === null) return false
  if (snapshot.reveal !== state.revealed) state.corrections = isWrapping(state) ? MOST_CORRECTIONS : 1
  if (state.corrections === 0) return false
  const index = indexOfEntry(snapshot.rows, snapshot.reveal.entry)
  // Not among the rows, and none that are still to come: it is left out.
  if (index < 0 && snapshot.isFiltering) return false
  state.revealed = snapshot.reveal
  state.corrections -= 1
  if (index < 0) return false
  const middle = startOf(state, virtualizer, index) - (element.clientHeight - ROW_PX) / 2
  element.scrollTop = Math.max(0, middle)
  noteTop(state, virtualizer, element.scrollTop)
  return true
}

function rowAt(state: ScrollerState, virtualizer: LogVirtualizer, scrollTop: number): number {
  const wrapped = isWrapping(state) ? virtualizer.getVirtualItemForOffset(scrollTop)?.index : undefined
  return wrapped ?? Math.floor(scrollTop / ROW_PX)
}

function noteTop(state: ScrollerState, virtualizer: LogVirtualizer, scrollTop: number): void {
  const index = rowAt(state, virtualizer, scrollTop)
  const entry = rowsOf(state)[index]
  state.top = entry === undefined ? null : { entry, hiddenPx: scrollTop - startOf(state, virtualizer, index) }
}

function keepTop(state: ScrollerState, virtualizer: LogVirtualizer, element: HTMLElement): void {
  const { top } = state
  const rows = rowsOf(state)
  const hasChanged = state.settledRows !== rows || state.settledCount !== rows.length
  if (!hasChanged || top === null) return
  const index = indexOfEntry(rows, top.entry)
  // Another filter may have left it out: then the newest lines are the likeliest to be wanted.
  element.scrollTop = index < 0 ? element.scrollHeight : startOf(state, virtualizer, index) + top.hiddenPx
}

const sameIndex = (index: number): number => index

const lastRows = (range: Range, count: number): Span => [
  Math.max(0, count - (range.endIndex - range.startIndex + 1) - FOLLOWING_OVERSCAN),
  count - 1,
]
const rowsInSight = (range: Range, count: number): Span => [
  Math.max(0, range.startIndex - OVERSCAN),
  Math.min(count - 1, range.endIndex + OVERSCAN),
]
const indexesIn = ([first, last]: Span): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
