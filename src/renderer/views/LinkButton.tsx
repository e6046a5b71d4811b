import { KeyRound, RefreshCw } from 'lucide-react'
import type { NodeView } from '../../contract/nodes'
import { Button } from '../components/Button'
import { openLogin } from '../join/joinCommands'
import { wantsLogin } from '../join/wantsLogin'
import { useActions } from './actions'
import { attempt } from './attempt'
import { reviewKey } from './commands'

/** What can be done about a link that is not online; nothing while it is on its way, or not wanted. */
export function LinkButton({ node }: { node: NodeView }) {
  const actions = useActions()
  const { link } = node
  if (link.state === 'blocked' && link.reason.kind === 'host-key-unknown') {
    return (
      <Button size="s" onClick={() => reviewKey(node.name)}>
        <KeyRound size={12} strokeWidth={1.75} aria-hidden />
        Review the key
      </Button>
    )
  }
  if (wantsLogin(node)) {
    return (
      <Button size="s" onClick={() => openLogin(node.name)}>
        <KeyRound size={12} strokeWidth={1.75} aria-hidden />
        Log in…
      </Button>
    )
  }
  if (link.state !== 'unreachable' && link.state !== 'blocked') return null
  return (
    <Button size="s" onClick={() => attempt(() => actions.reconnect(node.name))}>
      <RefreshCw size={12} strokeWidth={1.75} aria-hidden />
      Reconnect now
    </Button>
  )
}
