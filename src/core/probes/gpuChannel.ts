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
interface GpuCall {
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
      const hearing = createHearing(call, nonce, clock, memory)
      for (;;) {
        const line = await next(hearing.wakeMs())
        if (line === null) hearing.nothing()
        else if (typeof line === 'object') return line
        else {
          const end = hearing.take(line)
          if (end !== null) return end
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

/** What is heard of one run of a tool, and when its silence means something. */
function createHearing(call: GpuCall, nonce: string, clock: Clock, memory: GpuMemory) {
  let process: GpuMemory['hung'] = null
  let quietMs = Infinity
  let overdueMs = clock.monotonicMs() + HUNG_AFTER_MS

  function hear(text: string): void {
    const heard = text.trim() === '' ? 'other' : call.line(text)
    if (heard === 'other') return
    memory.hung = null
    quietMs = heard === 'part' ? clock.monotonicMs() + QUIET_MS : Infinity
    overdueMs = clock.monotonicMs() + HUNG_AFTER_MS
  }

  return {
    wakeMs: (): number => Math.min(quietMs, overdueMs),

    nothing(): void {
      if (quietMs <= overdueMs) {
        quietMs = Infinity
        call.quiet?.()
        return
      }
      overdueMs = Infinity
      if (call.overdue() === 'hangs') memory.hung = process
    },

    /** The end, when this line tells it. */
    take(line: string): GpuCallEnd | null {
      const [, word, number, start] = markOf(line, nonce)
      if (word === undefined || number === undefined || start === undefined) {
        hear(line)
        return null
      }
      if (word === 'busy') return { why: 'busy', pid: number, start }
      memory.timesFoundStuck = 0
      if (word === 'running') {
        process = { pid: number, start }
        return null
      }
      memory.hung = null
      return { why: 'exit', code: Number(number) }
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
