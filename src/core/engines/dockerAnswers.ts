import { z } from 'zod'
import { RunId, WorkerId } from '../../contract/ids'
import type { ContainerRemoval } from '../../contract/folders'
import { WorkerEnd } from '../../contract/runs'
import type { Container } from '../../contract/runs'
import type { WatchedWorker } from './engine'
import { identityOf, isCount, linesOf, unreadable } from './processAnswers'

/** Parsers of what `runs/nodeSide/docker.sh` prints; its comments say who prints what. */

/** How to reach the Docker Engine of a node's login. */
export interface DockerClient {
  /** Absolute. */
  readonly program: string
  readonly environment: readonly (readonly [name: string, value: string])[]
}

/** Shape: `docker=<path>`, then `NAME=value` lines. Errors: `probe-unreadable`. */
export function parseDockerClient(text: string): DockerClient {
  const pairs = linesOf(text).map(line => {
    const at = line.indexOf('=')
    if (at < 1) throw unreadable('docker client', line)
    return [line.slice(0, at), line.slice(at + 1)] as const
  })
  const program = pairs.find(([name]) => name === 'docker')?.[1]
  if (program === undefined) throw unreadable('docker client', text)
  return { program, environment: pairs.filter(([name]) => name !== 'docker') }
}

export type StartedContainer =
  | { readonly state: 'running'; readonly container: Container }
  | { readonly state: 'failed'; readonly exitCode: number; readonly said: string }
  | { readonly state: 'ended' | 'pending' }

/** Shape: see drydock_docker_started; only the reason of a failure may have several lines. Errors: `probe-unreadable`. */
export function parseStartedContainer(text: string): StartedContainer {
  const [word, ...rest] = text.trim().split(' ')
  if (word === 'ended' || word === 'pending') return { state: word }
  if (word === 'running') {
    const container = containerOf(rest)
    if (container !== null) return { state: word, container }
  }
  const [code, ...said] = rest
  if (word === 'failed' && isCount(code)) return { state: word, exitCode: Number(code), said: said.join(' ') }
  throw unreadable('docker start', text)
}

/** Shape: see drydock_docker_watch, a line a worker. Errors: `probe-unreadable`. */
export function parseDockerWatch(text: string): WatchedWorker[] {
  return linesOf(text).map(line => {
    const [name, state, ...rest] = line.split(' ')
    const worker = WorkerId.safeParse(name)
    const watched = worker.success ? watchedOf(worker.data, state, rest) : null
    if (watched === null) throw unreadable('docker watch', line)
    return watched
  })
}

const SILENT_ENGINE = 'the Docker Engine on its node does not answer'

function watchedOf(
  worker: WorkerId,
  state: string | undefined,
  rest: readonly string[],
): WatchedWorker | null {
  if (state === 'absent' || state === 'launching') return { worker, state }
  if (state === 'unsure') return { worker, state, sentence: SILENT_ENGINE }
  if (state === 'ended') {
    const [code, epochS, causeWord, signal, ...who] = rest
    const cause = WorkerEnd.shape.cause.safeParse(causeWord)
    if (!isCount(code) || !isCount(epochS) || !cause.success || signal === undefined) return null
    return {
      worker,
      state,
      exitCode: Number(code),
      endedAtMs: Number(epochS) * 1000,
      identity: identityOf(who),
      container: containerOf(who.slice(4)),
      end: { cause: cause.data, exitCode: Number(code), signal: signal === '-' ? null : signal },
    }
  }
  const identity = identityOf(rest)
  if (identity === null || (state !== 'running' && state !== 'vanished' && state !== 'rebooted')) return null
  return { worker, state, identity, container: containerOf(rest.slice(4)) }
}

/** Shape: `<id> <name> <image>`; null for dashes. */
function containerOf([id, name, image]: readonly string[]): Container | null {
  if (id === undefined || id === '-' || name === undefined || image === undefined) return null
  return { id, name, image }
}

/** A container with Drydock's label that has ended, as its node lists it. */
export interface ListedContainer {
  readonly id: string
  readonly name: string
  readonly image: string
  /** null when the label is not the name of a run. */
  readonly run: RunId | null
  /** The Drydock that made it; null when its label does not say. */
  readonly app: string | null
  readonly status: string
  readonly sizeBytes: number | null
  readonly endedAtMs: number | null
}

/** Shape: see drydock_containers, a line a container. Absent: an empty field is null. Errors: `probe-unreadable`. */
export function parseContainers(text: string): ListedContainer[] {
  return linesOf(text).map(line => {
    const fields = line.split('|')
    const [id, name, image, run, , app, status, size, end] = fields
    if (fields.length !== 9 || !ID.safeParse(id).success || status === undefined) {
      throw unreadable('docker containers', line)
    }
    const endedAtMs = Date.parse(end ?? '')
    return {
      id: id ?? '',
      name: (name ?? '').replace(/^\//, ''),
      image: image ?? '',
      run: RunId.safeParse(run).data ?? null,
      app: app === undefined || app === '' ? null : app,
      status,
      sizeBytes: isCount(size) ? Number(size) : null,
      endedAtMs: endedAtMs > 0 ? endedAtMs : null,
    }
  })
}

const ID = z.string().regex(/^[0-9a-f]{64}$/)

/** Shape: `removed <id>` or `kept <id> <why>`; a reason may go on in the next line. Errors: `probe-unreadable`. */
export function parseRemovals(text: string): ContainerRemoval {
  const removed: string[] = []
  const failed: { id: string; reason: string }[] = []
  for (const line of linesOf(text)) {
    const [word, id = '', ...reason] = line.split(' ')
    const last = failed.at(-1)
    if (word === 'removed') removed.push(id)
    else if (word === 'kept') failed.push({ id, reason: reason.join(' ') })
    else if (last === undefined) throw unreadable('docker removal', line)
    else last.reason += ` ${line}`
  }
  return { removed, failed }
}
