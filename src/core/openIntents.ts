import { join } from 'node:path'
import type { Intent } from './kernel/journal'
import { openJournal } from './kernel/journal'
import { Intentions } from './runs/intentions'
import type { Store } from './store/store'

export interface OpenIntentsDeps {
  readonly home: string
  readonly store: Store
  readonly onStoreTrouble: (error: unknown) => void
}

/** The journal of what Drydock is about to do to nodes. */
export function openIntents({ home, store, onStoreTrouble }: OpenIntentsDeps) {
  const journal = openJournal(join(home, 'journal', 'journal.jsonl'), asIntention)
  return {
    journal,
    /** Nobody is kept from stopping by a journal that cannot be written. */
    writeDown: (intent: Intent<Intentions>): void => {
      try {
        journal.open(intent)
      } catch (error) {
        onStoreTrouble(error)
      }
    },
    /** An intent is settled only when what came of it would survive a power cut. */
    settle: (id: string): void => {
      try {
        store.makeDurable()
        journal.settle(id)
      } catch (error) {
        onStoreTrouble(error) // it stays open, and is looked into at the next start
      }
    },
    [Symbol.dispose]: (): void => journal[Symbol.dispose](),
  }
}

function asIntention(body: unknown): Intentions | null {
  const parsed = Intentions.safeParse(body)
  return parsed.success ? parsed.data : null
}
