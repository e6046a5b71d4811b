import { AppError } from '../kernel/appError'
import { shellQuote } from '../kernel/shellQuote'
import { createAnswerReader, type Answer } from './answerReader'
import { awaitHello, helloCommand } from './hello'
import controlLibrary from './nodeSide/control.sh?raw'
import detourLibrary from './nodeSide/detour.sh?raw'
import factsLibrary from './nodeSide/facts.sh?raw'
import type { ShellProcess } from './shellProcess'

/** No call takes seconds: what does is done in the background on the node. */
const ANSWER_LIMIT_MS = 20_000
const FUNCTION_NAME = /^drydock_[a-z_]+$/

export interface ControlShell {
  /** See `NodeShell.call`. An aborted call that was already sent still runs; its answer is dropped. */
  call(functionName: string, args: readonly string[], signal?: AbortSignal): Promise<string>
  /** The same with what was printed as it is, and the function's code. Errors: `unreachable`. */
  callBytes(
    functionName: string,
    args: readonly string[],
  ): Promise<{ readonly code: number; readonly bytes: Buffer }>
  /** What the login printed before the shell came up; such a login also breaks SFTP. */
  readonly garbage: string
  /** Settles when the shell is gone. Never rejects. */
  readonly ended: Promise<void>
  /** The shell ends with its input. What its functions started lives on. */
  close(): void
}

interface Waiting {
  readonly answer: (answer: Answer) => void
  readonly fail: (error: AppError) => void
}

/**
 * One persistent `sh -s` that answers calls: a call costs one round trip and one fork, and no login.
 * Errors: `blocked` when no POSIX shell comes up.
 */
export async function startControlShell(
  process: ShellProcess,
  options: {
    readonly label: string
    /** Shell functions, `drydock_…`, beside those of this room. */
    readonly library: string
    readonly nonce: string
    readonly timeoutMs: number
    /** How long the oldest call may wait; for tests. */
    readonly answerLimitMs?: number
  },
): Promise<ControlShell> {
  const waiting = new Map<number, Waiting>()
  const patience = createPatience(options.answerLimitMs ?? ANSWER_LIMIT_MS)
  const reader = createAnswerReader(options.nonce, answer => {
    waiting.get(answer.number)?.answer(answer)
    waiting.delete(answer.number)
    patience.restart(waiting.size > 0)
  })
  let lastNumber = 0
  let isGone = false

  const gone = (): AppError =>
    new AppError('unreachable', `The link to ${options.label} was lost before it answered.`, {
      hint: 'What was asked for may or may not have happened. Drydock looks again when the link is back.',
    })
  async function failAllAtEnd(): Promise<void> {
    // A shell that hangs is given up like one that has ended: the next link brings a new one.
    await Promise.race([process.closed, patience.lost])
    isGone = true
    patience.restart(false)
    for (const call of waiting.values()) call.fail(gone())
    waiting.clear()
  }
  const ended = failAllAtEnd()

  // Only the hello is sent before it is answered: whatever else may stand behind this login must not get the rest.
  process.write(`exec 2>&1; drydock_nonce=${options.nonce}; ${helloCommand(options.nonce)}\n`)
  try {
    const hello = await awaitHello(process, options, bytes => reader.push(bytes))
    process.write(`${controlLibrary}\n${factsLibrary}\n${detourLibrary}\n${options.library}\n`)
    return { ...answersOf(ask), garbage: hello.garbage, ended, close: () => process.end() }
  } catch (error) {
    process.kill()
    throw error
  }

  async function ask(functionName: string, args: readonly string[], signal?: AbortSignal): Promise<Answer> {
    if (!FUNCTION_NAME.test(functionName)) throw new AppError('refused', `Not a function: ${functionName}`)
    const words = args.map(shellQuote).join(' ')
    signal?.throwIfAborted()
    if (isGone) throw gone()
    const number = (lastNumber += 1)
    if (waiting.size === 0) patience.restart(true)
    const answered = new Promise<Answer>((answer, fail) => waiting.set(number, { answer, fail }))
    process.write(`drydock_answer ${number} ${functionName} ${words}\n`)
    return unlessAborted(answered, signal)
  }
}

type Ask = (functionName: string, args: readonly string[], signal?: AbortSignal) => Promise<Answer>

function answersOf(ask: Ask): Pick<ControlShell, 'call' | 'callBytes'> {
  return {
    call: async (functionName, args, signal) =>
      printedBy(functionName, await ask(functionName, args, signal)),
    async callBytes(functionName, args) {
      const { code, output } = await ask(functionName, args)
      return { code, bytes: output }
    },
  }
}

/** `lost` settles when nothing was answered for `limitMs` although somebody waited. */
function createPatience(limitMs: number) {
  let timer: NodeJS.Timeout | undefined
  let lose = (): void => {}
  const lost = new Promise<void>(resolve => {
    lose = resolve
  })
  return {
    lost,
    restart(isWaiting: boolean): void {
      clearTimeout(timer)
      if (isWaiting) timer = setTimeout(lose, limitMs)
    },
  }
}

/** Errors: `launch-failed` with what the function said when its code is not 0. */
function printedBy(functionName: string, answer: Answer): string {
  const printed = answer.output.toString('utf8')
  if (answer.code === 0 && !answer.isTooLong) return printed
  const said = answer.isTooLong ? `${functionName} printed more than 16 MiB.` : printed.trim()
  throw new AppError('launch-failed', said === '' ? `${functionName} failed (code ${answer.code}).` : said)
}

/** Rejects with the signal's reason as soon as it aborts; the work goes on unseen. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
