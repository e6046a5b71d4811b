import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startAskingServer } from '../../e2e/rig/askingServer'
import { blocked, failureOf, online, soon, useLoginRig } from '../../e2e/rig/logins'
import { createSshKey } from '../../e2e/rig/sshKeys'
import { NodeName } from '../contract/ids'
import { openAppLog } from './appLog'
import { createKeychain } from './keychain'
import { explainErrors } from './requestErrors'

const bench = useLoginRig()
const LOCKED = NodeName.parse('locked')
const CODE = NodeName.parse('code')
const FRESH = NodeName.parse('fresh')

/** Everything below a folder, names and contents. */
function allText(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files
    .map(({ parentPath, name }) => `${name}\n${readFileSync(join(parentPath, name)).toString('latin1')}`)
    .join('\n')
}

it('keeps what people type out of every file, event, error and log', async () => {
  const [passphrase, wrongPassphrase, password, wrongPassword, code, wrongCode] = Array.from(
    { length: 6 },
    (_, index) => `canary-${index}-${Math.random().toString(36).slice(2)}`,
  ) as [string, string, string, string, string, string]
  const home = join(bench.rig.home, 'drydock')
  const usersHome = join(bench.rig.home, '.ssh')
  mkdirSync(usersHome, { mode: 0o700 })
  const locked = await createSshKey(join(usersHome, 'locked'), { passphrase })
  const plain = await createSshKey(join(usersHome, 'id_ed25519'))
  const lockedNode = await bench.rig.sshNode({ clientKey: locked })
  const prompts = [{ prompt: 'Code: ', echo: false }]
  const asking = bench.own(
    await startAskingServer({
      methods: ['publickey'],
      afterKey: ['keyboard-interactive'],
      acceptsKey: () => true,
      rounds: [{ prompts, answers: [code] }],
    }),
  )
  let isInstalled = false
  const fresh = bench.own(
    await startAskingServer({
      methods: ['publickey', 'password'],
      acceptsKey: () => isInstalled,
      password,
    }),
  )
  for (const { host, port, hostKey } of [asking, fresh]) {
    writeFileSync(join(home, 'known_hosts'), `[${host}]:${port} ${hostKey.publicKey}\n`, { flag: 'a' })
  }
  using log = openAppLog(join(home, 'drydock.log'))
  const secrets = createKeychain({
    file: join(home, 'secrets.json'),
    safeStorage: {
      isEncryptionAvailable: () => true,
      // As good as any for a file that is searched for the text itself.
      encryptString: text => Buffer.from(text).map(byte => byte ^ 0x55) as Buffer,
      decryptString: bytes => Buffer.from(bytes.map(byte => byte ^ 0x55)).toString('utf8'),
      getSelectedStorageBackend: () => 'gnome_libsecret',
    },
    platform: 'linux',
    whenReady: async () => {},
    log,
  })
  const address = ({ host, port }: { host: string; port: number }) => ({ host, port, user: 'w1' })
  const app = await bench.rig.open(
    {
      plans: [],
      nodes: { locked: lockedNode },
      ssh: { code: address(asking), fresh: address(fresh) },
    },
    { secrets, log },
  )
  const { nodes } = app.client
  const failures: unknown[] = []
  // As in the app: what fails goes through the wrapper that logs.
  const call = async (work: () => Promise<unknown>): Promise<void> =>
    void failures.push(await failureOf(explainErrors(log)({ path: ['nodes'], next: work })))

  await blocked(app, 'passphrase', 'locked')
  const unlock = { node: LOCKED, path: locked.path, isKept: true }
  await call(() => nodes.unlock({ ...unlock, passphrase: wrongPassphrase }))
  await call(() => nodes.unlock({ ...unlock, passphrase }))
  await online(app, 'locked')

  await blocked(app, 'question', 'code')
  await call(() => nodes.answer({ node: CODE, answers: [wrongCode] }))
  await blocked(app, 'auth', 'code')
  await call(() => nodes.reconnect({ node: CODE }))
  await blocked(app, 'question', 'code')
  await call(() => nodes.answer({ node: CODE, answers: [code] }))
  await online(app, 'code')

  await blocked(app, 'auth', 'fresh')
  const install = { node: FRESH, key: plain.path }
  await call(() => nodes.installKey({ ...install, password: wrongPassword }))
  const installing = call(() => nodes.installKey({ ...install, password }))
  await soon(() => expect(fresh.logins.at(-1)).toContain(`password ${password}`))
  isInstalled = true
  await installing
  await online(app, 'fresh')
  // Input that the contract refuses.
  await call(() => nodes.unlock({ ...unlock, passphrase: `${passphrase}${'x'.repeat(5000)}` }))
  await app.close()

  const written = allText(home)
  expect(written).toContain('"message":"link"')
  expect(readFileSync(join(home, 'secrets.json'), 'utf8')).toContain(`passphrase ${locked.path}`)
  const told = JSON.stringify([app.events, app.errors, failures])
  expect(failures).toHaveLength(8)
  for (const secret of [passphrase, wrongPassphrase, password, wrongPassword, code, wrongCode]) {
    expect([secret, written.includes(secret), told.includes(secret)]).toEqual([secret, false, false])
  }
})
