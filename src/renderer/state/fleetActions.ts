import type { RunId, WorkerId } from '../../contract/ids'
import type { EngineClient } from '../client'
import { createJoinActions } from '../join/joinActions'
import { createPlanActions } from '../plans/planActions'
import type { FleetActions } from '../views/actions'

export interface FleetActionsDeps {
  /** null while there is no engine to ask. */
  readonly client: () => EngineClient | null
  /** A run was started: whatever older run was looked at, this is the one to see now. */
  readonly onStarted: () => void
  readonly copyText: (text: string) => Promise<void>
  readonly saveText: (fileName: string, text: string) => void
  readonly showLogs: (run: RunId, worker: WorkerId | null) => void
  readonly openDownload: (run: RunId, worker: WorkerId | null) => void
}

/** What views may ask for, asked of the engine. A refusal is the engine's own error: its message, and `data.hint`. */
export function createFleetActions(deps: FleetActionsDeps): FleetActions {
  const engine = (): EngineClient => {
    const client = deps.client()
    if (client === null) throw new EngineLost()
    return client
  }
  return {
    ...createJoinActions(engine),
    ...createPlanActions(engine),
    async startTraining(plan, tracks = null) {
      await engine().runs.start({ plan, tracks: tracks === null ? null : [...tracks] })
      deps.onStarted()
    },
    async stopTraining({ run, force, nodes, workers, drain = false }) {
      await engine().runs.stop({
        run,
        how: force ? 'force' : drain ? 'drain' : 'stop',
        nodes: nodes === null ? null : [...nodes],
        ...(workers === undefined ? {} : { workers: [...workers] }),
      })
    },
    async killSurvivor(ask) {
      await engine().runs.killSurvivor(ask)
    },
    async takeOver(run) {
      await engine().runs.takeOver({ run })
    },
    async setMode(flags, typed) {
      await engine().mode.set({ ...flags, typed })
    },
    trustHostKey: async (node, fingerprint) => engine().nodes.trustHostKey({ node, fingerprint }),
    refuseHostKey: async (node, fingerprint) => engine().nodes.refuseHostKey({ node, fingerprint }),
    reconnect: async node => engine().nodes.reconnect({ node }),
    dismissAlert: async id => engine().alerts.dismiss({ id }),
    readHistory: async (node, span) => engine().nodes.history({ node, span }),
    diagnose: async (node, signal) => engine().nodes.diagnose({ node }, { signal }),
    copyText: deps.copyText,
    saveText: deps.saveText,
    showLogs: deps.showLogs,
    openDownload: deps.openDownload,
  }
}

/** What is said when there is no engine to ask. */
export class EngineLost extends Error {
  readonly data = { hint: 'Nothing was done. Runs go on: they live on their nodes.' }

  constructor() {
    super('The engine does not answer.')
    this.name = 'EngineLost'
  }
}
