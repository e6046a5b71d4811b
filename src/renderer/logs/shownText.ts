import { count } from '../format'
import type { LogEntry } from '../state/logEntry'
import { plainText } from '../state/plainText'
import { gapWords } from './gapWords'
import type { TimeZoneChoice } from './logPanelStore'
import { fullTime } from './logTimes'

/** The rows as a text: of each line when it came, from whom, what it says, without colours. */
export function shownText(rows: readonly LogEntry[], zone: TimeZoneChoice): string {
  return rows
    .map(entry => `${fullTime(entry.atMs, zone)}  ${entry.source.label}  ${wordsOf(entry)}\n`)
    .join('')
}

function wordsOf(entry: LogEntry): string {
  if (entry.kind === 'line') return plainText(entry.text)
  if (entry.kind === 'gap') return `--- gap: ${gapWords(entry)} ---`
  return `--- ${count(entry.missing)} ${entry.missing === 1 ? 'line' : 'lines'} not read ---`
}
