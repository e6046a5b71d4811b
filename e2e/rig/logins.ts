import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { BlockReason } from '../../src/contract/nodes'
import { createEngineRig, type EngineRig, type RigEngine } from './engine'

/** For tests of logins: an engine rig without the agent of whoever runs the tests, and things closed at the end. */
export function useLoginRig(): { readonly rig: EngineRig; own<T extends AsyncDisposable>(thing: T): T } {
  let rig: EngineRig | null = null
  let opened: AsyncDisposable[] = []
  const agentSocket = process.env['SSH_AUTH_SOCK']
  beforeEach(() => {
    delete process.env['SSH_AUTH_SOCK']
    rig = createEngineRig()
  })
  afterEach(async () => {
    await rig?.[Symbol.asyncDispose]()
    for (const thing of opened.toReversed()) await thing[Symbol.asyncDispose]()
    opened = []
    if (agentSocket !== undefined) process.env['SSH_AUTH_SOCK'] = agentSocket
    else delete process.env['SSH_AUTH_SOCK']
  })
  return {
    get rig() {
      if (rig === null) throw new Error('only inside a test')
      return rig
    },
    own(thing) {
      opened.push(thing)
      return thing
    },
  }
}

export const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 20 })

export const online = (app: RigEngine, ...nodes: string[]): Promise<void> =>
  soon(() => expect(nodes.map(node => app.link(node))).toEqual(nodes.map(() => 'online')))

/** Why a node is blocked, once it is for a reason of this kind. */
export async function blocked(
  app: RigEngine,
  kind: BlockReason['kind'],
  node = 'pc2',
): Promise<BlockReason | undefined> {
  await soon(() => expect(app.reason(node)?.kind).toBe(kind))
  return app.reason(node)
}

export const sentenceOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no failure',
    (error: Error) => error.message,
  )

/** With the fix. */
export const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no failure',
    (error: Error & { data?: { hint?: string } }) => [error.message, error.data?.hint],
  )
