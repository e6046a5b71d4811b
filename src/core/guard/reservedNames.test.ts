import { describe, expect, it } from 'vitest'
import { reservedReason } from './reservedNames'

describe('reservedReason', () => {
  it.each([
    'DRY_RUN',
    'ALLOW_ORDERS',
    'DRYDOCK_RUN',
    'DRYDOCK_WORKER',
    'FREQTRADE__DRY_RUN',
    'TRADING_MODE',
    'READ_ONLY_API',
  ])('reserves %s whatever its value', name => {
    expect(reservedReason(name, '1')).toBe(
      `${name} is reserved: Drydock's run mode decides about orders, not fleet.yaml.`,
    )
    expect(reservedReason(name, null)).not.toBeNull()
  })

  it.each(['4001', '7496', ' 4001 ', '04001', '4001.0'])('reserves IBKR_PORT at the live port %o', port => {
    expect(reservedReason('IBKR_PORT', port)).toMatch(/^IBKR_PORT (4001|7496) is a live port/)
  })

  it.each([
    ['IBKR_PORT', '4002'],
    ['DRY_RUN_DIR', '1'],
    ['OMP_NUM_THREADS', '6'],
  ])('leaves %s=%s alone', (name, value) => {
    expect(reservedReason(name, value)).toBeNull()
  })
})
