import { z } from 'zod'
import { NodeName, PlanName, TrackName } from '../../contract/ids'
import { EngineKind } from '../../contract/plans'
import { says } from './problemText'
import { env, envName, range } from './schemaParts'

/** `plans:` of `fleet.yaml`. */

/** How a worker's log tells how far it is. */
export const ProgressRule = z.union(
  [
    z.strictObject({ json: z.literal(true) }),
    z.strictObject({ match: z.string().min(1) }),
    z.strictObject({ count: z.string().min(1), total: z.number().int().positive().optional() }),
  ],
  {
    error: says(
      'progress needs exactly one of json, match and count.',
      "Write { json: true }, { match: 'iteration (\\d+)/(\\d+)' } or { count: '✅', total: 28 }.",
    ),
  },
)
export type ProgressRule = z.output<typeof ProgressRule>

const signal = z.enum(['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2'])
const seconds = z
  .number()
  .positive()
  .max(60 * 24 * 3600)
const nodePath = z.string().min(1)

/** How a worker becomes a container. */
export const DockerConfig = z
  .strictObject({
    image: z.string().min(1),
    pull: z.enum(['missing', 'always', 'never']).default('missing'),
    build: nodePath
      .optional()
      .describe('Folder on the node with a Dockerfile; the image is built there when it is missing'),
    containerName: z
      .string()
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, {
        error: says('This is not a name that a container can have.', 'Use letters, digits and _ . -'),
      })
      .optional(),
    onConflict: z
      .enum(['refuse', 'remove', 'suffix'])
      .default('suffix')
      .describe('When a container of that name exists: refuse, remove it if it has ended, or add a suffix'),
    network: z.string().min(1).optional(),
    mounts: z
      .array(
        z.string().regex(/^[^:]+:\/[^:]*(:(ro|rw))?$/, {
          error: says('This is not a mount.', 'Write source:/target or source:/target:ro.'),
        }),
      )
      .default([]),
    envFile: nodePath.optional().describe('On the node'),
    gpus: z.string().min(1).optional().describe('As docker run --gpus takes it: all, 1, or device=0'),
    cpus: z.number().positive().optional(),
    memory: z
      .string()
      .regex(/^\d+[bkmg]?$/i, { error: says('This is not a size.', 'Write for example 12g or 512m.') })
      .optional(),
    shm: z
      .string()
      .regex(/^\d+[bkmg]?$/i, { error: says('This is not a size.', 'Write for example 2g.') })
      .optional(),
    init: z.boolean().default(true),
  })
  .describe('How each worker becomes a container; engine: docker only')
export type DockerConfig = z.output<typeof DockerConfig>

const track = z.strictObject({
  name: TrackName,
  on: z.union([z.literal('all'), z.array(NodeName).min(1), z.strictObject({ role: z.string().min(1) })], {
    error: says(
      'on must be all, a list of node names, or a role.',
      'Write all, [this-pc, pc2] or { role: gpu }.',
    ),
  }),
  workers: z.number().int().min(1).max(256).default(1).describe('Per node'),
  command: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A shell line; {{worker}} {{workers}} {{node}} {{run}} are the only placeholders. A container may do without',
    ),
  workdir: z.string().min(1).optional(),
  env: env.default({}),
  needs: z
    .strictObject({
      cpu: range.optional(),
      gpu: range.optional(),
      memGiB: range.optional(),
      diskGiB: range.optional(),
    })
    .optional()
    .describe('Per worker; a number or [low, high]'),
  progress: ProgressRule.default({ json: true }),
  stop: z
    .strictObject({
      signal: signal.default('TERM'),
      graceSeconds: z.number().min(0).max(3600).default(20),
      drain: z
        .strictObject({ signal, seconds })
        .optional()
        .describe(
          'Asks the worker to finish what it has and take no more, and waits so long before it is stopped',
        ),
    })
    .default({ signal: 'TERM', graceSeconds: 20 }),
  secrets: z.array(envName).default([]).describe('Names; values come from the system keychain at launch'),
  clientId: z.number().int().nonnegative().optional().describe('Broker client id'),
  after: z.array(TrackName).default([]).describe('Tracks that must have succeeded before this one starts'),
  limitSeconds: seconds
    .optional()
    .describe('A worker that runs longer is stopped, on its node, and has failed'),
  aliveSeconds: z
    .number()
    .min(0)
    .max(60)
    .default(2)
    .describe('A worker that has failed so soon after its launch counts as failed to start; 0 does not look'),
  onFailure: z
    .enum(['warn', 'abort'])
    .default('warn')
    .describe('What a failed worker of this track does to the run: an alert, or the end of the whole run'),
  logs: z
    .array(nodePath)
    .default([])
    .describe('Log files that the program writes itself: globs on the node, like /tmp/logs/track1/*.log'),
  docker: DockerConfig.optional(),
})
export type TrackConfig = z.output<typeof track>

const preflightCheck = z.union(
  [
    z.strictObject({
      tcp: z.string().regex(/^.+:\d+$/, {
        error: says('This must be host:port.', 'Write for example 127.0.0.1:4002.'),
      }),
    }),
    z.strictObject({
      python: z.strictObject({ min: z.string().optional(), packages: z.array(z.string()).optional() }),
    }),
    z.strictObject({ command: z.string().min(1) }),
  ],
  {
    error: says(
      'A check needs exactly one of tcp, python and command.',
      "Write for example { tcp: '127.0.0.1:4002' } or { command: nvidia-smi }.",
    ),
  },
)

export const plan = z.strictObject({
  name: PlanName,
  engine: EngineKind.default('process'),
  prerequisite: z
    .strictObject({
      command: z.string().min(1),
      on: NodeName.optional().describe('The first node of the plan, unless it is said here'),
      workdir: nodePath.optional(),
      limitSeconds: seconds.optional(),
    })
    .optional()
    .describe('A command that must have succeeded before any track starts'),
  cleanup: z
    .union([
      z.strictObject({
        command: z.string().min(1),
        workdir: nodePath.optional(),
        limitSeconds: seconds.default(300),
      }),
      z.strictObject({ remove: z.array(nodePath).min(1) }),
    ])
    .optional()
    .describe('Done once on every node of a run after its last worker there has ended, however it ended'),
  tracks: z.array(track).min(1),
  preflight: z.array(preflightCheck).default([]),
})
export type PlanConfig = z.output<typeof plan>
