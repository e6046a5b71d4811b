import type { LogEntry } from './logEntry'

/** Arrival order over all logs. Within a log it is the order of its lines; what was lost before a line stands before it. */
export function compareArrival(left: LogEntry, right: LogEntry): number {
  return (
    left.atMs - right.atMs ||
    left.batch - right.batch ||
    left.line - right.line ||
    Number(right.kind === 'gap') - Number(left.kind === 'gap')
  )
}

/** One list in arrival order from lists that each are. */
export function mergeByArrival(lists: readonly (readonly LogEntry[])[]): LogEntry[] {
  const merger = createMerger(lists)
  while (!merger.advance(Number.POSITIVE_INFINITY)) continue
  return merger.merged
}

/** Merges lists bit by bit, so that a long merge can be spread over frames. The lists must not change meanwhile. */
export function createMerger(lists: readonly (readonly LogEntry[])[]) {
  const merged: LogEntry[] = []
  let heads = lists.filter(list => list.length > 0).map(list => ({ list, at: 0 }))

  /** The head that comes first, and the entry at which another head takes over. */
  function firstHead(): { head: { list: readonly LogEntry[]; at: number }; until: LogEntry | null } | null {
    let [head] = heads
    let until: LogEntry | null = null
    for (const other of heads.slice(1)) {
      const here = head?.list[head.at]
      const there = other.list[other.at]
      if (here === undefined || there === undefined) continue
      const isEarlier = compareArrival(there, here) < 0
      const later = isEarlier ? here : there
      if (until === null || compareArrival(later, until) < 0) until = later
      if (isEarlier) head = other
    }
    return head === undefined ? null : { head, until }
  }

  return {
    merged,
    /** Merges about `count` more. True when all are merged. */
    advance(count: number): boolean {
      const end = merged.length + count
      while (merged.length < end) {
        const next = firstHead()
        if (next === null) return true
        const { head, until } = next
        // Lines come in batches: most of the time the same log goes on.
        for (let entry = head.list[head.at]; entry && merged.length < end; entry = head.list[++head.at]) {
          if (until !== null && compareArrival(entry, until) > 0) break
          merged.push(entry)
        }
        if (head.at >= head.list.length) heads = heads.filter(other => other !== head)
      }
      return heads.length === 0
    },
  }
}

export type Merger = ReturnType<typeof createMerger>

/**
 * Puts `fresh` (in arrival order) into `list` in place and returns the index of the first changed entry. Lines nearly
 * always arrive after what is there, so only the tail that is later than the first fresh line is touched.
 */
export function mergeInto(list: LogEntry[], fresh: readonly LogEntry[]): number {
  const first = fresh[0]
  if (first === undefined) return list.length
  const from = firstIndexAfter(list, first)
  const tail = list.splice(from)
  for (const entry of tail.length === 0 ? fresh : mergeTwo(tail, fresh)) list.push(entry)
  return from
}

/** The list with `entry` replaced by what it stood for; the same list when it is not in there. */
export function replaceEntry(
  list: readonly LogEntry[],
  entry: LogEntry,
  by: readonly LogEntry[],
): readonly LogEntry[] {
  const at = indexOfEntry(list, entry)
  return at < 0 ? list : list.slice(0, at).concat(by, list.slice(at + 1))
}

/** Where in a list in arrival order `entry` is; -1 when it is not. */
export function indexOfEntry(list: readonly LogEntry[], entry: LogEntry): number {
  const at = firstIndexAfter(list, entry) - 1
  return list[at] === entry ? at : -1
}

function mergeTwo(left: readonly LogEntry[], right: readonly LogEntry[]): readonly LogEntry[] {
  if (right.length === 0) return left
  const merged: LogEntry[] = []
  let fromRight = 0
  for (const entry of left) {
    for (let next = right[fromRight]; next && compareArrival(next, entry) < 0; next = right[++fromRight]) {
      merged.push(next)
    }
    merged.push(entry)
  }
  for (let next = right[fromRight]; next; next = right[++fromRight]) merged.push(next)
  return merged
}

/** How many of a list in arrival order come before `entry` or are in its place. */
export function firstIndexAfter(list: readonly LogEntry[], entry: LogEntry): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const there = list[middle]
    if (there !== undefined && compareArrival(there, entry) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
