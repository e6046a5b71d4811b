import type { RunId, WorkerId } from '../../contract/ids'
import { fleetStore } from '../state/fleetStore'
import { screenStore } from '../views/screenStore'
import { logPanelStore } from './logPanelStore'

/** Shows the log of one worker's node, or of every worker of the run, and gives it the keyboard. */
export function showLogs(run: RunId, worker: WorkerId | null): void {
  const workers = fleetStore.getState().runs.find(known => known.id === run)?.workers ?? []
  const node = workers.find(known => known.id === worker)?.node
  screenStore.setState({ run })
  logPanelStore.setState(state => ({
    tab: node === undefined ? 'all' : { node },
    isDockOpen: true,
    focusAsked: state.focusAsked + 1,
  }))
}
