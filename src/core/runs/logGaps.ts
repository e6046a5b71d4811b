import { appendFile, readFile } from 'node:fs/promises'
import { LogGap } from '../../contract/logs'

/** The gaps of one log, in the order they came, kept beside it (`.gaps`, a JSON line each). */
export async function openLogGaps(path: string) {
  const file = `${path}.gaps`
  const text = await readFile(file, 'utf8').catch(() => '')
  const gaps = text.split('\n').flatMap(asGap)

  return {
    all: (): readonly LogGap[] => gaps,
    async add(gap: LogGap): Promise<void> {
      gaps.push(gap)
      await appendFile(file, `${JSON.stringify(gap)}\n`, { mode: 0o600 })
    },
    /** Before, within or right after the lines from `firstLine` up to `endLine`. */
    around: (firstLine: number, endLine: number): LogGap[] =>
      gaps.filter(({ beforeLine }) => beforeLine >= firstLine && beforeLine <= endLine),
  }
}

export type LogGaps = Awaited<ReturnType<typeof openLogGaps>>

function asGap(line: string): LogGap[] {
  try {
    const parsed = LogGap.safeParse(JSON.parse(line))
    return parsed.success ? [parsed.data] : []
  } catch {
    return [] // half a line, from a crash
  }
}
