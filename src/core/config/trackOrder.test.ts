import fc from 'fast-check'
import { expect, it } from 'vitest'
import { startSteps } from './trackOrder'

const stepsOf = (after: Readonly<Record<string, readonly string[]>>): string[][] =>
  startSteps(Object.entries(after).map(([name, each]) => ({ name, after: each }))).map(step =>
    step.map(({ name }) => name),
  )

it('starts every track as early as what it waits for allows', () => {
  expect(stepsOf({ report: ['train', 'data'], train: ['data'], data: [], watch: [] })).toEqual([
    ['data', 'watch'],
    ['train'],
    ['report'],
  ])
})

it('leaves out what waits in a circle, and what hangs on it', () => {
  expect(stepsOf({ a: ['b'], b: ['a'], c: ['a'], d: [] })).toEqual([['d']])
})

it('puts every track of a plan without circles into one step, behind all that it waits for', () => {
  const plans = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 12 }).map(waits =>
    waits.map((some, index) => ({
      name: `t${index}`,
      after: [...new Set(some.filter(other => other < index))].map(other => `t${other}`),
    })),
  )
  fc.assert(
    fc.property(plans, fc.nat(), (plan, turn) => {
      const turned = [...plan.slice(turn % (plan.length + 1)), ...plan.slice(0, turn % (plan.length + 1))]
      const steps = startSteps(turned)
      const stepOf = new Map(steps.flatMap((step, index) => step.map(({ name }) => [name, index] as const)))
      expect(steps.flat()).toHaveLength(plan.length)
      for (const { name, after } of plan) {
        const latest = Math.max(-1, ...after.map(other => stepOf.get(other) ?? Infinity))
        expect(stepOf.get(name)).toBe(latest + 1)
      }
    }),
  )
})
