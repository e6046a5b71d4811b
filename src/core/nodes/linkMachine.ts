import type { BlockReason, Link } from '../../contract/nodes'

/** What can happen to a link. */
export type LinkEvent =
  /** An attempt to connect begins. */
  | { readonly type: 'attempt' }
  | { readonly type: 'up' }
  /** An attempt failed, or a link that was up died; the next attempt is planned. */
  | { readonly type: 'lost'; readonly message: string; readonly hint: string; readonly nextTryAtMs: number }
  | { readonly type: 'blocked'; readonly reason: BlockReason }
  /** The user refused the key that is offered. */
  | { readonly type: 'key-refused' }
  | { readonly type: 'disabled' }

type State = Link['state']
type In<S extends State> = Extract<Link, { state: S }>
type On<T extends LinkEvent['type']> = Extract<LinkEvent, { type: T }>
type Table = {
  readonly [S in State]: {
    readonly [T in LinkEvent['type']]: (link: In<S>, event: On<T>, nowMs: number) => Link | null
  }
}

const no = (): null => null
const connecting = (_link: Link, _event: LinkEvent, nowMs: number): Link => ({
  state: 'connecting',
  sinceMs: nowMs,
})
const online = (_link: Link, _event: LinkEvent, nowMs: number): Link => ({ state: 'online', sinceMs: nowMs })
const disabled = (_link: Link, _event: LinkEvent, nowMs: number): Link => ({
  state: 'disabled',
  sinceMs: nowMs,
})
const blocked = (_link: Link, { reason }: On<'blocked'>, nowMs: number): Link => ({
  state: 'blocked',
  sinceMs: nowMs,
  reason,
})
const unreachable = (_link: Link, event: On<'lost'>, nowMs: number): Link => ({
  state: 'unreachable',
  sinceMs: nowMs,
  nextTryAtMs: event.nextTryAtMs,
  message: event.message,
  hint: event.hint,
})

/**
 * Every state against every event. `sinceMs` of `unreachable` stays through all retries: it says how long nothing is
 * known of the node. A blocked link leaves that state only by a new attempt, and only the user starts one.
 */
const TABLE: Table = {
  connecting: { attempt: no, up: online, lost: unreachable, blocked, 'key-refused': no, disabled },
  online: { attempt: no, up: no, lost: unreachable, blocked: no, 'key-refused': no, disabled },
  unreachable: {
    attempt: link => (link.nextTryAtMs === null ? null : { ...link, nextTryAtMs: null }),
    up: online,
    lost: (link, event, nowMs) => ({ ...unreachable(link, event, nowMs), sinceMs: link.sinceMs }),
    blocked,
    'key-refused': no,
    disabled,
  },
  blocked: { attempt: connecting, up: no, lost: no, blocked: no, 'key-refused': refuseKey, disabled },
  disabled: { attempt: connecting, up: no, lost: no, blocked: no, 'key-refused': no, disabled: no },
}

/** The link after `event`, or null when that cannot happen in this state. Pure. */
export function nextLink(link: Link, event: LinkEvent, nowMs: number): Link | null {
  // The table pairs every state with every event; TypeScript cannot follow two unions through an index at once.
  const step = TABLE[link.state][event.type] as (link: Link, event: LinkEvent, nowMs: number) => Link | null
  return step(link, event, nowMs)
}

function refuseKey(link: In<'blocked'>, _event: On<'key-refused'>, nowMs: number): Link | null {
  if (link.reason.kind !== 'host-key-unknown') return null
  return { ...link, sinceMs: nowMs, reason: { ...link.reason, kind: 'host-key-refused' } }
}

const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 30_000

/**
 * How long to wait before attempt number `failures` (0 is the first after a cut). Doubles up to 30 s; the jitter
 * (`random` in 0..1 takes up to half of it away) keeps nodes that were lost together from coming back together.
 */
export function retryDelayMs(failures: number, random: number): number {
  const full = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 10))
  return Math.round(full * (1 - random / 2))
}
