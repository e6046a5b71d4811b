import { z } from 'zod'
import { NodeName } from './ids'
import { BlockReason, Inventory, SshAddress } from './nodes'

/** A machine that could become a node: a host of `~/.ssh/config`, resolved by OpenSSH's own client. */
export const SshHost = z.object({
  alias: z.string(),
  /** null, with `problem`, when the client cannot resolve it. */
  resolved: z
    .object({
      host: z.string(),
      port: z.number().int(),
      user: z.string(),
      /** Key files that are named; empty when the agent and the usual files are offered. */
      identityFiles: z.array(z.string()),
      /** `user@host:port` of each hop, nearest first. */
      jump: z.array(z.string()),
    })
    .nullable(),
  problem: z.string().nullable(),
  /** The node of the fleet that already is this address. */
  node: NodeName.nullable(),
})
export type SshHost = z.infer<typeof SshHost>

/** One line of a list of machines that somebody pasted. */
export const ListedMachine = z.object({
  line: z.number().int(),
  text: z.string(),
  /** null with `problem`. */
  name: NodeName.nullable(),
  ssh: SshAddress.nullable(),
  problem: z.string().nullable(),
})
export type ListedMachine = z.infer<typeof ListedMachine>

/** What one attempt to reach a machine came to. */
export const TestResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('reached'),
    inventory: Inventory,
    roundTripMs: z.number().nullable(),
    /** The node of the fleet that is this very machine. */
    sameAs: NodeName.nullable(),
  }),
  z.object({ outcome: z.literal('blocked'), reason: BlockReason }),
  z.object({ outcome: z.literal('unreachable'), message: z.string(), hint: z.string() }),
])
export type TestResult = z.infer<typeof TestResult>

export const NewNode = z.strictObject({
  name: NodeName,
  ssh: SshAddress,
  roles: z.array(z.string().min(1).max(60)).max(20),
})
export type NewNode = z.infer<typeof NewNode>

/** What to change of a node; null leaves it as it is. */
export const NodeChange = z.strictObject({
  name: NodeName.nullable(),
  ssh: SshAddress.nullable(),
  roles: z.array(z.string().min(1).max(60)).max(20).nullable(),
  isDisabled: z.boolean().nullable(),
})
export type NodeChange = z.infer<typeof NodeChange>
