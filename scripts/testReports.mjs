// @ts-check

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {{ title: string, reason: string }[]} skipped
 */

/**
 * What a runner's own report and exit code come to. A run without a report, and one that fails without saying what
 * failed, are one failure: nothing is passed over in silence.
 * @param {Outcome | null} reported
 * @param {number} exitCode
 * @returns {Outcome}
 */
export function outcomeOf(reported, exitCode) {
  if (reported === null) return { passed: 0, failed: 1, skipped: [] }
  const isUnexplained = exitCode !== 0 && reported.failed === 0
  return isUnexplained ? { ...reported, failed: 1 } : reported
}

/**
 * @typedef {object} PlaywrightSuite
 * @property {string} title
 * @property {PlaywrightSuite[]} [suites]
 * @property {PlaywrightSpec[]} [specs]
 *
 * @typedef {object} PlaywrightSpec
 * @property {string} title
 * @property {PlaywrightTest[]} tests
 *
 * @typedef {object} PlaywrightTest
 * @property {'expected' | 'unexpected' | 'flaky' | 'skipped'} status
 * @property {{ type: string, description?: string }[]} annotations
 */

/**
 * Playwright's JSON report as an outcome. A flaky test is no passed one.
 * @param {{ suites: PlaywrightSuite[], errors: unknown[] }} report
 * @returns {Outcome}
 */
export function fromPlaywright(report) {
  /** @type {Outcome} */
  const outcome = { passed: 0, failed: report.errors.length, skipped: [] }
  for (const { title, test } of report.suites.flatMap(suite => testsIn(suite, []))) {
    if (test.status === 'expected') outcome.passed += 1
    else if (test.status === 'skipped') outcome.skipped.push({ title, reason: skipReason(test) })
    else outcome.failed += 1
  }
  return outcome
}

/**
 * @param {PlaywrightSuite} suite
 * @param {readonly string[]} above
 * @returns {{ title: string, test: PlaywrightTest }[]}
 */
function testsIn(suite, above) {
  const path = [...above, suite.title]
  const own = (suite.specs ?? []).flatMap(({ title, tests }) =>
    tests.map(test => ({ title: [...path, title].join(' > '), test })),
  )
  return [...own, ...(suite.suites ?? []).flatMap(inner => testsIn(inner, path))]
}

/** @param {PlaywrightTest} test */
function skipReason({ annotations }) {
  const mark = annotations.find(({ type }) => type === 'skip' || type === 'fixme')
  // Playwright skips what is left after a worker died or the run was cut short, without a mark.
  return mark?.description ?? (mark === undefined ? 'it was not reached' : 'no reason given')
}

/**
 * The end of the whole run: skipped tests with their reasons, a table of the parts, and the line that counts.
 * @param {readonly { name: string, outcome: Outcome, seconds: number }[]} parts
 * @returns {{ text: string, failed: number }}
 */
export function summary(parts) {
  const skipped = parts.flatMap(({ name, outcome }) =>
    outcome.skipped.map(({ title, reason }) => `skipped: ${name}: ${title}: ${reason}`),
  )
  const rows = parts.map(({ name, outcome, seconds }) => [
    name,
    String(outcome.passed),
    String(outcome.failed),
    String(outcome.skipped.length),
    `${seconds.toFixed(1)} s`,
  ])
  const passed = parts.reduce((sum, { outcome }) => sum + outcome.passed, 0)
  const failed = parts.reduce((sum, { outcome }) => sum + outcome.failed, 0)
  const table = alignColumns([['part', 'passed', 'failed', 'skipped', 'took'], ...rows])
  const lines = ['', ...skipped, ...(skipped.length === 0 ? [] : ['']), ...table, '']
  return { text: [...lines, `${passed} passed, ${failed} failed`].join('\n'), failed }
}

/**
 * The first column to the left, the others to the right.
 * @param {readonly (readonly string[])[]} rows
 * @returns {string[]}
 */
export function alignColumns(rows) {
  const widths = (rows[0] ?? []).map((_cell, at) => Math.max(...rows.map(row => row[at]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
