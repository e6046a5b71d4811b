import { expect, it } from 'vitest'
import type { NodeName, PlanName, RunId } from '../../contract/ids'
import type { EngineClient } from '../client'
import { createFleetActions } from './fleetActions'

const [pc2, kelly, run] = ['pc2' as NodeName, 'kelly' as PlanName, 'r1' as RunId]

function createBench(hasEngine = true) {
  const asked: unknown[] = []
  const ask = (name: string) => async (input: unknown) => void asked.push([name, input])
  const client = {
    nodes: { trustHostKey: ask('trust'), refuseHostKey: ask('refuse'), reconnect: ask('reconnect') },
    runs: { start: ask('start'), stop: ask('stop') },
    mode: { set: ask('mode') },
    alerts: { dismiss: ask('dismiss') },
  }
  const nothing = (): void => {}
  const actions = createFleetActions({
    client: () => (hasEngine ? (client as unknown as EngineClient) : null),
    onStarted: () => void asked.push('started'),
    copyText: async () => {},
    saveText: nothing,
    showLogs: nothing,
    openDownload: nothing,
  })
  return { actions, asked }
}

it('asks the engine for exactly what was asked for', async () => {
  const { actions, asked } = createBench()
  await actions.startTraining(kelly)
  await actions.stopTraining({ run, force: false, nodes: null })
  await actions.stopTraining({ run, force: true, nodes: [pc2] })
  await actions.setMode({ dryRun: false, allowOrders: false }, 'NO ORDERS')
  await actions.trustHostKey(pc2, 'SHA256:x')
  await actions.refuseHostKey(pc2, 'SHA256:x')
  await actions.reconnect(pc2)
  await actions.dismissAlert('a1')
  expect(asked).toEqual([
    ['start', { plan: 'kelly' }],
    'started',
    ['stop', { run: 'r1', force: false, nodes: null }],
    ['stop', { run: 'r1', force: true, nodes: ['pc2'] }],
    ['mode', { dryRun: false, allowOrders: false, typed: 'NO ORDERS' }],
    ['trust', { node: 'pc2', fingerprint: 'SHA256:x' }],
    ['refuse', { node: 'pc2', fingerprint: 'SHA256:x' }],
    ['reconnect', { node: 'pc2' }],
    ['dismiss', { id: 'a1' }],
  ])
})

it('says that nothing was done while there is no engine', async () => {
  const { actions } = createBench(false)
  await expect(actions.startTraining(kelly)).rejects.toMatchObject({
    message: 'The engine does not answer.',
    data: { hint: 'Nothing was done. Runs go on: they live on their nodes.' },
  })
})
