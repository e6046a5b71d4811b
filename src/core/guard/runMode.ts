import type { Broker, ModeFlags, ModeName, ReportedFlags } from '../../contract/mode'

/** What `DRY_RUN`, `ALLOW_ORDERS` and the broker port add up to, in one word and in sentences. */
export interface ModeVerdict {
  readonly name: ModeName
  readonly verdict: string
  readonly remark: string | null
}

const PAPER_PORTS: readonly number[] = [4002, 7497]
const LIVE_PORTS: readonly number[] = [4001, 7496]

const NO_ORDERS = 'orders WILL NOT be sent'
export const MIXED_VERDICT = 'orders MAY be sent · treated as LIVE'

/**
 * Names the mode of a process by the strings that it carries. Only exactly `1` and `0` count: a program that reads
 * `true`, ` 1` or nothing may take it either way, so everything else is MIXED and guarded like LIVE.
 * A port is a strong hint, not proof; one that is not known to be paper is taken for live.
 */
export function nameMode(reported: ReportedFlags, broker: Broker | null): ModeVerdict {
  const unreadable = [doubt('DRY_RUN', reported.dryRun), doubt('ALLOW_ORDERS', reported.allowOrders)]
  const remark = unreadable.filter(sentence => sentence !== null).join(', ')
  if (remark !== '') return { name: 'MIXED', verdict: MIXED_VERDICT, remark }
  const ordersAllowed = reported.allowOrders === '1'
  if (reported.dryRun === '1') {
    return { name: 'SAFE', verdict: NO_ORDERS, remark: ordersAllowed ? 'orders flag on, ignored' : null }
  }
  if (!ordersAllowed) {
    return { name: 'NO ORDERS', verdict: `${NO_ORDERS} · real path, orders off`, remark: null }
  }
  if (broker !== null && PAPER_PORTS.includes(broker.port)) {
    return { name: 'PAPER', verdict: `orders go to the paper account on port ${broker.port}`, remark: null }
  }
  return { name: 'LIVE', verdict: `orders WILL be sent · ${livePort(broker)}`, remark: null }
}

/**
 * The mode of several processes together: theirs when they agree, else MIXED. Null without any process.
 * Two processes agree when their modes have the same name: an orders flag that DRY_RUN makes void divides nobody.
 */
export function nameModeOfAll(reported: readonly ReportedFlags[], broker: Broker | null): ModeVerdict | null {
  const verdicts = reported.map(flags => nameMode(flags, broker))
  const [first] = verdicts
  if (first === undefined) return null
  const names = [...new Set(verdicts.map(({ name }) => name))]
  if (names.length > 1) return { name: 'MIXED', verdict: MIXED_VERDICT, remark: names.join(' and ') }
  return verdicts.find(({ remark }) => remark !== null) ?? first
}

/** The two switches as a process is given them: exactly the strings that `nameMode` knows. */
export function flagTexts(flags: ModeFlags): { readonly dryRun: '0' | '1'; readonly allowOrders: '0' | '1' } {
  return { dryRun: flags.dryRun ? '1' : '0', allowOrders: flags.allowOrders ? '1' : '0' }
}

function doubt(name: string, value: string | null): string | null {
  if (value === null) return `${name} is missing or not readable`
  return value === '0' || value === '1' ? null : `${name} is neither 1 nor 0`
}

function livePort(broker: Broker | null): string {
  if (broker === null) return 'no broker port known, treated as live'
  return LIVE_PORTS.includes(broker.port)
    ? `port ${broker.port}`
    : `unknown port ${broker.port}, treated as live`
}
