import { readdir, readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Line } from 'ssh-config'
import SSHConfig, { LineType } from 'ssh-config'
import { AppError, sentenceOf } from '../kernel/appError'
import { patternMatches } from './knownHosts'

/** As OpenSSH's own READCONF_MAX_DEPTH. */
const MAX_DEPTH = 16
/** A configuration that includes more is one that includes itself by ways that no depth stops in time. */
const MAX_FILES = 1000

/**
 * The aliases that the user's SSH configuration names, in its order.
 *
 * Shape: `Host` lines of `~/.ssh/config` and of what it includes; a name with `*`, `?` or `!` is a pattern, no machine.
 * Absent: a missing configuration has none; an `Include` that finds nothing is passed over, as OpenSSH does.
 * Errors: `file-invalid` when a file is there but cannot be read.
 * Source: ssh_config(5), "Host" and "Include".
 */
export async function sshConfigAliases(userHome: string): Promise<readonly string[]> {
  const folder = join(userHome, '.ssh')
  const aliases = new Set<string>()
  let filesLeft = MAX_FILES

  /** `within` are the patterns of the `Host` around an `Include`: only what they match can be meant inside it. */
  async function readInto(file: string, within: readonly (readonly string[])[], way: readonly string[]) {
    if (way.includes(file) || way.length >= MAX_DEPTH || filesLeft <= 0) return
    filesLeft -= 1
    const text = await textOf(file, way.length > 0)
    await readLines(parsed(file, text), within, [...way, file])
  }

  async function readLines(
    lines: readonly Line[],
    within: readonly (readonly string[])[],
    way: readonly string[],
  ): Promise<void> {
    for (const line of lines) {
      if (line.type !== LineType.DIRECTIVE) continue
      const words = wordsOf(line.value)
      const isHost = /^host$/i.test(line.param)
      if (/^include$/i.test(line.param)) {
        for (const file of await included(words, folder, userHome)) await readInto(file, within, way)
      }
      if (isHost) {
        const names = words.filter(word => word !== '' && !/[*?!]/.test(word) && !word.startsWith('-'))
        for (const name of names) if (within.every(list => isMatch(list, name))) aliases.add(name)
      }
      if ('config' in line) await readLines(line.config, isHost ? [...within, words] : within, way)
    }
  }

  await readInto(join(folder, 'config'), [], [])
  return [...aliases]
}

function wordsOf(value: string | readonly { readonly val: string }[]): readonly string[] {
  return typeof value === 'string' ? value.split(/\s+/) : value.map(({ val }) => val)
}

function isMatch(patterns: readonly string[], name: string): boolean {
  if (patterns.some(each => each.startsWith('!') && patternMatches(each.slice(1), name))) return false
  return patterns.some(each => patternMatches(each, name))
}

function parsed(file: string, text: string): readonly Line[] {
  try {
    return SSHConfig.parse(text.replaceAll('\r\n', '\n'))
  } catch (cause) {
    throw new AppError('file-invalid', `${file} cannot be understood: ${sentenceOf(cause)}`, {
      hint: 'Correct it: ssh -G with any host names the line.',
      cause,
    })
  }
}

async function textOf(file: string, isIncluded: boolean): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR' || (isIncluded && code === 'EISDIR')) return ''
    throw new AppError('file-invalid', `${file} cannot be read: ${sentenceOf(cause)}.`, {
      hint: 'Make it readable for you; ssh itself cannot use it either.',
      cause,
    })
  }
}

/** The files that an `Include` means: relative ones are below `~/.ssh`, wildcards are looked up, in order. */
async function included(
  words: readonly string[],
  folder: string,
  userHome: string,
): Promise<readonly string[]> {
  const files = await Promise.all(
    words.map(word => {
      const path = word === '~' || word.startsWith('~/') ? join(userHome, word.slice(1)) : word
      return lookedUp(isAbsolute(path) ? path : join(folder, path))
    }),
  )
  return files.flat()
}

async function lookedUp(path: string): Promise<readonly string[]> {
  if (!/[*?[]/.test(path)) return [path]
  let found = ['/']
  for (const part of path.split(/[/\\]/).filter(each => each !== '')) {
    const isPattern = /[*?[]/.test(part)
    const next = await Promise.all(
      found.map(async folder => (isPattern ? await entriesLike(folder, part) : [join(folder, part)])),
    )
    found = next.flat()
  }
  return found
}

async function entriesLike(folder: string, pattern: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []) // no folder, or not ours to list: nothing is found there
  const escaped = pattern.replaceAll(/[.+^${}()|\\]/g, '\\$&')
  const like = new RegExp(`^${escaped.replaceAll('[!', '[^').replaceAll('*', '.*').replaceAll('?', '.')}$`)
  return names
    .filter(name => like.test(name) && (pattern.startsWith('.') || !name.startsWith('.')))
    .toSorted()
    .map(name => join(folder, name))
}
