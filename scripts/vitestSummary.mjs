// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * A Vitest reporter that writes what `npm test` counts, skip reasons included (Vitest's own JSON leaves them out), to
 * the file that `DRYDOCK_TEST_SUMMARY` names.
 * @returns {import('vitest/reporters').Reporter}
 */
export default function vitestSummary() {
  return {
    onTestRunEnd(modules, unhandled) {
      const file = process.env.DRYDOCK_TEST_SUMMARY
      if (file === undefined) return
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, JSON.stringify(summarize(modules, unhandled)))
    },
  }
}

/**
 * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
 * @param {ReadonlyArray<unknown>} unhandled
 * @returns {import('./testReports.mjs').Outcome}
 */
function summarize(modules, unhandled) {
  /** @type {import('./testReports.mjs').Outcome} */
  const outcome = { passed: 0, failed: unhandled.length, skipped: [] }
  for (const module of modules) {
    // A file that could not be loaded, a hook that failed outside of any test.
    outcome.failed += module.errors().length
    for (const suite of module.children.allSuites()) outcome.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state, ...rest } = test.result()
      if (state === 'passed') outcome.passed += 1
      else if (state === 'failed') outcome.failed += 1
      else
        outcome.skipped.push({
          title: test.fullName,
          reason: ('note' in rest && rest.note) || 'no reason given',
        })
    }
  }
  return outcome
}
