/** When a question was sent and its answer had come, by this PC's clock (epoch ms). */
export interface RoundTrip {
  readonly sentAtMs: number
  readonly receivedAtMs: number
}

/** From here on an error is too large to call a smaller skew one. */
const COARSE_MS = 500

/**
 * The node's clock minus this PC's, in ms, from the node's clock when the question came and when the answer left: the
 * time on the node is taken out, and the way there and back are held to be equally long.
 *
 * Shape: `1795577782.175731`, nanoseconds without a point, or whole seconds.
 * Units: seconds in, milliseconds out, rounded. The error is half of the time on the way, and half a unit of a clock
 * that tells whole seconds.
 * Absent: null when a reading is missing, and when the error is half a second or more and hides the skew.
 * Source: `drydock_clock` in `nodeSide/facts.sh`; RFC 5905, section 8.
 */
export function clockSkewMs(
  first: string | undefined,
  last: string | undefined,
  trip: RoundTrip | null,
): number | null {
  const begin = readClock(first)
  const end = readClock(last)
  if (begin === null || end === null || trip === null) return null
  const { sentAtMs, receivedAtMs } = trip
  const skewMs = (begin.atMs - sentAtMs + (end.atMs - receivedAtMs)) / 2
  const onTheWayMs = Math.max(0, receivedAtMs - sentAtMs - (end.atMs - begin.atMs))
  const errorMs = onTheWayMs / 2 + begin.unitMs / 2
  if (errorMs >= COARSE_MS && Math.abs(skewMs) <= errorMs) return null
  return Math.round(skewMs)
}

function readClock(text: string | undefined): { readonly atMs: number; readonly unitMs: number } | null {
  const [, seconds, more] = /^(\d{10,11})(?:\.(\d{3,9})|\d{9})?$/.exec(text ?? '') ?? []
  if (text === undefined || seconds === undefined) return null
  const fraction = more ?? text.slice(seconds.length)
  // In the middle of the second that it names.
  if (fraction === '') return { atMs: Number(seconds) * 1000 + 500, unitMs: 1000 }
  return { atMs: Number(seconds) * 1000 + Number(`0.${fraction}`) * 1000, unitMs: 0 }
}
