import type { Broker, ModeFlags, ModeName, RunMode } from '../../contract/mode'

/** IB Gateway's and TWS's paper ports. Any other port counts as real money. */
const PAPER_PORTS: readonly number[] = [4002, 7497]

/** From quiet to loud. A mode that is not known counts as the loudest. */
const DISTANCE: Readonly<Record<ModeName, number>> = { SAFE: 0, 'NO ORDERS': 1, PAPER: 2, LIVE: 3, MIXED: 3 }

/** What the two switches and the broker's port add up to. */
export function modeOf(flags: ModeFlags, broker: Broker | null): Exclude<ModeName, 'MIXED'> {
  if (flags.dryRun) return 'SAFE'
  if (!flags.allowOrders) return 'NO ORDERS'
  return broker !== null && PAPER_PORTS.includes(broker.port) ? 'PAPER' : 'LIVE'
}

/** Does it lead away from SAFE, so that the mode's name must be typed? */
export const leadsAway = (mode: RunMode, flags: ModeFlags): boolean =>
  DISTANCE[modeOf(flags, mode.broker)] > DISTANCE[modeOf(mode.flags, mode.broker)]

/** Is it drawn as real money at stake? */
export const isLoud = (name: ModeName): boolean => name === 'LIVE' || name === 'MIXED'

export const SAFE_FLAGS: ModeFlags = { dryRun: true, allowOrders: false }

/** What a mode means for the next start, in a sentence. */
export function modeMeaning(name: ModeName, broker: Broker | null): string {
  const where = broker === null ? 'the broker the worker finds' : `${broker.host}:${broker.port}`
  switch (name) {
    case 'SAFE':
      return 'Workers are started with DRY_RUN on: no order is sent.'
    case 'NO ORDERS':
      return 'Workers take the real path, but with ALLOW_ORDERS off: no order is sent.'
    case 'PAPER':
      return `Workers may send orders to ${where}, a paper account by its port. No real money moves.`
    case 'LIVE':
      return `Workers may send orders to ${where}. The port is not a known paper port: real money can move.`
    case 'MIXED':
      return 'Nodes disagree or cannot be read: treated as LIVE.'
    default:
      return name satisfies never
  }
}
