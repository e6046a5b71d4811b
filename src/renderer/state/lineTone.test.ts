import { expect, it } from 'vitest'
import { toneOf } from './lineTone'

it.each([
  ['WARN  no free CUDA stream, waiting for lock held by pid 48121', 'warn'],
  ['2026-11-24 14:02:11,046 WARNING ray.py:12 -- slow', 'warn'],
  ['train.py:8: UserWarning: no GPU', 'warn'],
  ['\u001b[31mERROR\u001b[0m disk full', 'error'],
  ['Traceback (most recent call last):', 'error'],
  ['numpy.linalg.LinAlgError: Singular matrix', 'error'],
  ['error: no such file', 'error'],
  ['step 12  no errors so far', 'plain'],
  ['warned nobody', 'plain'],
  [`${'x '.repeat(60)} ERROR`, 'plain'],
  ['{"drydock":"progress","step":120,"total":2000}', 'protocol'],
  ['{"step":1,"drydock":"metric","name":"ERROR"}', 'protocol'],
  ['{"drydock":"progress"', 'plain'],
  ['{"note":"\\"drydock\\""}', 'plain'],
])('%s is drawn as %s', (line, tone) => {
  expect(toneOf(line)).toBe(tone)
})
