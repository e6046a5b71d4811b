import { expect, it } from 'vitest'
import { spanOf } from './rowsInSight'

it('draws what is in sight and ten rows around it, in steps of five', () => {
  expect(spanOf(-200, 900, 24)).toEqual([0, 40])
  expect(spanOf(0, 720, 24)).toEqual([0, 40])
  expect(spanOf(24, 720, 24)).toEqual([0, 45])
  expect(spanOf(24 * 60, 720, 24)).toEqual([50, 100])
})

it('draws a few rows when the list is below what is seen', () => {
  expect(spanOf(-1200, 900, 24)).toEqual([0, 10])
})
