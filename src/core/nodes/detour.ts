import { createByteQueue } from './byteQueue'
import type { ControlShell } from './controlShell'
import type { NodeChannel, NodeShell } from './nodeShell'
import { BLOCK_BYTES, fileReadFailure, notWritten } from './scriptFiles'
import { SessionLimitError } from './sessionLimit'

/**
 * Scripts and files over the control shell alone, for a server that allows few sessions on a connection: slower, and a
 * call at a time, but whole. See `nodeSide/detour.sh`.
 */
export interface Detour extends Pick<NodeShell, 'open' | 'readAt' | 'writeFile'> {
  /** Ends every script. */
  close(): void
}

type Control = Pick<ControlShell, 'call' | 'callBytes'>

// A gauge's answer is there in a few milliseconds; a loop that prints once a second is looked at twice a second.
const FIRST_LOOK_MS = 20
const LAST_LOOK_MS = 500
// What a script has printed stays on the node's disk until the script ends; then whoever needs it starts it anew.
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024
// Other calls wait while one is answered.
const READ_BLOCKS = 16
const WRITE_BYTES = 16 * 1024

/** `folder` is made for the scripts, one folder each; `newName` gives a name that no other has. */
export function createDetour(control: Control, folder: string, newName: () => string): Detour {
  const channels = new Set<NodeChannel>()
  return {
    async open(script, args) {
      const dir = `${folder}/${newName()}`
      await control.call('drydock_channel_open', [dir, script, ...args])
      const channel = createBackgroundChannel(control, dir)
      channels.add(channel)
      void channel.closed.then(() => channels.delete(channel))
      return channel
    },
    readAt: (path, offset, maxBytes) => readAt(control, path, offset, maxBytes),
    writeFile: (path, bytes) => writeFile(control, `${path}.part.${newName()}`, path, bytes),
    close() {
      for (const channel of channels) channel.close()
    },
  }
}

/** The direct way where the server allows a session for it, else around. */
export function withDetour(
  direct: Pick<NodeShell, 'open' | 'readAt' | 'writeFile'>,
  detour: Detour,
  onSessionLimit: () => void,
): Pick<NodeShell, 'open' | 'readAt' | 'writeFile'> {
  // A follower reads many times a second: it asks for a session of its own once.
  let mayReadDirectly = true
  async function orAround<T>(work: () => Promise<T>, around: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof SessionLimitError)) throw error
      onSessionLimit()
      return around()
    }
  }
  async function readAround(...read: Parameters<NodeShell['readAt']>): Promise<Uint8Array> {
    mayReadDirectly = false
    return detour.readAt(...read)
  }
  return {
    open: (...script) =>
      orAround(
        () => direct.open(...script),
        () => detour.open(...script),
      ),
    readAt: (...read) =>
      mayReadDirectly
        ? orAround(
            () => direct.readAt(...read),
            () => readAround(...read),
          )
        : detour.readAt(...read),
    writeFile: (...write) =>
      orAround(
        () => direct.writeFile(...write),
        () => detour.writeFile(...write),
      ),
  }
}

/** A script in the background of the control shell. Its output is fetched. */
function createBackgroundChannel(control: Control, dir: string): NodeChannel {
  const pace = createPace()
  let isPaused = false
  let isOver = false
  const queue = createByteQueue({
    pause: () => void (isPaused = true),
    resume() {
      isPaused = false
      pace.hurry()
    },
  })

  async function follow(): Promise<number | null> {
    for (let offset = 0; ; await pace.wait()) {
      if (isPaused) continue
      const { code, bytes } = await read(control, dir, offset)
      queue.push(bytes)
      if (code !== null) return code
      offset += bytes.length
      if (bytes.length > 0) pace.hurry()
      if (offset > MAX_OUTPUT_BYTES) end()
    }
  }

  function end(): void {
    control.call('drydock_channel_end', [dir]).catch(() => {}) // the link is gone, and the script ends with it
  }

  async function tellEnd(): Promise<number | null> {
    // A dead link: its scripts end by themselves, and their output with them.
    const code = await follow().catch(() => null)
    isOver = true
    queue.end()
    control.call('drydock_channel_forget', [dir]).catch(() => {})
    return code
  }

  return {
    output: queue.bytes,
    closed: tellEnd(),
    write(text) {
      if (isOver) return
      control.call('drydock_channel_write', [dir, text]).then(
        () => pace.hurry(),
        () => {},
      )
    },
    close() {
      queue.drop()
      if (isOver) return
      isOver = true
      end()
      pace.hurry()
    },
  }
}

/** Soon after there was a reason to look, then ever later. */
function createPace() {
  let delayMs = FIRST_LOOK_MS
  let wake = (): void => {}
  return {
    hurry(): void {
      delayMs = FIRST_LOOK_MS
      wake()
    },
    async wait(): Promise<void> {
      await new Promise<void>(resolve => {
        wake = resolve
        setTimeout(resolve, delayMs).unref()
      })
      delayMs = Math.min(LAST_LOOK_MS, delayMs * 2)
    },
  }
}

/** `code` is null while the script runs. Errors: `unreachable`; `launch-failed` when the folder is gone. */
async function read(
  control: Control,
  dir: string,
  offset: number,
): Promise<{ readonly code: number | null; readonly bytes: Uint8Array }> {
  const answer = await control.callBytes('drydock_channel_read', [dir, String(offset + 1)])
  const lineEnd = answer.bytes.indexOf('\n')
  const [word, code] = answer.bytes.toString('latin1', 0, lineEnd).split(' ')
  if (answer.code !== 0) throw new Error(`the output of a script cannot be read (code ${answer.code})`)
  return { code: word === 'exit' ? Number(code) : null, bytes: answer.bytes.subarray(lineEnd + 1) }
}

async function readAt(control: Control, path: string, offset: number, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for (let done = 0; done < maxBytes;) {
    const at = offset + done
    const firstBlock = Math.floor(at / BLOCK_BYTES)
    const skipped = at - firstBlock * BLOCK_BYTES
    const blocks = Math.min(READ_BLOCKS, Math.ceil((skipped + maxBytes - done) / BLOCK_BYTES))
    const { code, bytes } = await control.callBytes('drydock_read_at', [
      path,
      String(firstBlock),
      String(blocks),
    ])
    if (code !== 0) throw fileReadFailure(path, code)
    const part = bytes.subarray(skipped, skipped + maxBytes - done)
    parts.push(part)
    done += part.length
    if (bytes.length < blocks * BLOCK_BYTES) break
  }
  return Buffer.concat(parts)
}

async function writeFile(control: Control, part: string, path: string, bytes: Uint8Array): Promise<void> {
  const call = async (name: string, args: readonly string[]): Promise<void> => {
    const answer = await control.callBytes(name, args)
    if (answer.code !== 0) throw notWritten(path, answer.bytes.toString('utf8').trim())
  }
  for (let at = 0; at === 0 || at < bytes.length; at += WRITE_BYTES) {
    const text = printfText(bytes.subarray(at, at + WRITE_BYTES))
    await call('drydock_write_part', [part, text, ...(at === 0 ? [] : ['more'])])
  }
  await call('drydock_write_end', [part, path, String(bytes.length)])
}

/** Any bytes as printf's %b takes them: all but plain characters by their octal number. */
function printfText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c
    text += isPlain ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`
  }
  return text
}
