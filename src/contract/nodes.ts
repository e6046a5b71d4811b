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

/** Where a node is reached by SSH, as `fleet.yaml` says it. `null` and `[]` are what is not said there. */
export const SshAddress = z.union([
  z.strictObject({ alias: z.string().min(1).max(255) }),
  z.strictObject({
    host: z.string().min(1).max(255),
    port: z.number().int().min(1).max(65_535),
    user: z.string().min(1).max(255).nullable(),
    /** A path; a leading `~/` is the home folder of whoever runs Drydock. */
    identityFile: z.string().min(1).max(4096).nullable(),
    /** The hosts on the way, nearest first: an alias of `~/.ssh/config`, a node's name, or `user@host:port`. */
    jump: z.array(z.string().min(1).max(255)).max(8),
  }),
])
export type SshAddress = z.infer<typeof SshAddress>

/** Something the server asks before it lets anyone in. */
export const LoginPrompt = z.object({
  text: z.string(),
  /** Whether the answer is a secret that is not drawn. */
  isHidden: z.boolean(),
})
export type LoginPrompt = z.infer<typeof LoginPrompt>

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
  z.object({
    kind: z.literal('auth'),
    message: z.string(),
    hint: z.string(),
    /** The server would take a password: one, typed once, can install a key (`nodes.installKey`). */
    takesPassword: z.boolean(),
  }),
  /** A key that is wanted has a passphrase: `nodes.unlock` gives it. */
  z.object({ kind: z.literal('passphrase'), path: z.string(), message: z.string(), hint: z.string() }),
  /** The server asks by itself (keyboard-interactive): `nodes.answer` tries once with the answers. */
  z.object({
    kind: z.literal('question'),
    title: z.string(),
    prompts: z.array(LoginPrompt),
    message: z.string(),
    hint: z.string(),
  }),
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

/** A block device of a node. */
export const DiskDevice = z.object({
  device: z.string(),
  model: z.string().nullable(),
  sizeGiB: z.number().nullable(),
  kind: z.enum(['ssd', 'hdd']).nullable(),
})
export type DiskDevice = z.infer<typeof DiskDevice>

/** What a node is, read once per link. Every field is null (a list: empty) until reported. GPUs are in `GpuReading`. */
export const Inventory = z.object({
  os: z.string().nullable(),
  kernel: z.string().nullable(),
  arch: z.string().nullable(),
  cpuModel: z.string().nullable(),
  cpuThreads: z.number().int().nullable(),
  memTotalMiB: z.number().nullable(),
  swapTotalMiB: z.number().nullable(),
  disks: z.array(DiskDevice),
  /** Version of `python3`, e.g. `3.11.2`. */
  python: z.string().nullable(),
  /** The hypervisor or container, e.g. `kvm`; `none` on bare metal. */
  virtualization: z.string().nullable(),
  /** Tells machines apart whatever their addresses are. */
  machineId: z.string().nullable(),
  /** The node's clock minus this PC's, when the link came up. */
  clockSkewMs: z.number().nullable(),
  bootId: z.string().nullable(),
})
export type Inventory = z.infer<typeof Inventory>

/** What `expect` of a node in `fleet.yaml` says; null is not said. */
export const Expectation = z.object({
  cpuThreads: z.number().nullable(),
  memGiB: z.number().nullable(),
  gpus: z.array(z.string()).nullable(),
})
export type Expectation = z.infer<typeof Expectation>

/** Something about a node that is worth a look and no alarm. */
export const Notice = z.object({
  kind: z.enum(['same-machine', 'clone', 'other-machine', 'few-sessions', 'clock-skew', 'not-as-planned']),
  message: z.string(),
  hint: z.string(),
})
export type Notice = z.infer<typeof Notice>

/** A port on this PC's loopback that leads to a place that the node reaches. */
export const Tunnel = z.object({
  localPort: z.number().int(),
  /** `host:port` as the node sees it, or the path of a Unix socket there. */
  to: z.string(),
  /** Who opened it, in words. */
  purpose: z.string(),
  connections: z.number().int(),
})
export type Tunnel = z.infer<typeof Tunnel>

/** A node as the fleet screen draws it, without its fast-moving readings. */
export const NodeView = z.object({
  name: NodeName,
  isLocal: z.boolean(),
  /** `user@host:port` as configured, or null for this PC. */
  address: z.string().nullable(),
  /** For the form that edits it; null for this PC. */
  ssh: SshAddress.nullable(),
  roles: z.array(z.string()),
  target: Target,
  limit: Limit,
  expected: Expectation,
  link: Link,
  inventory: Inventory.nullable(),
  /** The verified key of the link that is online; null for this PC. */
  hostKey: HostKey.nullable(),
  notices: z.array(Notice),
  tunnels: z.array(Tunnel),
})
export type NodeView = z.infer<typeof NodeView>
