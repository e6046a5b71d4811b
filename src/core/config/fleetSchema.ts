import { z } from 'zod'
import { NodeName } from '../../contract/ids'
import { plan } from './planSchema'
import { says } from './problemText'
import { env, percent, port } from './schemaParts'

/** `fleet.yaml`, version 1. Unknown keys are errors: a misspelt `graceSecond` must not be silently ignored. */

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
