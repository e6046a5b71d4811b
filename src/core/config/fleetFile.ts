import { randomUUID } from 'node:crypto'
import { watch } from 'node:fs'
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { sentenceOf } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import { createPause } from '../kernel/pause'
import { createTaskGroup } from '../kernel/taskGroup'
import type { FleetProblem } from './fleetProblem'
import type { Fleet } from './fleetSchema'
import { parseFleet } from './parseFleet'

export interface FleetFileDeps {
  /** Absolute. Its folder is made when it is missing. */
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  /** Called with the first fleet, empty when the file is broken, and with every other one that follows it. */
  readonly onFleet: (fleet: Fleet) => void
  /** Called when the file breaks, when it breaks otherwise, and with null when it is good again. */
  readonly onProblems: (problems: readonly FleetProblem[] | null) => void
  /** The text of the file that the first start writes. */
  readonly firstFleet: () => string
}

export interface FollowedFleetFile extends AsyncDisposable {
  /** Reads the file now, if it has changed; what is in it was handed over when this resolves. */
  refresh(): Promise<void>
}

/** An editor writes in several steps; the file is read when nothing more has happened for so long. */
const SETTLE_MS = 120
/** A watch says nothing on network drives and about the target of a symbolic link; a `stat` now and then does. */
const STAT_MS = 2000
/** Some editors take the file away before they write it anew. */
const MISSING_MS = 1000

const EMPTY_FLEET: Fleet = { version: 1, nodes: [], plans: [] }

/**
 * Loads `fleet.yaml`, writing it first when there is none, and follows it until it is disposed. Resolves when the
 * first fleet or the first problems were handed over. A broken file never costs the last good fleet.
 * Errors: none for what stands in the file; the folder not being writable is one.
 */
export async function createFleetFile(deps: FleetFileDeps): Promise<FollowedFleetFile> {
  const { path, clock, log, firstFleet } = deps
  await writeFirst(path, firstFleet)
  const reader = createReader(deps)
  const tasks = createTaskGroup((name, error) => void log.error(`${name} ended`, error))
  const ring = createPause(clock)
  const watching = watchFolder(path, () => ring.wake(), log) // before the first read, so that no change falls between
  await reader.read()
  tasks.start('fleet file', async signal => {
    while (!signal.aborted) {
      let isChanging = await ring.wait(STAT_MS, signal)
      while (isChanging) isChanging = await ring.wait(SETTLE_MS, signal)
      if (signal.aborted) return
      if ((await reader.read()) === 'missing') {
        await clock.sleep(MISSING_MS, signal)
        if (!signal.aborted) await reader.read({ isMissingTold: true })
      }
    }
  })
  return {
    async refresh() {
      await reader.read()
    },
    async [Symbol.asyncDispose]() {
      watching?.close()
      await tasks[Symbol.asyncDispose]()
    },
  }
}

/** Reads the file when it has changed, and tells what is new. */
function createReader({ path, log, onFleet, onProblems }: FleetFileDeps) {
  const file = basename(path)
  let seen: string | null = null
  let fleet: Fleet | null = null
  let problems: readonly FleetProblem[] | null = null

  function tell(nextFleet: Fleet | null, nextProblems: readonly FleetProblem[] | null): void {
    const isFirst = fleet === null
    const fleetNow = nextFleet ?? fleet ?? EMPTY_FLEET
    if (isFirst || !isDeepStrictEqual(fleetNow, fleet)) {
      fleet = fleetNow
      onFleet(fleetNow)
    }
    if (isDeepStrictEqual(nextProblems, problems)) return
    problems = nextProblems
    // Messages stay out of the log: they may quote the file.
    const places = nextProblems?.map(problem => ({ line: problem.line, path: problem.path }))
    if (places !== undefined) log.warn('fleet file has problems', { file, places })
    else log.info('fleet file is good', { file })
    onProblems(nextProblems)
  }

  function tellWhole(message: string, fix: string): void {
    tell(null, [{ file, line: 1, column: 1, path: '', message, fix }])
  }

  async function read(isMissingTold: boolean): Promise<'read' | 'missing'> {
    const mark = await markOf(path)
    if (mark === 'missing' && !isMissingTold && fleet !== null) return 'missing'
    if (mark === seen && mark !== 'missing') return 'read'
    seen = mark
    const text = await readFile(path, 'utf8').catch((error: unknown) => error)
    if (typeof text === 'string') {
      const parsed = parseFleet(text, file)
      if ('fleet' in parsed) tell(parsed.fleet, null)
      else tell(null, parsed.problems)
    } else if (mark === 'missing') {
      tellWhole(`${file} is gone.`, 'Put it back, or restart Drydock to get a first one.')
    } else {
      tellWhole(`${file} cannot be read: ${sentenceOf(text)}`, 'Make it readable for you.')
    }
    return 'read'
  }

  // One after the other: a read that finds nothing new must not be done before the one that hands it over.
  let last: Promise<unknown> = Promise.resolve()
  return {
    read({ isMissingTold = false }: { readonly isMissingTold?: boolean } = {}): Promise<'read' | 'missing'> {
      const turn = last.then(() => read(isMissingTold))
      last = turn.catch(() => {})
      return turn
    },
  }
}

/** Changes with every change of the file; `missing` when there is none. Follows symbolic links. */
async function markOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch {
    return 'missing'
  }
}

/** The folder is watched, not the file: editors replace the file, and a watch would stay with the old one. */
function watchFolder(path: string, wake: () => void, log: Log) {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
      if (name === null || name === basename(path)) wake()
    })
    watcher.on('error', error => void log.error('watch of the fleet file', error))
    return watcher
  } catch (error) {
    log.error('watch of the fleet file', error) // inotify watches can run out; the stat still finds every change
    return null
  }
}

/** Writes the first file, for its owner alone, whole or not at all, and never over one that is already there. */
async function writeFirst(path: string, firstFleet: () => string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  if ((await markOf(path)) !== 'missing') return
  const draft = `${path}.${randomUUID()}.tmp`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(firstFleet())
      await handle.sync()
    } finally {
      await handle.close()
    }
    await publish(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

async function publish(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST') return // somebody else was first, or it is a link whose target is away
    await rename(draft, path) // no hard links on this file system
  }
}
