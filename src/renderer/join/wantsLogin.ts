import type { NodeView } from '../../contract/nodes'

/** Whether somebody could let this node in from here: with a key, a passphrase, or an answer. */
export function wantsLogin({ link }: NodeView): boolean {
  if (link.state !== 'blocked') return false
  const { kind } = link.reason
  return kind === 'auth' || kind === 'passphrase' || kind === 'question'
}
