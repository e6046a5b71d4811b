import { isDeepStrictEqual } from 'node:util'
import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { Run, StopReport, Worker } from '../../contract/runs'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Store } from '../store/store'
import type { NameMode, RunRecord, WorkerRecord } from './runRecord'
import { toRun } from './runRecord'
import type { WorkerEvent } from './workerState'
import { isActive, nextState } from './workerState'

/** How long a progress report may wait until it is shown and stored with others. */
const ADJUST_MS = 200
/** Runs that are kept in memory and shown; older ones stay in the store. */
const MAX_RUNS = 500

export interface RunBookDeps {
  readonly store: Store
  readonly clock: Clock
  readonly nameMode: NameMode
  /** The store cannot be written (a full disk): the change holds in memory, and is written with the next one. */
  readonly onStoreTrouble: (error: unknown) => void
  /** Called after every change, in order. */
  readonly onRun: (run: Run) => void
}

export interface RunWorker {
  readonly run: RunId
  readonly record: WorkerRecord
}

/**
 * All runs that Drydock knows, in memory and in the store: the one place where a run changes. A change of state is
 * stored and told at once; progress is gathered for a moment, since it may come a thousand times a second.
 */
export function createRunBook(deps: RunBookDeps) {
  const { clock, nameMode } = deps
  const pages = createPages(deps)
  const { recordOf, keep, withWorker } = pages

  return {
    /** Newest first. */
    list: (): Run[] => pages.all().map(record => toRun(record, nameMode)),
    has: pages.has,
    /** Errors: `not-found`. */
    get: (run: RunId): Run => toRun(recordOf(run), nameMode),
    record: recordOf,
    /** Errors: `not-found`. */
    worker(run: RunId, id: WorkerId): Worker {
      const found = recordOf(run).workers.find(({ worker }) => worker.id === id)?.worker
      if (found === undefined) throw new AppError('not-found', `The run ${run} has no worker ${id}.`)
      return found
    },
    workersOn: (run: RunId, node: NodeName): WorkerRecord[] =>
      recordOf(run).workers.filter(({ worker }) => worker.node === node),

    /** Every worker that has not ended, of every run. */
    active: (): RunWorker[] => pages.workers(({ worker }) => isActive(worker.state)),
    /** Workers that have ended, with bytes of their log still on their node. */
    tails: (): RunWorker[] => pages.workers(one => !isActive(one.worker.state) && !one.isLogComplete),

    add(record: RunRecord): Run {
      keep(record, idsOf(record))
      return toRun(record, nameMode)
    },

    /** Applies evidence to a worker; `patch` sets what else it brought. Nothing happens to one that has ended. */
    note(run: RunId, id: WorkerId, event: WorkerEvent, patch: Partial<Worker> = {}): void {
      const before = recordOf(run).workers.find(({ worker }) => worker.id === id)?.worker
      if (before === undefined || !isActive(before.state)) return
      const state = nextState(before.state, event)
      const times = state === before.state ? {} : { stateSinceMs: clock.nowMs() }
      const end = isActive(state) ? {} : { endedAtMs: clock.nowMs() }
      const after = { ...before, state, ...times, ...end, ...patch }
      if (isDeepStrictEqual(before, after)) return
      keep(
        withWorker(run, id, record => ({ ...record, worker: after })),
        [id],
      )
    },

    /** Changes that are no change of state: shown and stored with the next ones, within a moment. */
    adjust(run: RunId, worker: WorkerId, patch: (record: WorkerRecord) => WorkerRecord): void {
      pages.adjust(run, worker, patch)
    },

    setStop(run: RunId, stop: StopReport): void {
      keep({ ...recordOf(run), stop }, [])
    },

    flush: pages.flush,
    [Symbol.dispose]: pages.close,
  }
}

function createPages({ store, nameMode, onStoreTrouble, onRun }: RunBookDeps) {
  const saver = createSaver(store, onStoreTrouble)
  const records = new Map(store.runs(MAX_RUNS).map(record => [record.id, record]))
  const adjusted = new Set<RunId>()
  let timer: NodeJS.Timeout | null = null

  function recordOf(run: RunId): RunRecord {
    const record = records.get(run)
    if (record === undefined) throw new AppError('not-found', `There is no run ${run}.`)
    return record
  }

  function keep(record: RunRecord, changed: readonly WorkerId[]): void {
    records.set(record.id, record)
    saver.save(record, changed)
    onRun(toRun(record, nameMode))
  }

  function withWorker(run: RunId, id: WorkerId, patch: (record: WorkerRecord) => WorkerRecord): RunRecord {
    const record = recordOf(run)
    return { ...record, workers: record.workers.map(one => (one.worker.id === id ? patch(one) : one)) }
  }

  function flush(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const due = [...adjusted].map(recordOf)
    adjusted.clear()
    for (const record of due) keep(record, idsOf(record))
  }

  return {
    recordOf,
    keep,
    withWorker,
    flush,
    has: (run: RunId): boolean => records.has(run),
    all: (): RunRecord[] => [...records.values()].sort((a, b) => b.startedAtMs - a.startedAtMs),
    workers: (wanted: (record: WorkerRecord) => boolean): RunWorker[] =>
      [...records.values()].flatMap(({ id, workers }) =>
        workers.filter(wanted).map(record => ({ run: id, record })),
      ),
    adjust(run: RunId, id: WorkerId, patch: (record: WorkerRecord) => WorkerRecord): void {
      records.set(run, withWorker(run, id, patch))
      adjusted.add(run)
      timer ??= setTimeout(flush, ADJUST_MS)
    },
    close: flush,
  }
}

/** Saves changes. What could not be written is written with the next change: a full disk must not stop a STOP. */
function createSaver(store: Store, onStoreTrouble: (error: unknown) => void) {
  const unsaved = new Map<RunId, RunRecord>()

  function write(record: RunRecord, changed: readonly WorkerId[]): void {
    store.saveRun(record)
    record.workers.forEach((worker, position) => {
      if (changed.includes(worker.worker.id)) store.saveWorker(record.id, position, worker)
    })
  }

  return {
    save(record: RunRecord, changed: readonly WorkerId[]): void {
      const all = unsaved.has(record.id) ? idsOf(record) : changed
      unsaved.delete(record.id)
      try {
        store.together(() => {
          write(record, all)
          for (const other of unsaved.values()) write(other, idsOf(other))
        })
        if (unsaved.size > 0) unsaved.clear()
        onStoreTrouble(null)
      } catch (error) {
        unsaved.set(record.id, record)
        onStoreTrouble(error)
      }
    },
  }
}

const idsOf = (record: RunRecord): WorkerId[] => record.workers.map(({ worker }) => worker.id)

export type RunBook = ReturnType<typeof createRunBook>
