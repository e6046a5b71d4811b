import { z } from 'zod'
import { NodeName } from './ids'

/** A server's public key as a person compares it: OpenSSH's SHA256 form, `SHA256:` and base64 without padding. */
export const Fingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/)

export const HostKey = z.object({
  /** Key type as OpenSSH writes it, e.g. `ssh-ed25519`. */
  type: z.string(),
  fingerprint: Fingerprint,
})
export type HostKey = z.infer<typeof HostKey>

/** Why a link is blocked. A blocked link is never retried by itself. */
export const BlockReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('host-key-unknown'), address: z.string(), offered: HostKey }),
  z.object({ kind: z.literal('host-key-refused'), address: z.string(), offered: HostKey }),
  z.object({
    kind: z.literal('host-key-changed'),
    address: z.string(),
    offered: HostKey,
    known: z.array(HostKey),
    /** Where the known key is written: Drydock's own `known_hosts` or the user's. */
    knownIn: z.string(),
  }),
  z.object({ kind: z.literal('auth'), message: z.string(), hint: z.string() }),
  z.object({ kind: z.literal('unusable'), message: z.string(), hint: z.string() }),
])
export type BlockReason = z.infer<typeof BlockReason>

/** The SSH connection to a node, or the local shell of this PC. */
export const Link = z.discriminatedUnion('state', [
  z.object({ state: z.literal('connecting'), sinceMs: z.number() }),
  z.object({ state: z.literal('online'), sinceMs: z.number() }),
  z.object({
    state: z.literal('unreachable'),
    sinceMs: z.number(),
    /** When the next attempt starts (epoch ms); null while one is under way. */
    nextTryAtMs: z.number().nullable(),
    message: z.string(),
    hint: z.string(),
  }),
  z.object({ state: z.literal('blocked'), sinceMs: z.number(), reason: BlockReason }),
  z.object({ state: z.literal('disabled'), sinceMs: z.number() }),
])
export type Link = z.infer<typeof Link>

/** The band the user wants, in percent; `tolerance` on both sides of each. */
export const Target = z.object({
  cpu: z.number().nullable(),
  gpu: z.number().nullable(),
  vram: z.number().nullable(),
  tolerance: z.number(),
})
export type Target = z.infer<typeof Target>

/** What must not be passed, in percent of what the node has. */
export const Limit = z.object({
  cpu: z.number(),
  ram: z.number(),
  gpu: z.number(),
  vram: z.number(),
  disk: z.number(),
})
export type Limit = z.infer<typeof Limit>

/** What a node is, read once per link. Every field is null until reported. */
export const Inventory = z.object({
  os: z.string().nullable(),
  kernel: z.string().nullable(),
  arch: z.string().nullable(),
  cpuModel: z.string().nullable(),
  cpuThreads: z.number().int().nullable(),
  memTotalMiB: z.number().nullable(),
  bootId: z.string().nullable(),
})
export type Inventory = z.infer<typeof Inventory>

/** A node as the fleet screen draws it, without its fast-moving readings. */
export const NodeView = z.object({
  name: NodeName,
  isLocal: z.boolean(),
  /** `user@host:port` as configured, or null for this PC. */
  address: z.string().nullable(),
  roles: z.array(z.string()),
  target: Target,
  limit: Limit,
  link: Link,
  inventory: Inventory.nullable(),
})
export type NodeView = z.infer<typeof NodeView>
