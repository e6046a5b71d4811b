import { expect, it } from 'vitest'
import type { FleetEvent, Snapshot } from '../contract/events'
import { NodeName } from '../contract/ids'
import type { Sample } from '../contract/samples'
import { createEventHub } from './eventHub'
import { systemClock } from './kernel/clock'

const settings = { theme: 'dark' } as const
const snapshot = { settings } as Snapshot
const sample = (node: string, cpuPct: number): FleetEvent => ({
  type: 'sample',
  sample: { node: NodeName.parse(node), cpuPct } as Sample,
})
const cleared = (id: string): FleetEvent => ({ type: 'alert-cleared', id })

it('tells a screen first what is, then what changes: newest samples, everything else in order', async () => {
  const hub = createEventHub(systemClock, () => snapshot)
  const over = new AbortController()
  const events = hub.events(over.signal)
  expect((await events.next()).value).toEqual([{ type: 'snapshot', snapshot }])
  for (const event of [sample('a', 1), cleared('1'), sample('b', 5), sample('a', 2), cleared('2')])
    hub.publish(event)
  expect((await events.next()).value).toEqual([cleared('1'), cleared('2'), sample('a', 2), sample('b', 5)])
  over.abort()
  expect((await events.next()).done).toBe(true)
})
