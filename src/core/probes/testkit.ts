import { spawn, type ChildProcess } from 'node:child_process'
import { NodeName } from '../../contract/ids'
import { systemClock, type Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import { shellQuote } from '../kernel/shellQuote'
import type { NodeChannel, NodeShell } from '../nodes/nodeShell'

/** For this room's tests alone: time by hand, and shells that are real processes. */

export const nodeA = NodeName.parse('node-a')

export interface ManualClock extends Clock {
  /** Passes time step by step, from one sleeper to the next, and lets everybody act in between. */
  advance(ms: number): Promise<void>
}

export function createManualClock(): ManualClock {
  let nowMs = 0
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
  }
  return {
    nowMs: () => 1_700_000_000_000 + nowMs,
    monotonicMs: () => nowMs,
    async sleep(ms, signal) {
      if (signal.aborted) return
      await new Promise<void>(resolve => {
        const end = (): void => {
          signal.removeEventListener('abort', end)
          sleepers.delete(sleeper)
          resolve()
        }
        const sleeper = { untilMs: nowMs + ms, wake: end }
        sleepers.add(sleeper)
        signal.addEventListener('abort', end)
      })
    },
    async advance(ms) {
      const untilMs = nowMs + ms
      for (;;) {
        await settle()
        const [next] = [...sleepers].filter(s => s.untilMs <= untilMs).sort((a, b) => a.untilMs - b.untilMs)
        if (next === undefined) break
        nowMs = Math.max(nowMs, next.untilMs)
        next.wake()
      }
      nowMs = untilMs
      await settle()
    },
  }
}

/** The real clock, `times` as fast: what takes five seconds is over in a fraction of them. */
export function createFastClock(times: number): Clock {
  return {
    nowMs: () => systemClock.nowMs(),
    monotonicMs: () => systemClock.monotonicMs() * times,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  }
}

/** Values as they come, for a test that waits for the one that it wants. */
export interface Arrivals<T> {
  readonly all: readonly T[]
  add(value: T): void
  /** The first value from number `from` on that fits. */
  next(fits: (value: T) => boolean, from?: number): Promise<T>
}

export function createArrivals<T>(): Arrivals<T> {
  const all: T[] = []
  let wake: () => void = () => {}
  let arrived = new Promise<void>(resolve => (wake = resolve))
  return {
    all,
    add(value) {
      all.push(value)
      wake()
      arrived = new Promise(resolve => (wake = resolve))
    },
    async next(fits, from = 0) {
      for (let at = from; ; at++) {
        while (at >= all.length) await arrived
        const value = all[at]
        if (value !== undefined && fits(value)) return value
      }
    },
  }
}

export interface RecordedLog extends Log {
  readonly lines: readonly string[]
}

export function createRecordedLog(): RecordedLog {
  const lines: string[] = []
  return {
    lines,
    info: message => void lines.push(message),
    warn: message => void lines.push(message),
    error(message) {
      lines.push(message)
      return 'ref'
    },
  }
}

/** A channel whose other end is the test. */
export interface ScriptedChannel {
  readonly args: readonly string[]
  readonly requests: readonly string[]
  readonly isClosed: boolean
  print(text: string): void
  end(code: number | null): void
}

/** A shell whose scripts are played by the test: `onOpen` gets each channel, `onRequest` each line written to it. */
export function createScriptedShell(
  onRequest: (channel: ScriptedChannel, request: string) => void,
): NodeShell & { readonly channels: readonly ScriptedChannel[] } {
  const channels: ScriptedChannel[] = []
  return {
    ...unusedShell,
    channels,
    async open(_script, args) {
      const pipe = createPipe()
      let settle: (code: number | null) => void = () => {}
      const closed = new Promise<number | null>(resolve => (settle = resolve))
      const requests: string[] = []
      let isClosed = false
      const scripted: ScriptedChannel = {
        args,
        requests,
        get isClosed() {
          return isClosed
        },
        print: text => pipe.push(Buffer.from(text)),
        end(code) {
          pipe.end()
          settle(code)
        },
      }
      channels.push(scripted)
      return {
        output: pipe.bytes,
        closed,
        write(text) {
          requests.push(text.trim())
          onRequest(scripted, text.trim())
        },
        close() {
          isClosed = true
          pipe.end()
          settle(null)
        },
      }
    },
  }
}

const unusedShell: Omit<NodeShell, 'open'> = {
  call: () => Promise.reject(new Error('the probes call no functions')),
  readAt: () => Promise.reject(new Error('the probes read no files')),
  writeFile: () => Promise.reject(new Error('the probes write no files')),
}

export interface ProcessShell extends NodeShell, AsyncDisposable {
  /** Channels that were opened and whose process has not ended. */
  readonly alive: ReadonlySet<ChildProcess>
}

/** Runs scripts the way a node does: `sh -s` gets one command line that sets the arguments and evaluates the script. */
export function createProcessShell(
  sh: readonly [string, ...string[]],
  env: Readonly<Record<string, string | undefined>> = process.env,
): ProcessShell {
  const alive = new Set<ChildProcess>()
  return {
    ...unusedShell,
    alive,
    async open(script, args): Promise<NodeChannel> {
      const [command, ...options] = sh
      const child = spawn(command, [...options, '-s'], { stdio: ['pipe', 'pipe', 'ignore'], env })
      alive.add(child)
      const closed = new Promise<number | null>(resolve => child.once('close', code => resolve(code)))
      void closed.then(() => alive.delete(child))
      child.stdin.on('error', () => {})
      const words = args.map(shellQuote).join(' ')
      child.stdin.write(`set -- ${words}; echo ready; eval ${shellQuote(script)}; exit "$?"\n`)
      // dash reads its commands in blocks: what is written before it has read this one whole would be lost in it.
      await new Promise(resolve => child.stdout.once('data', resolve))
      const pipe = createPipe()
      child.stdout.on('data', bytes => pipe.push(bytes))
      void closed.then(() => pipe.end())
      return {
        output: pipe.bytes,
        closed,
        write: text => void child.stdin.write(text),
        // As when a link dies: nothing but the end of the input.
        close: () => void child.stdin.end(),
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...alive].map(child => new Promise(resolve => child.once('close', resolve))))
    },
  }
}

function createPipe(): {
  readonly bytes: AsyncIterable<Uint8Array>
  push(bytes: Uint8Array): void
  end(): void
} {
  const queue: Uint8Array[] = []
  let isEnded = false
  let wake: () => void = () => {}
  async function* read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = queue.shift()
      if (bytes !== undefined) yield bytes
      else if (isEnded) return
      else await new Promise<void>(resolve => (wake = resolve))
    }
  }
  return {
    bytes: read(),
    push(bytes) {
      queue.push(bytes)
      wake()
    },
    end() {
      isEnded = true
      wake()
    },
  }
}
