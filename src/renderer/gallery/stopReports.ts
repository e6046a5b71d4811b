import type { StopReport } from '../../contract/runs'
import { nodeStop, NOW_MS } from './builders'

const gone = (name: string, groups: number, processesGone: number, tookMs: number) =>
  nodeStop(name, {
    phase: 'verified',
    groups,
    processesGone,
    checkedAtMs: NOW_MS + tookMs,
    tookMs,
    how: 'TERM',
    message: 'Gone',
  })

export const STOPPING: StopReport = {
  askedAtMs: NOW_MS - 6_000,
  graceSeconds: 20,
  isForced: false,
  outcome: 'under-way',
  summary: null,
  endedAtMs: null,
  nodes: [
    gone('this-pc', 2, 5, 800),
    gone('hp-server', 4, 9, 1100),
    nodeStop('pc2', {
      phase: 'acknowledged',
      groups: 1,
      survivors: [
        { pid: 48130, startTicks: 812_400, command: 'python3 worker.py', user: 'trader', hangsIn: null },
      ],
      killAtMs: NOW_MS + 14_000,
      message: 'Still closing',
    }),
  ],
}
/** Finishes what it has first. */
export const DRAINING: StopReport = {
  ...STOPPING,
  nodes: [
    ...STOPPING.nodes.slice(0, 2),
    nodeStop('pc2', {
      phase: 'acknowledged',
      groups: 1,
      survivors: STOPPING.nodes.flatMap(node => node.survivors),
      killAtMs: NOW_MS + 620_000,
      message: 'Draining: finishes what it has, until 14:12',
    }),
  ],
}
export const STOPPED: StopReport = {
  ...STOPPING,
  askedAtMs: NOW_MS - 20_400,
  outcome: 'proved',
  summary: 'Nothing is left running',
  endedAtMs: NOW_MS,
  nodes: [
    gone('this-pc', 2, 5, 800),
    gone('hp-server', 4, 9, 1100),
    { ...gone('pc2', 1, 3, 20_400), how: 'KILL after 20 s' },
  ],
}
export const LEFT: StopReport = {
  ...STOPPED,
  isForced: true,
  outcome: 'still-running',
  summary: 'Still running: 1 process on pc2.',
  nodes: [
    ...STOPPED.nodes.slice(0, 2),
    nodeStop('pc2', {
      phase: 'still-running',
      groups: 1,
      survivors: [
        {
          pid: 48130,
          startTicks: 812_400,
          command: 'python3 worker.py',
          user: 'trader',
          hangsIn: 'nfs_wait_bit_killable',
        },
      ],
      how: 'KILL, waits on a disk',
      message: 'Still running',
    }),
  ],
}
