import { reservedReason } from '../guard/reservedNames'
import type { Finding, Path } from './fleetProblem'
import { PLACEHOLDERS } from './placeholders'
import { compileProgressPattern } from './progressPattern'
import type { Entry } from './rawFields'
import { entries, field, isRecord, isText, list, meant, record } from './rawFields'
import { environment, nul, shellLine, unexpanded, workdir } from './textRules'
import { orderFindings } from './trackOrder'

export interface KnownNames {
  readonly nodes: readonly string[]
  readonly roles: readonly string[]
}

/** Tracks that Drydock makes by itself, so that no other may be called so. */
const IMPLICIT_TRACKS: Readonly<Record<string, string>> = {
  prerequisite: 'the prerequisite of a plan',
  image: 'the building of an image',
}

/** What a schema cannot say of one plan. */
export function planFindings(plan: Entry, known: KnownNames): readonly Finding[] {
  const engine = field(plan.value, 'engine') ?? 'process'
  const tracks = entries(plan.value, 'tracks', plan.path)
  return [
    ...prerequisite(plan, known),
    ...cleanup(plan),
    ...orderFindings(tracks),
    ...tracks.flatMap(track => [
      ...ownName(track),
      ...references(track, known),
      ...engineKeys(track, engine),
      ...shellLine(track, PLACEHOLDERS),
      ...environment(track),
      ...secrets(track),
      ...workdir(track),
      ...pattern(track),
      ...entries(track.value, 'logs', track.path).flatMap(logGlob),
      ...containerName(track),
    ]),
  ]
}

/** Runs once, before any worker is: there is no worker to name. */
function prerequisite(plan: Entry, known: KnownNames): Finding[] {
  const owner: Entry = {
    value: field(plan.value, 'prerequisite'),
    path: [...plan.path, 'prerequisite'],
  }
  const on = field(owner.value, 'on')
  const node = isText(on) ? unknownNode(on, [...owner.path, 'on'], known) : []
  return [...shellLine(owner, ['node', 'run']), ...workdir(owner), ...node]
}

function cleanup(plan: Entry): Finding[] {
  const owner: Entry = { value: field(plan.value, 'cleanup'), path: [...plan.path, 'cleanup'] }
  return [
    ...shellLine(owner, ['node', 'run']),
    ...workdir(owner),
    ...entries(owner.value, 'remove', owner.path).flatMap(removeGlob),
  ]
}

function ownName(track: Entry): Finding[] {
  const name = field(track.value, 'name')
  const what = isText(name) && Object.hasOwn(IMPLICIT_TRACKS, name) ? IMPLICIT_TRACKS[name] : undefined
  if (what === undefined) return []
  const message = `${String(name)} is what Drydock calls ${what}.`
  return [{ path: [...track.path, 'name'], at: 'value', message, fix: 'Give this track another name.' }]
}

function references(track: Entry, known: KnownNames): Finding[] {
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
    const unknown = unknownNode(name, path, known)
    if (unknown.length > 0 || names.indexOf(name) === position) return unknown
    return [{ path, at: 'value', message: `${name} is listed twice.`, fix: 'Keep one of the two.' }]
  })
}

function unknownNode(name: string, path: Path, { nodes }: KnownNames): Finding[] {
  if (nodes.includes(name)) return []
  const fix = meant(name, nodes) ?? `Use one of: ${nodes.join(', ')}.`
  return [{ path, at: 'value', message: `There is no node ${name}.`, fix }]
}

/** A container has a command of its own; all else needs to be told what to run, and knows no image. */
function engineKeys(track: Entry, engine: unknown): Finding[] {
  if (!isRecord(track.value)) return []
  const isDocker = engine === 'docker'
  const has = (key: string): boolean => field(track.value, key) !== undefined
  const found: Finding[] = []
  if (!isDocker && !has('command')) {
    const fix = 'Add command: and a shell line, for example python3 bot.py --seed {{worker}}'
    found.push({ path: [...track.path, 'command'], at: 'key', message: 'This is missing.', fix })
  }
  if (isDocker && !has('docker')) {
    const fix = 'Add docker: { image: … } to the track, or use engine: process.'
    found.push({ path: [...track.path, 'docker'], at: 'key', message: 'This is missing.', fix })
  }
  if (!isDocker && has('docker')) {
    const message = 'This is for engine: docker only.'
    const fix = 'Use engine: docker, or remove docker from the track.'
    found.push({ path: [...track.path, 'docker'], at: 'key', message, fix })
  }
  return found
}

function secrets(track: Entry): Finding[] {
  const names = list(field(track.value, 'secrets'))
  const env = record(field(track.value, 'env'))
  return names.flatMap((name, position): Finding[] => {
    const path: Path = [...track.path, 'secrets', position]
    if (!isText(name)) return []
    const reason = reservedReason(name, null)
    if (reason !== null) return [{ path, at: 'value', message: reason, fix: `Remove ${name} from secrets.` }]
    if (names.indexOf(name) !== position) {
      return [{ path, at: 'value', message: `${name} is listed twice.`, fix: 'Keep one of the two.' }]
    }
    if (!Object.hasOwn(env, name)) return []
    const fix = 'Remove it from env, where everybody who reads the file can see it.'
    return [{ path, at: 'value', message: `${name} is set in env, too.`, fix }]
  })
}

function pattern(track: Entry): Finding[] {
  const source = field(field(track.value, 'progress'), 'match')
  if (!isText(source) || source === '') return []
  const compiled = compileProgressPattern(source)
  if (compiled.regex !== null) return []
  const { message, fix } = compiled
  return [{ path: [...track.path, 'progress', 'match'], at: 'value', message, fix }]
}

function logGlob({ value, path }: Entry): Finding[] {
  return isText(value) && value !== '' ? anchored(value, path, 'Write for example /tmp/logs/*.log') : []
}

/** What is removed must be named so closely that a slip cannot take a home or a disk along. */
function removeGlob({ value, path }: Entry): Finding[] {
  if (!isText(value) || value === '') return []
  const fix = 'Write for example ~/bots/cache or /tmp/bots/*.tmp'
  const unanchored = anchored(value, path, fix)
  if (unanchored.length > 0) return unanchored
  const isInHome = value.startsWith('~')
  const [first = '', second = '', ...deeper] = value
    .split('/')
    .slice(1)
    .filter(part => part !== '')
  if ([first, second, ...deeper].some(part => part === '..' || part === '.')) {
    const message = 'This must be a path without . and .. in it.'
    return [{ path, at: 'value', message, fix }]
  }
  const isNamed = first !== '' && !/[*?[]/.test(first) && second !== ''
  // Two parts of a path from the root may still be every home there is: /home/*
  if (isNamed && (isInHome || /[^*?[\]]/.test(second))) return []
  const message = `${value} could remove far more than a run has left behind.`
  return [{ path, at: 'value', message, fix: `Name a folder and something in it. ${fix}` }]
}

function anchored(value: string, path: Path, fix: string): Finding[] {
  const wrong = [...nul(value, path), ...unexpanded(value, path)]
  if (wrong.length > 0 || value.startsWith('/') || /^~(\/|$)/.test(value)) return wrong
  return [{ path, at: 'value', message: 'This must be a path that begins with / or ~/', fix }]
}

function containerName(track: Entry): Finding[] {
  const docker = field(track.value, 'docker')
  const onConflict = field(docker, 'onConflict') ?? 'suffix'
  const workers = field(track.value, 'workers')
  if (!isText(field(docker, 'containerName')) || onConflict === 'suffix') return []
  if (typeof workers !== 'number' || workers < 2) return []
  const message = `${workers} containers on one node cannot have the same name.`
  const fix = 'Use onConflict: suffix, or one worker a node.'
  return [{ path: [...track.path, 'docker', 'onConflict'], at: 'value', message, fix }]
}
