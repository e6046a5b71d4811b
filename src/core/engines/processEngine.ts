import { z } from 'zod'
import type { RunOwner } from '../../contract/runs'
import { AppError } from '../kernel/appError'
import { ENV_NAME, shellQuote } from '../kernel/shellQuote'
import type { NodeFacts, NodeShell } from '../nodes/nodeShell'
import adopt from '../runs/nodeSide/adopt.sh?raw'
import docker from '../runs/nodeSide/docker.sh?raw'
import dockerStop from '../runs/nodeSide/dockerStop.sh?raw'
import launchScript from '../runs/nodeSide/launch.sh?raw'
import limit from '../runs/nodeSide/limit.sh?raw'
import forbid from '../runs/nodeSide/forbid.sh?raw'
import logs from '../runs/nodeSide/logs.sh?raw'
import processes from '../runs/nodeSide/processes.sh?raw'
import start from '../runs/nodeSide/start.sh?raw'
import stop from '../runs/nodeSide/stop.sh?raw'
import watch from '../runs/nodeSide/watch.sh?raw'
import type { Engine, KnownWorker, WorkerLadder, WorkerLaunch } from './engine'
import {
  parseFamily,
  parseForbid,
  parseStart,
  parseStop,
  parseStopReport,
  parseWatch,
} from './processAnswers'

/** Every function that Drydock calls on a node: given to the control shell when a link comes up. */
export const NODE_SIDE_LIBRARY = [
  processes,
  start,
  forbid,
  watch,
  stop,
  adopt,
  logs,
  docker,
  dockerStop,
].join('\n')

/** What ends a worker at its time limit, in a shell of its own. */
const LIMIT_SCRIPT = [processes, limit].join('\n')

/**
 * Plain processes: one wrapper a worker, leading a session of its own (see `runs/nodeSide/`). What goes into the
 * node's shell is quoted here, what comes out of it is parsed.
 */
export function createProcessEngine(
  online: { readonly shell: NodeShell; readonly facts: NodeFacts },
  /** Whose the runs are that are started here; null leaves it open. */
  owner: RunOwner | null = null,
): Engine {
  const { shell, facts } = online
  const { stateDir } = facts
  // It does not change while a link lasts.
  let base: Promise<ReadonlyMap<string, string>> | null = null

  return {
    logPath: (run, worker) => `${stateDir}/runs/${run}/${worker}/out.log`,

    async start(launch) {
      return parseStart(await shell.call('drydock_start', startWords(stateDir, launch, owner)))
    },

    async forbid(run, worker) {
      return parseForbid(await shell.call('drydock_forbid', [stateDir, run, worker]))
    },

    async watch(run, workers) {
      return parseWatch(await shell.call('drydock_watch', [stateDir, run, ...workers.map(identityWord)]))
    },

    async family(run, workers) {
      // Pids of an earlier boot are somebody else's by now.
      const here = workers.map(known =>
        known.identity?.bootId === facts.bootId ? known : { ...known, identity: null },
      )
      return parseFamily(await shell.call('drydock_family', [stateDir, run, ...here.map(familyWord)]))
    },

    async stop(run, ladder, workers) {
      const scope = ladder.isPartial === true ? 'some' : 'all'
      const words = workers.map(worker => stopWord(worker, worker.ladder ?? ladder))
      return parseStop(await shell.call('drydock_stop', [stateDir, run, ladder.stopId, scope, ...words]))
    },

    async stopReport(run, stopId, workers) {
      const names = workers.map(({ worker }) => worker)
      return parseStopReport(await shell.call('drydock_stop_report', [stateDir, run, stopId, ...names]))
    },

    baseEnvironment() {
      base ??= shell.call('drydock_base_environment', []).then(parseEnvironment)
      base.catch(() => (base = null))
      return base
    },
  }
}

function startWords(stateDir: string, launch: WorkerLaunch, owner: RunOwner | null): readonly string[] {
  const { run, worker, workdir, dryRun, allowOrders } = launch
  return [
    stateDir,
    run,
    worker,
    workdir,
    environmentFile(launch),
    JSON.stringify(withOwner(launch.spec, owner), null, 2),
    launchScript,
    dryRun,
    allowOrders,
    ownerWord(owner),
    ...limitWords(launch),
  ]
}

/** `<app> <name>`: what a run's `owner` file holds; `-` for nobody. */
export const ownerWord = (owner: RunOwner | null): string => (owner === null ? '-' : ownerLine(owner))

/** The same of an owner that is known. */
export const ownerLine = ({ app, name }: RunOwner): string => `${app} ${name}`

export function withOwner(spec: unknown, owner: RunOwner | null): unknown {
  return owner === null || typeof spec !== 'object' ? spec : { ...spec, owner }
}

/** A program at its time limit is ended the way its track is stopped. */
const SpecStop = z
  .object({ stop: z.object({ signal: z.string(), graceSeconds: z.number() }) })
  .catch({ stop: { signal: 'TERM', graceSeconds: 20 } })

function limitWords({ limitSeconds, spec }: WorkerLaunch): readonly string[] {
  if (limitSeconds === null) return []
  const { signal, graceSeconds } = SpecStop.parse(spec).stop
  return [LIMIT_SCRIPT, String(limitSeconds), signal, String(graceSeconds)]
}

function parseEnvironment(printed: string): ReadonlyMap<string, string> {
  return new Map(
    printed.split('\n').flatMap(line => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )
}

export function identityWord({ worker, identity }: KnownWorker): string {
  return identity === null
    ? `${worker}:-`
    : `${worker}:${identity.pid}:${identity.startTicks}:${identity.bootId}`
}

/** `<worker>:<signal>:<grace>:<drain>:` and its identity, or `-`; see drydock_stop. */
function stopWord(known: KnownWorker, { signal, graceSeconds, drain }: WorkerLadder): string {
  const drainWord = drain === null ? '-' : `${drain.signal}/${hundredths(drain.seconds)}`
  const who = identityWord(known).slice(known.worker.length + 1)
  return [known.worker, signal, hundredths(graceSeconds), drainWord, who].join(':')
}

const hundredths = (seconds: number): string => String(Math.round(seconds * 100))

function familyWord({ worker, identity }: KnownWorker): string {
  return identity === null ? `${worker}:-` : `${worker}:${identity.pid}:${identity.startTicks}`
}

/** The sourced file that makes the closed environment. Every value passes the one quoting function. */
function environmentFile(worker: Pick<WorkerLaunch, 'environment' | 'workdir' | 'command'>): string {
  if (worker.command === null) throw new Error('a process needs a command')
  const exports = worker.environment.map(([name, value]) => {
    if (!ENV_NAME.test(name)) {
      throw new AppError('refused', `${name} is no name for an environment variable.`, {
        hint: 'Use letters, digits and _ in fleet.yaml.',
      })
    }
    return `export ${name}=${shellQuote(value)}`
  })
  const settings = [
    `drydock_workdir=${shellQuote(worker.workdir)}`,
    `drydock_command=${shellQuote(worker.command)}`,
  ]
  return [...exports, ...settings, ''].join('\n')
}

/** A path of `fleet.yaml` as the node sees it: only a leading `~` is special. */
export function expandHome(path: string, home: string): string {
  if (path === '~') return home
  return path.startsWith('~/') ? `${home}/${path.slice(2)}` : path
}
