import { z } from 'zod'
import { Fingerprint } from './nodes'

/** A key pair to log in with. The private half never leaves its file. */
export const LoginKey = z.object({
  /** Of the private key. */
  path: z.string(),
  /** As OpenSSH writes it, e.g. `ssh-ed25519`; null, as the fingerprint, when the public half cannot be read. */
  type: z.string().nullable(),
  fingerprint: Fingerprint.nullable(),
  comment: z.string(),
  hasPassphrase: z.boolean(),
  /** In Drydock's own folder, made by it. */
  isOwn: z.boolean(),
})
export type LoginKey = z.infer<typeof LoginKey>

/** Where secrets go that somebody types. */
export const SecretsPlace = z.object({
  /** `memory`: they are gone when Drydock ends. */
  place: z.enum(['keychain', 'memory']),
  /** Which keychain, or why there is none, in words. */
  detail: z.string(),
})
export type SecretsPlace = z.infer<typeof SecretsPlace>
