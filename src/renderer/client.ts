import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../contract'

export type EngineClient = ContractRouterClient<typeof contract>

/** The engine as typed functions, until it is closed. */
export interface EngineConnection {
  readonly client: EngineClient
  close(): void
}

/** The page makes the channel; the preload hands one end to the engine. */
export function connectToEngine(): EngineConnection {
  const { port1, port2 } = new MessageChannel()
  window.postMessage('engine-port', window.location.origin, [port2])
  port1.start()
  return {
    client: createORPCClient(new RPCLink({ port: port1 })),
    close: () => port1.close(),
  }
}
