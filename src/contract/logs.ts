import { z } from 'zod'
import { LogId } from './ids'

/** Bytes that a log had on its node and that are not here: said, never silent. */
export const LogGap = z.object({
  /** Stands before this line; equal to the number of lines at the end of the log. */
  beforeLine: z.number().int().nonnegative(),
  /** At most so many bytes are missing; null when nobody can say. */
  lostBytes: z.number().nullable(),
  /** A sentence: the file was truncated, replaced, removed. */
  reason: z.string(),
  atMs: z.number(),
})
export type LogGap = z.infer<typeof LogGap>

/** A stretch of one log. `firstLine` counts from 0, so a reader can tell a gap from silence. */
export const LogLines = z.object({
  firstLine: z.number().int().nonnegative(),
  /** When Drydock received these lines (epoch ms). */
  atMs: z.number(),
  /** Raw text, ANSI colours and all; longer ones are cut at `MAX_LINE_CHARS` and end in `…`. */
  lines: z.array(z.string()),
  /** How many whole lines the log has by now. */
  totalLines: z.number().int().nonnegative(),
  /** Gaps before, within or right after these lines. */
  gaps: z.array(LogGap),
})
export type LogLines = z.infer<typeof LogLines>

export const MAX_LINE_CHARS = 8192

/** What is looked for. Level words are found as the log panel finds them. */
export const LogQuery = z.strictObject({
  text: z.string().max(2000),
  isRegex: z.boolean(),
  isCaseSensitive: z.boolean(),
})
export type LogQuery = z.infer<typeof LogQuery>

/** What a search has found since its last event. It ends when every byte was looked at. */
export const LogSearchEvent = z.object({
  hits: z.array(
    z.object({ log: LogId, line: z.number().int().nonnegative(), atMs: z.number(), text: z.string() }),
  ),
  /** Of all logs together. */
  bytesDone: z.number(),
  bytesTotal: z.number(),
  /** Lines that matched so far; only the first `MAX_SEARCH_HITS` come as hits. */
  matched: z.number().int(),
})
export type LogSearchEvent = z.infer<typeof LogSearchEvent>

export const MAX_SEARCH_HITS = 10_000
