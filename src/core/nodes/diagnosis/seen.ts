/** What a function of `nodeSide/diagnose.sh` printed. */
export interface Seen {
  /** Null when it was not printed, or is empty. */
  text(name: string): string | null
  /** Null when it was not printed, or is no whole number. */
  count(name: string): number | null
  /** Every value that was printed under this name. */
  all(name: string): readonly string[]
}

/**
 * Reads what a function of `nodeSide/diagnose.sh` printed.
 *
 * Shape: one `name value` a line. Other lines (a program that speaks between) are skipped.
 * Absent: null; an empty value too.
 * Errors: none.
 * Source: `nodeSide/diagnose.sh`.
 */
export function readSeen(printed: string): Seen {
  const pairs = printed.split('\n').flatMap(line => {
    const [, name, value] = /^(\w+) (.*)$/.exec(line) ?? []
    return name === undefined || value === undefined || value.trim() === ''
      ? []
      : [[name, value.trim()] as const]
  })
  const all = (name: string): string[] => pairs.flatMap(([key, value]) => (key === name ? [value] : []))
  const text = (name: string): string | null => all(name)[0] ?? null
  return {
    all,
    text,
    count(name) {
      const value = text(name)
      return value !== null && /^-?\d+$/.test(value) ? Number(value) : null
    },
  }
}
