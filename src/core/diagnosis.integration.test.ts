import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig, RigEngine } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import type { SshNode } from '../../e2e/rig/sshNode'
import type { DiagnosisEvent, DiagnosisRow } from '../contract/diagnosis'
import { NodeName } from '../contract/ids'

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 20 })
async function diagnose(app: RigEngine, name: string) {
  const rows = new Map<string, DiagnosisRow>()
  const events: DiagnosisEvent[] = []
  for await (const event of await app.client.nodes.diagnose({ node: NodeName.parse(name) })) {
    events.push(event)
    if (event.type === 'row') rows.set(event.row.id, event.row)
  }
  return { events, rows }
}
it('x', async () => {
  const pc2 = await rig.sshNode({ gpu: true })
  const app = await rig.open({ nodes: { pc2 }, plans: [] })
  await soon(() => expect(['this-pc', 'pc2'].map(node => app.link(node))).toEqual(['online', 'online']))
  for (const n of ['pc2', 'this-pc']) {
    const t = Date.now()
    const { rows } = await diagnose(app, n)
    console.log(n, Date.now() - t)
    for (const r of rows.values()) console.log(r.verdict, r.id.padEnd(20), r.tookMs, '|', r.measured, '|', r.wanted, '|', r.fix)
  }
  console.log(app.errors)
})
