import { StateIcon } from '../components/StateIcon'
import { useFleet } from '../state/fleetStore'
import { LinkStatus } from '../views/LinkStatus'
import { nodeSubtitle } from '../views/linkWords'
import { WideGauges } from '../views/NodeGauges'

/** The first machine needs nothing: it is there. */
export function ThisPcStep() {
  const node = useFleet(state => state.nodes.find(one => one.isLocal))
  return (
    <div className="join-scroll">
      {node === undefined ? (
        <p className="text-t2">
          This PC is not in your fleet.yaml, so nothing runs on it. The other machines come next.
        </p>
      ) : (
        <>
          <p className="text-t2">
            This PC is ready: it was added by itself, and these are its gauges as they are now. Your other
            machines need a working SSH login and nothing else.
          </p>
          <div className="confirm this-pc">
            <div className="card-head">
              <StateIcon state={node.link.state} />
              <b className="card-name">{node.name}</b>
              <span className="min-w-0 truncate text-dense text-t3">{nodeSubtitle(node)}</span>
              <LinkStatus node={node} />
            </div>
            <div className="card-gauges">
              <WideGauges node={node} isAssigned={false} />
            </div>
          </div>
        </>
      )}
    </div>
  )
}
