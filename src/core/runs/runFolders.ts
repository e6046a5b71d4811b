import type { FolderPreview, FolderRemoval, FolderRule, RunFolder } from '../../contract/folders'
import type { NodeName, RunId } from '../../contract/ids'
import { AppError } from '../kernel/appError'

/** The folders that runs have left on a node: listed, and removed by rule. */
export function createRunFolders() {
  return {
    list: async (_node: NodeName): Promise<RunFolder[]> => notBuilt(),
    preview: async (_node: NodeName, _rule: FolderRule): Promise<FolderPreview> => notBuilt(),
    remove: async (_node: NodeName, _runs: readonly RunId[]): Promise<FolderRemoval> => notBuilt(),
  }
}

function notBuilt(): never {
  throw new AppError('refused', 'Not built yet.')
}
