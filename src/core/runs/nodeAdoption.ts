import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { PidFileFinding, RunOwner } from '../../contract/runs'
import type { FoundRun } from '../engines/adoptionAnswers'
import { parseOwners, parsePidFile, parseRuns } from '../engines/adoptionAnswers'
import { parseStart } from '../engines/processAnswers'
import { ownerLine } from '../engines/processEngine'
import { AppError } from '../kernel/appError'
import type { FleetNode } from '../nodes/fleetNodes'

const MAX_SPEC_BYTES = 256 * 1024

/** What is asked of one node about runs that this Drydock did not start (see `nodeSide/adopt.sh`). */
export function createNodeAdoption({ shell, facts }: NonNullable<FleetNode['online']>) {
  const { stateDir } = facts

  return {
    /** What lies there and is not among `known`. */
    runs: async (known: readonly RunId[]): Promise<readonly FoundRun[]> =>
      parseRuns(await shell.call('drydock_runs', [stateDir, ...known])),

    /** Those of `known` (each with the app that it is believed to belong to) that belong to another one. */
    owners: async (known: readonly (readonly [RunId, app: string])[]) =>
      parseOwners(
        await shell.call('drydock_owners', [stateDir, ...known.map(([run, app]) => `${run}=${app}`)]),
      ),

    /** A worker's `spec.json`; null when there is none that can be read. */
    async spec(run: RunId, worker: WorkerId): Promise<unknown> {
      const path = `${stateDir}/runs/${run}/${worker}/spec.json`
      try {
        return JSON.parse(Buffer.from(await shell.readAt(path, 0, MAX_SPEC_BYTES)).toString('utf8'))
      } catch (error) {
        if (error instanceof AppError && error.code === 'unreachable') throw error
        return null // shown all the same, with what its folder's name says
      }
    },

    /** Errors: `launch-failed` with the reason; `unreachable`. */
    async takeOver(run: RunId, from: RunOwner, to: RunOwner): Promise<void> {
      const old = from.app === '' ? '-' : from.app
      await shell.call('drydock_take_over', [stateDir, run, old, ownerLine(to)])
    },

    /** Errors: `refused` with what is wrong with the file or its process; `unreachable`. */
    pidFile: async (node: NodeName, path: string): Promise<PidFileFinding> =>
      parsePidFile(node, path, await shell.call('drydock_pid_file', [path])),

    /** Makes the folder of a program that runs already. Errors: `launch-failed` with the reason; `unreachable`. */
    async adopt(run: RunId, worker: WorkerId, finding: PidFileFinding, spec: unknown, owner: RunOwner) {
      const { pid, startTicks, bootId } = finding.identity
      const text = JSON.stringify(spec, null, 2)
      const args = [stateDir, run, worker, String(pid), String(startTicks), bootId, text, ownerLine(owner)]
      return parseStart(await shell.call('drydock_adopt', args))
    },
  }
}

export type NodeAdoption = ReturnType<typeof createNodeAdoption>
