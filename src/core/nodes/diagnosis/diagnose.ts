import type { DiagnosisEvent, DiagnosisRow } from '../../../contract/diagnosis'
import type { NodeName } from '../../../contract/ids'
import { AppError } from '../../kernel/appError'
import { createBell } from '../../kernel/bell'
import { withLimit } from '../../kernel/limit'
import type { Log } from '../../kernel/log'
import type { FleetNode, FleetNodes } from '../fleetNodes'
import { fail, skip, type Check, type Finding } from './check'
import { checksOf, type ChecksDeps } from './checksOf'

/** How long one row may take. */
const ROW_LIMIT_MS = 3000
/** How many rows are looked at at once: each takes a session of the node, which allows ten by default. */
const AT_ONCE = 4

export interface DiagnoseDeps extends ChecksDeps {
  readonly nodes: Pick<FleetNodes, 'get'>
  readonly log: Log
}

/**
 * Looks at everything that a node needs for work. What is on the node is looked at over sessions of its own, a few at
 * once, so that a row that hangs holds up neither the others nor the control shell; after 3 s it is given up, and what
 * it started is ended. A node that is not online gives the rows that this PC can tell, and SKIP with the reason for the
 * others. Aborting, or leaving the iteration, ends all of it.
 * Errors: `not-found` for a node that is not in the fleet. A row never fails: what goes wrong is its finding.
 */
export function createDiagnose(deps: DiagnoseDeps) {
  return (name: NodeName, signal: AbortSignal): AsyncGenerator<DiagnosisEvent> => {
    const node = deps.nodes.get(name)
    if (node === undefined) {
      throw new AppError('not-found', `There is no node ${name} in the fleet.`, {
        hint: 'Add it to fleet.yaml.',
      })
    }
    return diagnose(deps, node, signal)
  }
}

async function* diagnose(
  deps: DiagnoseDeps,
  node: FleetNode,
  signal: AbortSignal,
): AsyncGenerator<DiagnosisEvent> {
  const { clock } = deps
  const stop = new AbortController()
  const end = (): void => stop.abort()
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  const checks = checksOf(deps, node, stop.signal)
  const bell = createBell()
  let rows: DiagnosisRow[] = []
  let isOver = false
  const work = lookAtAll(deps, checks, stop.signal, row => {
    rows.push(row)
    bell.ring()
  }).finally(() => {
    isOver = true
    bell.ring()
  })
  try {
    const heads = checks.map(({ id, group, name }) => ({ id, group, name }))
    yield { type: 'begin', node: node.config.name, atMs: clock.nowMs(), rows: heads }
    while (!stop.signal.aborted) {
      const ready = rows
      rows = []
      for (const row of ready) yield { type: 'row', row }
      // Both looks and the wait are one step: nothing can slip in between.
      if (rows.length > 0) continue
      if (isOver) break
      await bell.wait(stop.signal)
    }
  } finally {
    signal.removeEventListener('abort', end)
    end()
    await work
  }
}

/** A few at a time, in order. */
async function lookAtAll(
  deps: DiagnoseDeps,
  checks: readonly Check[],
  signal: AbortSignal,
  onRow: (row: DiagnosisRow) => void,
): Promise<void> {
  const waiting = checks.values()
  async function takeTurns(): Promise<void> {
    for (const check of waiting) {
      if (signal.aborted) return
      const row = await lookAt(deps, check, signal)
      if (!signal.aborted) onRow(row)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns))
}

async function lookAt(deps: DiagnoseDeps, check: Check, signal: AbortSignal): Promise<DiagnosisRow> {
  const { id, group, name, look } = check
  const { clock } = deps
  const beginMs = clock.monotonicMs()
  const finding = await withLimit(clock, ROW_LIMIT_MS, signal, look).catch((error: unknown) =>
    findingOf(deps, check, error),
  )
  const tookMs = Math.round(clock.monotonicMs() - beginMs)
  return { id, group, name, ...(finding ?? fail(`no answer within ${ROW_LIMIT_MS / 1000} s`, null)), tookMs }
}

function findingOf({ log }: DiagnoseDeps, { id }: Check, error: unknown): Finding {
  if (error instanceof AppError) return skip(error.message)
  return skip(
    `Something broke inside Drydock: look for ${log.error(`diagnosis of ${id}`, error)} in its log.`,
  )
}
