import type Database from 'libsql'
import { z } from 'zod'
import type { NodeName } from '../../contract/ids'
import { bodies } from './bodies'

export const IDENTITIES_SCHEMA = `
  CREATE TABLE identities (node TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
`

/** Which machine stood behind a node's name when its link last came up; null is not reported. */
export const NodeIdentity = z.object({
  machineId: z.string().nullable(),
  /** Fingerprint of the verified host key; null for this PC. */
  hostKey: z.string().nullable(),
  seenAtMs: z.number(),
})
export type NodeIdentity = z.infer<typeof NodeIdentity>

/** The table of identities. A node that leaves the fleet keeps its row: it may come back. */
export function createIdentities(db: Database.Database) {
  const save = db.prepare('INSERT OR REPLACE INTO identities (node, body) VALUES (?, ?)')
  const read = db.prepare('SELECT body FROM identities WHERE node = ?')

  return {
    saveIdentity: (node: NodeName, identity: NodeIdentity): void =>
      void save.run(node, JSON.stringify(identity)),
    identity: (node: NodeName): NodeIdentity | null => bodies(NodeIdentity, read.all(node))[0] ?? null,
  }
}
