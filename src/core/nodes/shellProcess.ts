/**
 * A started `sh -s`, on a node or on this PC: its streams and its end. Control shell and probes are built on it, so
 * that they are the same code for both.
 */
export interface ShellProcess {
  /** Queued when the other side is slow; dropped when the process is gone. */
  write(data: string | Uint8Array): void
  /** No more input: whatever reads it sees its end. */
  end(): void
  /** Standard output from its first byte. One listener, set before the next turn of the event loop. */
  onOutput(listener: (bytes: Uint8Array) => void): void
  pause(): void
  resume(): void
  /** Exit code, or null with a signal or a dead link; comes after the last output. Never rejects. */
  readonly closed: Promise<number | null>
  /** The end of what it wrote to standard error, which is always drained. */
  complaint(): string
  /** TERM to its process group, then its streams are closed. */
  kill(): void
}

/**
 * What a login shell of any dialect is asked to run. Everything else arrives on standard input, where only this `sh`
 * reads it. PATH and HOME stay those of the login.
 */
export const HAND_OVER = 'exec env LC_ALL=C TZ=UTC sh -s'

/** The end of a stream of text, kept for an error sentence. */
export function createTail(maxBytes: number): { push(bytes: Uint8Array): void; text(): string } {
  let tail = Buffer.alloc(0)
  return {
    push(bytes) {
      tail = Buffer.concat([tail, bytes]).subarray(-maxBytes)
    },
    text: () => tail.toString('utf8'),
  }
}
