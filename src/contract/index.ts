import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { DiagnosisEvent } from './diagnosis'
import { FleetEvent, Settings } from './events'
import {
  ContainerRemoval,
  EndedContainer,
  FolderPreview,
  FolderRemoval,
  FolderRule,
  RunFolder,
} from './folders'
import { HistorySpan, NodeHistory } from './history'
import { LogId, NodeName, PlanName, RunId, WorkerId } from './ids'
import { LoginKey, SecretsPlace } from './keys'
import { LogLines, LogQuery, LogSearchEvent } from './logs'
import { ListedMachine, NewNode, NodeChange, SshHost, TestResult } from './machines'
import { ModeFlags, RunMode } from './mode'
import { Fingerprint, SshAddress } from './nodes'
import { PlanDraft, PlanPreview, RemovedPlan, TrackChoice } from './plans'
import { PidFileFinding, Run, StopHow } from './runs'

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
const oneLog = z.strictObject({ run: RunId, log: LogId })
const path = z.string().min(1).max(4096)

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
      /** `tracks` null starts all of them. */
      .input(
        z.strictObject({
          plan: PlanName,
          tracks: z.array(TrackChoice).min(1).max(64).nullable().default(null),
        }),
      )
      .output(Run),
    /** Ends with the proof: the reply's `stop` says what is gone. `nodes` and `workers` narrow the stop. */
    stop: procedure
      .route({ method: 'POST', path: '/runs/{run}/stop' })
      .input(
        z.strictObject({
          run: RunId,
          how: StopHow.default('stop'),
          nodes: z.array(NodeName).nullable(),
          workers: z.array(WorkerId).min(1).max(10_000).nullable().default(null),
        }),
      )
      .output(Run),
    /** Kills one process that a STOP has named, if it still is that process. */
    killSurvivor: procedure
      .route({ method: 'POST', path: '/runs/{run}/survivors' })
      .input(node.extend({ run: RunId, pid: z.number().int().positive(), startTicks: z.number().int() }))
      .output(Run),
    /** Makes another Drydock's run this one's. */
    takeOver: procedure
      .route({ method: 'POST', path: '/runs/{run}/take-over' })
      .input(z.strictObject({ run: RunId }))
      .output(Run),
    /** Looks at a pid file on a node, and changes nothing. */
    findPidFile: procedure
      .route({ method: 'POST', path: '/runs/pid-file' })
      .input(node.extend({ pidFile: path }))
      .output(PidFileFinding),
    /** Adopts what `findPidFile` found, if it still is that process. `logs` are globs on the node. */
    adoptPidFile: procedure
      .route({ method: 'POST', path: '/runs/adopt' })
      .input(
        z.strictObject({
          finding: PidFileFinding,
          plan: PlanName,
          logs: z.array(z.string().max(4096)).max(20),
        }),
      )
      .output(Run),
  },
  plans: {
    /** The plan as the editor holds it. */
    read: procedure
      .route({ method: 'GET', path: '/plans/{plan}' })
      .input(z.strictObject({ plan: PlanName }))
      .output(PlanDraft),
    /** What is wrong with a draft and what it would start; `replaces`: the plan that is being edited. */
    check: procedure
      .route({ method: 'POST', path: '/plans/check' })
      .input(z.strictObject({ draft: PlanDraft, replaces: PlanName.nullable() }))
      .output(PlanPreview),
    save: procedure
      .route({ method: 'POST', path: '/plans' })
      .input(z.strictObject({ draft: PlanDraft, replaces: PlanName.nullable() }))
      .output(z.void()),
    /** A copy under a free name, which it answers. */
    duplicate: procedure
      .route({ method: 'POST', path: '/plans/{plan}/copy' })
      .input(z.strictObject({ plan: PlanName }))
      .output(PlanName),
    remove: procedure
      .route({ method: 'DELETE', path: '/plans/{plan}' })
      .input(z.strictObject({ plan: PlanName }))
      .output(RemovedPlan),
    /** Puts a removed plan back. */
    restore: procedure.route({ method: 'POST', path: '/plans/restore' }).input(RemovedPlan).output(z.void()),
  },
  /** Values of the secrets that plans name. They go in and never come out. */
  secrets: {
    set: procedure
      .route({ method: 'POST', path: '/secrets' })
      .input(z.strictObject({ name: z.string().max(200), value: secret }))
      .output(z.void()),
    remove: procedure
      .route({ method: 'DELETE', path: '/secrets/{name}' })
      .input(z.strictObject({ name: z.string().max(200) }))
      .output(z.void()),
  },
  /** What runs have left on a node's disk. */
  folders: {
    list: procedure
      .route({ method: 'GET', path: '/nodes/{node}/folders' })
      .input(node)
      .output(z.array(RunFolder)),
    preview: procedure
      .route({ method: 'POST', path: '/nodes/{node}/folders/preview' })
      .input(node.extend({ rule: FolderRule }))
      .output(FolderPreview),
    /** Exactly these, as a preview named them; what has become active meanwhile stays. */
    remove: procedure
      .route({ method: 'DELETE', path: '/nodes/{node}/folders' })
      .input(node.extend({ runs: z.array(RunId).min(1).max(10_000) }))
      .output(FolderRemoval),
    containers: procedure
      .route({ method: 'GET', path: '/nodes/{node}/containers' })
      .input(node)
      .output(z.array(EndedContainer)),
    removeContainers: procedure
      .route({ method: 'DELETE', path: '/nodes/{node}/containers' })
      .input(
        node.extend({
          ids: z
            .array(z.string().regex(/^[0-9a-f]{64}$/))
            .min(1)
            .max(1000),
        }),
      )
      .output(ContainerRemoval),
  },
  logs: {
    /** From `fromLine` to the end, then whatever comes, until the reader goes away. */
    follow: procedure
      .route({ method: 'GET', path: '/runs/{run}/logs/{log}/follow' })
      .input(oneLog.extend({ fromLine: z.number().int().nonnegative() }))
      .output(eventIterator(LogLines)),
    /** At most `count` lines from `fromLine`. */
    read: procedure
      .route({ method: 'GET', path: '/runs/{run}/logs/{log}/lines' })
      .input(
        oneLog.extend({
          fromLine: z.number().int().nonnegative(),
          count: z.number().int().min(1).max(10_000),
        }),
      )
      .output(LogLines),
    /** `logs` null: all of the run's. */
    search: procedure
      .route({ method: 'POST', path: '/runs/{run}/search' })
      .input(z.strictObject({ run: RunId, logs: z.array(LogId).max(1000).nullable(), query: LogQuery }))
      .output(eventIterator(LogSearchEvent)),
    /** The first line that came at or after a time; the number of lines when there is none. */
    lineAt: procedure
      .route({ method: 'GET', path: '/runs/{run}/logs/{log}/line-at' })
      .input(oneLog.extend({ atMs: z.number() }))
      .output(z.number().int().nonnegative()),
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
