// @ts-check
import { capture, ROOT } from './commands.mjs'
import { join } from 'node:path'

const bin = (/** @type {string} */ name) => join(ROOT, 'node_modules', '.bin', name)
const lint = (/** @type {string} */ config, /** @type {readonly string[]} */ ...paths) => [
  '--type-aware',
  '--tsconfig',
  config,
  ...paths,
]

/** What is checked without running the product: name, program, arguments. Each counts as one test. */
const CHECKS = /** @type {const} */ ([
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  [
    'lint: engine and shell',
    bin('oxlint'),
    lint('tsconfig.node.json', 'src/contract', 'src/core', 'src/main', 'bench', 'scripts'),
  ],
  ['lint: screen', bin('oxlint'), lint('tsconfig.web.json', 'src/renderer', 'src/preload')],
  ['lint: end-to-end tests', bin('oxlint'), lint('tsconfig.e2e.json', 'e2e')],
  ['types: engine and shell', bin('tsc'), ['-p', 'tsconfig.node.json']],
  ['types: screen', bin('tsc'), ['-p', 'tsconfig.web.json']],
  ['types: end-to-end tests', bin('tsc'), ['-p', 'tsconfig.e2e.json']],
  ['unused code', bin('knip'), []],
  ['shell scripts', process.execPath, [join('scripts', 'shellcheck.mjs')]],
])

/**
 * Runs every check, whatever the others say, and prints what the failed ones printed.
 * @returns {Promise<{ passed: number, failed: number, skipped: [] }>}
 */
export async function runChecks() {
  let failed = 0
  for (const [name, program, args] of CHECKS) {
    const startedAt = performance.now()
    const { code, output } = await capture(program, args)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
    if (code === 0) continue
    failed += 1
    process.stdout.write(`${output.trimEnd()}\n`)
  }
  return { passed: CHECKS.length - failed, failed, skipped: [] }
}
