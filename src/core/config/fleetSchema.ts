import { z } from 'zod'
import { NodeName, PlanName, TrackName } from '../../contract/ids'

/** `fleet.yaml`, version 1. Unknown keys are errors: a misspelt `graceSecond` must not be silently ignored. */

const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'an environment name: letters, digits and _, not starting with a digit')
const env = z.record(envName, z.string())
const percent = z.number().min(0).max(100)
const port = z.number().int().min(1).max(65_535)

/** A number, or `[low, high]`. */
const range = z.union([
  z.number().nonnegative(),
  z.tuple([z.number().nonnegative(), z.number().nonnegative()]),
])

const ssh = z.union([
  z.strictObject({ alias: z.string().min(1) }),
  z.strictObject({
    host: z.string().min(1),
    port: port.default(22),
    user: z.string().min(1).optional(),
    identityFile: z.string().min(1).optional(),
    jump: z.array(z.string().min(1)).optional(),
  }),
])
export type SshConfig = z.output<typeof ssh>

const nodeCommon = {
  name: NodeName,
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
    .optional(),
  budget: z
    .strictObject({
      cpu: percent.optional(),
      memGiB: z.number().positive().optional(),
      vram: percent.optional(),
      diskFreeGiB: z.number().nonnegative().optional(),
      sustainedSeconds: z.number().positive().default(60),
      onBreach: z.enum(['warn', 'hold', 'stop']).default('warn'),
    })
    .optional(),
  expect: z
    .strictObject({
      cpuThreads: z.number().int().positive().optional(),
      memGiB: z.number().positive().optional(),
      gpus: z.array(z.string()).optional(),
    })
    .optional(),
}

const node = z.union([
  z.strictObject({ ...nodeCommon, local: z.literal(true) }),
  z.strictObject({ ...nodeCommon, ssh }),
])
export type NodeConfig = z.output<typeof node>

const track = z.strictObject({
  name: TrackName,
  on: z.union([z.literal('all'), z.array(NodeName).min(1), z.strictObject({ role: z.string().min(1) })]),
  workers: z.number().int().min(1).max(256).default(1),
  command: z.string().min(1),
  workdir: z.string().min(1).optional(),
  env: env.default({}),
  needs: z
    .strictObject({
      cpu: range.optional(),
      gpu: range.optional(),
      memGiB: range.optional(),
      diskGiB: range.optional(),
    })
    .optional(),
  progress: z
    .union([
      z.strictObject({ json: z.literal(true) }),
      z.strictObject({ match: z.string().min(1) }),
      z.strictObject({ count: z.string().min(1), total: z.number().int().positive().optional() }),
    ])
    .default({ json: true }),
  stop: z
    .strictObject({
      signal: z.enum(['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2']).default('TERM'),
      graceSeconds: z.number().min(0).max(3600).default(20),
    })
    .default({ signal: 'TERM', graceSeconds: 20 }),
  secrets: z.array(envName).default([]),
  clientId: z.number().int().nonnegative().optional(),
})
export type TrackConfig = z.output<typeof track>

const preflightCheck = z.union([
  z.strictObject({ tcp: z.string().regex(/^.+:\d+$/, 'host:port') }),
  z.strictObject({
    python: z.strictObject({ min: z.string().optional(), packages: z.array(z.string()).optional() }),
  }),
  z.strictObject({ command: z.string().min(1) }),
])

const plan = z.strictObject({
  name: PlanName,
  engine: z.enum(['process', 'docker', 'ray']).default('process'),
  tracks: z.array(track).min(1),
  preflight: z.array(preflightCheck).default([]),
})
export type PlanConfig = z.output<typeof plan>

export const FleetFile = z.strictObject({
  version: z.literal(1),
  nodes: z.array(node).min(1),
  broker: z.strictObject({ host: z.string().min(1), port }).optional(),
  plans: z.array(plan).default([]),
})
export type Fleet = z.output<typeof FleetFile>
