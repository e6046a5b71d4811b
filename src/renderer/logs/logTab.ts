import type { LogChoice } from '../../contract/logWindow'

/** Which logs of the run are shown. */
export type LogTab = LogChoice

export function isSameTab(left: LogTab, right: LogTab): boolean {
  if (left === 'all' || right === 'all') return left === right
  return JSON.stringify(left) === JSON.stringify(right)
}
