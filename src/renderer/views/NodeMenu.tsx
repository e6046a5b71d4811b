import { Menu } from '@base-ui/react/menu'
import { ChartLine, Clipboard, Ellipsis, Logs, OctagonX, RefreshCw, Stethoscope } from 'lucide-react'
import { memo } from 'react'
import type { NodeView } from '../../contract/nodes'
import { NodeEditItems } from '../join/NodeEditItems'
import { fleetStore } from '../state/fleetStore'
import { useActions } from './actions'
import { attempt } from './attempt'
import { useTime } from './clock'
import { newestWorkerOn, nodeDetails } from './linkWords'
import { openStopOf } from './commands'
import { openNode } from './openNode'
import { ownRuns } from './refusals'
import { hasWorkOn } from './stopWords'

/** What can be done with one node. */
export const NodeMenu = memo(function NodeMenu({ node, size = 'm' }: { node: NodeView; size?: 'm' | 's' }) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        className="button node-menu"
        data-look="bare"
        data-size={size}
        aria-label={`More for ${node.name}`}
      >
        <Ellipsis size={16} strokeWidth={1.75} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="z-50" sideOffset={4} align="end">
          <Menu.Popup className="menu">
            <NodeMenuItems node={node} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
})

function NodeMenuItems({ node }: { node: NodeView }) {
  const actions = useActions()
  const nowMs = useTime()
  const { runs, samples, gpus } = fleetStore.getState()
  const newest = newestWorkerOn(node.name, runs)
  const details = (): string => nodeDetails(node, samples[node.name], gpus[node.name], nowMs())
  return (
    <>
      <Menu.Item className="menu-item" onClick={() => openNode(node.name)}>
        <ChartLine size={14} strokeWidth={1.75} aria-hidden />
        Details
      </Menu.Item>
      <Menu.Item className="menu-item" onClick={() => openNode(node.name, 'diagnosis')}>
        <Stethoscope size={14} strokeWidth={1.75} aria-hidden />
        Diagnose
      </Menu.Item>
      <Menu.Item
        className="menu-item"
        disabled={node.link.state === 'disabled'}
        onClick={() => attempt(() => actions.reconnect(node.name))}
      >
        <RefreshCw size={14} strokeWidth={1.75} aria-hidden />
        Reconnect now
      </Menu.Item>
      <Menu.Item className="menu-item" onClick={() => attempt(() => actions.copyText(details()))}>
        <Clipboard size={14} strokeWidth={1.75} aria-hidden />
        Copy details
      </Menu.Item>
      <Menu.Item
        className="menu-item"
        disabled={newest === null}
        onClick={() => (newest === null ? undefined : actions.showLogs(newest.run, newest.worker))}
      >
        <Logs size={14} strokeWidth={1.75} aria-hidden />
        {newest === null ? 'Show logs (no run here yet)' : 'Show logs'}
      </Menu.Item>
      {ownRuns(runs).some(run => hasWorkOn(run, node.name)) ? (
        <Menu.Item className="menu-item" onClick={() => openStopOf({ node: node.name })}>
          <OctagonX size={14} strokeWidth={1.75} aria-hidden />
          Stop everything on {node.name}
        </Menu.Item>
      ) : null}
      <NodeEditItems node={node} />
    </>
  )
}
