import { shellQuote } from '../kernel/shellQuote'
import { createByteQueue } from './byteQueue'
import { awaitHello, helloCommand, type HelloOptions } from './hello'
import type { NodeChannel } from './nodeShell'
import type { ShellProcess } from './shellProcess'

/** A script under way whose input can also carry bytes and an end. */
export interface ScriptChannel extends NodeChannel {
  writeBytes(bytes: Uint8Array): void
  end(): void
}

/** A process on a node, not to be mistaken for a later one with the same pid. */
export interface ScriptProcess {
  readonly pid: string
  /** Field 22 of /proc/<pid>/stat; empty where there is no /proc. */
  readonly startTicks: string
}

export interface ScriptOptions extends HelloOptions {
  /** Asked to end the script's process group when the channel is closed before the script has ended. */
  readonly endGroup: (script: ScriptProcess) => void
}

// Says who it is, without a fork. The shell leads its process group: sshd and the local shell start it so.
const IDENTIFY = `drydock_stat=; { read -r drydock_stat </proc/$$/stat; } 2>/dev/null; printf '%s %s\\n' "$$" "$drydock_stat"`

/**
 * Runs a script in a fresh `sh -s`. The whole script is one command, so that the shell has read all of it before it
 * says hello, and nothing is written before: what the script later reads is only what was written to the channel
 * (dash reads its input in blocks, and would swallow the beginning). `exit` keeps input that a script left unread
 * from ever being run as commands.
 * Errors: `blocked` when no shell answers.
 */
export async function openScript(
  process: ShellProcess,
  script: string,
  args: readonly string[],
  options: ScriptOptions,
): Promise<ScriptChannel> {
  const queue = createByteQueue(process)
  const words = args.map(shellQuote).join(' ')
  process.write(
    `set -- ${words}; ${helloCommand(options.nonce)}; ${IDENTIFY}; eval ${shellQuote(script)}; exit "$?"\n`,
  )
  const identity = createFirstLine(bytes => queue.push(bytes))
  try {
    await awaitHello(process, options, bytes => identity.push(bytes))
    // A channel that is closed at once must know already whom to end.
    await Promise.race([identity.whole, process.closed])
  } catch (error) {
    process.kill()
    throw error
  }
  let isOver = false
  async function endWithProcess(): Promise<void> {
    await process.closed
    isOver = true
    queue.end()
  }
  void endWithProcess()

  return {
    output: queue.bytes,
    closed: process.closed,
    write: text => process.write(text),
    writeBytes: bytes => process.write(bytes),
    end: () => process.end(),
    close() {
      queue.drop()
      if (isOver) return
      isOver = true
      options.endGroup(identity.script())
      process.kill()
    },
  }
}

/** Takes the line by which a script says who it is off the beginning of its output. */
function createFirstLine(onRest: (bytes: Uint8Array) => void) {
  let line = Buffer.alloc(0)
  let isWhole = false
  let becomeWhole = (): void => {}
  const whole = new Promise<void>(resolve => (becomeWhole = resolve))
  return {
    /** Settles when the line has come. */
    whole,
    push(bytes: Uint8Array): void {
      if (isWhole) return onRest(bytes)
      line = Buffer.concat([line, bytes])
      const end = line.indexOf('\n')
      if (end < 0) return
      isWhole = true
      becomeWhole()
      const rest = line.subarray(end + 1)
      line = line.subarray(0, end)
      onRest(rest)
    },
    script(): ScriptProcess {
      const text = line.toString('latin1')
      // The name stands in parentheses and may hold blanks: fields are counted from its end, where the third begins.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      return { pid: text.split(' ')[0] ?? '', startTicks: text.includes(')') ? (fields[19] ?? '') : '' }
    },
  }
}
