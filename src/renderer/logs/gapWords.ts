import { byteSize } from '../format'
import type { LostBytes } from '../state/logEntry'

/** `the file was truncated, at most 1.2 MB are missing` */
export function gapWords({ reason, lostBytes }: Pick<LostBytes, 'reason' | 'lostBytes'>): string {
  const sentence = reason.replace(/\.$/, '')
  const what = sentence.slice(0, 1).toLowerCase() + sentence.slice(1)
  if (lostBytes === null) return `${what}, nobody can say how much is missing`
  return lostBytes === 0
    ? `${what}, nothing is missing`
    : `${what}, at most ${byteSize(lostBytes)} are missing`
}
