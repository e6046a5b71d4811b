import { startSshNode, type SshNode, type SshNodeOptions } from '../../../e2e/rig/sshNode'
import type { NodeSession } from './nodeSession'
import { connectSsh, type SshOptions } from './sshShell'
import type { SshTarget } from './sshTarget'

// For the tests of this room alone: sessions on real sshd nodes.

const LIBRARY = `
drydock_echo() { printf '%s' "$@"; }
drydock_where() { echo "$HOME"; command -v nvidia-smi; echo "$LC_ALL $TZ"; }
drydock_wait() { sleep 20; }
`

/** Nodes and sessions of one test, closed together, the newest first. */
export function createRigSessions() {
  let open: AsyncDisposable[] = []

  function own<T extends AsyncDisposable>(thing: T): T {
    open.push(thing)
    return thing
  }

  return {
    own,
    node: async (options: SshNodeOptions = {}): Promise<SshNode> => own(await startSshNode(options)),
    connect: async (options: SshOptions): Promise<NodeSession> =>
      own(await connectSsh(options, new AbortController().signal)),
    async closeAll(): Promise<void> {
      const closing = open.toReversed()
      open = []
      for (const thing of closing) await thing[Symbol.asyncDispose]()
    },
  }
}

/** Options that reach this node and accept its key. */
export function optionsFor(server: SshNode, more: Partial<SshOptions> = {}): SshOptions {
  return {
    label: 'pc2',
    stateDir: '~/.drydock',
    library: LIBRARY,
    handshakeTimeoutMs: 5000,
    readyTimeoutMs: 5000,
    userHome: server.home,
    agentSocket: null,
    knownKeyTypes: [],
    verifyHost: () => null,
    target: targetOf(server),
    ...more,
  }
}

export function targetOf(server: SshNode): SshTarget {
  const { host, port, user } = server
  return { host, port, user, identityFiles: [server.clientKey.path] }
}

export async function textAt(
  session: NodeSession,
  path: string,
  offset: number,
  maxBytes: number,
): Promise<string> {
  return Buffer.from(await session.shell.readAt(path, offset, maxBytes)).toString('utf8')
}
