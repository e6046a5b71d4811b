import { useRef } from 'react'
import type { BlockReason, NodeView } from '../../contract/nodes'
import { useJoin } from '../join/joinStore'
import { Button } from '../components/Button'
import { Modal } from '../components/Modal'
import { Notice } from '../components/Notice'
import { useFleet } from '../state/fleetStore'
import { useActions } from './actions'
import { useAttempt } from './attempt'
import { screenStore, useScreen } from './screenStore'

type UnknownKey = Extract<BlockReason, { kind: 'host-key-unknown' }>

/** Unknown host keys, one question at a time, in the fleet's order. */
export function HostKeyDialogs() {
  const postponed = useScreen(state => state.postponedKeys)
  const isStopping = useScreen(state => state.stop !== null || state.leavingFor !== null)
  // What somebody is filling in is not covered by a question that can wait.
  const isJoining = useJoin(state => state.dialog !== null)
  const node = useFleet(state => state.nodes.find(one => asksForTrust(one) && !postponed.includes(one.name)))
  if (node === undefined || isStopping || isJoining) return null
  const reason = unknownKeyOf(node)
  return reason === null ? null : (
    <HostKeyDialog key={reason.offered.fingerprint} node={node} reason={reason} />
  )
}

const unknownKeyOf = (node: NodeView): UnknownKey | null =>
  node.link.state === 'blocked' && node.link.reason.kind === 'host-key-unknown' ? node.link.reason : null
const asksForTrust = (node: NodeView): boolean => unknownKeyOf(node) !== null

const COMPARE_COMMAND: Readonly<Record<string, string>> = {
  'ssh-ed25519': 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
  'ssh-rsa': 'ssh-keygen -lf /etc/ssh/ssh_host_rsa_key.pub',
}
/** What to type on the machine itself to see its own fingerprint. */
export const compareCommand = (type: string): string =>
  COMPARE_COMMAND[type] ?? 'ssh-keygen -lf /etc/ssh/ssh_host_ecdsa_key.pub'

function HostKeyDialog({ node, reason }: { node: NodeView; reason: UnknownKey }) {
  const actions = useActions()
  const { problem, isBusy, run } = useAttempt()
  const refuseRef = useRef<HTMLButtonElement>(null)
  const { fingerprint } = reason.offered
  const postpone = (): void =>
    screenStore.setState(({ postponedKeys }) => ({ postponedKeys: [...postponedKeys, node.name] }))
  const waiting = isBusy ? 'Asking the engine.' : null
  return (
    <Modal
      name={`Unknown host key: ${node.name}`}
      isOpen
      onLeave={postpone}
      firstRef={refuseRef}
      buttons={
        <>
          <span className="mr-auto text-dense text-t3">Esc decides later</span>
          <Button
            ref={refuseRef}
            refusal={waiting}
            onClick={() => void run(() => actions.refuseHostKey(node.name, fingerprint))}
          >
            Refuse
          </Button>
          <Button
            look="primary"
            refusal={waiting}
            onClick={() => void run(() => actions.trustHostKey(node.name, fingerprint))}
          >
            Trust this key
          </Button>
        </>
      }
    >
      <h2>Is this {node.name}?</h2>
      <p className="text-t2">
        Its key was never seen before. Compare it with the machine’s own; nothing is sent to it until you
        answer.
      </p>
      <KeyFacts node={node} reason={reason} />
      {problem === null ? null : (
        <div className="modal-part mt-4">
          <Notice severity="err" what={problem.what} fix={problem.fix} />
        </div>
      )}
    </Modal>
  )
}

/** What is compared with what. */
function KeyFacts({ node, reason }: { node: NodeView; reason: UnknownKey }) {
  const { fingerprint, type } = reason.offered
  return (
    <dl className="facts modal-part mt-4">
      <div>
        <dt>Fingerprint</dt>
        <dd className="font-mono break-all text-t1 select-all">{fingerprint}</dd>
      </div>
      <div>
        <dt>Key type</dt>
        <dd className="font-mono text-dense">{type}</dd>
      </div>
      <div>
        <dt>Address</dt>
        <dd className="font-mono text-dense">{reason.address}</dd>
      </div>
      <div>
        <dt>Compare with</dt>
        <dd>
          <code className="code-block block select-all">{compareCommand(type)}</code>
          <span className="mt-1 block text-dense text-t3">typed on {node.name} itself</span>
        </dd>
      </div>
    </dl>
  )
}
