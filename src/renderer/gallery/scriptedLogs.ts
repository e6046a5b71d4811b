import type { LogLines, LogSearchEvent } from '../../contract/logs'
import { logPanelStore, type LogPanelState, PLAIN_PANEL } from '../logs/logPanelStore'
import type { FilterInput } from '../state/logFilter'
import { createLogStore, type LogStore } from '../state/logStore'
import { NOW_MS } from './builders'

/** What a scene's logs hold, and how somebody looks at them. */
export interface LogSketch {
  /** By log: how long ago each line came (ms), and what it says. */
  readonly lines: Readonly<Record<string, readonly (readonly [agoMs: number, text: string])[]>>
  readonly gaps?: Readonly<Record<string, LogLines['gaps']>>
  readonly panel?: Partial<LogPanelState>
  readonly input?: FilterInput
  /** To so many matches, one after the other. */
  readonly finds?: number
  /** What a search over the whole logs has told so far; `isOver`: and that was all. */
  readonly search?: { readonly event: LogSearchEvent; readonly isOver: boolean }
}

const USUAL: LogSketch['lines'] = {
  'bots-1': [
    [1863, 'step 1260  eq 18,930.4  dd -0.339  12.4 it/s'],
    [963, 'step 1262  eq 14,219.6  dd -0.182  12.4 it/s'],
  ],
  'bots-2': [[1726, 'step 1262  eq 18,944.2  dd -0.339  12.3 it/s']],
  'bots-3': [[1589, 'WARN  no free CUDA stream, waiting for lock held by pid 48121']],
  'bots-4': [[1452, 'checkpoint written  runs/kelly/ckpt-1260.npz  1.8 MiB']],
  'bots-5': [[1315, 'step 1261  eq 14,202.9  dd -0.182  13.1 it/s']],
  'bots-7': [[1041, 'step 1259  eq 23,481.0  dd -0.587  12.9 it/s']],
}

type LogClient = NonNullable<Parameters<LogStore['use']>[0]>

/** A log store that is given the same few lines every time. */
export function createScriptedLogs(sketch: LogSketch = { lines: USUAL }): LogStore {
  logPanelStore.setState({ ...PLAIN_PANEL, ...sketch.panel })
  const store = createLogStore({
    monotonicMs: () => performance.now(),
    nextFrame: callback => {
      const frame = requestAnimationFrame(callback)
      return () => cancelAnimationFrame(frame)
    },
    sleep: () => new Promise(() => {}),
  })
  const client = {
    follow: ({ log }: { log: string }) => Promise.resolve(linesOf(sketch, log)),
    read: () => Promise.resolve({ firstLine: 0, atMs: NOW_MS, lines: [], totalLines: 0, gaps: [] }),
    lineAt: () => Promise.resolve(0),
    search: () => Promise.resolve(searchOf(sketch)),
  } as unknown as LogClient
  store.use(client)
  if (sketch.input !== undefined) store.setFilter(sketch.input)
  if (sketch.search !== undefined) showSearch(store, client, sketch)
  if (sketch.finds !== undefined) findLater(store, sketch.finds)
  return store
}

/** Of the run that is shown: known once the panel has chosen its logs. */
function showSearch(store: LogStore, client: LogClient, { input }: LogSketch): void {
  const end = store.subscribe(() => {
    const run = store.shown()[0]?.run
    if (run === undefined || input === undefined) return
    end()
    void store.searches.start(client, { run, logs: null, query: input })
  })
}

function findLater(store: LogStore, count: number): void {
  const end = store.subscribe(() => {
    const { hitCount, isFiltering } = store.getSnapshot()
    if (hitCount < count || isFiltering) return
    end()
    for (let at = 0; at < count; at += 1) store.find(1, null)
  })
}

async function* linesOf({ lines, gaps = {} }: LogSketch, log: string): AsyncGenerator<LogLines> {
  const all = lines[log] ?? []
  for (const [line, [agoMs, text]] of all.entries()) {
    yield {
      firstLine: line,
      atMs: NOW_MS - agoMs,
      lines: [text],
      totalLines: all.length,
      gaps: (gaps[log] ?? []).filter(gap => gap.beforeLine === line),
    }
  }
  // Nothing more comes, and the stream stays open.
  await new Promise(() => {})
}

async function* searchOf({ search }: LogSketch): AsyncGenerator<LogSearchEvent> {
  if (search !== undefined) yield search.event
  if (search?.isOver !== true) await new Promise(() => {})
}
