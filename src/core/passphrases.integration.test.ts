import { join } from 'node:path'
import { expect, it } from 'vitest'
import { blocked, failureOf, online, sentenceOf, useLoginRig } from '../../e2e/rig/logins'
import { createSshKey } from '../../e2e/rig/sshKeys'
import { NodeName } from '../contract/ids'
import { createMemorySecrets } from './kernel/secretStore'

/** Keys with a passphrase, made by ssh-keygen, through the door that the app uses. */

const PC2 = NodeName.parse('pc2')
const bench = useLoginRig()

it('a passphrase is asked for once, opened for every node that uses it, and kept by the keychain', async () => {
  const locked = await createSshKey(join(bench.rig.home, 'locked'), { passphrase: 'open sesame' })
  const nodes = {
    pc2: await bench.rig.sshNode({ clientKey: locked }),
    pc3: await bench.rig.sshNode({ clientKey: locked }),
  }
  const secrets = createMemorySecrets('')
  const app = await bench.rig.open({ plans: [], nodes }, { secrets })
  for (const name of ['pc2', 'pc3']) {
    expect(await blocked(app, 'passphrase', name)).toMatchObject({
      path: locked.path,
      message: `${nodes.pc2.user}@127.0.0.1 wants the key ${locked.path}, which has a passphrase.`,
    })
  }
  const unlock = (passphrase: string) =>
    app.client.nodes.unlock({ node: PC2, path: locked.path, passphrase, isKept: true })
  expect(await failureOf(unlock('open barley'))).toEqual([
    `This passphrase does not open ${locked.path}.`,
    expect.stringContaining('Type it again'),
  ])
  expect(app.link('pc2')).toBe('blocked')
  await unlock('open sesame')
  await online(app, 'pc2', 'pc3')
  await app.close()

  const again = await bench.rig.open(undefined, { secrets })
  await online(again, 'pc2', 'pc3')
  const states = again.events.flatMap(event => (event.type === 'node' ? [event.node.link.state] : []))
  expect(states).not.toContain('blocked')
})

it('a passphrase is asked for again at the next start when it was not kept', async () => {
  const locked = await createSshKey(join(bench.rig.home, 'locked'), { passphrase: 'open sesame' })
  const pc2 = await bench.rig.sshNode({ clientKey: locked })
  const secrets = createMemorySecrets('')
  const app = await bench.rig.open({ plans: [], nodes: { pc2 } }, { secrets })
  await blocked(app, 'passphrase')
  await app.client.nodes.unlock({ node: PC2, path: locked.path, passphrase: 'open sesame', isKept: false })
  await online(app, 'pc2')
  await app.close()
  expect(await blocked(await bench.rig.open(undefined, { secrets }), 'passphrase')).toMatchObject({
    path: locked.path,
  })
})

it('a passphrase is asked for again when the file has another passphrase than the one that was kept', async () => {
  const locked = await createSshKey(join(bench.rig.home, 'locked'), { passphrase: 'new one' })
  const pc2 = await bench.rig.sshNode({ clientKey: locked })
  const secrets = createMemorySecrets('')
  await secrets.set(`passphrase ${locked.path}`, 'old one')
  await blocked(await bench.rig.open({ plans: [], nodes: { pc2 } }, { secrets }), 'passphrase')
  expect(await secrets.get(`passphrase ${locked.path}`)).toBe(null)
})

it('a key opens although the keychain does not take it, and says so', async () => {
  const locked = await createSshKey(join(bench.rig.home, 'locked'), { passphrase: 'open sesame' })
  const pc2 = await bench.rig.sshNode({ clientKey: locked })
  const full = {
    ...createMemorySecrets(''),
    set: () => Promise.reject(new Error('the keychain is locked.')),
  }
  const app = await bench.rig.open({ plans: [], nodes: { pc2 } }, { secrets: full })
  await blocked(app, 'passphrase')
  const unlock = app.client.nodes.unlock({
    node: PC2,
    path: locked.path,
    passphrase: 'open sesame',
    isKept: true,
  })
  expect(await failureOf(unlock)).toEqual([
    `${locked.path} is open until Drydock ends, but not kept: the keychain is locked.`,
    expect.stringContaining('at the next start'),
  ])
  await online(app, 'pc2')
})

it('a passphrase is nobody’s business when no node asks for it', async () => {
  const app = await bench.rig.open({ plans: [], nodes: { pc2: await bench.rig.sshNode() } })
  await online(app, 'pc2')
  const unlock = app.client.nodes.unlock({ node: PC2, path: '/etc/shadow', passphrase: 'x', isKept: false })
  expect(await sentenceOf(unlock)).toBe('No node asks for the passphrase of /etc/shadow.')
})
