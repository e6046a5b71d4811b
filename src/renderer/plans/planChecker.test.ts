import { expect, it } from 'vitest'
import type { PlanDraft, PlanPreview } from '../../contract/plans'
import { createPlanChecker } from './planChecker'
import { newPlan } from './planEdit'

const draft = (name: string): PlanDraft => ({ ...newPlan(), name })
const preview = (): PlanPreview => ({ problems: [], workers: [], nodes: [], steps: [] })

function createBench() {
  const told: unknown[] = []
  const asked: string[] = []
  const answers: ((preview: PlanPreview) => void)[] = []
  const rests: (() => void)[] = []
  const checker = createPlanChecker({
    check: ({ name }) => {
      asked.push(name)
      return new Promise(resolve => answers.push(resolve))
    },
    sleep: (_, signal) =>
      new Promise(resolve => {
        rests.push(resolve)
        signal.addEventListener('abort', () => resolve())
      }),
    tell: ({ name }, answer) => told.push([name, 'error' in answer ? 'failed' : 'checked']),
  })
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  }
  return {
    checker,
    told,
    asked,
    /** Nothing was typed for long enough. */
    rest: async (): Promise<void> => {
      rests.at(-1)?.()
      await settle()
    },
    answer: async (): Promise<void> => {
      answers.shift()?.(preview())
      await settle()
    },
  }
}

it('asks about the last draft alone when several are typed quickly', async () => {
  const { checker, asked, told, rest, answer } = createBench()
  for (const name of ['k', 'ke', 'kel']) checker.ask(draft(name), null)
  await rest()
  await answer()
  expect(asked).toEqual(['kel'])
  expect(told).toEqual([['kel', 'checked']])
})

it('has one check under way; what it says of an older draft is dropped, and the newest is asked', async () => {
  const { checker, asked, told, rest, answer } = createBench()
  checker.ask(draft('old'), null)
  await rest()
  checker.ask(draft('older'), null)
  await rest()
  checker.ask(draft('new'), null)
  await rest()
  expect(asked).toEqual(['old'])
  await answer()
  expect([asked, told]).toEqual([['old', 'new'], []])
  await answer()
  expect(told).toEqual([['new', 'checked']])
})

it('tells nothing once it is closed', async () => {
  const { checker, told, rest, answer } = createBench()
  checker.ask(draft('kelly'), null)
  await rest()
  checker.close()
  await answer()
  expect(told).toEqual([])
})
