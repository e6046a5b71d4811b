import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { NodeStop } from '../../contract/runs'
import type { Engine, KnownWorker, StopAnswer, StopLadder } from '../engines/engine'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { RunBook } from './runBook'
import { answeredNode, howSentence } from './stopReport'
import { endSentence } from './workerState'

const POLL_MS = 200
/** A ladder that has said nothing new so long after its KILL has been ended from outside, or cannot write. */
const OVERDUE_MS = 5_000

export interface StopNodeDeps {
  readonly book: RunBook
  readonly clock: Clock
  /** The node's engine while its link is online. */
  readonly engineOf: (node: NodeName) => Engine | null
  /** Until the node's link is online, or `signal` aborts. */
  readonly online: (node: NodeName, signal: AbortSignal) => Promise<void>
  /** Whether the node is in the fleet at all. */
  readonly isInFleet: (node: NodeName) => boolean
  /** Workers on this node have ended: what is left of their logs can be fetched. */
  readonly onConcluded: (node: NodeName) => void
  readonly vramUsedMiB: (node: NodeName) => number | null
}

export interface NodeStopTask {
  readonly run: RunId
  readonly node: NodeName
  /** What holds for all of them; each worker has its own steps. */
  readonly ladder: StopLadder
  readonly isForced: boolean
  /** Whom this STOP is about. */
  readonly workers: () => readonly KnownWorker[]
  /** A STOP that an earlier Drydock sent: its ladder may still be climbing on the node, or have come to its end. */
  readonly isResumed: boolean
  readonly row: () => NodeStop
  readonly update: (row: NodeStop) => void
}

/**
 * Stops one run on one node and stays until there is an outcome there, through lost links: the ladder is the node's
 * own, so a link that comes back is asked how far it is. Whatever else goes wrong ends as `unconfirmed` with its
 * sentence, never as silence.
 */
export async function stopNode(deps: StopNodeDeps, task: NodeStopTask, signal: AbortSignal): Promise<void> {
  let mayBeClimbing = task.isResumed
  while (!signal.aborted) {
    const engine = deps.engineOf(task.node)
    if (engine === null) {
      task.update({ ...task.row(), phase: 'unconfirmed', message: waitingSentence(deps, task.node) })
      await deps.online(task.node, signal)
      continue
    }
    try {
      const answer = await askUntilDone(deps, task, engine, mayBeClimbing, signal)
      if (answer !== null) await conclude(deps, task, engine, answer)
      return
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unreachable') {
        task.update({
          ...task.row(),
          phase: 'unconfirmed',
          message: `STOP did not get through: ${sentenceOf(error)}`,
        })
        throw error
      }
      mayBeClimbing = true // the answer is lost, not necessarily the request
      await deps.clock.sleep(POLL_MS, signal) // until the link itself has noticed
    }
  }
}

function waitingSentence({ isInFleet }: StopNodeDeps, node: NodeName): string {
  return isInFleet(node)
    ? 'Unreachable: STOP is sent, or asked after, once it answers'
    : 'No longer in fleet.yaml: put it back there, and STOP is sent'
}

/** `TERM`, or `INT, TERM` when tracks differ; `USR1` for those that drain first. */
function signalsOf(known: readonly KnownWorker[], ladder: StopLadder): string {
  const signals = known.map(({ ladder: own = ladder }) => own.drain?.signal ?? own.signal)
  return [...new Set(signals)].join(', ')
}

async function askUntilDone(
  { clock }: StopNodeDeps,
  task: NodeStopTask,
  engine: Engine,
  mayBeClimbing: boolean,
  signal: AbortSignal,
): Promise<StopAnswer | null> {
  const { run, ladder } = task
  const known = task.workers()
  task.update({ ...task.row(), phase: 'sent', message: `${signalsOf(known, ladder)} sent` })
  const climbing = mayBeClimbing ? await engine.stopReport(run, ladder.stopId, known) : null
  let answer = climbing ?? (await engine.stop(run, ladder, known))
  let overdueAtMs = overdueAt(clock, ladder)
  while (answer.phase === 'under-way') {
    if (answer.killInMs !== null || answer.survivors.some(({ hangsIn }) => hangsIn !== null)) {
      task.update(answeredNode(task.row(), answer, clock.nowMs(), task.isForced, null))
      overdueAtMs = clock.monotonicMs() + (answer.killInMs ?? 0) + OVERDUE_MS
    }
    await clock.sleep(POLL_MS, signal)
    if (signal.aborted) return null
    const report = await engine.stopReport(run, ladder.stopId, known)
    // No ladder climbs any more, or none can say so: STOP is asked for anew, which is safe at any time.
    const isOver = report === null || (report.phase === 'under-way' && clock.monotonicMs() > overdueAtMs)
    answer = isOver ? await engine.stop(run, ladder, known) : report
    if (isOver) overdueAtMs = overdueAt(clock, ladder)
  }
  refuseOtherWorkers(answer, known)
  return answer
}

function overdueAt(clock: Clock, ladder: StopLadder): number {
  return clock.monotonicMs() + ((ladder.drain?.seconds ?? 0) + ladder.graceSeconds) * 1000 + OVERDUE_MS
}

/** A proof is one for those that were asked about, and for nobody else. */
function refuseOtherWorkers(answer: StopAnswer, known: readonly KnownWorker[]): void {
  const answered = new Set(answer.workers.map(({ worker }) => worker))
  if (known.every(({ worker }) => answered.has(worker))) return
  throw new AppError('probe-unreadable', 'The node answered for other workers than those asked about.', {
    hint: 'Do two nodes share one state folder? Give each its own stateDir in fleet.yaml.',
  })
}

/** Gives each worker the state that the answer proves; then the whole is told, so that both change together. */
async function conclude(
  { book, clock, vramUsedMiB, onConcluded }: StopNodeDeps,
  task: NodeStopTask,
  engine: Engine,
  answer: StopAnswer,
): Promise<void> {
  const { run, node, isForced } = task
  const stopped = new Map(answer.workers.map(one => [one.worker, one]))
  const workers = task.workers()
  const mayHaveEnded = workers.filter(({ worker }) => stopped.get(worker)?.leader === 'gone')
  const rows = mayHaveEnded.length === 0 ? [] : await engine.watch(run, mayHaveEnded)
  for (const { worker } of workers) {
    const row = rows.find(one => one.worker === worker)
    if (hasSurvivors(answer, worker)) {
      book.note(run, worker, { type: 'stop-failed' }, { detail: 'STOP left processes alive' })
    } else if (row?.state === 'ended') {
      const { exitCode, end } = row
      book.note(run, worker, { type: 'ended-before-stop', exitCode }, { end, detail: endSentence(end) })
    } else {
      const how = howSentence(stopped.get(worker)?.how ?? answer, isForced)
      book.note(run, worker, { type: 'proved-gone' }, { detail: `proved · ${how}` })
    }
  }
  task.update(answeredNode(task.row(), answer, clock.nowMs(), isForced, vramUsedMiB(node)))
  onConcluded(node)
}

/** Whether something of this worker is left. A survivor that is nobody's in particular may be anybody's. */
function hasSurvivors({ phase, workers, survivors }: StopAnswer, worker: WorkerId): boolean {
  if (phase !== 'still-running') return false
  const isRefused = workers.some(one => one.worker === worker && one.leader === 'refused')
  return isRefused || survivors.length === 0 || survivors.some(one => (one.worker ?? worker) === worker)
}
