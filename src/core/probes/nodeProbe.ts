import { randomBytes } from 'node:crypto'
import type { NodeName } from '../../contract/ids'
import type { Sample } from '../../contract/samples'
import { AppError, sentenceOf } from '../kernel/appError'
import type { Clock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import type { NodeChannel, NodeShell } from '../nodes/nodeShell'
import { NO_STORAGE, sampleOf, type MachineReading, type Storage } from './machineReading'
import { createFrameReader, type FrameReader, type ProbeAnswer, type ProbeFrame } from './probeFrames'
import { createBackOff, createPacer, within } from './waiting'

/** From one look at the disks, the interfaces, the sensors and the number of threads to the next, in requests. */
const FULL_EVERY = 15
/** A node under load may take seconds; one that takes this long has lost the request. */
const ANSWER_LIMIT_MS = 15_000

export interface NodeProbeDeps {
  readonly node: NodeName
  readonly shell: NodeShell
  /** Absolute; the disk that holds it is reported. */
  readonly stateDir: string
  readonly clock: Clock
  readonly periodMs: number
  readonly publish: (sample: Sample) => void
  readonly log: Log
}

/** How machines of one kind are measured: the script that runs on them, and how its answers are read. */
export interface ProbeDialect {
  readonly script: string
  /** For the log, when the script says that this is no such machine. */
  readonly unsupported: string
  /** Begins with every session anew. */
  begin(): ProbeReader
}

/** Errors of all three: `probe-unreadable`. */
interface ProbeReader {
  /** `takenAtS` is Drydock's own monotonic clock. */
  reading(lines: readonly string[], before: MachineReading | null, takenAtS: number): MachineReading
  disks(lines: readonly string[]): Storage
  /** What the script tells by itself. */
  unasked(lines: readonly string[], atS: number): void
}

/** What became of one request, or of the whole session. */
type Outcome = 'sample' | 'unreadable' | 'unsupported' | { readonly over: string }

/**
 * Measures a node once a period until `signal` aborts: one request at a time, so that a slow node slows down nothing
 * but itself. A probe that ends is started again with back-off; a node that cannot be measured this way (no /proc) is
 * said so in the log, once, and left alone.
 */
export async function probeNode(
  dialect: ProbeDialect,
  deps: NodeProbeDeps,
  signal: AbortSignal,
): Promise<void> {
  const backOff = createBackOff()
  while (!signal.aborted) {
    const end = await runSession(dialect, deps, () => backOff.reset(), signal)
    if (signal.aborted) return
    if (end === 'unsupported') {
      deps.log.warn(dialect.unsupported, { node: deps.node })
      return
    }
    const retryInMs = backOff.nextMs()
    deps.log.warn(`The probe ended: ${end.over}.`, { node: deps.node, retryInMs })
    await deps.clock.sleep(retryInMs, signal)
  }
}

/** One probe, from its start to its end. */
async function runSession(
  dialect: ProbeDialect,
  deps: NodeProbeDeps,
  onSample: () => void,
  signal: AbortSignal,
): Promise<'unsupported' | { readonly over: string }> {
  const nonce = randomBytes(8).toString('hex')
  let channel: NodeChannel
  try {
    channel = await deps.shell.open(dialect.script, [nonce, deps.stateDir])
  } catch (error) {
    return { over: `it could not be started (${sentenceOf(error)})` }
  }
  const close = (): void => channel.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    const ask = createConversation(deps, dialect.begin(), channel, createFrameReader(nonce), signal)
    return await pace(deps, ask, onSample, signal)
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

async function pace(
  deps: NodeProbeDeps,
  ask: (seq: number) => Promise<Outcome>,
  onSample: () => void,
  signal: AbortSignal,
): Promise<'unsupported' | { readonly over: string }> {
  const pacer = createPacer(deps.clock, deps.periodMs)
  for (let seq = 1; !signal.aborted; seq++) {
    const outcome = await ask(seq)
    if (outcome === 'unsupported' || typeof outcome === 'object') return outcome
    if (outcome === 'sample') onSample()
    await pacer.next(signal)
  }
  return { over: 'it was stopped' }
}

/** Asks one thing after the other on one channel, and remembers what the next answer is compared with. */
function createConversation(
  deps: NodeProbeDeps,
  reader: ProbeReader,
  channel: NodeChannel,
  frames: FrameReader,
  signal: AbortSignal,
): (seq: number) => Promise<Outcome> {
  const answers = readAnswers(channel.output, frames)
  const unreadable = createComplaint(deps, frames)
  const disks = createDisksQuestion(reader, unreadable)
  const nowS = (): number => deps.clock.monotonicMs() / 1000
  let before: MachineReading | null = null

  function take(frame: ProbeFrame, roundTripMs: number): Outcome {
    const now = orNull(() => reader.reading(frame.lines, before, nowS()), unreadable)
    if (now === null) return 'unreadable'
    const facts = { node: deps.node, atMs: deps.clock.nowMs(), roundTripMs, storage: disks.reading() }
    deps.publish(sampleOf(now, before, facts))
    before = now
    return 'sample'
  }

  return async seq => {
    const isFull = seq % FULL_EVERY === 1 && disks.mayAsk(seq)
    const askedMs = deps.clock.monotonicMs()
    channel.write(`${seq} ${isFull ? 'full' : 'sample'}\n`)
    for (;;) {
      const next = await within(answers.next(), deps.clock, ANSWER_LIMIT_MS, signal)
      if (signal.aborted) return { over: 'it was stopped' }
      if (next === null) return { over: 'it does not answer' }
      if (next.value.done) return { over: `its channel closed (exit code ${await channel.closed})` }
      const answer = next.value.value
      if (!answer.ok) unreadable('a frame is not whole')
      if (disks.takes(answer, seq)) continue
      if (answer.ok && answer.frame.kind === 'cpu') {
        reader.unasked(answer.frame.lines, nowS())
        continue
      }
      if (!answer.ok) {
        if (answer.seq === seq) return 'unreadable'
        continue
      }
      if (answer.frame.kind === 'unsupported') return 'unsupported'
      if (answer.frame.seq === seq) return take(answer.frame, deps.clock.monotonicMs() - askedMs)
    }
  }
}

/** The disks are asked for beside the samples, and their answer may be long in coming. */
function createDisksQuestion(reader: ProbeReader, unreadable: (why: unknown) => void) {
  let askedBy: number | null = null
  let reading = NO_STORAGE

  return {
    reading: (): Storage => reading,
    /** Not while one is under way. A df that has not come back by now is stuck: what the disks hold is not known. */
    mayAsk(seq: number): boolean {
      if (askedBy !== null) {
        reading = NO_STORAGE
        return false
      }
      askedBy = seq
      return true
    },
    /** Whether this answer was the disks'. A broken frame of the request under way is its sample's: that comes first. */
    takes(answer: ProbeAnswer, seq: number): boolean {
      const isDisk = answer.ok ? answer.frame.kind === 'disk' : answer.seq === askedBy && answer.seq !== seq
      if (!isDisk) return false
      askedBy = null
      reading = (answer.ok ? orNull(() => reader.disks(answer.frame.lines), unreadable) : null) ?? NO_STORAGE
      return true
    },
  }
}

/** One line in the log a session is enough: an unreadable answer is a gap, and the next one is a second away. */
function createComplaint(deps: NodeProbeDeps, frames: FrameReader): (why: unknown) => void {
  let isMade = false
  return why => {
    if (isMade) return
    isMade = true
    const reason = why instanceof AppError ? why.cause : why
    deps.log.warn('A probe answer was dropped.', { node: deps.node, reason, strayLines: frames.strayLines })
  }
}

function orNull<T>(parse: () => T, unreadable: (why: unknown) => void): T | null {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    unreadable(error)
    return null
  }
}

async function* readAnswers(
  output: AsyncIterable<Uint8Array>,
  reader: FrameReader,
): AsyncGenerator<ProbeAnswer, undefined> {
  for await (const bytes of output) yield* reader.push(bytes)
}
