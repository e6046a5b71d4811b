import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EngineRig } from '../../e2e/rig/engine'
import { createEngineRig } from '../../e2e/rig/engine'
import { PlanName } from '../contract/ids'

/** Log files that the programs of a run write themselves, on a real sshd. */

let rig: EngineRig
beforeEach(() => {
  rig = createEngineRig()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 50_000, interval: 50 })

it('finds files by pattern whatever their names are, and copies what this run wrote', async () => {
  const node = await rig.sshNode()
  const logs = join(node.home, 'my logs')
  mkdirSync(logs)
  writeFileSync(join(logs, 'old.log'), 'of an earlier run\n')
  const hostile = 'a\nb $(touch hacked) `touch hacked`.log'
  const command = 'cat >/dev/null </dev/null; while [ ! -e stop ]; do sleep 0.1; done'
  const track = { workdir: '~', logs: ['~/my logs/*.log', '~/$(touch hacked)/*.log'] }
  const engine = await rig.open({
    local: false,
    nodes: { far: node },
    plans: [{ name: 'legacy', command, track }],
  })
  await soon(() => expect(engine.link('far')).toBe('online'))
  const run = await engine.client.runs.start({ plan: PlanName.parse('legacy') })
  await soon(() => expect(engine.run()?.files.map(({ path }) => path)).toEqual([join(logs, 'old.log')]))
  appendFileSync(join(logs, 'old.log'), 'of this run\n')
  writeFileSync(join(logs, hostile), 'one TOKEN=geheim\n')
  await soon(() => expect(engine.run()?.files).toHaveLength(2))
  writeFileSync(join(node.home, 'stop'), '')
  await soon(() => expect(engine.run()?.state).toBe('succeeded'))
  await soon(() => expect(engine.run()?.files.map(({ logLines }) => logLines)).toEqual([1, 1]))
  const local = (id: number): string =>
    readFileSync(join(rig.home, 'drydock', 'logs', run.id, `@${id}.log`), 'utf8')
  expect([local(1), local(2)]).toEqual(['of this run\n', 'one TOKEN=******\n'])
  expect(engine.run()?.files[1]?.path).toBe(join(logs, hostile))
  expect(() => readFileSync(join(node.home, 'hacked'))).toThrow(/ENOENT/)
  expect(engine.errors).toEqual([])
})
