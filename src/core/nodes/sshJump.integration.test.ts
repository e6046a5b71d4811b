import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SshNode } from '../../../e2e/rig/sshNode'
import { startTcpProxy } from '../../../e2e/rig/tcpProxy'
import { NodeName } from '../../contract/ids'
import { createFleetRig, sshHost, sshOf, type FleetRig } from './fleetRig'

let rig: FleetRig
beforeEach(async () => {
  rig = await createFleetRig()
})
afterEach(() => rig[Symbol.asyncDispose]())

const logins = (server: SshNode): number => server.log().match(/Accepted publickey/g)?.length ?? 0
const forwards = (server: SshNode): number =>
  server.log().match(/server_request_direct_tcpip: originator/g)?.length ?? 0
const trusting = (...servers: readonly SshNode[]): Promise<void> =>
  rig.writeSsh(
    'known_hosts',
    servers.map(server => server.knownHostsLine().trim()),
  )
const answerOf = async (name: string): Promise<string | undefined> =>
  (await rig.reaches(name, 'online')).online?.shell.call('drydock_echo', [name])

describe('a node behind a jump host', () => {
  it('is reached through an alias of ~/.ssh/config', async () => {
    const [bastion, inner] = [await rig.node(), await rig.node()]
    await trusting(bastion, inner)
    await rig.writeSsh('config', sshHost('bastion', bastion))
    rig.apply([{ name: 'pc2', ssh: sshOf(inner, { jump: ['bastion'] }) }])
    expect(await answerOf('pc2')).toBe('pc2')
    expect([logins(bastion), forwards(bastion), logins(inner)]).toEqual([1, 1, 1])
  })

  it('is reached through another node of the fleet, and through user@host:port', async () => {
    const [bastion, inner] = [await rig.node(), await rig.node()]
    await trusting(bastion, inner)
    await rig.writeSsh('config', [`Host ${bastion.host}`, `  IdentityFile ${bastion.clientKey.path}`])
    rig.apply([
      { name: 'gate', ssh: sshOf(bastion) },
      { name: 'pc2', ssh: sshOf(inner, { jump: ['gate'] }) },
      { name: 'pc3', ssh: sshOf(inner, { jump: [`${bastion.user}@${bastion.host}:${bastion.port}`] }) },
    ])
    expect(await Promise.all(['gate', 'pc2', 'pc3'].map(answerOf))).toEqual(['gate', 'pc2', 'pc3'])
    expect(forwards(bastion)).toBe(2)
  })

  it('is reached through ProxyJump of its alias, whose hosts have jump hosts of their own', async () => {
    const [outer, middle, near, inner] = [
      await rig.node(),
      await rig.node(),
      await rig.node(),
      await rig.node(),
    ]
    await trusting(outer, middle, near, inner)
    await rig.writeSsh('config', [
      ...sshHost('outer', outer),
      ...sshHost('middle', middle, ['ProxyJump outer']),
      ...sshHost('near', near, ['ProxyJump nowhere']), // reached through the one before it, so this does not count
      ...sshHost('pc2', inner, ['ProxyJump middle,near']),
    ])
    rig.apply([{ name: 'pc2', ssh: { alias: 'pc2' } }])
    expect(await answerOf('pc2')).toBe('pc2')
    expect([outer, middle, near].map(forwards)).toEqual([1, 1, 1])
    expect([outer, middle, near, inner].map(logins)).toEqual([1, 1, 1, 1])
  })

  it('needs nothing but forwarding from its jump host, which need not run anything', async () => {
    const closed = ['ForceCommand /usr/sbin/nologin', 'MaxSessions 0', 'PermitTTY no']
    const [bastion, inner] = [await rig.node({ sshdConfig: closed }), await rig.node()]
    await trusting(bastion, inner)
    await rig.writeSsh('config', sshHost('bastion', bastion))
    rig.apply([{ name: 'pc2', ssh: sshOf(inner, { jump: ['bastion'] }) }])
    expect(await answerOf('pc2')).toBe('pc2')
  })

  it('is reached anew when the node that it goes through gets another address', async () => {
    const [bastion, other, inner] = [await rig.node(), await rig.node(), await rig.node()]
    await trusting(bastion, other, inner)
    const fleet = (gate: SshNode): object[] => [
      { name: 'gate', ssh: sshOf(gate) },
      { name: 'pc2', ssh: sshOf(inner, { jump: ['gate'] }) },
    ]
    rig.apply(fleet(bastion))
    expect(await answerOf('pc2')).toBe('pc2')
    rig.apply(fleet(other))
    expect(await answerOf('pc2')).toBe('pc2')
    expect([forwards(bastion), forwards(other)]).toEqual([1, 1])
  })

  it('shares the login of its jump host, which ends with the last node behind it', async () => {
    const [bastion, inner] = [await rig.node(), await rig.node()]
    await trusting(bastion, inner)
    await rig.writeSsh('config', sshHost('bastion', bastion))
    const names = Array.from({ length: 12 }, (_, index) => `pc${index}`)
    const fleet = names.map(name => ({ name, ssh: sshOf(inner, { jump: ['bastion'] }) }))
    rig.apply(fleet)
    expect(await Promise.all(names.map(answerOf))).toEqual(names)
    expect([logins(bastion), logins(inner)]).toEqual([1, 12])
    rig.apply(fleet.slice(0, 1))
    expect(await answerOf('pc0')).toBe('pc0')
    expect(bastion.connections().length).toBeGreaterThan(0)
    rig.apply([{ name: 'this-pc', local: true }])
    await bastion.waitForLog(/Received disconnect|Connection closed|Disconnected/)
    expect(logins(bastion)).toBe(1)
  })
})

describe('the keys of the hosts on the way', () => {
  it('are asked for one after the other, each by its own address, before anything is sent to it', async () => {
    const [bastion, inner] = [await rig.node(), await rig.node()]
    await rig.writeSsh('config', sshHost('bastion', bastion))
    const jump = { jump: ['bastion'] }
    rig.apply([
      { name: 'pc2', ssh: sshOf(inner, jump) },
      { name: 'pc3', ssh: sshOf(inner, jump) },
    ])
    for (const server of [bastion, inner]) {
      const { type, fingerprint } = server.hostKey()
      const asked = {
        kind: 'host-key-unknown',
        address: `${server.host}:${server.port}`,
        offered: { type, fingerprint },
      }
      for (const name of ['pc2', 'pc3']) {
        await expect
          .poll(() => rig.nodes.get(NodeName.parse(name))?.link, { timeout: 20_000 })
          .toMatchObject({
            state: 'blocked',
            reason: asked,
          })
      }
      expect(server.log()).not.toContain('userauth-request')
      // Trusted once, for all who wait for it.
      await rig.nodes.trustHostKey(NodeName.parse('pc2'), fingerprint)
    }
    expect(await Promise.all(['pc2', 'pc3'].map(answerOf))).toEqual(['pc2', 'pc3'])
  })

  it('block when they have changed, with nothing sent beyond', async () => {
    const [bastion, inner] = [await rig.node(), await rig.node()]
    await trusting(bastion, inner)
    await bastion.changeHostKey()
    const from = bastion.log().length
    await rig.writeSsh('config', sshHost('bastion', bastion))
    rig.apply([{ name: 'pc2', ssh: sshOf(inner, { jump: ['bastion'] }) }])
    expect(await rig.blocked('pc2')).toMatchObject({
      kind: 'host-key-changed',
      address: `${bastion.host}:${bastion.port}`,
    })
    expect(bastion.log().slice(from)).not.toContain('userauth-request')
    expect(inner.log()).not.toContain('Connection from')
  })
})

describe('what goes wrong on the way', () => {
  it('is told by the name of the host', async () => {
    const [bastion, inner] = [await rig.node(), await rig.node()]
    await trusting(bastion, inner)
    await rig.writeSsh('config', sshHost('bastion', bastion))
    const gone = await rig.node()
    await gone.kill()
    rig.apply([
      { name: 'refused', ssh: sshOf(gone, { jump: ['bastion'] }) },
      { name: 'nameless', ssh: sshOf(inner, { host: 'no-such-host.invalid', jump: ['bastion'] }) },
    ])
    expect((await rig.unreachable('refused')).message).toBe(
      `bastion cannot reach ${gone.host}:${gone.port}: Connection refused.`,
    )
    expect((await rig.unreachable('nameless')).message).toMatch(
      /^bastion cannot reach no-such-host\.invalid:\d+: /,
    )
    await bastion.kill()
    rig.apply([{ name: 'pc2', ssh: sshOf(inner, { jump: ['bastion'] }) }])
    expect((await rig.unreachable('pc2')).message).toBe(
      `Jump host bastion: No SSH server answers on ${bastion.host}:${bastion.port}.`,
    )
  })

  it('asks the jump host once for all, and never again by itself, when it refuses the key', async () => {
    const [bastion, inner] = [await rig.node(), await rig.node()]
    await trusting(bastion, inner)
    await rig.writeSsh('config', [
      ...sshHost('bastion', bastion).filter(line => !line.includes('IdentityFile')),
      `  IdentityFile ${inner.clientKey.path}`,
    ])
    const names = Array.from({ length: 10 }, (_, index) => `pc${index}`)
    rig.apply(names.map(name => ({ name, ssh: sshOf(inner, { jump: ['bastion'] }) })))
    const reasons = await Promise.all(names.map(name => rig.blocked(name)))
    expect(new Set(reasons.map(reason => ('message' in reason ? reason.message : reason.kind)))).toEqual(
      new Set([
        `Jump host bastion: ${bastion.user}@${bastion.host} refused the key: ${inner.clientKey.path}.`,
      ]),
    )
    expect(bastion.log().match(/Connection from/g)).toHaveLength(1)
  })

  it('says how to allow it when the jump host forwards nothing', async () => {
    const [bastion, inner] = [await rig.node({ sshdConfig: ['AllowTcpForwarding no'] }), await rig.node()]
    await trusting(bastion, inner)
    await rig.writeSsh('config', sshHost('bastion', bastion))
    rig.apply([{ name: 'pc2', ssh: sshOf(inner, { jump: ['bastion'] }) }])
    expect(await rig.blocked('pc2')).toMatchObject({
      kind: 'unusable',
      message: `The SSH server on bastion does not forward connections to ${inner.host}:${inner.port}.`,
      hint: expect.stringContaining('AllowTcpForwarding yes in /etc/ssh/sshd_config on bastion'),
    })
  })

  it('refuses a way in a circle, one that is too long, and a proxy command', async () => {
    const inner = await rig.node()
    await rig.writeSsh('config', [
      'Host a\n  ProxyJump b',
      'Host b\n  ProxyJump a',
      'Host odd\n  ProxyCommand nc %h %p',
      ...Array.from({ length: 10 }, (_, index) => [`Host far${index}`, `  ProxyJump far${index + 1}`]).flat(),
    ])
    rig.apply([
      { name: 'circle', ssh: sshOf(inner, { jump: ['a'] }) },
      { name: 'nodes', ssh: sshOf(inner, { jump: ['nodes'] }) },
      { name: 'far', ssh: sshOf(inner, { jump: ['far0'] }) },
      { name: 'odd', ssh: { alias: 'odd' } },
      { name: 'here', local: true },
      { name: 'self', ssh: sshOf(inner, { jump: ['here'] }) },
    ])
    const message = async (name: string): Promise<string> => {
      const reason = await rig.blocked(name)
      return 'message' in reason ? reason.message : reason.kind
    }
    expect(await Promise.all(['circle', 'nodes', 'far', 'odd', 'self'].map(message))).toEqual([
      'The jump hosts go in a circle: a, b, a.',
      'The jump hosts go in a circle: nodes, nodes.',
      expect.stringMatching(/^There are more than 8 jump hosts on the way: far0, /),
      '"odd" is reached by a ProxyCommand, which Drydock does not run: nc %h %p.',
      'The jump host here is this PC itself.',
    ])
  })
})

describe('a link through a jump host', () => {
  const through = async (): Promise<{ bastion: SshNode; inner: SshNode }> => {
    const [bastion, inner] = [await rig.node(), await rig.node()]
    await trusting(bastion, inner)
    await rig.writeSsh('config', sshHost('bastion', bastion))
    rig.apply([{ name: 'pc2', ssh: sshOf(inner, { jump: ['bastion'] }) }])
    await rig.reaches('pc2', 'online')
    return { bastion, inner }
  }

  it.each([
    ['is cut', (server: SshNode) => server.kill(), (server: SshNode) => server.start()],
    ['hangs', async (server: SshNode) => server.freeze(), async (server: SshNode) => server.thaw()],
  ])('is lost when its jump host %s, says so, and comes back', async (_name, harm, heal) => {
    const { bastion } = await through()
    const lost = rig.unreachable('pc2')
    await harm(bastion)
    expect((await lost).message).toMatch(/^Jump host bastion: (The SSH connection to|No sign of life from) /)
    await heal(bastion)
    expect(await answerOf('pc2')).toBe('pc2')
  })

  it('is lost when its own server hangs although the jump host lives, and names the server', async () => {
    const { bastion, inner } = await through()
    const lost = rig.unreachable('pc2')
    inner.freeze()
    expect((await lost).message).toMatch(
      new RegExp(`^No sign of life from ${inner.host}:${inner.port} for 2\\.`),
    )
    expect(logins(bastion)).toBe(1)
    inner.thaw()
    expect(await answerOf('pc2')).toBe('pc2')
  })

  it('is not taken for dead on a slow way', async () => {
    const [bastion, inner] = [await rig.node(), await rig.node()]
    await using slow = await startTcpProxy(bastion)
    await rig.writeSsh('known_hosts', [
      `[127.0.0.1]:${slow.port} ${bastion.hostKey().publicKey}`,
      inner.knownHostsLine().trim(),
    ])
    await rig.writeSsh('config', sshHost('bastion', { ...bastion, port: slow.port }))
    rig.apply([{ name: 'pc2', ssh: sshOf(inner, { jump: ['bastion'] }) }])
    await rig.reaches('pc2', 'online')
    slow.setDelay(400, 200)
    // Longer than the silence that would end it; nothing can be awaited that does not happen.
    await sleep(6000)
    expect(await answerOf('pc2')).toBe('pc2')
    expect(rig.history).not.toContain('pc2 unreachable')
  })
})
