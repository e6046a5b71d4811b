import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startAskingServer, type AskingServer } from '../../e2e/rig/askingServer'
import type { RigEngine } from '../../e2e/rig/engine'
import { blocked, failureOf, online, sentenceOf, soon, useLoginRig } from '../../e2e/rig/logins'
import { startSshAgent } from '../../e2e/rig/sshAgent'
import { createSshKey } from '../../e2e/rig/sshKeys'
import { NodeName } from '../contract/ids'

/** A server that asks before it lets anyone in (a second factor), through the door that the app uses. */

const PC2 = NodeName.parse('pc2')
const bench = useLoginRig()

const statesOf = (app: RigEngine): string[] =>
  app.events
    .flatMap(event => (event.type === 'node' ? [event.node.link.state] : []))
    .filter((state, index, all) => state !== all[index - 1])
const CODE = [{ prompts: [{ prompt: 'Verification code: ', echo: false }], answers: ['123456'] }]
async function server(options: Parameters<typeof startAskingServer>[0]): Promise<AskingServer> {
  const asking = bench.own(await startAskingServer(options))
  const line = `[${asking.host}]:${asking.port} ${asking.hostKey.publicKey}\n`
  writeFileSync(join(bench.rig.home, 'drydock/known_hosts'), line)
  return asking
}
async function open({ host, port }: AskingServer): Promise<RigEngine> {
  mkdirSync(join(bench.rig.home, '.ssh'), { mode: 0o700, recursive: true })
  const { path } = await createSshKey(join(bench.rig.home, '.ssh/id_ed25519'))
  const ssh = { pc2: { host, port, user: 'w1', identityFile: path } }
  return bench.rig.open({ plans: [], local: false, ssh })
}
const afterKey = { methods: ['publickey'], afterKey: ['keyboard-interactive'], acceptsKey: () => true }

it('a server gets the answer in the very conversation in which it asked', async () => {
  const asking = await server({ ...afterKey, rounds: CODE })
  const app = await open(asking)
  expect(await blocked(app, 'question')).toEqual({
    kind: 'question',
    title: '',
    prompts: [{ text: 'Verification code:', isHidden: true }],
    message: 'w1@127.0.0.1 asks before it lets anyone in: Verification code:',
    hint: 'Answer it here. The answers are used for one try and kept nowhere.',
  })
  await app.client.nodes.answer({ node: PC2, answers: ['123456'] })
  await online(app, 'pc2')
  expect(asking.logins).toEqual([['publickey?', 'publickey', 'asked', 'answers 123456']])
})

it('a server gets a wrong answer once, and asks again only when the user reconnects', async () => {
  const asking = await server({ ...afterKey, rounds: CODE })
  const app = await open(asking)
  await blocked(app, 'question')
  await app.client.nodes.answer({ node: PC2, answers: ['000000'] })
  expect(await blocked(app, 'auth')).toMatchObject({
    message: 'w1@127.0.0.1 did not accept the answers.',
    takesPassword: false,
  })
  expect(asking.logins).toHaveLength(1)
  expect(await sentenceOf(app.client.nodes.answer({ node: PC2, answers: ['1'] }))).toBe(
    'pc2 does not ask that now.',
  )
  await app.client.nodes.reconnect({ node: PC2 })
  await blocked(app, 'question')
  await app.client.nodes.answer({ node: PC2, answers: ['123456'] })
  await online(app, 'pc2')
})

it('a question after a key of the agent is asked and answered like any other', async () => {
  const asking = await server({ ...afterKey, rounds: CODE })
  const folder = join(bench.rig.home, 'agent')
  mkdirSync(folder)
  const key = await createSshKey(join(folder, 'key'))
  process.env['SSH_AUTH_SOCK'] = bench.own(await startSshAgent(folder, [key])).socket
  const ssh = { pc2: { host: asking.host, port: asking.port, user: 'w1' } }
  const app = await bench.rig.open({ plans: [], local: false, ssh })
  await blocked(app, 'question')
  await app.client.nodes.answer({ node: PC2, answers: ['123456'] })
  await online(app, 'pc2')
  expect(asking.logins).toEqual([['none', 'publickey?', 'publickey', 'none', 'asked', 'answers 123456']])
})

it('a further round is a new question', async () => {
  const more = { prompts: [{ prompt: 'Which desk? ', echo: true }], answers: ['two'] }
  const asking = await server({ ...afterKey, rounds: [...CODE, more] })
  const app = await open(asking)
  await blocked(app, 'question')
  await app.client.nodes.answer({ node: PC2, answers: ['123456'] })
  await soon(() =>
    expect(app.reason('pc2')).toMatchObject({ prompts: [{ text: 'Which desk?', isHidden: false }] }),
  )
  await app.client.nodes.answer({ node: PC2, answers: ['two'] })
  await online(app, 'pc2')
  expect(asking.logins).toHaveLength(1)
})

it('the user may begin anew instead of answering', async () => {
  const asking = await server({ ...afterKey, rounds: CODE })
  const app = await open(asking)
  await blocked(app, 'question')
  await app.client.nodes.reconnect({ node: PC2 })
  await soon(() => expect(statesOf(app)).toEqual(['blocked', 'connecting', 'blocked']))
  expect(asking.logins).toHaveLength(2)
  await app.client.nodes.answer({ node: PC2, answers: ['123456'] })
  await online(app, 'pc2')
})

it('a password on top of a key is asked for in Drydock’s words', async () => {
  const asking = await server({ ...afterKey, afterKey: ['password'], password: 'hunter2' })
  const app = await open(asking)
  expect(await blocked(app, 'question')).toMatchObject({
    prompts: [{ text: 'Password of w1@127.0.0.1', isHidden: true }],
  })
  await app.client.nodes.answer({ node: PC2, answers: ['hunter2'] })
  await online(app, 'pc2')
})

it('a server that takes no keys at all asks whoever comes', async () => {
  const asking = await server({ methods: ['keyboard-interactive'], rounds: CODE })
  const app = await open(asking)
  await blocked(app, 'question')
  await app.client.nodes.answer({ node: PC2, answers: ['123456'] })
  await online(app, 'pc2')
  expect(asking.logins).toEqual([['publickey', 'asked', 'answers 123456']])
})

it('a password by keyboard-interactive installs a key, in one try', async () => {
  const rounds = [{ prompts: [{ prompt: "w1's password: ", echo: false }], answers: ['hunter2'] }]
  let isInstalled = false
  const asking = await server({
    methods: ['publickey', 'keyboard-interactive'],
    rounds,
    acceptsKey: () => isInstalled,
  })
  const app = await open(asking)
  expect(await blocked(app, 'auth')).toMatchObject({ takesPassword: true })
  const key = join(bench.rig.home, '.ssh/id_ed25519')
  const install = (password: string) => app.client.nodes.installKey({ node: PC2, key, password })
  expect(await sentenceOf(install('wrong'))).toBe('w1@127.0.0.1 did not take the password.')
  expect(asking.logins.at(-1)).toEqual(['none', 'asked', 'answers wrong'])
  const installed = install('hunter2')
  await soon(() => expect(asking.logins.at(-1)).toContain('answers hunter2'))
  isInstalled = true
  await installed
  await online(app, 'pc2')
  expect(readFileSync(join(asking.home, '.ssh/authorized_keys'), 'utf8')).toBe(
    readFileSync(`${key}.pub`, 'utf8'),
  )
})

it('a server does not get the password when it asks for more', async () => {
  const two = [
    { prompt: 'Password: ', echo: false },
    { prompt: 'Code: ', echo: false },
  ]
  const asking = await server({
    methods: ['publickey', 'keyboard-interactive'],
    rounds: [{ prompts: two, answers: [] }],
  })
  const app = await open(asking)
  await blocked(app, 'auth')
  const key = join(bench.rig.home, '.ssh/id_ed25519')
  const install = app.client.nodes.installKey({ node: PC2, key, password: 'hunter2' })
  expect(await failureOf(install)).toEqual([
    'w1@127.0.0.1 asks for more than a password: Password: Code:',
    expect.stringContaining('in a terminal'),
  ])
  expect(asking.logins.at(-1)).toEqual(['none', 'asked'])
})

it('a server that demands another password is not answered', async () => {
  const asking = await server({
    methods: ['publickey', 'password'],
    password: 'hunter2',
    isPasswordExpired: true,
  })
  const app = await open(asking)
  await blocked(app, 'auth')
  const key = join(bench.rig.home, '.ssh/id_ed25519')
  const install = app.client.nodes.installKey({ node: PC2, key, password: 'hunter2' })
  expect(await failureOf(install)).toEqual([
    'The password of w1@127.0.0.1 has expired: that machine lets nobody work before it is changed.',
    expect.stringContaining('ssh -t'),
  ])
  expect(asking.logins.at(-1)).toEqual(['none', 'password hunter2'])
})

it('knows nodes by their names alone', async () => {
  const app = await bench.rig.open({ plans: [] })
  expect(await sentenceOf(app.client.nodes.answer({ node: NodeName.parse('pc3'), answers: [] }))).toBe(
    'There is no node pc3 in the fleet.',
  )
  expect(await app.client.keys.secretsPlace()).toEqual({
    place: 'memory',
    detail: 'a test has no keychain',
  })
})
