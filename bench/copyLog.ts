import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { NODE_SIDE_LIBRARY } from '../src/core/engines/processEngine'
import { logSource } from '../src/core/runs/followers'
import { createLineScanner } from '../src/core/runs/lineScanner'
import { createLogFollower } from '../src/core/runs/logFollower'
import { openLocalLog } from '../src/core/runs/localLog'
import { createSecretMask } from '../src/core/runs/secretMask'
import { systemClock } from '../src/core/kernel/clock'
import type { SshOptions } from '../src/core/nodes/sshShell'
import { connectSsh } from '../src/core/nodes/sshShell'

export interface CopyLogTask {
  readonly target: SshOptions['target']
  readonly userHome: string
  readonly from: string
  readonly to: string
  readonly bytes: number
}

export interface CopyLogResult {
  readonly mibPerS: number
  /** The most memory that this process had at once, less what it had before the first byte. */
  readonly grownMiB: number
  readonly lines: number
}

/** Reads a node's log into an indexed file as the engine does, in a process that has done nothing else. */
export async function copyLog(task: CopyLogTask): Promise<CopyLogResult> {
  const over = new AbortController()
  await using session = await connectSsh(
    {
      label: 'far',
      stateDir: '~/.drydock',
      library: NODE_SIDE_LIBRARY,
      handshakeTimeoutMs: 10_000,
      readyTimeoutMs: 10_000,
      userHome: task.userHome,
      agentSocket: null,
      knownKeyTypes: [],
      verifyHost: () => null,
      target: task.target,
    },
    over.signal,
  )
  await using log = await openLocalLog(task.to, Date.now())
  await session.shell.readAt(task.from, 0, 1) // opens the SFTP channel, as any earlier log has
  const scanner = createLineScanner(Buffer.from('"drydock"'))
  const beforeMiB = process.memoryUsage.rss() / 2 ** 20
  const startMs = performance.now()
  let endMs = NaN
  const follower = createLogFollower({
    source: logSource(session.shell, task.from),
    log,
    mask: createSecretMask([]),
    onGap: () => {},
    clock: systemClock,
    onBytes(bytes) {
      scanner.scan(bytes, () => {})
      if (log.size < task.bytes) return
      endMs = performance.now()
      over.abort()
    },
  })
  await follower.run(over.signal)
  return {
    mibPerS: task.bytes / 2 ** 20 / ((endMs - startMs) / 1000),
    grownMiB: process.resourceUsage().maxRSS / 1024 - beforeMiB,
    lines: log.lines,
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
