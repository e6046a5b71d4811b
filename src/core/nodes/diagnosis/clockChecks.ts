import type { Clock } from '../../kernel/clock'
import { clockSkewMs } from '../clockSkew'
import type { NodeShell } from '../nodeShell'
import { orAborted } from '../wakeablePause'
import { fail, pass, skip, warn, type Finding, type Place } from './check'
import { asRoot } from './machine'

const QUESTIONS = 3
const GOOD_ROUND_TRIP_MS = 100
const GOOD_SKEW_MS = 1000
const MAX_SKEW_MS = 5000

/** The quickest of a few questions to the node's control shell: the way there and back, and the node's clock. */
export interface ClockAnswer {
  readonly roundTripMs: number
  readonly skewMs: number | null
}

/** Asks once for both rows. Null when `signal` aborts first. Errors: those of `NodeShell.call`. */
export async function askClock(
  shell: NodeShell,
  clock: Clock,
  signal: AbortSignal,
): Promise<ClockAnswer | null> {
  let best: ClockAnswer | null = null
  for (let question = 0; question < QUESTIONS; question += 1) {
    const sentAtMs = clock.nowMs()
    const beginMs = clock.monotonicMs()
    const printed = await orAborted(shell.call('drydock_clock', []), signal)
    if (printed === null) return best
    const roundTripMs = clock.monotonicMs() - beginMs
    if (best !== null && best.roundTripMs <= roundTripMs) continue
    const told = printed.trim()
    const skewMs = clockSkewMs(told, told, { sentAtMs, receivedAtMs: sentAtMs + roundTripMs })
    best = { roundTripMs, skewMs }
  }
  return best
}

export function judgeRoundTrip({ roundTripMs }: ClockAnswer): Finding {
  const measured = `${roundTripMs.toFixed(roundTripMs < 10 ? 1 : 0)} ms`
  const wanted = `under ${GOOD_ROUND_TRIP_MS} ms`
  return roundTripMs < GOOD_ROUND_TRIP_MS ? pass(measured, wanted) : warn(measured, wanted)
}

export function judgeClock({ skewMs }: ClockAnswer, { machine }: Pick<Place, 'machine'>): Finding {
  if (skewMs === null) return skip("The node's clock is not told finely enough.")
  const offMs = Math.abs(skewMs)
  const off = offMs < 10_000 ? `${offMs} ms` : `${Math.round(offMs / 1000)} s`
  const measured = offMs === 0 ? 'the same as here' : `${off} ${skewMs > 0 ? 'ahead of' : 'behind'} this PC`
  const wanted = `within ${GOOD_SKEW_MS / 1000} s`
  if (offMs <= GOOD_SKEW_MS) return pass(measured, wanted)
  const fix = asRoot(
    machine,
    machine.isMac ? 'systemsetup -setusingnetworktime on' : 'timedatectl set-ntp true',
  )
  return offMs <= MAX_SKEW_MS ? warn(measured, wanted, fix) : fail(measured, wanted, fix)
}
