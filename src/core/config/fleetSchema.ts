import { z } from 'zod'
import { NodeName, PlanName, TrackName } from '../../contract/ids'
import { says } from './problemText'

/** `fleet.yaml`, version 1. Unknown keys are errors: a misspelt `graceSecond` must not be silently ignored. */

const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: says(
    'This is not a name that a shell can export.',
    'Use letters, digits and _, not starting with a digit.',
  ),
})
const env = z.record(envName, z.string()).describe('Environment variables; a leading ~/ is the home folder')
const percent = z.number().min(0).max(100)
const port = z.number().int().min(1).max(65_535)

/** A number, or `[low, high]`. */
const range = z.union(
  [
    z.number().nonnegative(),
    z.tuple([z.number().nonnegative(), z.number().nonnegative()]).refine(([low, high]) => low <= high, {
      error: says('The low end is above the high end.', 'Write the smaller number first.'),
    }),
  ],
  { error: says('This must be a number or [low, high].', 'Write a number, for example 2, or [1, 2].') },
)

const ssh = z.union(
  [
    z.strictObject({ alias: z.string().min(1) }),
    z.strictObject({
      host: z.string().min(1),
      port: port.default(22),
      user: z.string().min(1).optional(),
      identityFile: z.string().min(1).optional(),
      jump: z.array(z.string().min(1)).optional(),
    }),
  ],
  {
    error: says(
      'ssh needs either host or alias.',
      'Write { host: 192.168.1.11, user: w1 } or { alias: i7 }.',
    ),
  },
)
export type SshConfig = z.output<typeof ssh>

const nodeCommon = {
  name: NodeName.describe('Unique; shown everywhere'),
  disabled: z.boolean().default(false),
  roles: z.array(z.string().min(1)).default([]),
  workdir: z.string().min(1).optional(),
  stateDir: z.string().min(1).default('~/.drydock'),
  env: env.default({}),
  target: z
    .strictObject({
      cpu: percent.optional(),
      gpu: percent.optional(),
      vram: percent.optional(),
      tolerance: percent.default(10),
    })
    .optional()
    .describe('The band that you want, in percent'),
  budget: z
    .strictObject({
      cpu: percent.optional(),
      memGiB: z.number().positive().optional(),
      vram: percent.optional(),
      diskFreeGiB: z.number().nonnegative().optional(),
      sustainedSeconds: z.number().positive().default(60),
      onBreach: z.enum(['warn', 'hold', 'stop']).default('warn'),
    })
    .optional()
    .describe('What must not be passed for longer than sustainedSeconds'),
  expect: z
    .strictObject({
      cpuThreads: z.number().int().positive().optional(),
      memGiB: z.number().positive().optional(),
      gpus: z.array(z.string()).optional(),
    })
    .optional()
    .describe('Planned, held against what the node reports'),
}

const node = z.union(
  [z.strictObject({ ...nodeCommon, local: z.literal(true) }), z.strictObject({ ...nodeCommon, ssh })],
  {
    error: ({ input }) =>
      hasBoth(input, 'local', 'ssh')
        ? says('A node is either local or reached by ssh, not both.', 'Remove local or ssh.')
        : says(
            'A node needs either local: true or ssh.',
            'Add local: true for this PC, or ssh: { host: … }.',
          ),
  },
)
export type NodeConfig = z.output<typeof node>

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
    .describe('A shell line; {{worker}} {{workers}} {{node}} {{run}} are the only placeholders'),
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
      signal: z.enum(['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2']).default('TERM'),
      graceSeconds: z.number().min(0).max(3600).default(20),
    })
    .default({ signal: 'TERM', graceSeconds: 20 }),
  secrets: z.array(envName).default([]).describe('Names; values come from the system keychain at launch'),
  clientId: z.number().int().nonnegative().optional().describe('Broker client id'),
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

const plan = z.strictObject({
  name: PlanName,
  engine: z.enum(['process', 'docker', 'ray']).default('process'),
  tracks: z.array(track).min(1),
  preflight: z.array(preflightCheck).default([]),
})
export type PlanConfig = z.output<typeof plan>

export const FleetFile = z.strictObject({
  version: z.literal(1, {
    error: ({ input }) =>
      input === undefined
        ? says('The version is missing.', 'Add version: 1 as the first line.')
        : says(
            `This file says version ${JSON.stringify(input)}; this Drydock understands version 1.`,
            'Write version: 1 (without quotes), or use the Drydock that the file was written for.',
          ),
  }),
  nodes: z.array(node).min(1),
  broker: z.strictObject({ host: z.string().min(1), port }).optional(),
  plans: z.array(plan).default([]),
})
export type Fleet = z.output<typeof FleetFile>

function hasBoth(input: unknown, first: string, second: string): boolean {
  return typeof input === 'object' && input !== null && first in input && second in input
}
