import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { PlanName } from '../../contract/ids'
import { RunId } from '../../contract/ids'
import type { PlanDraft } from '../../contract/plans'
import { HAND as NODES_BY_HAND } from './editBench'
import { createEditFile } from './editFile'
import { createPlanEdits } from './planEdits'

// For the tests of plan edits: a fleet file in a folder of its own.

export const HEAD = NODES_BY_HAND.slice(0, NODES_BY_HAND.indexOf('plans:'))
/** As a person writes it. */
export const HAND = `${HEAD}plans: # what we run
  # Every night.
  - name: nightly
    engine: process # plain
    tracks:
      # The data first.
      - name: data
        on: [this-pc,   pc2] # both have it
        command: make data # slow
        env: { A: "1",   B: '2' }   # beside env

      - name: "train"
        on: { role: gpu }
        after: [data]
        workers: 2 # on each node
        # Longer ones do not fit.
        command: |
          cd bots
          python3 train.py --seed {{worker}}
        stop: { signal: INT, graceSeconds: 60 } # it saves first

  # --- experiments ---

  - { name: try, tracks: [ { name: a, on: all, command: 'true' } ] } # short
  # - name: old
  #   tracks: []
`
export async function createPlanBench() {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-plans-'))
  const path = join(folder, 'fleet.yaml')
  let active: string | null = null
  const edits = createPlanEdits({
    editFile: createEditFile({ path, refresh: () => Promise.resolve() }),
    activeRunOf: plan => (plan === active ? RunId.parse('20260101-1') : null),
  })
  const text = (): Promise<string> => readFile(path, 'utf8')
  await writeFile(path, HAND)
  return {
    edits,
    text,
    write: (now: string): Promise<void> => writeFile(path, now),
    run(plan: string | null): void {
      active = plan
    },

    /** What the file says after a plan was saved with some of it changed. */
    async afterSaving(plan: PlanName, change: (draft: PlanDraft) => Partial<PlanDraft>): Promise<string> {
      const draft = await edits.read(plan)
      await edits.save({ ...draft, ...change(draft) }, plan)
      return await text()
    },

    /** The refusal, having proved that the file was not touched. */
    async refusal(edit: () => Promise<unknown>): Promise<unknown> {
      const before = await text()
      const error: unknown = await edit().then(
        () => null,
        (reason: unknown) => reason,
      )
      expect(await text()).toBe(before)
      return error
    },

    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}
