import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { FleetEvent, Settings } from './events'
import { NodeName, PlanName, RunId, WorkerId } from './ids'
import { LogLines } from './logs'
import { ModeFlags, RunMode } from './mode'
import { Fingerprint } from './nodes'
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
      .input(z.strictObject({ node: NodeName }))
      .output(z.void()),
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
