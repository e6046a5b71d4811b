import { describe, expect, it, vi } from 'vitest'
import type { TestResult } from '../../contract/machines'
import { unreachable } from '../gallery/machines'
import { candidate, EMPTY_ADD } from './addState'
import { createMachineTester } from './machineTester'

const machines = ['a', 'b', 'c', 'd', 'e'].map(alias => candidate({ alias }))

interface Ending {
  readonly resolve: (result: TestResult) => void
  readonly reject: (error: Error) => void
}

function createBench() {
  let state = EMPTY_ADD
  const calls: { alias: string; signal: AbortSignal; end: Ending }[] = []
  const tester = createMachineTester({
    change: change => void (state = change(state)),
    test(ssh, signal) {
      return new Promise((resolve, reject) =>
        calls.push({ alias: 'alias' in ssh ? ssh.alias : '', signal, end: { resolve, reject } }),
      )
    },
  })
  const states = () => machines.map(({ key }) => state.tests[key]?.at ?? '-').join(' ')
  return { tester, calls, states, state: () => state }
}

describe('testing machines', () => {
  it('tries three at a time and the others in their order', async () => {
    const { tester, calls, states } = createBench()
    tester.test(machines)
    expect([states(), calls.map(call => call.alias)]).toEqual([
      'testing testing testing queued queued',
      ['a', 'b', 'c'],
    ])
    calls[1]!.end.resolve(unreachable)
    await vi.waitFor(() => expect(states()).toBe('testing done testing testing queued'))
    expect(calls.map(call => call.alias)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('does not ask twice for what is waiting or under way, but tests again what was tested', async () => {
    const { tester, calls, states } = createBench()
    tester.test(machines.slice(0, 4))
    tester.test(machines.slice(0, 4))
    expect(calls).toHaveLength(3)
    for (let index = 0; index < 4; index += 1) {
      await vi.waitFor(() => expect(calls.length).toBeGreaterThan(index))
      calls[index]!.end.resolve(unreachable)
    }
    await vi.waitFor(() => expect(states()).toBe('done done done done -'))
    tester.test(machines.slice(0, 1))
    expect([states(), calls.length]).toEqual(['testing done done done -', 5])
  })

  it('shows why the engine did not even try, and goes on', async () => {
    const { tester, calls, state, states } = createBench()
    tester.test(machines.slice(0, 1))
    calls[0]!.end.reject(
      Object.assign(new Error('The engine is closing.'), { data: { hint: 'Start it again.' } }),
    )
    await vi.waitFor(() => expect(states()).toBe('failed - - - -'))
    expect(state().tests[machines[0]!.key]).toEqual({
      at: 'failed',
      problem: { what: 'The engine is closing.', fix: 'Start it again.' },
    })
  })

  it('when stopped gives up what is under way, forgets what waits, and keeps what was found', async () => {
    const { tester, calls, states } = createBench()
    tester.test(machines)
    calls[0]!.end.resolve(unreachable)
    await vi.waitFor(() => expect(states()).toBe('done testing testing testing queued'))
    tester.stop()
    expect([states(), calls.map(call => call.signal.aborted)]).toEqual([
      'done - - - -',
      [false, true, true, true],
    ])
    calls[1]!.end.resolve(unreachable)
    await Promise.resolve()
    expect(states()).toBe('done - - - -')
  })
})
