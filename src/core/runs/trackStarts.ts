import type { RunId, TrackName, WorkerId } from '../../contract/ids'
import type { Worker } from '../../contract/runs'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Journal } from '../kernel/journal'
import type { TaskGroup } from '../kernel/taskGroup'
import type { Intentions } from './intentions'
import type { RunRecord } from './runRecord'
import type { StartWorkersDeps } from './startWorkers'
import {
  isStillMeant,
  NEVER_STARTED,
  prepareStart,
  preparedLaunch,
  refuse,
  startWorkers,
} from './startWorkers'
import { isWaiting, turnsOf } from './trackOrder'

/** What kept a track from being started may be over by then. */
const RETRY_MS = 10_000

export interface TrackStartsDeps extends StartWorkersDeps {
  readonly journal: Pick<Journal<Intentions>, 'open'>
  readonly settle: (intent: string) => void
  readonly background: TaskGroup
  /** Drydock cannot write on this PC. */
  readonly onStoreTrouble: (error: unknown) => void
}

/**
 * Starts the tracks that wait, when their turn has come: by the book alone, so that a Drydock that was started anew
 * goes on where the last one stopped. A track whose turn cannot come any more ends as not started.
 */
export function createTrackStarts(deps: TrackStartsDeps): Disposable {
  const { book, nodes, background, clock } = deps
  const due = new Set<RunId>()
  /** By `<run> <track>`: one at a time, because both would write the same intent down. */
  const underWay = new Set<string>()

  /** Later than the change that led here: the book must not change while it tells of a change. */
  function lookSoon(run: RunId): void {
    if (due.has(run) || !hasWaiting(book.record(run))) return
    due.add(run)
    background.start(`turns of ${run}`, async () => {
      await Promise.resolve()
      due.delete(run)
      look(run)
    })
  }

  function look(run: RunId): void {
    const { owner } = book.record(run)
    const workers = workersOf(book.record(run))
    if (owner !== null) {
      refuse(book, run, idsOf(workers.filter(isWaiting)), `not started: the run belongs to ${owner.name} now`)
      return
    }
    const { ready, barred } = turnsOf(workers)
    for (const { worker, by } of barred) {
      // It keeps what it waited for: that is how it is told from one that failed by itself.
      book.note(run, worker.id, { type: 'refused' }, { detail: notStarted(by), end: NEVER_STARTED })
    }
    for (const track of new Set(ready.map(worker => worker.track))) {
      const key = `${run} ${track}`
      const own = ready.filter(worker => worker.track === track)
      if (underWay.has(key) || !own.some(one => isOnline(deps, one))) continue
      underWay.add(key)
      background.start(`start ${key}`, async signal => {
        const isDone = await startTrack(deps, run, track).finally(() => underWay.delete(key))
        if (!isDone) await clock.sleep(RETRY_MS, signal)
        if (!signal.aborted) lookSoon(run)
      })
    }
    sayWhyNot(deps, run, ready)
  }

  const forgetBook = book.onChange(lookSoon)
  const forgetLinks = nodes.onLink(({ online }) => {
    if (online !== null) for (const run of runsThatWait(deps)) lookSoon(run)
  })
  for (const run of runsThatWait(deps)) lookSoon(run)

  return {
    [Symbol.dispose]() {
      forgetBook()
      forgetLinks()
    },
  }
}

function sayWhyNot(deps: TrackStartsDeps, run: RunId, ready: readonly Worker[]): void {
  for (const worker of ready) {
    const detail = `waits for ${worker.node} to be online`
    if (isOnline(deps, worker) || worker.detail === detail) continue
    deps.book.change(run, [worker.id], record => ({ ...record, worker: { ...record.worker, detail } }))
  }
}

const isOnline = ({ nodes }: TrackStartsDeps, { node }: Worker): boolean => nodes.get(node)?.online != null

/** Starts what is ready of a track on nodes that are online. Whether that is all that can be done for now. */
async function startTrack(deps: TrackStartsDeps, run: RunId, track: TrackName): Promise<boolean> {
  const { book, modeFlags } = deps
  const readyNow = (): Worker[] =>
    turnsOf(workersOf(book.record(run))).ready.filter(
      worker => worker.track === track && isOnline(deps, worker),
    )
  const asked = idsOf(readyNow())
  try {
    const prepared = await prepareStart(deps, specsOf(book.record(run), asked))
    // Preparing takes time: a STOP may have come, or the switches may have changed.
    const ids = idsOf(readyNow()).filter(id => asked.includes(id))
    const record = book.record(run)
    const specs = specsOf(record, ids)
    if (ids.length === 0 || record.owner !== null) return true
    if (!isStillMeant(record.started, modeFlags())) {
      refuse(book, run, ids, 'not started: the run mode was changed')
      return true
    }
    for (const spec of specs) preparedLaunch(spec, record, prepared) // may refuse
    const intent = `start ${run} ${track}`
    if (!isWrittenDown(deps, intent, { kind: 'start-track', run, track, workers: ids })) return false
    book.change(run, ids, one => ({ ...one, worker: { ...one.worker, waitsFor: [], detail: null } }))
    await startWorkers(deps, run, specs, prepared)
    deps.settle(intent)
    return true
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'unreachable') return false // the link says the rest
    refuse(book, run, idsOf(readyNow()), `not started: ${sentenceOf(error)}`)
    return true
  }
}

function isWrittenDown(
  { journal, settle, onStoreTrouble }: TrackStartsDeps,
  id: string,
  body: Intentions,
): boolean {
  try {
    journal.open({ id, body })
    return true
  } catch (error) {
    settle(id) // it may be there in part, or in whole; nothing was begun
    onStoreTrouble(error)
    return false
  }
}

function runsThatWait({ book }: TrackStartsDeps): RunId[] {
  return [...new Set(book.active().map(({ run }) => run))].filter(run => hasWaiting(book.record(run)))
}

/** `not started: scan failed`; of a track that was not started itself, too. */
function notStarted(by: Worker): string {
  const how = by.state === 'stopped' ? 'was stopped' : by.state === 'lost' ? 'was lost' : 'failed'
  return `not started: ${by.track} ${how}`
}

const hasWaiting = ({ workers }: RunRecord): boolean => workers.some(({ worker }) => isWaiting(worker))
const workersOf = ({ workers }: RunRecord): Worker[] => workers.map(({ worker }) => worker)
const idsOf = (workers: readonly Worker[]): WorkerId[] => workers.map(({ id }) => id)

function specsOf({ workers }: RunRecord, ids: readonly WorkerId[]) {
  return workers.flatMap(({ worker, start }) =>
    start !== null && ids.includes(worker.id) ? [start.spec] : [],
  )
}
