import { expect, it } from 'vitest'
import { isReportLine } from './reportLine'

it.each([
  ['{"drydock":"progress","step":1,"total":2}', true],
  ['{"drydock":"metric","name":"equity","step":1,"value":2}', true],
  ['{"step":1,"drydock":"result","name":"a","values":{}}', true],
  ['{"drydock":"other"}', false],
  ['{"drydock":"progress"', false],
  ['see {"drydock":"progress"}', false],
  ['{"message":"drydock"}', false],
  ['{"a":"\\"drydock\\""}', false],
])('knows whether %s is a report: %s', (line, expected) => {
  expect(isReportLine(line)).toBe(expected)
})
