import { ORPCError, implement } from '@orpc/server'
import { contract } from '../contract'
import type { FleetEvent, Settings } from '../contract/events'
import type { NodeName, PlanName, RunId, WorkerId } from '../contract/ids'
import type { LogLines } from '../contract/logs'
import type { ModeFlags, RunMode } from '../contract/mode'
import type { Run } from '../contract/runs'
import type { ErrorCode } from './kernel/appError'
import { AppError } from './kernel/appError'

/** What the router needs from the engine: the services, never the whole engine. */
export interface RouterDeps {
  readonly events: (signal: AbortSignal) => AsyncGenerator<FleetEvent[]>
  readonly nodes: {
    trustHostKey(name: NodeName, fingerprint: string): Promise<void>
    refuseHostKey(name: NodeName, fingerprint: string): Promise<void>
    reconnect(name: NodeName): void
  }
  readonly runs: {
    start(plan: PlanName): Promise<Run>
    stop(
      request: { readonly run: RunId; readonly force: boolean; readonly nodes: readonly NodeName[] | null },
      signal: AbortSignal,
    ): Promise<Run>
  }
  readonly logs: {
    read(run: RunId, worker: WorkerId, fromLine: number, count: number): Promise<LogLines>
    follow(run: RunId, worker: WorkerId, fromLine: number, signal: AbortSignal): AsyncGenerator<LogLines>
  }
  readonly mode: { set(flags: ModeFlags, typed: string | null): RunMode }
  readonly alerts: { clear(id: string): void }
  readonly settings: { set(settings: Settings): Settings }
}

/** The one door into the engine: the app's port knocks here, and later hosts will. Aborting a call never stops a run. */
export function createRouter({ events, nodes, runs, logs, mode, alerts, settings }: RouterDeps) {
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw error instanceof AppError ? toFailure(error) : error
    }
  })
  const never = new AbortController().signal

  return os.router({
    events: os.events.handler(({ signal }) => events(signal ?? never)),
    nodes: {
      trustHostKey: os.nodes.trustHostKey.handler(({ input }) =>
        nodes.trustHostKey(input.node, input.fingerprint),
      ),
      refuseHostKey: os.nodes.refuseHostKey.handler(({ input }) =>
        nodes.refuseHostKey(input.node, input.fingerprint),
      ),
      reconnect: os.nodes.reconnect.handler(({ input }) => nodes.reconnect(input.node)),
    },
    runs: {
      start: os.runs.start.handler(({ input }) => runs.start(input.plan)),
      stop: os.runs.stop.handler(({ input, signal }) => runs.stop(input, signal ?? never)),
    },
    logs: {
      follow: os.logs.follow.handler(({ input, signal }) =>
        logs.follow(input.run, input.worker, input.fromLine, signal ?? never),
      ),
      read: os.logs.read.handler(({ input }) =>
        logs.read(input.run, input.worker, input.fromLine, input.count),
      ),
    },
    mode: {
      set: os.mode.set.handler(({ input: { typed, ...flags } }) => mode.set(flags, typed)),
    },
    alerts: { dismiss: os.alerts.dismiss.handler(({ input }) => alerts.clear(input.id)) },
    settings: { set: os.settings.set.handler(({ input }) => settings.set(input)) },
  })
}

export type Router = ReturnType<typeof createRouter>

const CODES: Readonly<Record<ErrorCode, 'REFUSED' | 'NOT_FOUND' | 'UNREACHABLE'>> = {
  refused: 'REFUSED',
  'not-found': 'NOT_FOUND',
  unreachable: 'UNREACHABLE',
  blocked: 'REFUSED',
  'probe-unreadable': 'REFUSED',
  'launch-failed': 'REFUSED',
  'file-invalid': 'REFUSED',
}

/** What may leave the engine: the sentence and the fix, never the cause. */
function toFailure(error: AppError): Error {
  return new ORPCError(CODES[error.code], { message: error.message, data: { hint: error.hint } })
}
