import { expect, test } from 'vitest'
import type { ModeFlags, RunMode } from '../../contract/mode'
import { leadsAway, modeMeaning, modeOf } from './modeWords'

const at = (port: number) => ({ host: '127.0.0.1', port })
const flags = (dryRun: boolean, allowOrders: boolean): ModeFlags => ({ dryRun, allowOrders })

test('the switches and the port add up to a mode, and an unknown port is taken for live', () => {
  const cells = [4002, 7497, 4001, 7496, 5000].map(port => modeOf(flags(false, true), at(port)))
  expect(cells).toEqual(['PAPER', 'PAPER', 'LIVE', 'LIVE', 'LIVE'])
  expect(modeOf(flags(false, true), null)).toBe('LIVE')
  expect(modeOf(flags(false, false), at(4001))).toBe('NO ORDERS')
  expect([modeOf(flags(true, true), at(4001)), modeOf(flags(true, false), null)]).toEqual(['SAFE', 'SAFE'])
})

test('a name must be typed only for what is further from SAFE than the switches are now', () => {
  const mode = (now: ModeFlags, port: number): RunMode => ({
    flags: now,
    broker: at(port),
    name: 'SAFE',
    verdict: '',
    remark: null,
  })
  const safe = mode(flags(true, false), 4002)
  expect(leadsAway(safe, flags(false, false))).toBe(true)
  expect(leadsAway(safe, flags(true, true))).toBe(false)
  const paper = mode(flags(false, true), 4002)
  expect(leadsAway(paper, flags(false, false))).toBe(false)
  expect(leadsAway(paper, flags(true, true))).toBe(false)
  expect(leadsAway(mode(flags(false, false), 4001), flags(false, true))).toBe(true)
})

test('a mode that can send orders names where they would go', () => {
  expect(modeMeaning('LIVE', at(4001))).toContain('127.0.0.1:4001')
  expect(modeMeaning('PAPER', at(4002))).toContain('127.0.0.1:4002')
  expect(modeMeaning('LIVE', null)).toContain('the broker the worker finds')
})
