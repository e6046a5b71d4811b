import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import type { DiagnosisEvent, DiagnosisRow } from '../contract/diagnosis'
import { NodeName } from '../contract/ids'

/** The whole diagnosis of real nodes, through the door that the app uses. */

let rig: EngineRig
let path: string | undefined
beforeEach(() => {
  rig = createEngineRig()
  path = process.env['PATH']
})
afterEach(async () => {
  process.env['PATH'] = path
  await rig[Symbol.asyncDispose]()
})

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 20 })
const state = (app: RigEngine, name: string, link: string): Promise<void> =>
  soon(() => expect(app.link(name)).toBe(link))

interface Diagnosis {
  readonly begin: Extract<DiagnosisEvent, { type: 'begin' }>
  readonly rows: readonly DiagnosisRow[]
  /** `VERDICT measured` of a row. */
  readonly said: (id: string) => string
}

const events = (app: RigEngine, name: string, signal?: AbortSignal) =>
  app.client.nodes.diagnose({ node: NodeName.parse(name) }, signal === undefined ? {} : { signal })

async function diagnose(app: RigEngine, name: string): Promise<Diagnosis> {
  const all: DiagnosisEvent[] = []
  for await (const event of await events(app, name)) all.push(event)
  const [begin, ...rest] = all
  if (begin?.type !== 'begin') throw new Error('it does not begin')
  const rows = rest.flatMap(event => (event.type === 'row' ? [event.row] : []))
  const said = (id: string): string => {
    const row = rows.find(each => each.id === id)
    return row === undefined ? `no row ${id}` : `${row.verdict} ${row.measured}`
  }
  return { begin, rows, said }
}

function stub(folder: string, name: string, script: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
}

/** Pids of the processes on this machine whose command line has this word. */
function withWord(word: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word)
      } catch {
        return false // it has just ended
      }
    })
}

it('says first what it will look at, then each row once, and leaves nothing on the node', async () => {
  const pc2 = await rig.sshNode({ gpu: true })
  const app = await rig.open({ nodes: { pc2 }, local: false, plans: [] })
  await state(app, 'pc2', 'online')
  await soon(() => expect(app.events.some(event => event.type === 'gpu')).toBe(true))
  const { begin, rows, said } = await diagnose(app, 'pc2')
  expect(begin.node).toBe('pc2')
  expect(rows.map(({ id }) => id).toSorted()).toEqual(begin.rows.map(({ id }) => id).toSorted())
  expect(begin.rows.map(({ id, group }) => `${group} ${id}`)).toEqual([
    ...['name', 'ping', 'port', 'host-key', 'login', 'round-trip'].map(id => `connection ${id}`),
    ...['clock', 'sshd', 'firewall', 'dns', 'network', 'files-limit', 'swappiness', 'vfs-cache-pressure'].map(
      id => `system ${id}`,
    ),
    ...['linger', 'home-folder', 'state-folder'].map(id => `system ${id}`),
    ...['memory', 'swap', 'disk', 'sensors', 'gpu-driver'].map(id => `resources ${id}`),
    ...['python', 'pip', 'imports', 'poetry', 'git', 'redis'].map(id => `software ${id}`),
    ...['scripts', 'main-script'].map(id => `work ${id}`),
  ])
  expect(said('port')).toBe('PASS an SSH server answers')
  expect(said('host-key')).toBe(`PASS ssh-ed25519 ${pc2.hostKey().fingerprint}`)
  expect(said('login')).toMatch(new RegExp(`^PASS ${pc2.user} in /`))
  expect(said('round-trip')).toMatch(/^(PASS|WARN) [\d.]+ ms$/)
  expect(said('clock')).toMatch(/^PASS (the same as here|\d+ ms (ahead of|behind) this PC)$/)
  expect(said('state-folder')).toMatch(/^PASS .*\/home\/\.drydock can be written, and programs in it run$/)
  expect(said('gpu-driver')).toMatch(/^PASS .*RTX 3070; driver \d/)
  expect(said('git')).toMatch(/^PASS \d+\.\d+/)
  expect(said('scripts')).toBe('SKIP pc2 has no workdir in fleet.yaml.')
  expect(readdirSync(pc2.home).filter(name => name !== '.drydock')).toEqual([])
  expect(app.errors).toEqual([])
})

it('gives a row that hangs up after three seconds, ends it, and lets nothing else wait for it', async () => {
  const pc2 = await rig.sshNode()
  for (const name of ['git', 'poetry', 'redis-cli', 'python3']) stub(pc2.binFolder, name, 'exec sleep 6174.1')
  const app = await rig.open({ nodes: { pc2 }, local: false, plans: [] })
  await state(app, 'pc2', 'online')
  const { rows, said } = await diagnose(app, 'pc2')
  const hanging = ['git', 'poetry', 'python', 'pip', 'imports', 'sensors', 'redis']
  expect(hanging.map(said)).toEqual(hanging.map(() => 'FAIL no answer within 3 s'))
  expect(rows.filter(({ measured }) => measured === 'no answer within 3 s')).toHaveLength(hanging.length)
  expect(rows.every(({ id, tookMs }) => !hanging.includes(id) || tookMs >= 2900)).toBe(true)
  await soon(() => expect(withWord('6174.1')).toEqual([]))
  // The link has noticed nothing.
  expect(app.link('pc2')).toBe('online')
  expect(app.errors).toEqual([])
})

it('ends everything when it is aborted', async () => {
  const pc2 = await rig.sshNode()
  stub(pc2.binFolder, 'getent', 'exec sleep 6174.2')
  stub(pc2.binFolder, 'loginctl', 'exec sleep 6174.2')
  const app = await rig.open({ nodes: { pc2 }, local: false, plans: [] })
  await state(app, 'pc2', 'online')
  const giveUp = new AbortController()
  const rows: string[] = []
  const reading = (async () => {
    for await (const event of await events(app, 'pc2', giveUp.signal)) {
      if (event.type === 'row') rows.push(event.row.id)
    }
  })().catch(() => undefined)
  await soon(() => expect(withWord('6174.2').length).toBeGreaterThan(0))
  giveUp.abort()
  await reading
  expect(rows).not.toContain('dns')
  await soon(() => expect(withWord('6174.2')).toEqual([]))
  await soon(() => expect(pc2.connections().length).toBeLessThanOrEqual(2))
  expect(app.errors).toEqual([])
})

it('ends everything when its reader goes away in the middle', async () => {
  const pc2 = await rig.sshNode()
  stub(pc2.binFolder, 'getent', 'exec sleep 6174.3')
  const app = await rig.open({ nodes: { pc2 }, local: false, plans: [] })
  await state(app, 'pc2', 'online')
  for await (const event of await events(app, 'pc2')) {
    if (event.type === 'row' && withWord('6174.3').length > 0) break
  }
  await soon(() => expect(withWord('6174.3')).toEqual([]))
})

it('looks at this PC, which no link leads to', async () => {
  const app = await rig.open({ plans: [] })
  await state(app, 'this-pc', 'online')
  const { begin, said } = await diagnose(app, 'this-pc')
  expect(begin.rows.filter(({ group }) => group === 'connection')).toEqual([])
  expect(said('home-folder')).toBe(`PASS ${rig.home} can be written, and programs in it run`)
  expect(said('git')).toMatch(/^PASS \d+\.\d+/)
})

it('says of a node that is off what this PC can tell, and why the rest is skipped', async () => {
  const pc2 = await rig.sshNode()
  stub(join(rig.home, 'bin'), 'ping', '[ "$LC_ALL" = C ] && echo "64 bytes from $3: ttl=64 time=0.345 ms"')
  process.env['PATH'] = `${join(rig.home, 'bin')}:${path}`
  const app = await rig.open({ nodes: { pc2 }, local: false, plans: [] })
  await state(app, 'pc2', 'online')
  expect((await diagnose(app, 'pc2')).said('ping')).toBe('PASS 0.345 ms')
  await pc2.kill()
  await state(app, 'pc2', 'unreachable')
  const { begin, rows, said } = await diagnose(app, 'pc2')
  expect(rows).toHaveLength(begin.rows.length)
  expect(said('name')).toBe('PASS 127.0.0.1 is an address')
  expect(said('ping')).toBe('PASS 0.345 ms')
  expect(said('port')).toMatch(/^FAIL /)
  const others = rows.filter(({ id }) => !['name', 'ping', 'port'].includes(id))
  expect(others.map(({ verdict, measured }) => `${verdict} ${measured.split(':')[0]}`)).toEqual(
    others.map(() => 'SKIP The node is not reachable'),
  )
})

it('knows a ping that is dropped from a node that is off', async () => {
  const pc2 = await rig.sshNode()
  stub(join(rig.home, 'bin'), 'ping', 'exit 1')
  process.env['PATH'] = `${join(rig.home, 'bin')}:${path}`
  const app = await rig.open({ nodes: { pc2 }, local: false, plans: [] })
  await state(app, 'pc2', 'online')
  expect((await diagnose(app, 'pc2')).said('ping')).toBe(
    'WARN no answer, although the link works: a firewall drops it',
  )
  await pc2.kill()
  await state(app, 'pc2', 'unreachable')
  expect((await diagnose(app, 'pc2')).said('ping')).toBe('FAIL no answer')
})

it('says what blocks a link, and tries no login', async () => {
  const pc2 = await rig.sshNode()
  await pc2.changeHostKey()
  const app = await rig.open({ nodes: { pc2 }, local: false, plans: [] })
  await state(app, 'pc2', 'blocked')
  const from = pc2.log().length
  const { rows, said } = await diagnose(app, 'pc2')
  expect(said('port')).toBe('PASS an SSH server answers')
  expect(said('host-key')).toMatch(/^FAIL changed: SHA256:/)
  expect(rows.find(({ id }) => id === 'host-key')?.fix).toBe(
    `ssh-keygen -f '${join(rig.home, 'drydock', 'known_hosts')}' -R '[${pc2.host}]:${pc2.port}'`,
  )
  expect(said('login')).toBe('SKIP No login is tried before the host key is accepted.')
  expect(said('git')).toBe('SKIP The link is blocked: its host key has changed.')
  // Not one connection was made for it.
  expect(pc2.log().slice(from)).toBe('')
})

it('finds a place for every row on a server that allows few sessions', async () => {
  const pc2 = await rig.sshNode({ sshdConfig: ['MaxSessions 5'] })
  const app = await rig.open({ nodes: { pc2 }, local: false, plans: [] })
  await state(app, 'pc2', 'online')
  const { rows } = await diagnose(app, 'pc2')
  expect(rows.filter(({ measured }) => /session/.test(measured))).toEqual([])
})

it('refuses a node that is not in the fleet', async () => {
  const app = await rig.open({ plans: [] })
  await expect(events(app, 'pc9')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'There is no node pc9 in the fleet.',
  })
})
