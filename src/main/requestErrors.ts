import { ORPCError } from '@orpc/server'
import type { Log } from '../core/kernel/log'

/** What the contract says can go wrong. These were put in words by the router and pass as they are. */
const EXPECTED: ReadonlySet<string> = new Set(['REFUSED', 'NOT_FOUND', 'UNREACHABLE', 'INTERNAL'])

interface Call {
  readonly path: readonly string[]
  readonly signal?: AbortSignal | undefined
  next(): Promise<unknown>
}

/**
 * Around every call: an unexpected error goes to the log with its stack and reaches the screen as INTERNAL with the
 * `ref` of that line; refused input and expected failures pass. Errors in the middle of a stream are treated alike.
 */
export function explainErrors(log: Log): (call: Call) => Promise<unknown> {
  return async call => {
    const explain = (error: unknown): unknown =>
      isForTheScreen(error, call) ? error : asInternal(error, call, log)
    try {
      const output = await call.next()
      return isStream(output) ? watched(output, explain) : output
    } catch (error) {
      throw explain(error)
    }
  }
}

function isForTheScreen(error: unknown, { signal }: Call): boolean {
  if (signal?.aborted === true) return true
  return error instanceof ORPCError && (error.status < 500 || EXPECTED.has(error.code))
}

function asInternal(error: unknown, { path }: Call, log: Log): ORPCError<string, unknown> {
  const call = path.join('.')
  const ref = log.error('call failed', error, { call })
  return new ORPCError('INTERNAL', {
    defined: true,
    status: 500,
    message: `Something went wrong inside Drydock (${ref}).`,
    data: { hint: `The details are in drydock.log, on the line with ref ${ref}.`, ref },
    cause: error,
  })
}

type Stream = AsyncIterator<unknown> & AsyncIterable<unknown>

function isStream(output: unknown): output is Stream {
  if (typeof output !== 'object' || output === null) return false
  return Symbol.asyncIterator in output && 'next' in output && typeof output.next === 'function'
}

function watched(stream: Stream, explain: (error: unknown) => unknown): AsyncIterableIterator<unknown> {
  return {
    next: () =>
      stream.next().catch((error: unknown) => {
        throw explain(error)
      }),
    return: async () => (await stream.return?.()) ?? { done: true, value: undefined },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
