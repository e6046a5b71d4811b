import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NodeName } from '../../contract/ids'
import type { Broker, ModeFlags, ReportedFlags, RunMode } from '../../contract/mode'
import { AppError } from '../kernel/appError'
import { createModeSwitch } from './modeSwitch'

const PAPER: Broker = { host: '127.0.0.1', port: 4002 }
const LIVE: Broker = { host: '127.0.0.1', port: 4001 }
const safe = { dryRun: true, allowOrders: false }
const noOrders = { dryRun: false, allowOrders: false }
const orders = { dryRun: false, allowOrders: true }

function bench(broker: Broker | null = PAPER) {
  const world = { broker, workers: [] as { node: NodeName; flags: ReportedFlags }[] }
  const told: RunMode[] = []
  const mode = createModeSwitch({
    broker: () => world.broker,
    reported: () => world.workers,
    onChange: change => told.push(change),
  })
  const worker = (node: string, dryRun: string | null, allowOrders: string | null) =>
    world.workers.push({ node: NodeName.parse(node), flags: { dryRun, allowOrders } })
  return { world, told, mode, worker }
}

describe('createModeSwitch', () => {
  it('begins SAFE', () => {
    expect(bench().mode.current()).toEqual({
      flags: safe,
      broker: PAPER,
      name: 'SAFE',
      verdict: 'orders WILL NOT be sent',
      remark: null,
    })
  })

  it('leaves SAFE for the mode whose name was typed, and tells so once', () => {
    const { mode, told } = bench()
    const paper = {
      flags: orders,
      broker: PAPER,
      name: 'PAPER',
      verdict: 'orders go to the paper account on port 4002',
      remark: null,
    }
    expect(mode.set(orders, 'PAPER')).toEqual(paper)
    expect(mode.set(orders, null)).toEqual(paper)
    expect(told).toEqual([paper])
    expect(mode.current()).toEqual(paper)
  })

  it.each([null, '', 'paper', 'PAPER ', 'LIVE', 'NO ORDERS'])(
    'stays SAFE when %o was typed for PAPER',
    typed => {
      const { mode, told } = bench()
      expect(() => mode.set(orders, typed)).toThrow(
        expect.objectContaining({
          code: 'refused',
          message: 'Going to PAPER has to be confirmed by typing its name.',
          hint: 'Type PAPER, in capitals, to confirm.',
        }),
      )
      expect(mode.current().name).toBe('SAFE')
      expect(told).toEqual([])
    },
  )

  it('asks again between NO ORDERS and PAPER, but goes back toward safe at once', () => {
    const { mode } = bench()
    mode.set(noOrders, 'NO ORDERS')
    expect(() => mode.set(orders, null)).toThrow(AppError)
    mode.set(orders, 'PAPER')
    expect(mode.set(noOrders, null).name).toBe('NO ORDERS')
    expect(mode.set(safe, null).name).toBe('SAFE')
  })

  it('takes the orders flag alone without a question, and says that it is ignored', () => {
    const { mode } = bench()
    expect(mode.set({ dryRun: true, allowOrders: true }, null)).toMatchObject({
      name: 'SAFE',
      remark: 'orders flag on, ignored',
    })
    expect(() => mode.set(orders, null)).toThrow(AppError)
  })

  it.each([LIVE, { host: 'x', port: 9999 }, null])('refuses LIVE at broker %o whatever was typed', broker => {
    const { mode } = bench(broker)
    expect(() => mode.set(orders, 'LIVE')).toThrow(
      expect.objectContaining({
        code: 'refused',
        message: 'LIVE needs a green preflight, which this version cannot give.',
      }),
    )
    expect(mode.current().name).toBe('SAFE')
  })

  it('goes back to SAFE when the fleet file turns a paper port into a live one', () => {
    const { mode, world, told } = bench()
    mode.set(orders, 'PAPER')
    world.broker = LIVE
    mode.refresh()
    const disarmed = {
      flags: safe,
      broker: LIVE,
      name: 'SAFE',
      verdict: 'orders WILL NOT be sent',
      remark: 'the broker changed: back to SAFE',
    }
    expect(mode.current()).toEqual(disarmed)
    expect(told.at(-1)).toEqual(disarmed)
    world.broker = PAPER
    expect(mode.current().flags).toEqual(safe)
  })

  it('is MIXED and names the nodes whose workers report something else', () => {
    const { mode, told, worker } = bench()
    worker('this-pc', '1', '0')
    worker('pc2', '0', '0')
    worker('pc2', '0', '0')
    worker('hp', null, '0')
    mode.refresh()
    const mixed = {
      flags: safe,
      broker: PAPER,
      name: 'MIXED',
      verdict: 'orders MAY be sent · treated as LIVE',
      remark: 'pc2 reports NO ORDERS; hp reports DRY_RUN is missing or not readable',
    }
    expect(mode.current()).toEqual(mixed)
    expect(told).toEqual([mixed])
  })

  it('stays SAFE, with a remark, when a worker carries an orders flag that DRY_RUN makes void', () => {
    const { mode, worker } = bench()
    worker('pc2', '1', '1')
    expect(mode.current()).toMatchObject({ name: 'SAFE', remark: 'pc2: orders flag on, ignored' })
  })

  it('tells nobody when a refresh changes nothing', () => {
    const { mode, told, worker } = bench()
    mode.refresh()
    worker('this-pc', '1', '0')
    mode.refresh()
    expect(told).toHaveLength(1)
  })

  it('never gives a start a risk that was not typed, whatever is set in whatever order', () => {
    const flags = fc.record({ dryRun: fc.boolean(), allowOrders: fc.boolean() })
    const typed = fc.constantFrom(null, 'NO ORDERS', 'PAPER', 'LIVE', 'SAFE')
    const port = fc.constantFrom(4001, 4002, 7496, 7497, 5000)
    const step = fc.oneof(fc.record({ flags, typed }), fc.record({ port }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const { mode, world } = bench()
        const names = new Set<string | null>()
        const attempt = (wanted: ModeFlags, typed: string | null) => {
          names.add(typed)
          try {
            mode.set(wanted, typed)
          } catch (error) {
            if (!(error instanceof AppError)) throw error
          }
        }
        for (const step of steps) {
          if ('port' in step) world.broker = { host: 'x', port: step.port }
          else attempt(step.flags, step.typed)
          const { name, flags } = mode.current()
          const isTyped = flags.dryRun || names.has('PAPER') || (!flags.allowOrders && names.has('NO ORDERS'))
          expect({ isLive: name === 'LIVE', isTyped }).toEqual({ isLive: false, isTyped: true })
        }
      }),
    )
  })
})
