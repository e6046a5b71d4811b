import type { ContainerRemoval, EndedContainer } from '../../contract/folders'
import type { NodeName } from '../../contract/ids'
import { AppError } from '../kernel/appError'

/** Containers that carry Drydock's label and have ended: listed, and removed by id. Nothing else is ever pruned. */
export function createEndedContainers() {
  return {
    list: async (_node: NodeName): Promise<EndedContainer[]> => notBuilt(),
    remove: async (_node: NodeName, _ids: readonly string[]): Promise<ContainerRemoval> => notBuilt(),
  }
}

function notBuilt(): never {
  throw new AppError('refused', 'Not built yet.')
}
