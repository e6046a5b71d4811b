/**
 * Names that decide whether orders leave, here and in the trading programs that Drydock knows. Drydock alone sets
 * its own four; the others must stay what the node's operator made them, so no fleet file may touch any.
 */
const RESERVED: readonly string[] = [
  'DRY_RUN',
  'ALLOW_ORDERS',
  'DRYDOCK_RUN',
  'DRYDOCK_WORKER',
  'FREQTRADE__DRY_RUN',
  'TRADING_MODE',
  'READ_ONLY_API',
]
const LIVE_PORTS: readonly number[] = [4001, 7496]

/** Why this variable must not be set by a user, in a sentence; null when it may. Never repeats the value. */
export function reservedReason(name: string, value: string | null): string | null {
  if (RESERVED.includes(name)) {
    return `${name} is reserved: Drydock's run mode decides about orders, not fleet.yaml.`
  }
  if (name === 'IBKR_PORT' && value !== null && LIVE_PORTS.includes(Number(value))) {
    return `IBKR_PORT ${Number(value)} is a live port: it is reserved.`
  }
  return null
}
