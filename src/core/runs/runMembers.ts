import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { FamilyMember } from '../engines/engine'

export interface RunMembers {
  /** What a look at a run's processes on a node has just found: it replaces what the look before found. */
  note(run: RunId, node: NodeName, members: readonly FamilyMember[], workers: readonly WorkerId[]): void
  /** Nobody looks at this node any more: its pids may be others' by the next look. */
  forgetNode(node: NodeName): void
  /**
   * The run that a process of a node belongs to, and its worker; null for anything else. Members are looked up every
   * one to three seconds, so a pid cannot have been used again in between.
   */
  ownerOf(node: NodeName, pid: number): { readonly run: RunId; readonly worker: WorkerId | null } | null
}

/** The processes of all runs as they were last seen, by pid. */
export function createRunMembers(): RunMembers {
  const owners = new Map<NodeName, Map<RunId, ReadonlyMap<number, WorkerId | null>>>()

  return {
    note(run, node, members, workers) {
      // One that shows no mark can only be the only worker's.
      const only = workers.length === 1 ? (workers[0] ?? null) : null
      const runs = owners.get(node) ?? new Map<RunId, ReadonlyMap<number, WorkerId | null>>()
      if (members.length === 0) runs.delete(run)
      else runs.set(run, new Map(members.map(({ pid, worker }) => [pid, worker ?? only])))
      owners.set(node, runs)
    },
    forgetNode: node => void owners.delete(node),
    ownerOf(node, pid) {
      for (const [run, workers] of owners.get(node) ?? []) {
        const worker = workers.get(pid)
        if (worker !== undefined) return { run, worker }
      }
      return null
    },
  }
}
