import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { blocked, failureOf, online, useLoginRig } from '../../e2e/rig/logins'
import { createSshKey } from '../../e2e/rig/sshKeys'
import type { SshNode } from '../../e2e/rig/sshNode'
import {
  createSystemUser,
  expireAccount,
  expirePassword,
  OWN_USERS,
  type SystemUser,
} from '../../e2e/rig/systemUser'
import { NodeName } from '../contract/ids'

/** A key is installed by password, through the door that the app uses, for a real user of a real OpenSSH server. */

const PC2 = NodeName.parse('pc2')
const bench = useLoginRig()

async function machine(
  skip: (why: string) => void,
  sshdConfig: readonly string[] = [],
): Promise<{ user: SystemUser; node: SshNode }> {
  const user = await createSystemUser()
  if (user === null) return skip('users cannot be made here: not root') as never
  bench.own(user)
  return { user, node: await bench.rig.sshNode({ sshdConfig: [...OWN_USERS, ...sshdConfig] }) }
}
const fleetOf = ({ user, node }: { user: SystemUser; node: SshNode }) => ({
  plans: [],
  ssh: { pc2: { host: node.host, port: node.port, user: user.name } },
})
const keysOf = (user: SystemUser): string => readFileSync(join(user.home, '.ssh/authorized_keys'), 'utf8')
const modeOf = (path: string): number => statSync(path).mode & 0o777

it('makes a new machine join with a key of Drydock’s own, without a change of fleet.yaml', async context => {
  const { user, node } = await machine(why => context.skip(why))
  const app = await bench.rig.open(fleetOf({ user, node }))
  expect(await blocked(app, 'auth')).toEqual({
    kind: 'auth',
    message: `There is no key to log in to ${user.name}@127.0.0.1 with.`,
    hint: expect.stringContaining('ssh-keygen -t ed25519'),
    takesPassword: true,
  })
  const key = await app.client.keys.make({ comment: '' })
  // The last line has no newline, and the folder is too open.
  const folder = join(user.home, '.ssh')
  mkdirSync(folder, { mode: 0o755 })
  writeFileSync(join(folder, 'authorized_keys'), '# mine\nssh-ed25519 AAAA other', { mode: 0o644 })
  for (const path of [folder, join(folder, 'authorized_keys')]) chownSync(path, user.uid, user.gid)
  const yaml = readFileSync(join(bench.rig.home, 'drydock/fleet.yaml'), 'utf8')

  await app.client.nodes.installKey({ node: PC2, key: key.path, password: user.password })
  await online(app, 'pc2')
  const line = readFileSync(`${key.path}.pub`, 'utf8')
  expect(keysOf(user)).toBe(`# mine\nssh-ed25519 AAAA other\n${line}`)
  expect([modeOf(folder), modeOf(join(folder, 'authorized_keys'))]).toEqual([0o700, 0o600])
  expect(readFileSync(join(bench.rig.home, 'drydock/fleet.yaml'), 'utf8')).toBe(yaml)

  await app.client.nodes.installKey({ node: PC2, key: key.path, password: user.password })
  expect(keysOf(user)).toBe(`# mine\nssh-ed25519 AAAA other\n${line}`)
  expect(app.errors).toEqual([])
})

it('tries a wrong password exactly once, and nothing by itself afterwards', async context => {
  const { user, node } = await machine(why => context.skip(why))
  const app = await bench.rig.open(fleetOf({ user, node }))
  await blocked(app, 'auth')
  const key = await app.client.keys.make({ comment: 'desk' })
  const from = node.log().length
  const install = app.client.nodes.installKey({ node: PC2, key: key.path, password: 'wrong one' })
  expect(await failureOf(install)).toEqual([
    `${user.name}@127.0.0.1 did not take the password.`,
    expect.stringContaining('tried once'),
  ])
  expect(
    node
      .log()
      .slice(from)
      .match(/Failed password/g),
  ).toHaveLength(1)
  expect(app.link('pc2')).toBe('blocked')
})

it('does not send the password to a machine whose host key is not known', async context => {
  const { user, node } = await machine(why => context.skip(why))
  const app = await bench.rig.open(fleetOf({ user, node }))
  await blocked(app, 'auth')
  rmSync(join(bench.rig.home, 'drydock/known_hosts'))
  const key = await app.client.keys.make({ comment: '' })
  const from = node.log().length
  const install = app.client.nodes.installKey({ node: PC2, key: key.path, password: user.password })
  expect(await failureOf(install)).toEqual([
    `The host key of 127.0.0.1:${node.port} is not known yet: ${node.hostKey().fingerprint}. The password was not sent.`,
    'Compare the fingerprint and accept the host key of pc2 first.',
  ])
  expect(node.log().slice(from)).not.toMatch(/userauth-request/)
})

it('says what was done when the key is not enough, and why', async context => {
  const { user, node } = await machine(why => context.skip(why))
  const app = await bench.rig.open(fleetOf({ user, node }))
  await blocked(app, 'auth')
  chmodSync(user.home, 0o777)
  const key = await app.client.keys.make({ comment: '' })
  const install = app.client.nodes.installKey({ node: PC2, key: key.path, password: user.password })
  expect(await failureOf(install)).toEqual([
    expect.stringMatching(
      /^The key was installed on pc2, but a login with it alone failed: .* Others than its owner can write the home folder/,
    ),
    expect.stringContaining('chmod go-w ~'),
  ])
})

it('says that the password has expired, to a login by password and to one by key', async context => {
  const { user, node } = await machine(why => context.skip(why), ['UsePAM yes'])
  const app = await bench.rig.open(fleetOf({ user, node }))
  await blocked(app, 'auth')
  const key = await app.client.keys.make({ comment: '' })
  await app.client.nodes.installKey({ node: PC2, key: key.path, password: user.password })
  await online(app, 'pc2')
  await expirePassword(user)
  const expired = [
    `The password of ${user.name}@127.0.0.1 has expired: that machine lets nobody work before it is changed.`,
    `Change it in a terminal: ssh -t -p ${node.port} ${user.name}@127.0.0.1. Then reconnect.`,
  ]
  const install = app.client.nodes.installKey({ node: PC2, key: key.path, password: user.password })
  expect(await failureOf(install)).toEqual(expired)
  await node.kill()
  await node.start()
  await app.client.nodes.reconnect({ node: PC2 })
  expect(await blocked(app, 'auth')).toMatchObject({ message: expired[0], hint: expired[1] })
})

it('does not hammer an account that is closed', async context => {
  const { user, node } = await machine(why => context.skip(why), ['UsePAM yes'])
  const app = await bench.rig.open(fleetOf({ user, node }))
  await blocked(app, 'auth')
  const key = await app.client.keys.make({ comment: '' })
  await app.client.nodes.installKey({ node: PC2, key: key.path, password: user.password })
  await online(app, 'pc2')
  await expireAccount(user)
  await node.kill()
  await node.start()
  await app.client.nodes.reconnect({ node: PC2 })
  expect(await blocked(app, 'auth')).toMatchObject({
    message: expect.stringMatching(/is not let in: .*expired/i),
    hint: expect.stringContaining(`chage -l ${user.name}`),
  })
})

it('works for an alias, and refuses a key that the alias would not offer before it does anything', async context => {
  const { user, node } = await machine(why => context.skip(why))
  const config = join(bench.rig.home, '.ssh/config')
  mkdirSync(dirname(config), { mode: 0o700 })
  const alias = [`Host i7`, `  HostName ${node.host}`, `  Port ${node.port}`, `  User ${user.name}`]
  writeFileSync(config, `${alias.join('\n')}\n`)
  const app = await bench.rig.open({ plans: [], ssh: { pc2: { alias: 'i7' } } })
  await blocked(app, 'auth')
  const odd = await createSshKey(join(bench.rig.home, '.ssh/odd'))
  const key = await app.client.keys.make({ comment: '' })
  const install = (path: string) =>
    app.client.nodes.installKey({ node: PC2, key: path, password: user.password })
  const from = node.log().length
  expect(await failureOf(install(odd.path))).toEqual([
    `The alias i7 does not offer the key ${odd.path}. Nothing was done.`,
    expect.stringContaining(`IdentityFile ${odd.path}`),
  ])
  expect(node.log().slice(from)).toBe('')
  await install(key.path)
  await online(app, 'pc2')
})
