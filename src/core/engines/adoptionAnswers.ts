import type { NodeName } from '../../contract/ids'
import { RunId } from '../../contract/ids'
import type { PidFileFinding, RunOwner } from '../../contract/runs'
import { AppError } from '../kernel/appError'
import type { WatchedWorker } from './engine'
import { identityOf, isCount, linesOf, parseWatch, unreadable } from './processAnswers'

/** Parsers of what `adopt.sh` prints. */

/** A run that lies on a node; `owner` null: its folder does not say whose it is. */
export interface FoundRun {
  readonly run: RunId
  readonly owner: RunOwner | null
  readonly workers: readonly WatchedWorker[]
}

/**
 * Shape: `run <run> <app|-> <name>`, below it its workers as `parseWatch` reads them. Absent: `-` is null. What has a name
 * that no Drydock gives is left out.
 */
export function parseRuns(text: string): FoundRun[] {
  const found: { run: RunId; owner: RunOwner | null; workers: WatchedWorker[] }[] = []
  let isOurs = false
  for (const line of linesOf(text)) {
    const [word, name, app, ...rest] = line.split(' ')
    if (word === 'run') {
      const run = RunId.safeParse(name)
      isOurs = run.success
      if (run.success) found.push({ run: run.data, owner: ownerOf(app, rest), workers: [] })
    } else if (isOurs) {
      found.at(-1)?.workers.push(...readable(line))
    }
  }
  return found
}

function readable(line: string): WatchedWorker[] {
  try {
    return parseWatch(line)
  } catch {
    return [] // a folder that no Drydock made
  }
}

/** Shape: `owner <run> <app> <name>`, a line a run that is another's. Errors: `probe-unreadable`. */
export function parseOwners(text: string): { readonly run: RunId; readonly owner: RunOwner }[] {
  return linesOf(text).map(line => {
    const [word, name, app, ...rest] = line.split(' ')
    const run = RunId.safeParse(name)
    const owner = ownerOf(app, rest)
    if (word !== 'owner' || !run.success || owner === null) throw unreadable('owners', line)
    return { run: run.data, owner }
  })
}

function ownerOf(app: string | undefined, name: readonly string[]): RunOwner | null {
  return app === undefined || app === '-' || app === '' ? null : { app, name: name.join(' ') || 'unknown' }
}

/** `/tmp` and its like are emptied when a node boots. */
const EMPTIED = /^\/(tmp|run|var\/run|dev\/shm)\//

/** A process that began later than this after its pid file was written is not the one that the file means. */
const WRITTEN_AFTER_S = 2

/**
 * Shape: see drydock_pid_file. Units: seconds become ms. Absent: a file's time that cannot be read raises no doubt.
 * Errors: `refused` with what is wrong with the file or its process; `probe-unreadable`.
 */
export function parsePidFile(node: NodeName, pidFile: string, text: string): PidFileFinding {
  const [first = '', ...command] = text.split('\n')
  const [word, ...rest] = first.split(' ')
  if (word !== 'found') throw refusal(node, pidFile, word, rest.join(' '), text)
  const [pid, group, ticks, boot, startS, fileS, user, isOwn] = rest
  const identity = identityOf([pid, group, ticks, boot])
  if (identity === null || !isCount(startS) || user === undefined) throw unreadable('pid file', text)
  if (isOwn !== 'own') {
    throw new AppError(
      'refused',
      `Process ${pid} on ${node} belongs to ${user}: Drydock could not stop it.`,
      {
        hint: `Log in to ${node} as ${user}, or start the program as the user whom Drydock logs in as.`,
      },
    )
  }
  const isLate = isCount(fileS) && Number(startS) > Number(fileS) + WRITTEN_AFTER_S
  return {
    node,
    pidFile,
    identity,
    command: command.join('\n').trim(),
    user,
    startedAtMs: Number(startS) * 1000,
    doubt: isLate
      ? 'This process started after the pid file was written: its number was used again, and this is another program.'
      : null,
    warning: EMPTIED.test(pidFile)
      ? `${pidFile} lies in a folder that is emptied when the node boots. Drydock keeps who the process is by itself.`
      : null,
  }
}

function refusal(
  node: NodeName,
  path: string,
  word: string | undefined,
  rest: string,
  text: string,
): AppError {
  const [message, hint] = sentencesOf(node, path, rest)[word ?? ''] ?? []
  if (message === undefined || hint === undefined) return unreadable('pid file', text)
  return new AppError('refused', message, { hint })
}

function sentencesOf(node: NodeName, path: string, rest: string) {
  const sentences: Readonly<Record<string, readonly [string, string]>> = {
    missing: [`${node} has no file ${path}.`, 'Check the path: the program writes it when it starts.'],
    unreadable: [
      `${path} on ${node} cannot be read.`,
      'It must be a file that the login of this node may read.',
    ],
    empty: [
      `${path} on ${node} is empty.`,
      'Write the number of the process into it: echo $! > file, after nohup … &',
    ],
    odd: [
      `${path} on ${node} does not hold the number of one process: ${JSON.stringify(rest.slice(0, 80))}.`,
      'It must hold one number, or pid: and one number.',
    ],
    dead: [
      `Process ${rest} of ${path} does not run on ${node} any more.`,
      'Start the program again, from here as a plan, or by hand so that it writes a new pid file.',
    ],
    kernel: [
      `Process ${rest} on ${node} is no program: it belongs to the system.`,
      'The file was probably written in a container, where numbers are others. Write the pid as the node sees it.',
    ],
    namespace: [
      `Process ${rest} on ${node} runs in a container, where process numbers are others.`,
      'Use a plan with engine: docker for containers, or write the pid as the node sees it.',
    ],
  }
  return sentences
}
