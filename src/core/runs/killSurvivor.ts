import type { NodeName, RunId } from '../../contract/ids'
import type { NodeStop, Run, Survivor } from '../../contract/runs'
import type { Killed } from '../engines/processAnswers'
import { parseKilled } from '../engines/processAnswers'
import type { Engine } from '../engines/engine'
import { AppError } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Intent } from '../kernel/journal'
import type { NodeShell } from '../nodes/nodeShell'
import type { Intentions } from './intentions'
import type { RunBook } from './runBook'
import { concluded, killedNode } from './stopReport'

export interface KillSurvivorDeps {
  readonly book: RunBook
  readonly clock: Clock
  readonly engineOf: (node: NodeName) => Engine | null
  /** The node's shell while its link is online. */
  readonly shellOf: (node: NodeName) => NodeShell | null
  readonly writeDown: (intent: Intent<Intentions>) => void
  readonly settle: (intent: string) => void
}

interface KillRequest {
  readonly run: RunId
  readonly node: NodeName
  readonly pid: number
  readonly startTicks: number
}

/** KILL for one process that a STOP has named. When it was the last one named, the node is looked over for others. */
export async function killSurvivor(deps: KillSurvivorDeps, request: KillRequest): Promise<Run> {
  const { book, writeDown, settle } = deps
  const { run, node, pid, startTicks } = request
  const { shell, engine } = refuseUnlessNamed(deps, request)
  const id = `kill ${run} ${node} ${pid} ${startTicks}`
  writeDown({ id, body: { kind: 'kill', ...request } })
  let killed: Killed
  try {
    killed = parseKilled(await shell.call('drydock_stop_one', [String(pid), String(startTicks)]))
  } finally {
    settle(id) // what became of the process is asked anew by whoever wants to know
  }
  if (killed.outcome === 'alive') {
    change(deps, request, [killed.survivor])
    return book.get(run)
  }
  const left = change(deps, request, [])
  if (left?.phase === 'still-running' && left.survivors.length === 0) await lookOver(deps, request, engine)
  if (killed.outcome === 'other') {
    throw new AppError('refused', `Process ${pid} on ${node} is another one by now. Nothing was killed.`, {
      hint: 'The process that STOP named has ended. Press STOP again to see what is left.',
    })
  }
  return book.get(run)
}

function refuseUnlessNamed({ book, shellOf, engineOf }: KillSurvivorDeps, request: KillRequest) {
  const { run, node, pid } = request
  const { origin, owner } = book.record(run)
  if (origin === 'foreign') {
    throw new AppError('refused', `The run ${run} belongs to ${owner?.name ?? 'another Drydock'}.`, {
      hint: 'Kill it where the run was started.',
    })
  }
  if (rowOf(book, run, node)?.survivors.some(one => isNamed(one, request)) !== true) {
    throw new AppError('refused', `The last STOP of this run did not name process ${pid} on ${node}.`, {
      hint: 'Press STOP again: it names what is alive now.',
    })
  }
  const shell = shellOf(node)
  const engine = engineOf(node)
  if (shell === null || engine === null) {
    throw new AppError('unreachable', `${node} cannot be reached: process ${pid} was not killed.`, {
      hint: `Reconnect ${node}, then kill it again.`,
    })
  }
  return { shell, engine }
}

/** Puts `instead` in the place of the process that was to be killed; null when there is no row any more. */
function change(
  { book, clock }: KillSurvivorDeps,
  request: KillRequest,
  instead: readonly Survivor[],
): NodeStop | null {
  const row = rowOf(book, request.run, request.node)
  if (row === null) return null
  const survivors = row.survivors.flatMap(one => (isNamed(one, request) ? instead : [one]))
  // While a ladder climbs, the row is its own to write.
  if (row.phase !== 'still-running') return row
  const next = killedNode(row, survivors, request.pid, clock.nowMs())
  put(book, clock, request.run, next)
  return next
}

/** Nobody who was named is left: whether anybody else is. Only that nothing is found proves the node. */
async function lookOver(deps: KillSurvivorDeps, { run, node }: KillRequest, engine: Engine): Promise<void> {
  const { book, clock } = deps
  const asked = book.record(run).stop?.workers ?? null
  const all = book.workersOn(run, node).map(({ worker }) => worker)
  const members = await engine.family(
    run,
    all.map(({ id, identity }) => ({ worker: id, identity })),
  )
  const left = members.filter(({ worker }) => worker === null || (asked?.includes(worker) ?? true))
  const row = rowOf(book, run, node)
  if (row?.phase !== 'still-running') return
  if (left.length > 0) {
    const pids = left.map(member => member.pid).join(' ')
    const message = `Killed. Others of this run are alive: ${pids}. Press STOP again to end them.`
    put(book, clock, run, { ...row, message })
    return
  }
  for (const { id } of all.filter(worker => asked?.includes(worker.id) ?? true)) {
    book.note(run, id, { type: 'proved-gone' }, { detail: 'proved · KILL, one by one' })
  }
  put(book, clock, run, { ...row, phase: 'verified', message: 'Killed one by one, and nothing else is left' })
}

function put(book: RunBook, clock: Clock, run: RunId, row: NodeStop): void {
  const { stop } = book.record(run)
  if (stop === null) return
  const nodes = stop.nodes.map(one => (one.node === row.node ? row : one))
  book.setStop(run, concluded({ ...stop, nodes }, clock.nowMs()))
}

function rowOf(book: RunBook, run: RunId, node: NodeName): NodeStop | null {
  return book.record(run).stop?.nodes.find(one => one.node === node) ?? null
}

const isNamed = (one: Survivor, { pid, startTicks }: KillRequest): boolean =>
  one.pid === pid && one.startTicks === startTicks
