import { createLogStore, type LogStore } from '../state/logStore'
import { NOW_MS } from './builders'

const LINES: Readonly<Record<string, readonly string[]>> = {
  'bots-1': ['step 1260  eq 18,930.4  dd -0.339  12.4 it/s', 'step 1262  eq 14,219.6  dd -0.182  12.4 it/s'],
  'bots-2': ['step 1262  eq 18,944.2  dd -0.339  12.3 it/s'],
  'bots-3': ['WARN  no free CUDA stream, waiting for lock held by pid 48121'],
  'bots-4': ['checkpoint written  runs/kelly/ckpt-1260.npz  1.8 MiB'],
  'bots-5': ['step 1261  eq 14,202.9  dd -0.182  13.1 it/s'],
  'bots-7': ['step 1259  eq 23,481.0  dd -0.587  12.9 it/s'],
}

type LogClient = NonNullable<Parameters<LogStore['use']>[0]>

/** A log store that is given the same few lines every time. */
export function createScriptedLogs(): LogStore {
  const store = createLogStore({
    monotonicMs: () => performance.now(),
    nextFrame: callback => {
      const frame = requestAnimationFrame(callback)
      return () => cancelAnimationFrame(frame)
    },
    sleep: () => new Promise(() => {}),
  })
  const client = {
    follow: ({ worker }: { worker: string }) => Promise.resolve(linesOf(worker)),
    read: () => Promise.resolve({ firstLine: 0, atMs: NOW_MS, lines: [], totalLines: 0 }),
  }
  store.use(client as unknown as LogClient)
  return store
}

async function* linesOf(worker: string) {
  const index = Number(worker.slice(5))
  for (const [line, text] of (LINES[worker] ?? []).entries()) {
    yield {
      firstLine: line,
      atMs: NOW_MS - 2000 + line * 900 + index * 137,
      lines: [text],
      totalLines: line + 1,
    }
  }
  // Nothing more comes, and the stream stays open.
  await new Promise(() => {})
}
