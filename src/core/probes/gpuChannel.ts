import type { Clock } from '../kernel/clock'
import type { NodeChannel } from '../nodes/nodeShell'
import type { GpuMemory } from './gpuMemory'
import { createLineSplitter } from './lines'
import { within } from './waiting'

/** The rows of one cycle come together: a pause this long after a row is the end of its cycle. */
const QUIET_MS = 150
/** A loop prints once a second, and a call takes less. Without a word that counts for longer than this, it hangs. */
const HUNG_AFTER_MS = 5_000

/** One run of a tool, as its caller hears it. */
export interface GpuCall {
  readonly request: string
  /** Takes a line of the tool's own. `part`: a reading that may have more to it; `whole`: one that is complete. */
  line(text: string): 'part' | 'whole' | 'other'
  /** Nothing more came for a moment after a `part`. */
  quiet?(): void
  /** No reading for so long that the tool hangs, unless it is said to be only without readings. */
  overdue(): 'hangs' | 'speaks'
}

export type GpuCallEnd =
  | { readonly why: 'exit'; readonly code: number }
  /** Nothing was started, because this process has not ended. */
  | { readonly why: 'busy'; readonly pid: string; readonly start: string }
  /** The channel is of no more use. */
  | { readonly why: 'closed' }

export interface GpuChannel {
  /** Runs a tool and waits for its end, however long that takes: there are never two. */
  run(call: GpuCall): Promise<GpuCallEnd>
  /** Asks the tool that runs to end; its `run` returns when it has. */
  end(): void
  /** Waits; false when the channel has ended meanwhile. */
  pause(ms: number): Promise<boolean>
}

interface GpuChannelDeps {
  readonly channel: NodeChannel
  readonly nonce: string
  readonly clock: Clock
  readonly memory: GpuMemory
  readonly signal: AbortSignal
}

/** Talks to `gpuTools.sh`: one tool after the other, each with a watchdog. */
export function createGpuChannel({ channel, nonce, clock, memory, signal }: GpuChannelDeps): GpuChannel {
  const lines = readLines(channel)
  let pending = lines.next()

  /** The next line; null when `untilMs` came first; 'closed'. */
  async function next(untilMs: number): Promise<string | null | { readonly why: 'closed' }> {
    const got = await within(pending, clock, Math.max(0, untilMs - clock.monotonicMs()), signal)
    if (signal.aborted) return { why: 'closed' }
    if (got === null) return null
    if (got.value.done) return { why: 'closed' }
    pending = lines.next()
    return got.value.value
  }

  return {
    async run(call) {
      channel.write(`${call.request}\n`)
      let process: GpuMemory['hung'] = null
      let quietMs = Infinity
      let overdueMs = clock.monotonicMs() + HUNG_AFTER_MS
      for (;;) {
        const line = await next(Math.min(quietMs, overdueMs))
        if (line === null) {
          if (quietMs <= overdueMs) {
            quietMs = Infinity
            call.quiet?.()
          } else {
            overdueMs = Infinity
            if (call.overdue() === 'hangs') memory.hung = process
          }
          continue
        }
        if (typeof line === 'object') return line
        const [, word, number, start] = markOf(line, nonce)
        if (word === undefined || number === undefined || start === undefined) {
          const heard = line.trim() === '' ? 'other' : call.line(line)
          if (heard === 'other') continue
          memory.hung = null
          quietMs = heard === 'part' ? clock.monotonicMs() + QUIET_MS : Infinity
          overdueMs = clock.monotonicMs() + HUNG_AFTER_MS
        } else if (word === 'busy') {
          return { why: 'busy', pid: number, start }
        } else if (word === 'running') {
          memory.timesFoundStuck = 0
          process = { pid: number, start }
        } else {
          memory.timesFoundStuck = 0
          memory.hung = null
          return { why: 'exit', code: Number(number) }
        }
      }
    },
    end: () => channel.write('end\n'),
    async pause(ms) {
      const untilMs = clock.monotonicMs() + ms
      for (;;) {
        const line = await next(untilMs)
        if (line === null) return true
        if (typeof line === 'object') return false
      }
    },
  }
}

function markOf(line: string, nonce: string): readonly (string | undefined)[] {
  return line.startsWith(nonce) ? (/ (running|exit|busy) (\d+) ?(\d*)$/.exec(line) ?? []) : []
}

async function* readLines(channel: NodeChannel): AsyncGenerator<string, undefined> {
  const splitter = createLineSplitter()
  for await (const bytes of channel.output) yield* splitter.push(bytes)
}
