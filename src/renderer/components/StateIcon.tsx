import {
  CircleCheck,
  CircleQuestionMark,
  CircleSlash,
  Clock,
  Hourglass,
  LoaderCircle,
  LockKeyhole,
  type LucideIcon,
  OctagonX,
  Play,
  Square,
  TriangleAlert,
  Unplug,
} from 'lucide-react'
import type { Link } from '../../contract/nodes'
import type { WorkerState } from '../../contract/runs'

export type StateName = WorkerState | Link['state'] | 'ok' | 'warn' | 'err' | 'queued' | 'waiting'

/** Every state has a shape of its own, so that none needs its colour; its word stands beside it. */
const SHAPES: Readonly<Record<StateName, readonly [LucideIcon, string]>> = {
  ok: [CircleCheck, 'text-ok'],
  warn: [TriangleAlert, 'text-warn'],
  err: [OctagonX, 'text-err'],
  online: [CircleCheck, 'text-ok'],
  connecting: [LoaderCircle, 'text-t2'],
  unreachable: [Unplug, 'text-off'],
  blocked: [LockKeyhole, 'text-err'],
  disabled: [CircleSlash, 'text-off'],
  queued: [Clock, 'text-t2'],
  waiting: [Hourglass, 'text-t2'],
  starting: [Hourglass, 'text-t2'],
  running: [Play, 'text-ok'],
  stopping: [Square, 'text-t2 fill-current'],
  succeeded: [CircleCheck, 'text-ok'],
  failed: [OctagonX, 'text-err'],
  stopped: [Square, 'text-t2'],
  unknown: [CircleQuestionMark, 'text-warn'],
  lost: [Unplug, 'text-err'],
}

export function StateIcon({
  state,
  size = 16,
  isQuiet = false,
}: {
  state: StateName
  size?: number
  isQuiet?: boolean
}) {
  const [Shape, colour] = SHAPES[state]
  return <Shape size={size} strokeWidth={1.75} aria-hidden className={isQuiet ? 'text-t2' : colour} />
}

/** `Running`: the state in a word, as tables show it. */
export const stateWord = (state: WorkerState | Link['state']): string =>
  state.charAt(0).toUpperCase() + state.slice(1)
