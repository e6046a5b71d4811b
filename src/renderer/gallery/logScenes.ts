import type { LogId, NodeName, RunId, TrackName } from '../../contract/ids'
import type { Run, RunFile } from '../../contract/runs'
import { NO_FILTER } from '../state/logFilter'
import type { FleetState } from '../state/fleetStore'
import type { ScreenState } from '../views/screenStore'
import { NOW_MS, run, worker } from './builders'
import type { Scene } from './scenes'
import type { LogSketch } from './scriptedLogs'

const RUN_ID = '20260924-134104-w2n8'
const as = (track: string, id: string) => ({
  track: track as TrackName,
  id: id as Run['workers'][number]['id'],
})

/** Four tracks on three nodes, and a file that one of them writes. */
function tracksRun(): Run {
  const workers = [
    { ...worker({ node: 'hp-server', index: 1, nodeIndex: 1 }), ...as('feed', 'feed-1') },
    { ...worker({ node: 'this-pc', index: 1, nodeIndex: 1 }), ...as('trainer', 'trainer-1') },
    { ...worker({ node: 'pc2', index: 2, nodeIndex: 1 }), ...as('trainer', 'trainer-2') },
    { ...worker({ node: 'hp-server', index: 1, nodeIndex: 1 }), ...as('risk', 'risk-1') },
    { ...worker({ node: 'pc2', index: 1, nodeIndex: 1 }), ...as('report', 'report-1') },
  ]
  const of = run({ id: RUN_ID, plan: 'walk-forward', state: 'running', startedAgoS: 4 * 3600, workers })
  const file = {
    id: '@1',
    track: 'risk',
    node: 'hp-server',
    path: '/home/w1/risk/limits.log',
    logBytes: 48_211,
    logLines: 2,
  } as RunFile
  return { ...of, files: [file] }
}

const step = (at: number, worker_: number): string =>
  `step ${1200 + at}  eq ${(18_930 + at * 7 - worker_ * 311).toLocaleString('en-US')}.4  dd -0.${180 + at}  12.${at % 10} it/s`

const LINES: LogSketch['lines'] = {
  'feed-1': Array.from({ length: 16 }, (_, at) => [
    61_000 - at * 3_700,
    at === 5
      ? 'WARN  feed late by 1,412 ms, reconnecting to 10.0.0.7:7497'
      : `tick SPX ${5712 + at}.25  bid 5,711.75  ask 5,712.50  lag ${12 + at} ms`,
  ]),
  'trainer-1': Array.from({ length: 18 }, (_, at) => [60_300 - at * 3_300, step(at, 0)]),
  'trainer-2': Array.from({ length: 15 }, (_, at) => [
    59_100 - at * 3_900,
    at === 6
      ? '\u001b[31mERROR\u001b[0m  fold 7: equity is NaN, step repeated from checkpoint 1194'
      : step(at, 1),
  ]),
  'risk-1': Array.from({ length: 7 }, (_, at) => [
    57_700 - at * 8_100,
    `exposure ${41 + at} %  limit 75 %  orders 0  mode SAFE`,
  ]),
  'report-1': [
    [40_100, 'checkpoint written  runs/wf/ckpt-1194.npz  1.8 MiB'],
    [5_200, 'fold 7 of 12  sharpe 1.31  max dd -0.182'],
  ],
  '@1': [
    [44_000, 'limit.exposure soft=0.70 hard=0.75'],
    [21_400, 'limit.drawdown soft=0.15 hard=0.20  equity check passed'],
  ],
}

const EQUITY = { ...NO_FILTER, text: 'eq' }
const hit = (log: string, line: number, agoMs: number, text: string) => ({
  log: log as LogId,
  line,
  atMs: NOW_MS - agoMs,
  text,
})
const NAN = { ...NO_FILTER, text: 'NaN', isCaseSensitive: true }
const HITS = Array.from({ length: 40 }, (_, at) =>
  hit(
    `trainer-${(at % 2) + 1}`,
    18_200 + at * 911,
    13_000_000 - at * 291_000,
    `ERROR  fold ${1 + (at % 12)}: equity is NaN, step repeated from checkpoint ${200 + at * 31}`,
  ),
)

const SKETCH: LogSketch = {
  lines: LINES,
  gaps: {
    'trainer-2': [
      {
        beforeLine: 10,
        lostBytes: 1_213_000,
        reason: 'the file was truncated',
        atMs: NOW_MS - 20_000,
      },
    ],
  },
}

type Day = (rest?: Partial<FleetState>, screen?: Partial<ScreenState>) => Scene

/** The log screen in its moments. */
export function logScenes(day: Day): Readonly<Record<string, () => Scene>> {
  const logs = (sketch: Partial<LogSketch> = {}, isWindow = false): Scene => ({
    ...day({ runs: [tracksRun(), ...day().state.runs] }, { screen: 'logs', run: RUN_ID as RunId }),
    logs: { ...SKETCH, ...sketch },
    ...(isWindow ? { overlay: 'log-window' as const } : {}),
  })
  return {
    logs: () => logs(),
    'logs-one-track': () => day({}, { screen: 'logs' }),
    'logs-highlight': () => logs({ input: EQUITY, finds: 9, panel: { onlyMatches: false } }),
    'logs-only-matches': () => logs({ input: EQUITY }),
    'logs-bad-pattern': () => logs({ input: { ...NO_FILTER, text: '(eq', isRegex: true } }),
    'logs-errors': () => logs({ panel: { level: 'warn' } }),
    'logs-searching': () =>
      logs({
        input: NAN,
        panel: { onlyMatches: false },
        search: {
          isOver: false,
          event: {
            hits: HITS.slice(0, 14),
            bytesDone: 1_210_000_000,
            bytesTotal: 3_400_000_000,
            matched: 14,
          },
        },
      }),
    'logs-searched': () =>
      logs({
        input: NAN,
        panel: { onlyMatches: false },
        search: {
          isOver: true,
          event: { hits: HITS, bytesDone: 3_400_000_000, bytesTotal: 3_400_000_000, matched: 40 },
        },
      }),
    'logs-wrapped': () =>
      logs({
        panel: { isWrapping: true, showsTime: false, tab: { node: 'pc2' as NodeName } },
        lines: {
          ...LINES,
          'report-1': [
            [9_000, `weights ${Array.from({ length: 60 }, (_, at) => (0.0137 * at).toFixed(4)).join(' ')}`],
          ],
        },
      }),
    'logs-window': () => logs({ panel: { tab: { track: 'trainer' as TrackName } } }, true),
  }
}
