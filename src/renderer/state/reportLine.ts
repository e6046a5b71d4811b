/** What Drydock itself reads of a log: shown as progress, metrics and results, so that the log need not repeat it. */
const KINDS: readonly unknown[] = ['progress', 'metric', 'result']

/** Whether a plain line is one of the line protocol. What only looks like one is a line like any other. */
export function isReportLine(plain: string): boolean {
  if (!plain.startsWith('{') || !plain.includes('"drydock"')) return false
  try {
    const value: unknown = JSON.parse(plain)
    return typeof value === 'object' && value !== null && 'drydock' in value && KINDS.includes(value.drydock)
  } catch {
    return false
  }
}
