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
    ...questionsOf(pages, nameMode),

    add(record: RunRecord): Run {
      keep(record, idsOf(record))
      return toRun(record, nameMode)
    },

    /** Applies evidence to a worker; `patch` sets what else it brought. Nothing happens to one that has ended. */
    note(run: RunId, id: WorkerId, event: WorkerEvent, patch: Partial<Worker> = {}): void {
      const before = recordOf(run).workers.find(({ worker }) => worker.id === id)?.worker
      if (before === undefined || !isActive(before.state)) return
      const after = { ...changed(before, event, clock.nowMs()), ...patch }
      if (isDeepStrictEqual(before, after)) return
      keep(
        withWorker(run, id, record => ({ ...record, worker: after })),
        [id],
      )
    },

    /** Changes of several workers that are no change of state, stored and told as one. */
    change(run: RunId, ids: readonly WorkerId[], patch: (record: WorkerRecord) => WorkerRecord): void {
      const workers = recordOf(run).workers.map(one => (ids.includes(one.worker.id) ? patch(one) : one))
      keep({ ...recordOf(run), workers }, ids)
    },

    /** Called after every change, in order; what it does to the book must come later. Returns its own removal. */
    onChange: (listener: (run: RunId) => void): (() => void) => pages.onChange(listener),

    /** Changes that are no change of state: shown and stored with the next ones, within a moment. */
    adjust: pages.adjust,
    /** The same for what belongs to the run and to none of its workers. */
    adjustRun: pages.adjustRun,

    setStop(run: RunId, stop: StopReport): void {
      keep({ ...recordOf(run), stop }, [])
    },

    /** Whose the run is from now on. */
    setOwner(run: RunId, owner: Pick<RunRecord, 'origin' | 'owner'>): void {
      keep({ ...recordOf(run), ...owner }, [])
    },

    flush: pages.flush,
    [Symbol.dispose]: pages.close,
  }
}

function workerOf({ id: run, workers }: RunRecord, id: WorkerId): Worker {
  const found = workers.find(({ worker }) => worker.id === id)?.worker
  if (found === undefined) throw new AppError('not-found', `The run ${run} has no worker ${id}.`)
  return found
}

function changed(before: Worker, event: WorkerEvent, nowMs: number): Worker {
  const state = nextState(before.state, event)
  const times = state === before.state ? {} : { stateSinceMs: nowMs }
  const end = isActive(state) ? {} : { endedAtMs: nowMs, ...neverStarted(event) }
  return { ...before, state, ...times, ...end }
}

function neverStarted({ type }: WorkerEvent): Partial<Worker> {
  return type === 'refused' ? { end: { cause: 'never-started', exitCode: null, signal: null } } : {}
}

/** What can be asked of the book. */
function questionsOf(pages: ReturnType<typeof createPages>, nameMode: NameMode) {
  const { recordOf } = pages
  return {
    /** Newest first. */
    list: (): Run[] => pages.all().map(record => toRun(record, nameMode)),
    has: (run: RunId): boolean => pages.has(run),
    /** Errors: `not-found`. */
    get: (run: RunId): Run => toRun(recordOf(run), nameMode),
    record: (run: RunId): RunRecord => recordOf(run),
    /** Errors: `not-found`. */
    worker: (run: RunId, id: WorkerId): Worker => workerOf(recordOf(run), id),
    workersOn: (run: RunId, node: NodeName): WorkerRecord[] =>
      recordOf(run).workers.filter(({ worker }) => worker.node === node),

    /** Every worker that has not ended, of every run. */
    active: (): RunWorker[] => pages.workers(({ worker }) => isActive(worker.state)),
    /** Those of `active` that a node can know of: whoever waits for another track is nowhere yet. */
    watched: (): RunWorker[] =>
      pages.workers(({ worker }) => isActive(worker.state) && worker.waitsFor.length === 0),
    /** Workers that have ended, with bytes of their log still on their node. */
    tails: (): RunWorker[] => pages.workers(one => !isActive(one.worker.state) && !one.isLogComplete),
  }
}

function createPages({ store, nameMode, onStoreTrouble, onRun }: RunBookDeps) {
  const saver = createSaver(store, onStoreTrouble)
  const records = new Map(store.runs(MAX_RUNS).map(record => [record.id, record]))
  const adjusted = new Set<RunId>()
  const listeners = new Set<(run: RunId) => void>()
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
    for (const listener of listeners) listener(record.id)
  }

  function withWorker(run: RunId, id: WorkerId, patch: (record: WorkerRecord) => WorkerRecord): RunRecord {
    const record = recordOf(run)
    return { ...record, workers: record.workers.map(one => (one.worker.id === id ? patch(one) : one)) }
  }

  function adjustRun(run: RunId, patch: (record: RunRecord) => RunRecord): void {
    records.set(run, patch(recordOf(run)))
    adjusted.add(run)
    timer ??= setTimeout(flush, ADJUST_MS)
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
    onChange(listener: (run: RunId) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    adjust: (run: RunId, id: WorkerId, patch: (record: WorkerRecord) => WorkerRecord): void =>
      adjustRun(run, () => withWorker(run, id, patch)),
    adjustRun,
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
