import { describe, expect, it } from 'vitest'
import type { FleetEvent } from '../../contract/events'
import type { EngineClient } from '../client'
import { feedFromEngine } from './engineFeed'

const cleared = (id: string): FleetEvent => ({ type: 'alert-cleared', id })

/** One attempt: the batches it yields, and how it ends. `hang`: with silence, until it is given up. */
type Attempt = { readonly batches: readonly FleetEvent[][]; readonly end: 'done' | 'error' | 'hang' }

/** Connections that play `attempts` in turn; what happened is told in words, in order. */
function createScript(attempts: readonly Attempt[]) {
  const told: string[] = []
  const stop = new AbortController()
  let next = 0
  const connect = () => {
    const attempt = attempts[next++]
    if (attempt === undefined) stop.abort()
    const events = async (_input: undefined, options: { signal: AbortSignal }) => {
      return play(attempt ?? { batches: [], end: 'done' }, options.signal)
    }
    return { client: { events } as unknown as EngineClient, close: () => void told.push('closed') }
  }
  const deps = {
    connect,
    onClient: (client: EngineClient | null) => void told.push(client === null ? 'no client' : 'client'),
    onBatch: (batch: readonly FleetEvent[]) =>
      void told.push(batch.map(event => (event.type === 'alert-cleared' ? event.id : event.type)).join()),
    onLost: () => void told.push('lost'),
    sleep: async (ms: number, signal: AbortSignal) => {
      // The silence watch is left waiting, unless the attempt is one that falls silent.
      if (ms === 10_000 && attempts[next - 1]?.end !== 'hang') await untilAborted(signal)
      if (ms === 10_000) await new Promise(resolve => setTimeout(resolve))
      if (ms !== 10_000) told.push(`waits ${ms}`)
    },
  }
  return { told, run: () => feedFromEngine(deps, stop.signal) }
}

async function* play({ batches, end }: Attempt, signal: AbortSignal): AsyncGenerator<FleetEvent[]> {
  yield* batches
  if (end === 'hang') await untilAborted(signal)
  if (end === 'error') throw new Error('the port was closed')
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

describe('the feed from the engine', () => {
  it('passes batches on, says when the stream ended, and connects again', async () => {
    const { told, run } = createScript([
      { batches: [[cleared('a')], [cleared('b'), cleared('c')]], end: 'done' },
      { batches: [[cleared('d')]], end: 'error' },
    ])
    await run()
    expect(told.join(' ')).toBe(
      'client a b,c closed no client lost waits 250 client d closed no client lost waits 250 closed',
    )
  })

  it('waits longer each time nothing came, and begins short again after something did', async () => {
    const silent: Attempt = { batches: [], end: 'error' }
    const { told, run } = createScript([silent, silent, { batches: [[cleared('a')]], end: 'done' }])
    await run()
    expect(told.filter(word => word.startsWith('waits'))).toEqual(['waits 500', 'waits 1000', 'waits 250'])
  })

  it('asks again over another connection when an engine that answered falls silent, and does not call it lost', async () => {
    const { told, run } = createScript([
      { batches: [[cleared('a')]], end: 'hang' },
      { batches: [[cleared('b')]], end: 'hang' },
    ])
    await run()
    expect(told.join(' ')).toBe('client a closed client b closed closed')
  })

  it('gives an engine up that does not answer', async () => {
    const { told, run } = createScript([{ batches: [], end: 'hang' }])
    await run()
    expect(told).toEqual(['closed', 'no client', 'lost', 'waits 500', 'closed'])
  })
})
