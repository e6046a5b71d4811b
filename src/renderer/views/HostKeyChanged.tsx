import { RefreshCw } from 'lucide-react'
import type { BlockReason, HostKey, NodeView } from '../../contract/nodes'
import { Button } from '../components/Button'
import { StateIcon } from '../components/StateIcon'
import { useActions } from './actions'
import { attempt } from './attempt'

type ChangedKey = Extract<BlockReason, { kind: 'host-key-changed' }>

export const changedKeyOf = (node: NodeView): ChangedKey | null =>
  node.link.state === 'blocked' && node.link.reason.kind === 'host-key-changed' ? node.link.reason : null

/** Somebody may be in between: told with both fingerprints, and no button that makes it go away. */
export function HostKeyChanged({ node, reason }: { node: NodeView; reason: ChangedKey }) {
  const actions = useActions()
  return (
    <section className="key-changed" role="alert" aria-label={`Host key changed: ${node.name}`}>
      <StateIcon state="err" size={20} />
      <div className="min-w-0 flex-1">
        <h2 className="text-card font-semibold text-err">Host key changed: {node.name}</h2>
        <p className="mt-0.5">
          {reason.address} shows another key than before. The machine was set up anew, or somebody stands in
          between. Nothing was sent to it.
        </p>
        <dl className="facts mt-2.5">
          {reason.known.map(key => (
            <KeyRow key={key.fingerprint} name="Known" hostKey={key} />
          ))}
          <KeyRow name="Shown now" hostKey={reason.offered} />
          <div>
            <dt>Fix</dt>
            <dd>
              If you changed it yourself: delete its line in{' '}
              <code className="break-all">{reason.knownIn}</code>, then reconnect and compare the new
              fingerprint.
            </dd>
          </div>
        </dl>
      </div>
      <Button size="s" onClick={() => attempt(() => actions.reconnect(node.name))}>
        <RefreshCw size={12} strokeWidth={1.75} aria-hidden />
        Reconnect now
      </Button>
    </section>
  )
}

function KeyRow({ name, hostKey }: { name: string; hostKey: HostKey }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="font-mono text-dense break-all">
        {hostKey.fingerprint} <span className="text-t3">{hostKey.type}</span>
      </dd>
    </div>
  )
}
