import { z } from 'zod'

/** A stretch of one worker's log. `firstLine` counts from 0, so a reader can tell a gap from silence. */
export const LogLines = z.object({
  firstLine: z.number().int().nonnegative(),
  /** When Drydock received these lines (epoch ms). */
  atMs: z.number(),
  /** Raw text, ANSI colours and all; longer ones are cut at `MAX_LINE_CHARS` and end in `…`. */
  lines: z.array(z.string()),
  /** How many whole lines the log has by now. */
  totalLines: z.number().int().nonnegative(),
})
export type LogLines = z.infer<typeof LogLines>

export const MAX_LINE_CHARS = 8192
