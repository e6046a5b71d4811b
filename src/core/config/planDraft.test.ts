import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PlanDraft } from '../../contract/plans'
import { NODES, planDrafts } from './arbitraryPlans'
import { checkDraft } from './checkDraft'
import { FleetFile } from './fleetSchema'
import { draftOf, writtenPlan } from './planDraft'

const fleet = FleetFile.parse({ version: 1, nodes: NODES })

it('a draft that is right becomes a plan and comes back as it was', () => {
  fc.assert(
    fc.property(planDrafts('p'), draft => {
      const checked = checkDraft(fleet, draft, null)
      expect(checked).toHaveProperty('plan')
      if ('problems' in checked) return
      expect(draftOf(checked.plan)).toEqual(draft)
      expect(PlanDraft.parse(draftOf(checked.plan))).toEqual(draft)
    }),
  )
})

it('a plan keeps what the editor does not show', () => {
  const plan = FleetFile.parse({
    version: 1,
    nodes: NODES,
    plans: [
      {
        name: 'p',
        prerequisite: { command: 'make', workdir: '~/bots' },
        cleanup: { command: 'make clean', workdir: '~/bots', limitSeconds: 60 },
        tracks: [{ name: 'a', on: 'all', command: 'x' }],
      },
    ],
  }).plans[0]!
  const draft = draftOf(plan)
  const other = { ...draft, prerequisite: { command: 'ninja', on: 'pc1', limitSeconds: 5 } }
  expect(writtenPlan(other, plan)).toEqual({
    name: 'p',
    prerequisite: { command: 'ninja', on: 'pc1', workdir: '~/bots', limitSeconds: 5 },
    cleanup: { command: 'make clean', workdir: '~/bots', limitSeconds: 60 },
    tracks: [{ name: 'a', on: 'all', command: 'x' }],
  })
  expect(writtenPlan({ ...draft, cleanup: { remove: ['/tmp/a/b'] } }, plan)).toMatchObject({
    cleanup: { remove: ['/tmp/a/b'] },
  })
})
