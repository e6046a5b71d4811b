import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProcessIdentity } from '../../src/contract/runs'
import type { Engine, StartAnswer } from '../../src/core/engines/engine'
import { createDockerEngine } from '../../src/core/engines/dockerEngine'
import { createProcessEngine, NODE_SIDE_LIBRARY } from '../../src/core/engines/processEngine'
import type { NodeShell } from '../../src/core/nodes/nodeShell'
import { openLocalSession } from '../../src/core/nodes/localShell'

/** The engines alone, on this PC, in a home of its own and in the given POSIX shell. */
export interface LocalEngine extends AsyncDisposable {
  readonly home: string
  readonly stateDir: string
  readonly engine: Engine
  readonly shell: NodeShell
  readonly docker: Engine
}

export async function openLocalEngine(
  sh: readonly [string, ...string[]] = ['sh'],
  path = process.env['PATH'],
  more: Readonly<Record<string, string>> = {},
): Promise<LocalEngine> {
  const home = mkdtempSync(join(tmpdir(), 'drydock-local-'))
  const stateDir = join(home, 'state')
  const session = await openLocalSession({
    label: 'this-pc',
    stateDir,
    library: NODE_SIDE_LIBRARY,
    handshakeTimeoutMs: 10_000,
    environment: { PATH: path, HOME: home, ...more },
    sh,
  })
  const engine = createProcessEngine(session)
  return {
    home,
    stateDir,
    engine,
    shell: session.shell,
    docker: createDockerEngine(session, () => engine.baseEnvironment()),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Who runs, of a START that was confirmed. */
export function identityOf(answer: StartAnswer): ProcessIdentity {
  if (answer.outcome === 'unsure') throw new Error(answer.sentence)
  return answer.identity
}

/** A plain process in SAFE mode, of which nobody wants to know more. */
export const SAFE_PROCESS = {
  dryRun: '1',
  allowOrders: '0',
  spec: { version: 1 },
  limitSeconds: null,
  container: null,
} as const
