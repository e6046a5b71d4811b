import type { JoinActions } from '../join/joinActions'

/** For tests and pictures: an engine that takes everything, knows nothing, and never ends a test of a machine. */
export function createIdleJoin(): JoinActions {
  const nothing = async (): Promise<void> => {}
  const never = <T>(): Promise<T> => new Promise(() => {})
  return {
    sshHosts: async () => [],
    readMachines: async () => [],
    testMachine: never,
    trustMachine: nothing,
    addNodes: nothing,
    editNode: nothing,
    removeNode: nothing,
    moveNode: nothing,
    unlockNode: nothing,
    answerNode: nothing,
    installKey: nothing,
    loginKeys: async () => [],
    makeKey: never,
    secretsPlace: async () => ({ place: 'memory', detail: '' }),
  }
}
