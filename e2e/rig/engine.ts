import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import type { RouterClient } from '@orpc/server'
import type { Alert, FleetEvent } from '../../src/contract/events'
import type { BlockReason, Link } from '../../src/contract/nodes'
import type { Run } from '../../src/contract/runs'
import type { Log } from '../../src/core/kernel/log'
import { createMemorySecrets, type SecretStore } from '../../src/core/kernel/secretStore'
import { openFleet } from '../../src/core/openFleet'
import type { Router } from '../../src/core/router'
import type { RigFleet } from './fleetYaml'
import { fleetYaml } from './fleetYaml'
import type { SshNode, SshNodeOptions } from './sshNode'
import { startSshNode } from './sshNode'

/** One opened engine, through the door that the app uses, with all that it ever told. */
export interface RigEngine {
  readonly client: RouterClient<Router>
  /** What the engine called a bug in itself: must stay empty. */
  readonly errors: readonly string[]
  readonly events: readonly FleetEvent[]
  /** The newest state of the newest run. */
  run(): Run | undefined
  link(node: string): Link['state'] | undefined
  /** Why its link is blocked; undefined when it is not. */
  reason(node: string): BlockReason | undefined
  alerts(): Alert[]
  close(): Promise<void>
}

/** A home, SSH nodes that it trusts, and engines on it, one after the other. */
export interface EngineRig extends AsyncDisposable {
  /** HOME of this PC; Drydock's folder is `drydock` in it. */
  readonly home: string
  sshNode(options?: SshNodeOptions): Promise<SshNode>
  /** With a fleet, its file is written first. */
  open(fleet?: RigFleet, more?: RigEngineOptions): Promise<RigEngine>
}

interface RigEngineOptions {
  readonly secrets?: SecretStore
  /** Takes what the engine logs, beside `errors`. */
  readonly log?: Log
  /**
   * Is told every batch as it comes; samples are then not kept, so that what is measured is the engine and not this
   * record of it.
   */
  readonly onBatch?: (batch: readonly FleetEvent[]) => void
}

/** `process.env.HOME` is that of the rig until it is disposed. */
export function createEngineRig(): EngineRig {
  const home = mkdtempSync(join(tmpdir(), 'drydock-engine-'))
  const folder = join(home, 'drydock')
  const userHome = process.env['HOME']
  process.env['HOME'] = home
  mkdirSync(folder)
  const opened: (() => Promise<unknown>)[] = []

  return {
    home,
    async sshNode(options) {
      const node = await startSshNode(options)
      opened.push(async () => node[Symbol.asyncDispose]())
      writeFileSync(join(folder, 'known_hosts'), `${node.knownHostsLine()}\n`, { flag: 'a' })
      return node
    },
    async open(fleet, more = {}) {
      if (fleet !== undefined) writeFileSync(join(folder, 'fleet.yaml'), fleetYaml(fleet))
      const engine = await openEngine(folder, home, more)
      opened.push(() => engine.close())
      return engine
    },
    async [Symbol.asyncDispose]() {
      for (const close of opened.toReversed()) await close()
      process.env['HOME'] = userHome
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function openEngine(folder: string, home: string, more: RigEngineOptions): Promise<RigEngine> {
  const errors: string[] = []
  const log: Log = {
    info: (message, fields) => more.log?.info(message, fields),
    warn: (message, fields) => more.log?.warn(message, fields),
    error(message, error, fields) {
      errors.push(`${message}: ${String(error)}`)
      return more.log?.error(message, error, fields) ?? 'ref'
    },
  }
  const secrets = more.secrets ?? createMemorySecrets('a test has no keychain')
  const resources = join(process.cwd(), 'resources')
  const engine = await openFleet({ home: folder, userHome: home, resources, version: '0.0.0', log, secrets })
  const client = createRouterClient(engine.router)
  const over = new AbortController()
  const events: FleetEvent[] = []
  const keep = (batch: readonly FleetEvent[]): void => {
    more.onBatch?.(batch)
    events.push(...(more.onBatch === undefined ? batch : batch.filter(({ type }) => !READINGS.has(type))))
  }
  const reading = readAll(client, keep, over.signal)
  let closing: Promise<void> | null = null

  return {
    client,
    errors,
    events,
    run: () => lastOf(events, runIn),
    link: name => lastOf(events, event => linkIn(event, name))?.state,
    reason(name) {
      const link = lastOf(events, event => linkIn(event, name))
      return link?.state === 'blocked' ? link.reason : undefined
    },
    alerts: () => events.flatMap(event => (event.type === 'alert' ? [event.alert] : [])),
    close() {
      over.abort()
      closing ??= reading.then(() => engine[Symbol.asyncDispose]())
      return closing
    },
  }
}

const READINGS: ReadonlySet<FleetEvent['type']> = new Set(['sample', 'gpu'])

async function readAll(
  client: RouterClient<Router>,
  keep: (batch: readonly FleetEvent[]) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const batch of await client.events(undefined, { signal })) keep(batch)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function runIn(event: FleetEvent): Run | undefined {
  if (event.type === 'run') return event.run
  return event.type === 'snapshot' ? event.snapshot.runs[0] : undefined
}

function linkIn(event: FleetEvent, name: string): Link | undefined {
  if (event.type === 'node' && event.node.name === name) return event.node.link
  const nodes = event.type === 'snapshot' ? event.snapshot.nodes : event.type === 'fleet' ? event.nodes : []
  return nodes.find(node => node.name === name)?.link
}

function lastOf<T>(events: readonly FleetEvent[], pick: (event: FleetEvent) => T | undefined): T | undefined {
  return events.map(pick).findLast(value => value !== undefined)
}
