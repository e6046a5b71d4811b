import { plainText } from './plainText'
import { isReportLine } from './reportLine'

/** How loud a line is drawn. `protocol` is what Drydock itself reads: there, but quiet. */
export type LineTone = 'protocol' | 'error' | 'warn' | 'plain'

/** A level stands near the beginning of a line; further on it is a word like any other. */
const LEVEL_WITHIN = 80
const ERROR =
  /\b(ERROR|FATAL|CRITICAL)\b|^(error|fatal)\b|^Traceback \(most recent call last\)|^[\w.]*(Error|Exception): /
const WARN = /\b(WARN|WARNING)\b|^warn(ing)?\b|^[\w./-]+:\d+: \w*Warning: /

/** Pure. Looks at what is read, not at colours. */
export function toneOf(raw: string): LineTone {
  const text = plainText(raw)
  if (isReportLine(text)) return 'protocol'
  const start = text.slice(0, LEVEL_WITHIN)
  if (ERROR.test(start)) return 'error'
  return WARN.test(start) ? 'warn' : 'plain'
}
