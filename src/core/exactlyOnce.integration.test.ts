import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { markedProcesses } from '../../e2e/rig/marked'
import { descendantsOf, isAlive, signalProcess } from '../../e2e/rig/processes'
import { startTcpProxy } from '../../e2e/rig/tcpProxy'
import { NodeName, PlanName, TrackName } from '../contract/ids'
import type { Run } from '../contract/runs'

/** One START is one run or none, never two and never one that Drydock forgets, whatever happens on the way. */

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 60_000, interval: 20 })
const online = (app: RigEngine, ...nodes: string[]): Promise<void> =>
  soon(() => expect(nodes.map(node => app.link(node))).toEqual(nodes.map(() => 'online')))
const start = (app: RigEngine, plan: string): Promise<Run> =>
  app.client.runs.start({ plan: PlanName.parse(plan) })
const newestOf = (app: RigEngine, id: Run['id']): Run | undefined =>
  app.events.flatMap(event => (event.type === 'run' && event.run.id === id ? [event.run] : [])).at(-1)

interface Entry {
  readonly open?: string
  readonly settled?: string
}
const journal = (): Entry[] =>
  readFileSync(join(rig.home, 'drydock', 'journal', 'journal.jsonl'), 'utf8')
    .split('\n')
    .flatMap(line => (line === '' ? [] : [JSON.parse(line) as Entry]))

it('makes one run of a START that was pressed fifty times at once, in two ways of saying the same', async () => {
  const pc2 = await rig.sshNode()
  const app = await rig.open({
    local: false,
    nodes: { pc2 },
    plans: [{ name: 'once', command: 'exec sleep 300' }],
  })
  await online(app, 'pc2')
  const single = { plan: PlanName.parse('once'), tracks: [{ track: TrackName.parse('bots'), workers: null }] }
  const runs = await Promise.all(
    Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? start(app, 'once') : app.client.runs.start(single))),
  )
  expect(new Set(runs.map(run => run.id)).size).toBe(1)
  expect(readdirSync(join(pc2.home, '.drydock', 'runs'))).toEqual([runs[0]?.id])
  expect(journal()).toEqual([
    { open: `start ${runs[0]?.id}`, body: expect.anything() },
    { settled: `start ${runs[0]?.id}` },
  ])
  await app.client.runs.stop({ run: runs[0]!.id, how: 'force', nodes: null })
})

it.each([
  { way: 'replies', bytes: [0, 100, 200, 300, 400, 600] },
  { way: 'requests', bytes: [0, 1500, 3000, 4500, 6000, 9000] },
] as const)(
  'is one run or none when the link is cut within its $way',
  async ({ way, bytes }) => {
    const pc2 = await rig.sshNode()
    await using proxy = await startTcpProxy(pc2)
    appendFileSync(
      join(rig.home, 'drydock', 'known_hosts'),
      pc2.knownHostsLine().replace(`[${pc2.host}]:${pc2.port}`, `[127.0.0.1]:${proxy.port}`),
    )
    const ssh = {
      host: proxy.host,
      port: proxy.port,
      user: pc2.user,
      identityFile: pc2.clientKey.path,
    }
    const started = join(pc2.home, 'started')
    const command = `echo {{run}} >>${started}; exec sleep 300`
    const app = await rig.open({ local: false, ssh: { pc2: ssh }, plans: [{ name: 'once', command }] })
    const ends: string[] = []
    for (const count of bytes) {
      await online(app, 'pc2')
      proxy.cutAfter(way, count)
      const run = await start(app, 'once').catch(() => null)
      proxy.cut() // if so many bytes never came
      app.client.nodes.reconnect({ node: NodeName.parse('pc2') }).catch(() => undefined)
      if (run === null) {
        ends.push(`${count}: refused`)
        continue
      }
      const { id } = run
      await soon(() => expect(newestOf(app, id)?.state).toMatch(/^(running|failed)$/))
      const state = newestOf(app, id)?.state
      ends.push(`${count}: ${state}`)
      const times = (): number =>
        existsSync(started)
          ? readFileSync(started, 'utf8')
              .split('\n')
              .filter(line => line === id).length
          : 0
      if (state === 'running') await soon(() => expect(times()).toBe(1))
      else expect([times(), markedProcesses(id)]).toEqual([0, []])
      await online(app, 'pc2')
      if (state === 'running') {
        const stopped = await app.client.runs.stop({ run: id, how: 'force', nodes: null })
        expect(stopped.state).toBe('stopped')
      }
      expect([times() <= 1, markedProcesses(id)]).toEqual([true, []])
    }
    expect(app.errors).toEqual([])
    expect(ends.join(', ')).toContain('running')
    const settled = journal().flatMap(entry => entry.settled ?? [])
    expect(new Set(settled).size).toBe(settled.length)
  },
  300_000,
)

it('forbids a START whose answer was lost before it calls it none: its shell may still read it', async () => {
  const pc2 = await rig.sshNode()
  const plans = [{ name: 'once', command: 'exec sleep 300' }]
  const app = await rig.open({ local: false, nodes: { pc2 }, plans })
  await online(app, 'pc2')
  // The shells hang, the server does not: what is sent waits in their pipes, and outlives the link there.
  const connections = pc2.connections()
  const shells = connections
    .flatMap(({ pid }) => descendantsOf(pid))
    .filter(({ name }) => /^(sh|dash|bash)$/.test(name))
  for (const shell of shells) signalProcess(shell, 'SIGSTOP')
  const starting = start(app, 'once')
  await soon(() => expect(app.run()).toBeDefined())
  await new Promise(resolve => setTimeout(resolve, 500)) // until it is in the pipe: nothing tells
  for (const connection of connections) signalProcess(connection, 'SIGKILL')
  const { id } = await starting
  await soon(() => expect(newestOf(app, id)?.state).toBe('failed'))
  const folder = join(pc2.home, '.drydock', 'runs', id, 'bots-1')
  expect(readdirSync(folder).toSorted()).toEqual(['forbidden', 'stopped'])
  for (const shell of shells) signalProcess(shell, 'SIGCONT')
  await soon(() => expect(shells.filter(isAlive)).toEqual([]))
  expect(markedProcesses(id)).toEqual([])
  expect(readdirSync(folder).toSorted()).toEqual(['forbidden', 'stopped'])
  expect(app.errors).toEqual([])
})
