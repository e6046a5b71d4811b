import type { BlockReason } from '../../contract/nodes'
import { AppError } from '../kernel/appError'
import type { OfferedKey } from './knownHosts'

/** A key that a click can make known, and for which host. */
export interface HostKeyOffer {
  readonly host: string
  readonly port: number
  readonly key: OfferedKey
}

/** A link that must wait for the user: host key or authentication. Carries what the card shows. */
export class BlockedError extends AppError {
  readonly reason: BlockReason
  /** Null unless the reason is an unknown host key. */
  readonly offer: HostKeyOffer | null

  constructor(message: string, reason: BlockReason, offer: HostKeyOffer | null = null, cause?: unknown) {
    super('blocked', message, 'hint' in reason ? { hint: reason.hint, cause } : { cause })
    this.name = 'BlockedError'
    this.reason = reason
    this.offer = offer
  }
}

/** What the card of a blocked link shows, for any error that blocks. */
export function blockReasonOf(error: AppError): BlockReason {
  if (error instanceof BlockedError) return error.reason
  return { kind: 'unusable', message: error.message, hint: error.hint ?? 'Correct it, then reconnect.' }
}
