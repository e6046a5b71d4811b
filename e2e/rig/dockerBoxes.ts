import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import { RunId, WorkerId } from '../../src/contract/ids'
import type { DockerConfig } from '../../src/core/config/planSchema'
import type {
  Engine,
  StopAnswer,
  StopLadder,
  WatchedWorker,
  WorkerLaunch,
} from '../../src/core/engines/engine'
import type { RigDocker } from './dockerEngine'
import { startRigDocker } from './dockerEngine'
import { openLocalEngine } from './localEngine'

/** The one worker of every run here. */
export const BOX = WorkerId.parse('bots-1')

/** Long enough for a machine that is busy with other things. */
export const soon = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 55_000, interval: 50 })

interface BoxOptions {
  readonly docker?: Partial<DockerConfig>
  readonly environment?: readonly (readonly [string, string])[]
  readonly limitSeconds?: number
  readonly graceSeconds?: number
}

/** The docker engine alone, on this PC, with a Docker Engine and a home of its own, and in the given POSIX shell. */
export async function openBoxes(shell = '/bin/dash') {
  const rig = await startRigDocker()
  // Wrappers are started as `sh`.
  const bin = join(rig.folder, 'bin')
  mkdirSync(bin)
  symlinkSync(shell, join(bin, 'sh'))
  const path = `${bin}:${process.env['PATH'] ?? ''}`
  const local = await openLocalEngine([join(bin, 'sh')], path, { DOCKER_HOST: rig.host })
  const boxes = createBoxes(rig, local.docker, local.home, local.stateDir, path)
  return {
    rig,
    engine: local.docker,
    home: local.home,
    ...boxes,
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
      await rig[Symbol.asyncDispose]()
    },
  }
}

export type Boxes = Awaited<ReturnType<typeof openBoxes>>

let count = 0
const newRun = (): RunId => RunId.parse(`20260101-000000-d${(count += 1)}`)
const ladder = (patch: Partial<StopLadder> = {}): StopLadder => ({
  stopId: 's1',
  signal: 'TERM',
  graceSeconds: 5,
  drain: null,
  ...patch,
})

function createBoxes(rig: RigDocker, engine: Engine, home: string, stateDir: string, path: string) {
  const dirOf = (run: RunId): string => join(stateDir, 'runs', run, BOX)
  const logOf = (run: RunId): Buffer => readFileSync(join(dirOf(run), 'out.log'))

  const launch = (run: RunId, command: string | null, more: BoxOptions = {}): WorkerLaunch =>
    launchOf(rig, home, path, run, command, more)

  async function start(command: string | null, more: BoxOptions = {}) {
    const run = newRun()
    const answer = await engine.start(launch(run, command, more))
    if (answer.outcome === 'unsure') throw new Error(answer.sentence)
    return { run, identity: answer.identity, container: answer.container }
  }

  const look = async (run: RunId): Promise<WatchedWorker | undefined> =>
    (await engine.watch(run, [{ worker: BOX, identity: null }]))[0]

  const ended = (run: RunId) =>
    soon(async () => {
      const row = await look(run)
      if (row?.state !== 'ended') throw new Error(`still ${row?.state}: ${logOf(run).toString()}`)
      return row
    })

  const printed = (run: RunId, text: string) =>
    soon(() => {
      if (!logOf(run).includes(text)) throw new Error(`not yet: ${logOf(run).toString()}`)
    })

  const idOf = (run: RunId): string => readFileSync(join(dirOf(run), 'container.id'), 'utf8')
  const mainOf = (run: RunId): number => Number(rig.docker('inspect', '-f', '{{.State.Pid}}', idOf(run)))
  async function stop(run: RunId, patch: Partial<StopLadder> = {}): Promise<StopAnswer> {
    const known = [{ worker: BOX, identity: null }]
    const answer = await engine.stop(run, ladder(patch), known)
    if (answer.phase !== 'under-way') return answer
    return await soon(async () => {
      const report = await engine.stopReport(run, patch.stopId ?? 's1', known)
      if (report === null || report.phase === 'under-way') throw new Error('still climbing')
      return report
    })
  }

  return { newRun, dirOf, logOf, launch, start, look, ended, printed, idOf, mainOf, stop }
}

function launchOf(
  rig: RigDocker,
  home: string,
  path: string,
  run: RunId,
  command: string | null,
  more: BoxOptions,
): WorkerLaunch {
  return {
    run,
    worker: BOX,
    command,
    workdir: home,
    environment: [
      ['PATH', path],
      ...(more.environment ?? []),
      ['DRYDOCK_RUN', run],
      ['DRYDOCK_WORKER', BOX],
      ['DRY_RUN', '1'],
      ['ALLOW_ORDERS', '0'],
    ],
    spec: { version: 1, stop: { signal: 'TERM', graceSeconds: more.graceSeconds ?? 5 } },
    dryRun: '1',
    allowOrders: '0',
    limitSeconds: more.limitSeconds ?? null,
    container: {
      image: rig.image,
      pull: 'missing',
      onConflict: 'suffix',
      network: 'host',
      mounts: [],
      init: true,
      ...more.docker,
    },
  }
}
