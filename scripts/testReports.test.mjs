// @ts-check
import { describe, expect, it } from 'vitest'
import { fromPlaywright, outcomeOf, summary } from './testReports.mjs'

describe('outcomeOf', () => {
  const clean = { passed: 3, failed: 0, skipped: [] }

  it('takes a report as it is', () => {
    expect(outcomeOf(clean, 0)).toEqual(clean)
    expect(outcomeOf({ ...clean, failed: 2 }, 1)).toEqual({ ...clean, failed: 2 })
  })

  it('counts a run that fails without a failed test, and one without a report, as a failure', () => {
    expect(outcomeOf(clean, 1)).toEqual({ ...clean, failed: 1 })
    expect(outcomeOf(null, 0)).toEqual({ passed: 0, failed: 1, skipped: [] })
  })
})

describe('fromPlaywright', () => {
  /** @param {import('./testReports.mjs').PlaywrightTest['status']} status */
  const spec = (status, annotations = /** @type {{ type: string, description?: string }[]} */ ([])) => ({
    title: status,
    tests: [{ status, annotations }],
  })

  it('counts nested tests, and neither a flaky nor a skipped one as passed', () => {
    const report = {
      errors: [{}],
      suites: [
        {
          title: 'a.spec.ts',
          specs: [spec('expected'), spec('unexpected')],
          suites: [
            {
              title: 'group',
              specs: [
                spec('flaky'),
                spec('skipped', [{ type: 'skip', description: 'needs root' }]),
                spec('skipped', [{ type: 'skip' }]),
                spec('skipped'),
              ],
            },
          ],
        },
      ],
    }
    expect(fromPlaywright(report)).toEqual({
      passed: 1,
      failed: 3,
      skipped: [
        { title: 'a.spec.ts > group > skipped', reason: 'needs root' },
        { title: 'a.spec.ts > group > skipped', reason: 'no reason given' },
        { title: 'a.spec.ts > group > skipped', reason: 'it was not reached' },
      ],
    })
  })
})

describe('summary', () => {
  it('ends with the line that counts, over all parts', () => {
    const parts = [
      {
        name: 'unit',
        seconds: 1.25,
        outcome: { passed: 12, failed: 0, skipped: [{ title: 't', reason: 'no GPU' }] },
      },
      { name: 'e2e', seconds: 100, outcome: { passed: 3, failed: 1, skipped: [] } },
    ]
    expect(summary(parts)).toEqual({
      failed: 1,
      text: [
        '',
        'skipped: unit: t: no GPU',
        '',
        'part  passed  failed  skipped     took',
        'unit      12       0        1    1.3 s',
        'e2e        3       1        0  100.0 s',
        '',
        '15 passed, 1 failed',
      ].join('\n'),
    })
  })
})
