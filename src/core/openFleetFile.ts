import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { AlertBoard } from './alertBoard'
import { createFleetFile, type FollowedFleetFile } from './config/fleetFile'
import type { FleetProblem } from './config/fleetProblem'
import type { Fleet } from './config/fleetSchema'
import { starterFleet } from './config/starterFleet'
import type { Clock } from './kernel/clock'
import type { Log } from './kernel/log'

const ALERT_ID = 'fleet.yaml'

export interface OpenFleetFileDeps {
  readonly home: string
  readonly clock: Clock
  readonly log: Log
  readonly alerts: AlertBoard
  readonly onFleet: (fleet: Fleet) => void
}

/** `fleet.yaml` in Drydock's folder: its fleets go to the engine, its problems to the screen. */
export async function openFleetFile({
  home,
  clock,
  log,
  alerts,
  onFleet,
}: OpenFleetFileDeps): Promise<FollowedFleetFile> {
  return await createFleetFile({
    path: join(home, 'fleet.yaml'),
    clock,
    log,
    onFleet,
    onProblems(problems) {
      const [first, ...others] = problems ?? []
      if (first === undefined) alerts.clear(ALERT_ID)
      else
        alerts.raise({ id: ALERT_ID, severity: 'error', node: null, run: null, ...sentences(first, others) })
    },
    firstFleet: () => starterFleet({ cpuThreads: availableParallelism() }),
  })
}

function sentences(first: FleetProblem, others: readonly FleetProblem[]) {
  const more = others.map(({ line, message }) => `line ${line}: ${message}`)
  return {
    what: `${first.file}, line ${first.line}: ${first.message}`,
    cause: `The last good fleet stays until it is mended.${more.length > 0 ? ` Also ${more.join(' · ')}` : ''}`,
    fix: first.fix,
  }
}
