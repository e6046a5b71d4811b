import type { FleetEvent, Snapshot } from '../contract/events'
import type { Clock } from './kernel/clock'
import type { Outbox } from './kernel/outbox'
import { createOutbox } from './kernel/outbox'

/** How long events are gathered before they go to the screen in one batch. */
const BATCH_MS = 100

/**
 * Tells every screen what happens: first a snapshot, then batches. Of samples and GPU readings only the newest of each
 * node is told, because an old reading has no worth; everything else comes in the order in which it happened.
 */
export function createEventHub(clock: Clock, snapshot: () => Snapshot) {
  const screens = new Set<Outbox<FleetEvent>>()
  const whole = (): FleetEvent => ({ type: 'snapshot', snapshot: snapshot() })

  return {
    publish(event: FleetEvent): void {
      for (const screen of screens) {
        if (event.type === 'sample') screen.newest(`sample ${event.sample.node}`, event)
        else if (event.type === 'gpu') screen.newest(`gpu ${event.reading.node}`, event)
        else screen.queue(event)
      }
    },

    async *events(signal: AbortSignal): AsyncGenerator<FleetEvent[]> {
      const screen = createOutbox<FleetEvent>(whole)
      screens.add(screen)
      try {
        yield [whole()]
        while (!signal.aborted) {
          await screen.waiting(signal)
          await clock.sleep(BATCH_MS, signal)
          const batch = screen.take()
          if (batch.length > 0) yield batch
        }
      } finally {
        screens.delete(screen)
      }
    },
  }
}
