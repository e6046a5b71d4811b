import { reservedReason } from '../guard/reservedNames'
import type { Finding, Path } from './fleetProblem'
import { nearestWord } from './nearestWord'
import { PLACEHOLDERS, placeholdersIn, unknownPlaceholders } from './placeholders'
import { compileProgressPattern } from './progressPattern'

/**
 * What a schema cannot say: names that must be unique, references, patterns, placeholders, reserved variables.
 * Reads the file as it stands, whatever else is wrong with it, so that all problems are told at once: what has an
 * unexpected type is passed over here, because the schema reports it.
 */
export function ruleFindings(raw: unknown): readonly Finding[] {
  const nodes = entries(raw, ['nodes'])
  const plans = entries(raw, ['plans'])
  const tracks = plans.flatMap(plan => entries(plan.value, ['tracks'], plan.path))
  const known = {
    nodes: nodes.map(node => field(node.value, 'name')).filter(isText),
    roles: nodes.flatMap(node => list(field(node.value, 'roles'))).filter(isText),
  }
  return [
    ...doubles(nodes, 'node'),
    ...doubles(plans, 'plan'),
    ...plans.flatMap(plan => doubles(entries(plan.value, ['tracks'], plan.path), 'track')),
    ...nodes.flatMap(node => [...environment(node), ...workdir(node)]),
    ...tracks.flatMap(track => [
      ...references(track, known),
      ...command(track),
      ...environment(track),
      ...secrets(track),
      ...workdir(track),
      ...pattern(track),
    ]),
  ]
}

interface Entry {
  readonly path: Path
  readonly value: unknown
}

function doubles(named: readonly Entry[], what: string): Finding[] {
  const first = new Map<string, Path>()
  return named.flatMap(({ value, path }) => {
    const name = field(value, 'name')
    if (!isText(name)) return []
    if (!first.has(name)) {
      first.set(name, path)
      return []
    }
    const message = `Two ${what}s are called ${name}.`
    return [{ path: [...path, 'name'], at: 'value', message, fix: `Give this ${what} another name.` }]
  })
}

function references(
  track: Entry,
  known: { readonly nodes: readonly string[]; readonly roles: readonly string[] },
): Finding[] {
  const on = field(track.value, 'on')
  const role = field(on, 'role')
  if (isText(role) && !known.roles.includes(role)) {
    const message = `No node has the role ${role}.`
    const fix = meant(role, known.roles) ?? `Add roles: [${role}] to a node, or name another role.`
    return [{ path: [...track.path, 'on', 'role'], at: 'value', message, fix }]
  }
  const names = list(on)
  return names.flatMap((name, position): Finding[] => {
    const path: Path = [...track.path, 'on', position]
    if (!isText(name)) return []
    if (!known.nodes.includes(name)) {
      const fix = meant(name, known.nodes) ?? `Use one of: ${known.nodes.join(', ')}.`
      return [{ path, at: 'value', message: `There is no node ${name}.`, fix }]
    }
    if (names.indexOf(name) === position) return []
    return [{ path, at: 'value', message: `${name} is listed twice.`, fix: 'Keep one of the two.' }]
  })
}

function command(track: Entry): Finding[] {
  const text = field(track.value, 'command')
  if (!isText(text)) return []
  const path: Path = [...track.path, 'command']
  const all = PLACEHOLDERS.map(name => `{{${name}}}`)
  const findings: Finding[] = unknownPlaceholders(text).map(({ written, word }) => {
    const near = nearestWord(word, PLACEHOLDERS)
    const fix = near === null ? `Use one of: ${all.join(' ')}.` : `Write {{${near}}}.`
    return { path, at: 'value', message: `${written} is not a placeholder.`, fix, part: written }
  })
  return [...findings, ...nul(text, path)]
}

function environment(owner: Entry): Finding[] {
  return Object.entries(record(field(owner.value, 'env'))).flatMap(([name, value]): Finding[] => {
    const path: Path = [...owner.path, 'env', name]
    const reason = reservedReason(name, isText(value) || typeof value === 'number' ? String(value) : null)
    if (reason !== null) return [{ path, at: 'key', message: reason, fix: `Remove ${name} from env.` }]
    return isText(value) ? [...nul(value, path), ...unexpanded(value, path)] : []
  })
}

function secrets(track: Entry): Finding[] {
  return list(field(track.value, 'secrets')).flatMap((name, position): Finding[] => {
    const reason = isText(name) ? reservedReason(name, null) : null
    if (reason === null) return []
    const fix = `Remove ${String(name)} from secrets.`
    return [{ path: [...track.path, 'secrets', position], at: 'value', message: reason, fix }]
  })
}

function workdir(owner: Entry): Finding[] {
  const text = field(owner.value, 'workdir')
  if (!isText(text)) return []
  const path: Path = [...owner.path, 'workdir']
  const findings = [...nul(text, path), ...unexpanded(text, path)]
  if (!text.startsWith('sample:') || /^sample:[a-z0-9-]+$/.test(text)) return findings
  const message = 'This is not the name of a sample.'
  return [...findings, { path, at: 'value', message, fix: 'Write for example sample:kelly-monte-carlo.' }]
}

function pattern(track: Entry): Finding[] {
  const source = field(field(track.value, 'progress'), 'match')
  if (!isText(source) || source === '') return []
  const compiled = compileProgressPattern(source)
  if (compiled.regex !== null) return []
  const { message, fix } = compiled
  return [{ path: [...track.path, 'progress', 'match'], at: 'value', message, fix }]
}

/** A placeholder where none is replaced would reach the program as it is written. */
function unexpanded(text: string, path: Path): Finding[] {
  return placeholdersIn(text)
    .slice(0, 1)
    .map(part => {
      const fix = 'Move it into the command, for example as VARIABLE={{worker}} in front of it.'
      return { path, at: 'value', message: `${part} is replaced in command only.`, fix, part }
    })
}

function nul(text: string, path: Path): Finding[] {
  if (!text.includes('\0')) return []
  const fix = 'Remove the \\0 from it.'
  return [{ path, at: 'value', message: 'This contains a NUL byte, which no program can be given.', fix }]
}

function meant(word: string, candidates: readonly string[]): string | null {
  const near = nearestWord(word, candidates)
  return near === null ? null : `Did you mean ${near}?`
}

function entries(parent: unknown, [key]: readonly [string], base: Path = []): Entry[] {
  return list(field(parent, key)).map((value, position) => ({ value, path: [...base, key, position] }))
}

function field(value: unknown, key: string): unknown {
  const fields = record(value)
  return Object.hasOwn(fields, key) ? fields[key] : undefined
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? (value as Readonly<Record<string, unknown>>) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
