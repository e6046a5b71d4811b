import { reservedReason } from '../guard/reservedNames'
import type { Finding, Path } from './fleetProblem'
import { nearestWord } from './nearestWord'
import type { Placeholder } from './placeholders'
import { placeholdersIn, unknownPlaceholders } from './placeholders'
import type { Entry } from './rawFields'
import { field, isText, record } from './rawFields'

/** Rules for single values that nodes and plans have in common. */

export function environment(owner: Entry): Finding[] {
  return Object.entries(record(field(owner.value, 'env'))).flatMap(([name, value]): Finding[] => {
    const path: Path = [...owner.path, 'env', name]
    const reason = reservedReason(name, isText(value) || typeof value === 'number' ? String(value) : null)
    if (reason !== null) return [{ path, at: 'key', message: reason, fix: `Remove ${name} from env.` }]
    return isText(value) ? [...nul(value, path), ...unexpanded(value, path)] : []
  })
}

export function workdir(owner: Entry): Finding[] {
  const text = field(owner.value, 'workdir')
  if (!isText(text)) return []
  const path: Path = [...owner.path, 'workdir']
  const findings = [...nul(text, path), ...unexpanded(text, path)]
  if (!text.startsWith('sample:') || /^sample:[a-z0-9-]+$/.test(text)) return findings
  const message = 'This is not the name of a sample.'
  return [...findings, { path, at: 'value', message, fix: 'Write for example sample:kelly-monte-carlo.' }]
}

/** A shell line in which `known` are the only placeholders. */
export function shellLine(owner: Entry, known: readonly Placeholder[]): Finding[] {
  const text = field(owner.value, 'command')
  if (!isText(text)) return []
  const path: Path = [...owner.path, 'command']
  const all = known.map(name => `{{${name}}}`)
  const others = `Use one of: ${all.join(' ')}.`
  const unknown = unknownPlaceholders(text).map(({ written, word }): Finding => {
    const near = nearestWord(word, known)
    const fix = near === null ? others : `Write {{${near}}}.`
    return { path, at: 'value', message: `${written} is not a placeholder.`, fix, part: written }
  })
  const misplaced = [...new Set(placeholdersIn(text))]
    .filter(written => !all.includes(written))
    .map((part): Finding => {
      const message = `${part} is replaced in the command of a track only.`
      return { path, at: 'value', message, fix: others, part }
    })
  return [...unknown, ...misplaced, ...nul(text, path)]
}

/** A placeholder where none is replaced would reach the program as it is written. */
export function unexpanded(text: string, path: Path): Finding[] {
  return placeholdersIn(text)
    .slice(0, 1)
    .map(part => {
      const fix = 'Move it into the command, for example as VARIABLE={{worker}} in front of it.'
      return { path, at: 'value', message: `${part} is replaced in command only.`, fix, part }
    })
}

export function nul(text: string, path: Path): Finding[] {
  if (!text.includes('\0')) return []
  const fix = 'Remove the \\0 from it.'
  return [{ path, at: 'value', message: 'This contains a NUL byte, which no program can be given.', fix }]
}
