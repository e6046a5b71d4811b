import { expect, it } from 'vitest'
import type { NodeName, PlanName, RunId, TrackName } from '../../contract/ids'
import type { EngineClient } from '../client'
import { newPlan } from '../plans/planEdit'
import { createFleetActions } from './fleetActions'

const bots = 'bots' as TrackName
const [pc2, kelly, run] = ['pc2' as NodeName, 'kelly' as PlanName, 'r1' as RunId]

function createBench(hasEngine = true) {
  const asked: unknown[] = []
  const ask = (name: string) => async (input: unknown) => void asked.push([name, input])
  const client = {
    nodes: {
      trustHostKey: ask('trust'),
      refuseHostKey: ask('refuse'),
      reconnect: ask('reconnect'),
      add: ask('add'),
      edit: ask('edit'),
      remove: ask('remove'),
      move: ask('move'),
      unlock: ask('unlock'),
      answer: ask('answer'),
      installKey: ask('install'),
    },
    machines: {
      sshHosts: ask('hosts'),
      readList: ask('list'),
      test: ask('test'),
      trust: ask('trust machine'),
    },
    keys: { list: ask('keys'), make: ask('make'), secretsPlace: ask('secrets') },
    runs: { start: ask('start'), stop: ask('stop'), takeOver: ask('take over') },
    plans: {
      read: ask('read plan'),
      check: ask('check plan'),
      save: ask('save plan'),
      duplicate: ask('duplicate plan'),
      remove: ask('remove plan'),
      restore: ask('restore plan'),
    },
    secrets: { set: ask('set secret'), remove: ask('remove secret') },
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
  await actions.startTraining(kelly, [{ track: bots, workers: 2 }])
  await actions.stopTraining({ run, force: false, nodes: null })
  await actions.stopTraining({ run, force: true, nodes: [pc2] })
  await actions.takeOver(run)
  await actions.setMode({ dryRun: false, allowOrders: false }, 'NO ORDERS')
  await actions.trustHostKey(pc2, 'SHA256:x')
  await actions.refuseHostKey(pc2, 'SHA256:x')
  await actions.reconnect(pc2)
  await actions.dismissAlert('a1')
  expect(asked).toEqual([
    ['start', { plan: 'kelly', tracks: null }],
    'started',
    ['start', { plan: 'kelly', tracks: [{ track: 'bots', workers: 2 }] }],
    'started',
    ['stop', { run: 'r1', how: 'stop', nodes: null }],
    ['stop', { run: 'r1', how: 'force', nodes: ['pc2'] }],
    ['take over', { run: 'r1' }],
    ['mode', { dryRun: false, allowOrders: false, typed: 'NO ORDERS' }],
    ['trust', { node: 'pc2', fingerprint: 'SHA256:x' }],
    ['refuse', { node: 'pc2', fingerprint: 'SHA256:x' }],
    ['reconnect', { node: 'pc2' }],
    ['dismiss', { id: 'a1' }],
  ])
})

it('asks the engine for what machines need to join, log in, change and leave', async () => {
  const { actions, asked } = createBench()
  const { signal } = new AbortController()
  const ssh = { alias: 'i7' }
  const change = { name: null, ssh: null, roles: ['gpu'], isDisabled: null }
  await actions.sshHosts(signal)
  await actions.readMachines('w1@pc2')
  await actions.testMachine(ssh, signal)
  await actions.trustMachine(ssh, 'SHA256:x')
  await actions.addNodes([{ name: pc2, ssh, roles: [] }])
  await actions.editNode(pc2, change)
  await actions.removeNode(pc2)
  await actions.moveNode(pc2, 2)
  await actions.unlockNode({ node: pc2, path: '/k', passphrase: 'p', isKept: false })
  await actions.answerNode(pc2, ['123'])
  await actions.installKey({ node: pc2, key: '/k', password: 'p' }, signal)
  await actions.loginKeys()
  await actions.makeKey('drydock')
  await actions.secretsPlace()
  expect(asked).toEqual([
    ['hosts', undefined],
    ['list', { text: 'w1@pc2' }],
    ['test', { ssh }],
    ['trust machine', { ssh, fingerprint: 'SHA256:x' }],
    ['add', { nodes: [{ name: 'pc2', ssh, roles: [] }] }],
    ['edit', { node: 'pc2', change }],
    ['remove', { node: 'pc2' }],
    ['move', { node: 'pc2', toIndex: 2 }],
    ['unlock', { node: 'pc2', path: '/k', passphrase: 'p', isKept: false }],
    ['answer', { node: 'pc2', answers: ['123'] }],
    ['install', { node: 'pc2', key: '/k', password: 'p' }],
    ['keys', undefined],
    ['make', { comment: 'drydock' }],
    ['secrets', undefined],
  ])
})

it('says that nothing was done while there is no engine', async () => {
  const { actions } = createBench(false)
  await expect(actions.startTraining(kelly)).rejects.toMatchObject({
    message: 'The engine does not answer.',
    data: { hint: 'Nothing was done. Runs go on: they live on their nodes.' },
  })
})

it('asks for plans and secrets in the contract’s words', async () => {
  const { actions, asked } = createBench()
  const draft = newPlan()
  const removed = { name: kelly, index: 1, yaml: '- name: kelly' }
  await actions.readPlan(kelly)
  await actions.checkPlan(draft, kelly)
  await actions.savePlan(draft, null)
  await actions.duplicatePlan(kelly)
  await actions.removePlan(kelly)
  await actions.restorePlan(removed)
  await actions.setSecret('PGPASSWORD', 'sesame')
  await actions.removeSecret('PGPASSWORD')
  expect(asked).toEqual([
    ['read plan', { plan: 'kelly' }],
    ['check plan', { draft, replaces: 'kelly' }],
    ['save plan', { draft, replaces: null }],
    ['duplicate plan', { plan: 'kelly' }],
    ['remove plan', { plan: 'kelly' }],
    ['restore plan', removed],
    ['set secret', { name: 'PGPASSWORD', value: 'sesame' }],
    ['remove secret', { name: 'PGPASSWORD' }],
  ])
})
