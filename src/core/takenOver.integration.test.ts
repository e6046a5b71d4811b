import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { markedProcesses } from '../../e2e/rig/marked'
import { PlanName } from '../contract/ids'

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 45_000, interval: 20 })
const online = (app: RigEngine): Promise<void> => soon(() => expect(app.link('pc2')).toBe('online'))
const UNTIL_TOLD = 'while [ ! -e "$HOME/end-$DRYDOCK_WORKER" ]; do sleep 0.1; done; exit 3'

it('leaves a run alone once it was taken over: starts no track of it, and aborts nothing', async () => {
  await using rig = createEngineRig()
  await using other = createEngineRig()
  const pc2 = await rig.sshNode()
  const tracks = [
    { name: 'bots', on: 'all', workers: 2, command: UNTIL_TOLD, onFailure: 'abort' },
    { name: 'later', on: 'all', command: 'exec sleep 300', after: ['bots'] },
  ]
  const fleet = { local: false, nodes: { pc2 }, plans: [{ name: 'count', command: '', whole: { tracks } }] }
  const first = await rig.open(fleet)
  await online(first)
  const run = await first.client.runs.start({ plan: PlanName.parse('count') })
  writeFileSync(join(other.home, 'drydock', 'known_hosts'), `${pc2.knownHostsLine()}\n`)
  const second = await other.open(fleet)
  await soon(() => expect(second.run()).toMatchObject({ origin: 'foreign', state: 'running' }))
  await second.client.runs.takeOver({ run: run.id })
  await soon(() => expect(first.run()?.workers[2]?.detail).toContain('not started: the run belongs to'))
  writeFileSync(join(pc2.home, 'end-bots-1'), '')
  await soon(() => expect(first.run()?.workers[0]?.state).toBe('failed'))
  await soon(() => expect(first.alerts().map(({ what }) => what)).toContain('bots-1 of count failed on pc2'))
  expect(first.run()).toMatchObject({
    stop: null,
    workers: [{}, { state: 'running' }, { state: 'failed' }],
  })
  expect(first.errors).toEqual([])
  await second.client.runs.stop({ run: run.id, nodes: null })
  expect(markedProcesses(run.id)).toEqual([])
})
