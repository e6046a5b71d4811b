import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './app'
import { call, knock } from './door'
import { fleetYaml } from './rig/fleetYaml'
import { createSshKey } from './rig/sshKeys'
import { startSshNode } from './rig/sshNode'

test('a desktop without a keychain opens a locked key, forgets it at the end, and writes no secret', async ({
  drydock,
}) => {
  const clientKey = await createSshKey(join(drydock.userHome, 'locked'), { passphrase: 'open sesame' })
  await using pc2 = await startSshNode({ clientKey })
  await writeFile(join(drydock.home, 'known_hosts'), pc2.knownHostsLine())
  await writeFile(join(drydock.home, 'fleet.yaml'), fleetYaml({ nodes: { pc2 }, plans: [] }))
  const linkStates = async (): Promise<unknown[]> => {
    const lines = (await drydock.log()).filter(line => line.message === 'link' && line['node'] === 'pc2')
    return lines.map(line => line['state'])
  }
  await expect.poll(linkStates, { timeout: 30_000 }).toEqual(['blocked'])

  const unlock = { node: 'pc2', path: clientKey.path, passphrase: 'open sesame', isKept: true }
  expect(await knock(drydock.page, [call('/keys/secretsPlace', undefined)])).toEqual([
    { status: 200, body: { place: 'memory', detail: expect.stringContaining('no keychain') } },
  ])
  await knock(drydock.page, [call('/nodes/unlock', unlock)])
  await expect.poll(linkStates, { timeout: 30_000 }).toEqual(['blocked', 'connecting', 'online'])
  await drydock.restart()
  await expect.poll(async () => (await linkStates()).at(-1), { timeout: 30_000 }).toBe('blocked')
  const isThere = await access(join(drydock.home, 'secrets.json')).then(
    () => true,
    () => false,
  )
  expect(isThere).toBe(false)
  expect(JSON.stringify(await drydock.log())).not.toContain('sesame')
})

test('makes a key in Drydock’s own folder', async ({ drydock }) => {
  const replies = await knock(drydock.page, [call('/keys/make', { comment: 'desk' })])
  expect(replies).toEqual([{ status: 200, body: expect.anything() }])
  expect(replies).toMatchObject([
    {
      body: {
        path: join(drydock.home, 'keys', 'drydock_ed25519'),
        type: 'ssh-ed25519',
        comment: 'desk',
        isOwn: true,
      },
    },
  ])
})
