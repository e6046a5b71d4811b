import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { DiagnosisEvent } from './diagnosis'
import { FleetEvent, Settings } from './events'
import { HistorySpan, NodeHistory } from './history'
import { NodeName, PlanName, RunId, WorkerId } from './ids'
import { LoginKey, SecretsPlace } from './keys'
import { LogLines } from './logs'
import { ListedMachine, NewNode, NodeChange, SshHost, TestResult } from './machines'
import { ModeFlags, RunMode } from './mode'
import { Fingerprint, SshAddress } from './nodes'
import { Run } from './runs'

/** Every expected failure is a sentence for the trader (`message`) and the fix (`hint`). */
const failure = z.object({ hint: z.string().nullable(), node: NodeName.nullable().optional() })

const failures = {
  /** The engine says no, and why. */
  REFUSED: { status: 409, data: failure },
  NOT_FOUND: { status: 404, data: failure },
  UNREACHABLE: { status: 503, data: failure },
  /** A bug. `ref` joins the screen to the line in the log file. */
  INTERNAL: { status: 500, data: failure.extend({ ref: z.string() }) },
} as const

const procedure = oc.errors(failures)
const node = z.strictObject({ node: NodeName })
const secret = z.string().min(1).max(4096)
const workerLog = z.strictObject({ run: RunId, worker: WorkerId })

export const contract = {
  /** The first batch is a snapshot; later ones change it. */
  events: procedure.route({ method: 'GET', path: '/events' }).output(eventIterator(z.array(FleetEvent))),
  nodes: {
    trustHostKey: procedure
      .route({ method: 'POST', path: '/nodes/{node}/trust' })
      .input(z.strictObject({ node: NodeName, fingerprint: Fingerprint }))
      .output(z.void()),
    refuseHostKey: procedure
      .route({ method: 'POST', path: '/nodes/{node}/refuse' })
      .input(z.strictObject({ node: NodeName, fingerprint: Fingerprint }))
      .output(z.void()),
    reconnect: procedure
      .route({ method: 'POST', path: '/nodes/{node}/reconnect' })
      .input(node)
      .output(z.void()),
    /** All of `fleet.yaml`'s new nodes at once, or none. */
    add: procedure
      .route({ method: 'POST', path: '/nodes' })
      .input(z.strictObject({ nodes: z.array(NewNode).min(1).max(100) }))
      .output(z.void()),
    edit: procedure
      .route({ method: 'PATCH', path: '/nodes/{node}' })
      .input(node.extend({ change: NodeChange }))
      .output(z.void()),
    /** Takes it out of `fleet.yaml`, and out of the plans that name it. Refused while a run is on it. */
    remove: procedure.route({ method: 'DELETE', path: '/nodes/{node}' }).input(node).output(z.void()),
    move: procedure
      .route({ method: 'POST', path: '/nodes/{node}/move' })
      .input(node.extend({ toIndex: z.number().int().nonnegative() }))
      .output(z.void()),
    /** Gives a key's passphrase, and connects. */
    unlock: procedure
      .route({ method: 'POST', path: '/nodes/{node}/unlock' })
      .input(node.extend({ path: z.string().max(4096), passphrase: secret, isKept: z.boolean() }))
      .output(z.void()),
    /** Answers what the server asks, for one attempt. */
    answer: procedure
      .route({ method: 'POST', path: '/nodes/{node}/answer' })
      .input(node.extend({ answers: z.array(z.string().max(4096)).max(20) }))
      .output(z.void()),
    /** Logs in once with a password, installs the public key, and proves that the key is enough. */
    installKey: procedure
      .route({ method: 'POST', path: '/nodes/{node}/install-key' })
      .input(node.extend({ key: z.string().max(4096), password: secret }))
      .output(z.void()),
    diagnose: procedure
      .route({ method: 'GET', path: '/nodes/{node}/diagnosis' })
      .input(node)
      .output(eventIterator(DiagnosisEvent)),
    history: procedure
      .route({ method: 'GET', path: '/nodes/{node}/history' })
      .input(node.extend({ span: HistorySpan }))
      .output(NodeHistory),
  },
  /** Machines that may become nodes. */
  machines: {
    sshHosts: procedure.route({ method: 'GET', path: '/machines/ssh-hosts' }).output(z.array(SshHost)),
    readList: procedure
      .route({ method: 'POST', path: '/machines/list' })
      .input(z.strictObject({ text: z.string().max(100_000) }))
      .output(z.array(ListedMachine)),
    /** One attempt, which leaves nothing behind. At most three run at a time. */
    test: procedure
      .route({ method: 'POST', path: '/machines/test' })
      .input(z.strictObject({ ssh: SshAddress }))
      .output(TestResult),
    /** Trusts the key that the last test of this address met. */
    trust: procedure
      .route({ method: 'POST', path: '/machines/trust' })
      .input(z.strictObject({ ssh: SshAddress, fingerprint: Fingerprint }))
      .output(z.void()),
  },
  keys: {
    list: procedure.route({ method: 'GET', path: '/keys' }).output(z.array(LoginKey)),
    /** Makes an ed25519 pair in Drydock's own folder. */
    make: procedure
      .route({ method: 'POST', path: '/keys' })
      .input(z.strictObject({ comment: z.string().max(200) }))
      .output(LoginKey),
    secretsPlace: procedure.route({ method: 'GET', path: '/keys/secrets' }).output(SecretsPlace),
  },
  runs: {
    start: procedure
      .route({ method: 'POST', path: '/runs' })
      .input(z.strictObject({ plan: PlanName }))
      .output(Run),
    /** Ends with the proof: the reply's `stop` says what is gone. `nodes` narrows the stop. */
    stop: procedure
      .route({ method: 'POST', path: '/runs/{run}/stop' })
      .input(z.strictObject({ run: RunId, force: z.boolean(), nodes: z.array(NodeName).nullable() }))
      .output(Run),
  },
  logs: {
    /** From `fromLine` to the end, then whatever comes, until the reader goes away. */
    follow: procedure
      .route({ method: 'GET', path: '/runs/{run}/workers/{worker}/log' })
      .input(workerLog.extend({ fromLine: z.number().int().nonnegative() }))
      .output(eventIterator(LogLines)),
    /** At most `count` lines from `fromLine`. */
    read: procedure
      .route({ method: 'GET', path: '/runs/{run}/workers/{worker}/lines' })
      .input(
        workerLog.extend({
          fromLine: z.number().int().nonnegative(),
          count: z.number().int().min(1).max(10_000),
        }),
      )
      .output(LogLines),
  },
  mode: {
    /** Leaving SAFE needs `typed`: the name of the mode it leads to. */
    set: procedure
      .route({ method: 'POST', path: '/mode' })
      .input(ModeFlags.extend({ typed: z.string().nullable() }).strict())
      .output(RunMode),
  },
  alerts: {
    dismiss: procedure
      .route({ method: 'POST', path: '/alerts/dismiss' })
      .input(z.strictObject({ id: z.string().max(200) }))
      .output(z.void()),
  },
  settings: {
    set: procedure.route({ method: 'POST', path: '/settings' }).input(Settings.strict()).output(Settings),
  },
}
