import { AppError } from '../kernel/appError'
import { ENV_NAME, shellQuote } from '../kernel/shellQuote'
import type { NodeFacts, NodeShell } from '../nodes/nodeShell'
import docker from '../runs/nodeSide/docker.sh?raw'
import dockerStop from '../runs/nodeSide/dockerStop.sh?raw'
import launchScript from '../runs/nodeSide/launch.sh?raw'
import processes from '../runs/nodeSide/processes.sh?raw'
import start from '../runs/nodeSide/start.sh?raw'
import stop from '../runs/nodeSide/stop.sh?raw'
import watch from '../runs/nodeSide/watch.sh?raw'
import type { Engine, KnownWorker, WorkerLaunch } from './engine'
import { parseFamily, parseStart, parseStop, parseStopReport, parseWatch } from './processAnswers'

/** Every function that Drydock calls on a node: given to the control shell when a link comes up. */
export const NODE_SIDE_LIBRARY = [processes, start, watch, stop, docker, dockerStop].join('\n')

/**
 * Plain processes: one wrapper a worker, leading a session of its own (see `runs/nodeSide/`). What goes into the
 * node's shell is quoted here, what comes out of it is parsed.
 */
export function createProcessEngine(online: {
  readonly shell: NodeShell
  readonly facts: NodeFacts
}): Engine {
  const { shell, facts } = online
  const { stateDir } = facts
  // It does not change while a link lasts.
  let base: Promise<ReadonlyMap<string, string>> | null = null

  return {
    logPath: (run, worker) => `${stateDir}/runs/${run}/${worker}/out.log`,

    async start(launch) {
      const { run, worker, workdir, dryRun, allowOrders } = launch
      const spec = JSON.stringify(launch.spec, null, 2)
      const args = [
        stateDir,
        run,
        worker,
        workdir,
        environmentFile(launch),
        spec,
        launchScript,
        dryRun,
        allowOrders,
      ]
      return parseStart(await shell.call('drydock_start', args))
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

    async stop(run, { stopId, signal, graceSeconds }, workers) {
      const graceHundredths = String(Math.round(graceSeconds * 100))
      const args = [stateDir, run, stopId, signal, graceHundredths, ...workers.map(identityWord)]
      return parseStop(await shell.call('drydock_stop', args))
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

function parseEnvironment(printed: string): ReadonlyMap<string, string> {
  return new Map(
    printed.split('\n').flatMap(line => {
      const [, name, value] = /^([A-Z]+)=(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )
}

export function identityWord({ worker, identity }: KnownWorker): string {
  return identity === null
    ? `${worker}:-`
    : `${worker}:${identity.pid}:${identity.startTicks}:${identity.bootId}`
}

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
