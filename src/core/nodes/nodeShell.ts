/**
 * What the engine needs from a machine. This PC and a node over SSH give the same four things, and everything
 * that Drydock does on a node is built from them.
 */
export interface NodeShell {
  /**
   * Calls one function of the node-side library (see `runs/nodeSide/`) in the node's control shell and returns what
   * it printed. Calls on one node run one after the other, in the order they were made.
   * Errors: `launch-failed` with the printed reason when the function returns non-zero; `unreachable` when the link
   * is gone before the answer came: the call may or may not have had its effect.
   */
  call(functionName: string, args: readonly string[], signal?: AbortSignal): Promise<string>

  /**
   * Runs a constant POSIX script with arguments as a process of its own, with its own input and output: a probe.
   * When the channel is closed the script and what it started get TERM. A link that dies can only end its input: a
   * script that outlives a loop of its own must read it, or write.
   * Errors: `refused` when the node allows no further session; `blocked` when no shell comes up; `unreachable`.
   */
  open(script: string, args: readonly string[]): Promise<NodeChannel>

  /**
   * At most `maxBytes` of a file from `offset`; empty at its end. A reader that goes on where it stopped, or
   * up to 4 KiB before, keeps the file it began with, even when that was renamed or removed meanwhile; a read at 0 always opens what is there now.
   * Errors: `not-found`; `refused` with the reason; `unreachable`.
   */
  readAt(path: string, offset: number, maxBytes: number): Promise<Uint8Array>

  /**
   * Writes a whole file (0600, folders 0700) by a temporary name and a rename. `path` is absolute.
   * Errors: `refused` with the reason (disk full, no permission); `unreachable`.
   */
  writeFile(path: string, bytes: Uint8Array): Promise<void>
}

export interface NodeChannel {
  /**
   * Standard output in the order it came, for one reader; ends when the process does. Unread output slows the
   * process down. Standard error is drained and dropped.
   */
  readonly output: AsyncIterable<Uint8Array>
  /**
   * Exit code, or null with a signal or a dead link. Never rejects. After `close` it comes when the process has really
   * ended: never for one that cannot be killed.
   */
  readonly closed: Promise<number | null>
  write(text: string): void
  close(): void
}

/** A place as the node sees it: an address, or the path of a Unix socket there. */
export type Place = { readonly host: string; readonly port: number } | { readonly socket: string }

/** Facts about a node that the first call on a link reads. */
export interface NodeFacts {
  /** Absolute: `stateDir` with `~` resolved on the node. */
  readonly stateDir: string
  readonly home: string
  readonly bootId: string
}
