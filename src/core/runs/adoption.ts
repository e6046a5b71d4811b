import type { NodeName, PlanName, RunId } from '../../contract/ids'
import type { PidFileFinding, Run } from '../../contract/runs'
import { AppError } from '../kernel/appError'

/** Runs that this Drydock did not start: those of others, and programs that nobody started with a Drydock. */
export function createAdoption() {
  return {
    takeOver: async (_run: RunId): Promise<Run> => notBuilt(),
    findPidFile: async (_node: NodeName, _pidFile: string): Promise<PidFileFinding> => notBuilt(),
    adoptPidFile: async (_finding: PidFileFinding, _plan: PlanName, _logs: readonly string[]): Promise<Run> =>
      notBuilt(),
  }
}

function notBuilt(): never {
  throw new AppError('refused', 'Not built yet.')
}
