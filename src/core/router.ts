import { ORPCError, implement } from '@orpc/server'
import { contract } from '../contract'
import type { DiagnosisEvent } from '../contract/diagnosis'
import type { FleetEvent, Settings } from '../contract/events'
import type { HistorySpan, NodeHistory } from '../contract/history'
import type { NodeName } from '../contract/ids'
import type { LoginKey, SecretsPlace } from '../contract/keys'
import type { ListedMachine, NewNode, NodeChange, SshHost, TestResult } from '../contract/machines'
import type { ModeFlags, RunMode } from '../contract/mode'
import type { SshAddress } from '../contract/nodes'
import type { ErrorCode } from './kernel/appError'
import { AppError } from './kernel/appError'
import type { RunRouteDeps } from './runRoutes'
import { runRoutes } from './runRoutes'

/** What the router needs from the engine: the services, never the whole engine. */
export interface RouterDeps extends RunRouteDeps {
  readonly events: (signal: AbortSignal) => AsyncGenerator<FleetEvent[]>
  readonly nodes: {
    trustHostKey(name: NodeName, fingerprint: string): Promise<void>
    refuseHostKey(name: NodeName, fingerprint: string): Promise<void>
    reconnect(name: NodeName): void
  }
  /** Changes of `fleet.yaml`: on disk when they return. */
  readonly fleetEdits: {
    add(nodes: readonly NewNode[]): Promise<void>
    edit(name: NodeName, change: NodeChange): Promise<void>
    remove(name: NodeName): Promise<void>
    move(name: NodeName, toIndex: number): Promise<void>
  }
  readonly logins: {
    unlock(name: NodeName, path: string, passphrase: string, isKept: boolean): Promise<void>
    answer(name: NodeName, answers: readonly string[]): Promise<void>
    installKey(name: NodeName, key: string, password: string, signal: AbortSignal): Promise<void>
  }
  readonly diagnose: (name: NodeName, signal: AbortSignal) => AsyncGenerator<DiagnosisEvent>
  readonly history: (name: NodeName, span: HistorySpan) => NodeHistory
  readonly machines: {
    sshHosts(signal: AbortSignal): Promise<SshHost[]>
    readList(text: string): Promise<ListedMachine[]>
    test(ssh: SshAddress, signal: AbortSignal): Promise<TestResult>
    trust(ssh: SshAddress, fingerprint: string): Promise<void>
  }
  readonly keys: {
    list(): Promise<LoginKey[]>
    make(comment: string): Promise<LoginKey>
    secretsPlace(): Promise<SecretsPlace>
  }
  readonly mode: { set(flags: ModeFlags, typed: string | null): RunMode }
  readonly alerts: { clear(id: string): void }
  readonly settings: { set(settings: Settings): Settings }
}

/** The one door into the engine: the app's port knocks here, and later hosts will. Aborting a call never stops a run. */
export function createRouter(deps: RouterDeps) {
  const { events, mode, alerts, settings } = deps
  const os = implementation()

  return os.router({
    events: os.events.handler(({ signal }) => events(signal ?? never)),
    nodes: nodeHandlers(os, deps),
    machines: machineHandlers(os, deps),
    keys: keyHandlers(os, deps),
    ...runRoutes(os, deps),
    mode: {
      set: os.mode.set.handler(({ input: { typed, ...flags } }) => mode.set(flags, typed)),
    },
    alerts: { dismiss: os.alerts.dismiss.handler(({ input }) => alerts.clear(input.id)) },
    settings: { set: os.settings.set.handler(({ input }) => settings.set(input)) },
  })
}

export type Router = ReturnType<typeof createRouter>

const never = new AbortController().signal

function implementation() {
  return implement(contract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw error instanceof AppError ? toFailure(error) : error
    }
  })
}

export type Implementation = ReturnType<typeof implementation>

function nodeHandlers(os: Implementation, { nodes, fleetEdits, logins, diagnose, history }: RouterDeps) {
  return {
    trustHostKey: os.nodes.trustHostKey.handler(({ input }) =>
      nodes.trustHostKey(input.node, input.fingerprint),
    ),
    refuseHostKey: os.nodes.refuseHostKey.handler(({ input }) =>
      nodes.refuseHostKey(input.node, input.fingerprint),
    ),
    reconnect: os.nodes.reconnect.handler(({ input }) => nodes.reconnect(input.node)),
    add: os.nodes.add.handler(({ input }) => fleetEdits.add(input.nodes)),
    edit: os.nodes.edit.handler(({ input }) => fleetEdits.edit(input.node, input.change)),
    remove: os.nodes.remove.handler(({ input }) => fleetEdits.remove(input.node)),
    move: os.nodes.move.handler(({ input }) => fleetEdits.move(input.node, input.toIndex)),
    unlock: os.nodes.unlock.handler(({ input }) =>
      logins.unlock(input.node, input.path, input.passphrase, input.isKept),
    ),
    answer: os.nodes.answer.handler(({ input }) => logins.answer(input.node, input.answers)),
    installKey: os.nodes.installKey.handler(({ input, signal }) =>
      logins.installKey(input.node, input.key, input.password, signal ?? never),
    ),
    diagnose: os.nodes.diagnose.handler(({ input, signal }) => diagnose(input.node, signal ?? never)),
    history: os.nodes.history.handler(({ input }) => history(input.node, input.span)),
  }
}

function machineHandlers(os: Implementation, { machines }: RouterDeps) {
  return {
    sshHosts: os.machines.sshHosts.handler(({ signal }) => machines.sshHosts(signal ?? never)),
    readList: os.machines.readList.handler(({ input }) => machines.readList(input.text)),
    test: os.machines.test.handler(({ input, signal }) => machines.test(input.ssh, signal ?? never)),
    trust: os.machines.trust.handler(({ input }) => machines.trust(input.ssh, input.fingerprint)),
  }
}

function keyHandlers(os: Implementation, { keys }: RouterDeps) {
  return {
    list: os.keys.list.handler(() => keys.list()),
    make: os.keys.make.handler(({ input }) => keys.make(input.comment)),
    secretsPlace: os.keys.secretsPlace.handler(() => keys.secretsPlace()),
  }
}

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
