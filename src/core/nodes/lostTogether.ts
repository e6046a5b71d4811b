import type { Link } from '../../contract/nodes'
import type { Clock } from '../kernel/clock'

/** As much of a link as its company needs. */
interface Companion {
  node(): { readonly link: Link }
  wake(): void
}

/** What was lost within this time of each other was most likely lost by the same fault. */
const SAME_FAULT_MS = 5_000
/** Spread over this time, so that what comes back together does not knock all at once. */
const JITTER_MS = 500
const LOOK_EVERY_MS = 1_000
/** By so much the clocks must be apart before it counts as sleep; NTP steps by less. */
const SLEPT_MS = 5_000

/**
 * Cuts waits short when there is reason to believe that the network is back: one of the links that were lost together
 * has come up, or this PC has slept. A link that was lost alone keeps its own pace. `onWake` is called before: what is
 * remembered of failures on the way is out of date then.
 */
export function createCompany(
  clock: Clock,
  companions: () => readonly Companion[],
  onWake: () => void,
  random = Math.random,
) {
  async function wakeSoon(which: readonly Companion[], signal: AbortSignal): Promise<void> {
    if (which.length === 0) return
    onWake()
    await Promise.all(
      which.map(async companion => {
        await clock.sleep(random() * JITTER_MS, signal)
        if (!signal.aborted && companion.node().link.state === 'unreachable') companion.wake()
      }),
    )
  }

  return {
    /** A link that was unreachable since `sinceMs` is back. */
    cameBack: (sinceMs: number, signal: AbortSignal): Promise<void> =>
      wakeSoon(
        companions().filter(each => {
          const { link } = each.node()
          return link.state === 'unreachable' && Math.abs(link.sinceMs - sinceMs) < SAME_FAULT_MS
        }),
        signal,
      ),

    /**
     * Watches for sleep: the wall clock went on while time as timers know it stood still, or the look itself came late.
     * Links that are online notice by themselves within their silence; those that wait are tried now.
     */
    async watchSleep(signal: AbortSignal): Promise<void> {
      let wallMs = clock.nowMs()
      let timerMs = clock.monotonicMs()
      while (!signal.aborted) {
        await clock.sleep(LOOK_EVERY_MS, signal)
        const wallPassedMs = clock.nowMs() - wallMs
        const timerPassedMs = clock.monotonicMs() - timerMs
        wallMs += wallPassedMs
        timerMs += timerPassedMs
        if (Math.max(wallPassedMs, timerPassedMs) > LOOK_EVERY_MS + SLEPT_MS)
          await wakeSoon(companions(), signal)
      }
    },
  }
}
