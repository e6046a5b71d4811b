import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { PlanName } from '../contract/ids'

/** Progress of programs that know nothing of Drydock, across a restart in the middle. */

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 45_000, interval: 20 })
const stepOf = (app: RigEngine): number => app.run()?.progress?.step ?? 0

it.each([
  [
    'a pattern',
    { match: 'iteration (\\d+)/(\\d+)' },
    'i=0; while [ $i -lt 120 ]; do i=$((i+1)); echo "epoch 1, iteration $i/120"; sleep 0.02; done',
  ],
  [
    'a count',
    { count: '✅', total: 120 },
    'i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo "✅ one ✅ two"; sleep 0.04; done',
  ],
])(
  'counts every line once by %s, those that came while Drydock was away included',
  async (_name, progress, command) => {
    const first = await rig.open({ plans: [{ name: 'legacy', command, track: { progress } }] })
    await soon(() => expect(first.link('this-pc')).toBe('online'))
    await first.client.runs.start({ plan: PlanName.parse('legacy') })
    await soon(() => expect(stepOf(first)).toBeGreaterThan(10))
    await first.close()
    const second = await rig.open()
    await soon(() => expect(second.run()?.state).toBe('succeeded'))
    await soon(() => expect(second.run()?.progress).toMatchObject({ step: 120, total: 120 }))
    expect([...first.errors, ...second.errors]).toEqual([])
  },
)
