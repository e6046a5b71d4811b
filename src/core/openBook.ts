import type { FleetEvent } from '../contract/events'
import type { Broker } from '../contract/mode'
import { flagTexts, nameModeOfAll } from './guard/runMode'
import type { Clock } from './kernel/clock'
import type { RunBook } from './runs/runBook'
import { createRunBook } from './runs/runBook'
import type { Store } from './store/store'

export interface OpenBookDeps {
  readonly store: Store
  readonly clock: Clock
  readonly broker: () => Broker | null
  readonly publish: (event: FleetEvent) => void
  readonly onStoreTrouble: (error: unknown) => void
  readonly onRunChange: () => void
}

/** The book of runs; a run's mode is what its processes report, and until they do, what they were started with. */
export function openBook(deps: OpenBookDeps): RunBook {
  const { store, clock, broker, publish, onStoreTrouble, onRunChange } = deps
  return createRunBook({
    store,
    clock,
    onStoreTrouble,
    nameMode: (started, workers) => {
      const reported = workers.map(worker => worker.reported).filter(flags => flags !== null)
      const flags = reported.length > 0 ? reported : [flagTexts(started)]
      return nameModeOfAll(flags, broker())?.name ?? 'MIXED'
    },
    onRun: run => {
      publish({ type: 'run', run })
      onRunChange()
    },
  })
}
