import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Fleet } from './fleetSchema'
import { parseFleet } from './parseFleet'
import { replaceFile } from './replaceFile'
import { UncutError } from './yamlPlaces'

export interface EditFileDeps {
  /** `fleet.yaml`, absolute. */
  readonly path: string
  /** Makes the engine take the file as it is now; resolves when it has. */
  readonly refresh: () => Promise<void>
}

/** One edit: what it makes of the text, and what the text must then mean. */
export interface Edit {
  readonly text: string
  readonly fleet: Fleet
}

/** Decides on the fleet as the file has it. Errors: `refused`, `not-found`: nothing is written. */
type Edits = (text: string, fleet: Fleet) => Edit

export interface EditFile {
  /** Name of the file, without its folder. */
  readonly name: string
  /** Errors: `refused` when the file cannot be read, or has a mistake. */
  read(): Promise<{ readonly text: string; readonly fleet: Fleet }>
  apply(edits: Edits): Promise<void>
}

/**
 * Edits of the text of `fleet.yaml`. All or nothing: what would not be a valid fleet, or would mean anything but what
 * was asked for, is not written. One edit at a time; each is on disk, and taken by the engine, when it returns.
 * Errors: `refused` with the reason and the fix.
 */
export function createEditFile({ path, refresh }: EditFileDeps): EditFile {
  const file = basename(path)
  let last: Promise<unknown> = Promise.resolve()

  async function apply(edits: Edits): Promise<void> {
    // What an editor saves between reading and writing is not lost: the edit is made again on the new text.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const before = await textOf(path)
      const after = edited(file, before, edits)
      if (after === before || (await written(path, before, after))) return await refresh()
    }
    throw new AppError('refused', `${file} is being changed by another program at this moment.`, {
      hint: 'Save it there, and try again.',
    })
  }

  return {
    name: file,
    async read() {
      const text = await textOf(path)
      return { text, fleet: fleetOf(file, text) }
    },
    apply(edits) {
      const turn = last.then(() => apply(edits))
      last = turn.catch(() => {})
      return turn
    },
  }
}

function fleetOf(file: string, text: string): Fleet {
  const now = parseFleet(text, file)
  if ('fleet' in now) return now.fleet
  const [first] = now.problems
  throw new AppError('refused', `${file} has a mistake in line ${first?.line}: ${first?.message}`, {
    hint: `${first?.fix} Drydock changes the file only when it is right.`,
  })
}

/** The text after the edit. Errors: `refused` when the file is broken before it, or would be broken by it. */
function edited(file: string, before: string, edits: Edits): string {
  const now = fleetOf(file, before)
  try {
    const { text, fleet } = edits(before, now)
    const after = parseFleet(text, file)
    if ('fleet' in after && isDeepStrictEqual(after.fleet, fleet)) return text
    throw uncut(file, 'problems' in after ? after.problems[0]?.message : undefined)
  } catch (error) {
    throw error instanceof UncutError ? uncut(file, error.message) : error
  }
}
function uncut(file: string, cause: unknown): AppError {
  return new AppError('refused', `${file} is written in a way that Drydock cannot change here.`, {
    hint: 'Change it in an editor. A part that is shared by an anchor (& and *) is the usual reason.',
    cause,
  })
}

async function textOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new AppError('refused', `${path} cannot be read: ${sentenceOf(cause)}.`, {
      hint: 'Put it back, or make it readable for you.',
      cause,
    })
  })
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    // Written back, what is not UTF-8 would be lost.
    throw new AppError('refused', `${basename(path)} has characters that are not UTF-8.`, {
      hint: 'Save it as UTF-8 in your editor. Letters in a comment are the usual place.',
      cause,
    })
  }
}

async function written(path: string, before: string, after: string): Promise<boolean> {
  try {
    return await replaceFile(path, before, after)
  } catch (cause) {
    throw new AppError('refused', `${path} cannot be written: ${sentenceOf(cause)}.`, {
      hint: 'Make room on the disk, or correct the permissions of the file and its folder.',
      cause,
    })
  }
}
