import type { TestResult } from '../../contract/machines'
import type { BlockReason, Inventory } from '../../contract/nodes'
import type { StateName } from '../components/StateIcon'
import { gibTotal, plural } from '../format'
import { osName } from '../views/linkWords'
import { sentence } from '../views/problem'
import type { TestState } from './addState'

/** How a test stands, as a row shows it. */
export interface TestWords {
  readonly icon: StateName
  /** The state in a word, and after it what is known. */
  readonly word: string
  readonly detail: string | null
  /** What to do about it; null when nothing has to be done. */
  readonly fix: string | null
}

/** null before it was tested. */
export function testWords(test: TestState | undefined): TestWords | null {
  if (test === undefined) return null
  switch (test.at) {
    case 'queued':
      return { icon: 'queued', word: 'Queued', detail: null, fix: null }
    case 'testing':
      return { icon: 'connecting', word: 'Testing…', detail: null, fix: null }
    case 'failed':
      return {
        icon: 'err',
        word: 'Not tested',
        detail: sentence(test.problem.what),
        fix: test.problem.fix,
      }
    case 'done':
      return resultWords(test.result)
    default:
      return test satisfies never
  }
}

function resultWords(result: TestResult): TestWords {
  switch (result.outcome) {
    case 'reached':
      return {
        icon: result.sameAs === null ? 'ok' : 'warn',
        word: result.sameAs === null ? 'Reached' : `Reached: this is ${result.sameAs} already`,
        detail: machineWords(result.inventory, result.roundTripMs),
        fix: null,
      }
    case 'unreachable':
      return {
        icon: 'unreachable',
        word: 'Unreachable',
        detail: sentence(result.message),
        fix: result.hint,
      }
    case 'blocked':
      return blockedWords(result.reason)
    default:
      return result satisfies never
  }
}

function blockedWords(reason: BlockReason): TestWords {
  switch (reason.kind) {
    case 'host-key-unknown':
    case 'host-key-refused':
      return {
        icon: 'warn',
        word: 'Its host key is not known yet',
        detail: null,
        fix: 'You compare it in the next step.',
      }
    case 'host-key-changed':
      return {
        icon: 'err',
        word: 'Its host key changed',
        detail: 'Nothing was sent to it.',
        fix: `If you changed it yourself, delete its line in ${reason.knownIn}.`,
      }
    case 'passphrase':
    case 'question':
    case 'auth':
    case 'unusable':
      return { icon: 'blocked', word: 'Blocked', detail: sentence(reason.message), fix: reason.hint }
    default:
      return reason satisfies never
  }
}

/** `Ubuntu 24.04 · Ryzen 7 5800X · 16 threads · 32 GiB · 4 ms`: what was reported, and no more. */
function machineWords(inventory: Inventory, roundTripMs: number | null): string {
  const { os, cpuModel, cpuThreads, memTotalMiB } = inventory
  return [
    os === null ? null : osName(os),
    cpuModel === null ? null : cpuName(cpuModel),
    cpuThreads === null ? null : plural(cpuThreads, 'thread'),
    memTotalMiB === null ? null : gibTotal(memTotalMiB),
    roundTripMs === null ? null : `${Math.max(1, Math.round(roundTripMs))}\u2009ms`,
  ]
    .filter(word => word !== null)
    .join(' · ')
}

const cpuName = (model: string): string =>
  model
    .replace(/\((R|TM)\)|^(AMD|Intel) | \d+-Core Processor| CPU\b.*$| Processor$/gi, '')
    .replace(/\s+/g, ' ')
    .trim()

/** One line for all: `Tested 3 of 7: 2 reached, 1 unreachable`. Empty before anything is tested. */
export function summaryWords(tests: readonly (TestState | undefined)[]): string {
  const known = tests.filter(test => test !== undefined)
  if (known.length === 0) return ''
  const ended = known.filter(({ at }) => at === 'done' || at === 'failed')
  const counts = [
    ['reached', ended.filter(one => outcomeOf(one) === 'reached').length],
    ['blocked', ended.filter(one => outcomeOf(one) === 'blocked').length],
    ['unreachable', ended.filter(one => outcomeOf(one) === 'unreachable').length],
    ['could not be tested', ended.filter(one => one.at === 'failed').length],
  ] as const
  const words = counts.filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`)
  const head = `Tested ${ended.filter(({ at }) => at === 'done').length} of ${known.length}`
  return words.length === 0 ? head : `${head}: ${words.join(', ')}`
}

const outcomeOf = (test: TestState): TestResult['outcome'] | null =>
  test.at === 'done' ? test.result.outcome : null
