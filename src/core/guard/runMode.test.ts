import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Broker } from '../../contract/mode'
import { flagTexts, nameMode, nameModeOfAll } from './runMode'

const at = (port: number): Broker => ({ host: '127.0.0.1', port })
const carries = (dryRun: string | null, allowOrders: string | null) => ({ dryRun, allowOrders })
const anyBroker = fc.option(fc.integer({ min: 1, max: 65_535 }).map(at), { nil: null })

describe('nameMode', () => {
  it.each([
    { dryRun: '1', allowOrders: '0', broker: null },
    { dryRun: '1', allowOrders: '0', broker: at(4002) },
    { dryRun: '1', allowOrders: '0', broker: at(7497) },
    { dryRun: '1', allowOrders: '0', broker: at(4001) },
    { dryRun: '1', allowOrders: '0', broker: at(7496) },
    { dryRun: '1', allowOrders: '0', broker: at(5000) },
  ])('is SAFE with DRY_RUN 1 and ALLOW_ORDERS 0 at broker $broker', ({ broker, ...flags }) => {
    expect(nameMode(flags, broker)).toEqual({
      name: 'SAFE',
      verdict: 'orders WILL NOT be sent',
      remark: null,
    })
  })

  it.each([null, at(4002), at(7497), at(4001), at(7496), at(5000)])(
    'is SAFE with a remark when DRY_RUN makes the orders flag void at broker %o',
    broker => {
      expect(nameMode(carries('1', '1'), broker)).toEqual({
        name: 'SAFE',
        verdict: 'orders WILL NOT be sent',
        remark: 'orders flag on, ignored',
      })
    },
  )

  it.each([null, at(4002), at(7497), at(4001), at(7496), at(5000)])(
    'is NO ORDERS on the real path without the orders flag at broker %o',
    broker => {
      expect(nameMode(carries('0', '0'), broker)).toEqual({
        name: 'NO ORDERS',
        verdict: 'orders WILL NOT be sent · real path, orders off',
        remark: null,
      })
    },
  )

  it.each([4002, 7497])('is PAPER on the paper port %i', port => {
    expect(nameMode(carries('0', '1'), at(port))).toEqual({
      name: 'PAPER',
      verdict: `orders go to the paper account on port ${port}`,
      remark: null,
    })
  })

  it.each([
    [at(4001), 'orders WILL be sent · port 4001'],
    [at(7496), 'orders WILL be sent · port 7496'],
    [at(5000), 'orders WILL be sent · unknown port 5000, treated as live'],
    [null, 'orders WILL be sent · no broker port known, treated as live'],
  ])('is LIVE on a live port and on every unknown one: %o', (broker, verdict) => {
    expect(nameMode(carries('0', '1'), broker)).toEqual({ name: 'LIVE', verdict, remark: null })
  })

  it.each([
    [null, '0', 'DRY_RUN is missing or not readable'],
    ['1', null, 'ALLOW_ORDERS is missing or not readable'],
    [null, null, 'DRY_RUN is missing or not readable, ALLOW_ORDERS is missing or not readable'],
    ['true', '0', 'DRY_RUN is neither 1 nor 0'],
    ['1', '0x0', 'ALLOW_ORDERS is neither 1 nor 0'],
    [' 1', '', 'DRY_RUN is neither 1 nor 0, ALLOW_ORDERS is neither 1 nor 0'],
    ['１', '0', 'DRY_RUN is neither 1 nor 0'],
  ])('is MIXED, treated as LIVE, with DRY_RUN %o and ALLOW_ORDERS %o', (dryRun, allowOrders, remark) => {
    expect(nameMode(carries(dryRun, allowOrders), at(4002))).toEqual({
      name: 'MIXED',
      verdict: 'orders MAY be sent · treated as LIVE',
      remark,
    })
  })

  it('knows no string but exactly 1 and 0', () => {
    const other = fc
      .oneof(fc.string(), fc.constantFrom('01', '1 ', '1\n', '+1', '1.0', 'yes', 'TRUE', '٠'))
      .filter(text => text !== '0' && text !== '1')
    const known = fc.constantFrom('0', '1')
    fc.assert(
      fc.property(other, known, anyBroker, (bad, good, broker) => {
        expect(nameMode(carries(bad, good), broker).name).toBe('MIXED')
        expect(nameMode(carries(good, bad), broker).name).toBe('MIXED')
      }),
    )
  })

  it('promises that no order leaves exactly when both are readable and one of them holds orders back', () => {
    const text = fc.option(fc.oneof(fc.constantFrom('0', '1'), fc.string({ maxLength: 3 })), { nil: null })
    fc.assert(
      fc.property(text, text, anyBroker, (dryRun, allowOrders, broker) => {
        const { verdict } = nameMode(carries(dryRun, allowOrders), broker)
        const isExact = [dryRun, allowOrders].every(value => value === '0' || value === '1')
        const isHeld = isExact && (dryRun === '1' || allowOrders === '0')
        expect(verdict.startsWith('orders WILL NOT be sent')).toBe(isHeld)
      }),
    )
  })
})

describe('nameModeOfAll', () => {
  it('is null without a process', () => {
    expect(nameModeOfAll([], at(4002))).toBeNull()
  })

  it('is the mode that all agree on, with the remark of any', () => {
    expect(nameModeOfAll([carries('1', '0'), carries('1', '1')], null)).toEqual({
      name: 'SAFE',
      verdict: 'orders WILL NOT be sent',
      remark: 'orders flag on, ignored',
    })
  })

  it('is MIXED when they disagree or one cannot be read', () => {
    expect(nameModeOfAll([carries('1', '0'), carries('0', '0')], null)).toEqual({
      name: 'MIXED',
      verdict: 'orders MAY be sent · treated as LIVE',
      remark: 'SAFE and NO ORDERS',
    })
    expect(nameModeOfAll([carries('1', '0'), carries(null, '0')], null)?.name).toBe('MIXED')
  })
})

describe('flagTexts', () => {
  it('writes exactly 1 and 0', () => {
    expect(flagTexts({ dryRun: true, allowOrders: false })).toEqual({ dryRun: '1', allowOrders: '0' })
    expect(flagTexts({ dryRun: false, allowOrders: true })).toEqual({ dryRun: '0', allowOrders: '1' })
  })
})
