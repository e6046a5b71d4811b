import { createIdleJoin } from './idleJoin'
import { createIdlePlans } from './idlePlans'
import type { FleetActions } from '../views/actions'

/** For tests: actions that do nothing but write down what was asked for, in order. */
export function createRecordedActions() {
  const asked: (readonly unknown[])[] = []
  const record =
    (name: keyof FleetActions) =>
    (...given: readonly unknown[]): Promise<void> => {
      asked.push([name, ...given])
      return Promise.resolve()
    }
  // What the engine would have to answer is not asked for here.
  const actions: FleetActions = {
    ...createIdleJoin(),
    ...createIdlePlans(),
    addNodes: record('addNodes'),
    editNode: record('editNode'),
    removeNode: record('removeNode'),
    moveNode: record('moveNode'),
    startTraining: record('startTraining'),
    stopTraining: record('stopTraining'),
    killSurvivor: record('killSurvivor'),
    takeOver: record('takeOver'),
    setMode: record('setMode'),
    trustHostKey: record('trustHostKey'),
    refuseHostKey: record('refuseHostKey'),
    reconnect: record('reconnect'),
    dismissAlert: record('dismissAlert'),
    readHistory: () => Promise.reject(new Error('There is no history here.')),
    diagnose: () => Promise.reject(new Error('There is no diagnosis here.')),
    copyText: record('copyText'),
    saveText: (fileName, text) => void asked.push(['saveText', fileName, text]),
    showLogs: (run, worker) => void asked.push(['showLogs', run, worker]),
    openDownload: (run, worker) => void asked.push(['openDownload', run, worker]),
  }
  return { actions, asked }
}
