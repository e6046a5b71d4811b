import { z } from 'zod'
import type { Finding, Path } from './fleetProblem'
import { nearestWord } from './nearestWord'
import { heard, says } from './problemText'

type RawIssue = z.core.$ZodRawIssue
type Issue = z.core.$ZodIssue

/** Words for what zod expects, and for what was found instead. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list of two numbers',
  object: 'a group of key: value lines',
  record: 'a group of key: value lines',
}

/** The error map: message and fix of one issue. Never repeats a value that could be a secret, numbers aside. */
export function explainIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return explainType(String(issue.expected), issue.input)
    case 'invalid_value':
      return explainChoice(issue.values.map(String), issue.input)
    case 'too_small':
      return explainBound('at least', String(issue.origin), issue.minimum, issue.inclusive === false)
    case 'too_big':
      return explainBound('at most', String(issue.origin), issue.maximum, issue.inclusive === false)
    case 'invalid_format':
      return says(
        'Only letters, digits, dots, _ and - are allowed, and the first is a letter or digit.',
        'Choose another name, for example pc2.',
      )
    case 'unrecognized_keys':
      return knownKeys(issue.inst).join(' ')
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
      break // none of them comes without a sentence of the schema's own, or else of its parts
  }
  return says('This is not understood.', 'Correct it, or remove it.')
}

/** All findings of a failed parse, each about the branch of a union that the file most likely meant. */
export function schemaFindings(issues: readonly Issue[], raw: unknown): readonly Finding[] {
  return issues.flatMap(issue => findingsOf(issue, raw, []))
}

function findingsOf(issue: Issue, raw: unknown, base: Path): Finding[] {
  const path: Path = [...base, ...issue.path.map(step => (typeof step === 'number' ? step : String(step)))]
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, issue.message, path)
  if (issue.code === 'invalid_key')
    return issue.issues.slice(0, 1).map(inner => finding(inner.message, path, 'key'))
  if (issue.code === 'invalid_union') return unionFindings(issue, raw, path)
  const isMissing = valueAt(raw, path) === undefined
  if (!isMissing) return [finding(issue.message, path, 'value')]
  const { message, fix } = heard(issue.message)
  return [{ path, at: 'key', message, fix: fix.replaceAll('KEY', String(path.at(-1))) }]
}

/**
 * A union's issues come once per branch. The branch that was meant is the one that misses and does not know the
 * fewest keys; when two are equally far away, the union's own sentence says what to choose between, and beside it
 * stand the keys that none of them knows.
 */
function unionFindings(issue: z.core.$ZodIssueInvalidUnion, raw: unknown, path: Path): Finding[] {
  const value = valueAt(raw, path)
  if (value === undefined) {
    const { message, fix } = heard(explainType('object', undefined))
    return [{ path, at: 'key', message, fix: fix.replaceAll('KEY', String(path.at(-1))) }]
  }
  const branches = issue.errors.map(errors => ({ errors, distance: distanceOf(errors, value) }))
  const nearest = Math.min(...branches.map(({ distance }) => distance))
  const meant = branches.filter(({ distance }) => distance === nearest)
  const [only] = meant
  if (only !== undefined && meant.length === 1 && nearest !== Number.POSITIVE_INFINITY) {
    return only.errors.flatMap(inner => findingsOf(inner, raw, path))
  }
  return [finding(issue.message, path, 'value'), ...unknownToAll(meant, path)]
}

/** The keys that no branch knows, with what any of them would know. */
function unknownToAll(branches: readonly { readonly errors: readonly Issue[] }[], path: Path): Finding[] {
  const unknown = branches.map(({ errors }) => errors.find(isUnknownKeysHere))
  const known = unknown.flatMap(error => error?.message.split(' ') ?? [])
  const keys = unknown.map(error => error?.keys ?? [])
  const shared = keys.reduce((left, right) => left.filter(key => right.includes(key)), keys[0] ?? [])
  return unknownKeys(shared, [...new Set(known)].join(' '), path)
}

function isUnknownKeysHere(issue: Issue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0
}

function distanceOf(errors: readonly Issue[], value: unknown): number {
  return errors.reduce((sum, error) => {
    if (error.code === 'unrecognized_keys') return error.path.length === 0 ? sum + error.keys.length : sum
    if (error.path.length === 0 && (error.code === 'invalid_type' || error.code === 'invalid_value')) {
      return Number.POSITIVE_INFINITY
    }
    return error.path.length === 1 && valueAt(value, error.path.map(String)) === undefined ? sum + 1 : sum
  }, 0)
}

function unknownKeys(keys: readonly string[], known: string, path: Path): Finding[] {
  const names = known.split(' ')
  return keys.map(key => {
    const near = nearestWord(key, names)
    return {
      path: [...path, key],
      at: 'key',
      message:
        near === null
          ? `The key ${key} is not known here.`
          : `The key ${key} is not known: did you mean ${near}?`,
      fix: near === null ? `Remove it, or use one of: ${names.join(', ')}.` : `Write ${near}.`,
    }
  })
}

function finding(text: string, path: Path, at: 'key' | 'value'): Finding {
  return { path, at, ...heard(text) }
}

function explainType(expected: string, input: unknown): string {
  const kind = KINDS[expected] ?? expected
  if (input === undefined) return says('This is missing.', `Add KEY: and ${kind} after it.`)
  if (input === null) return says('This has no value.', `Write ${kind} after the colon, or remove the line.`)
  if (expected === 'int' && typeof input === 'number') return says(`This must be ${kind}.`, `Write ${kind}.`)
  const message = `This must be ${kind}, but it is ${kindOf(input)}.`
  if (expected === 'string' && typeof input !== 'object') return says(message, 'Put the value in quotes.')
  if (kind.endsWith('number') && typeof input === 'string' && /^[+-]?[\d.]+$/.test(input)) {
    return says(message, `Write ${input} without quotes.`)
  }
  if (expected === 'array')
    return says(message, 'Write [first, second], or one line with a leading - for each.')
  return says(message, `Write ${kind}.`)
}

function explainBound(word: string, origin: string, bound: unknown, isExclusive: boolean): string {
  const limit = isExclusive ? `more than ${String(bound)}` : `${word} ${String(bound)}`
  if (origin === 'string') {
    return String(bound) === '1'
      ? says('This is empty.', 'Write something here, or remove the line.')
      : says(`This must have ${limit} characters.`, `Use ${limit} characters.`)
  }
  if (origin === 'array') {
    const entries = String(bound) === '1' ? 'entry' : 'entries'
    return says(`This must have ${limit} ${entries}.`, `Write a list of ${limit} ${entries}.`)
  }
  return says(`This must be ${limit}.`, `Write a number of ${limit}.`)
}

function explainChoice(values: readonly string[], input: unknown): string {
  const choice = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`
  const near = typeof input === 'string' ? nearestWord(input, values) : null
  return says(`This must be ${choice}.`, `Write ${near ?? choice}.`)
}

function kindOf(input: unknown): string {
  if (Array.isArray(input)) return 'a list'
  return KINDS[typeof input] ?? typeof input
}

/** The keys that the object schema which raised an issue does know. */
function knownKeys(inst: unknown): string[] {
  return inst instanceof z.ZodObject ? Object.keys(inst.shape) : []
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = (here as Readonly<Record<string | number, unknown>>)[step]
  }
  return here
}
