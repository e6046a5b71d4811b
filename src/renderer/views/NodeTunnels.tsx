import { Cable, Clipboard } from 'lucide-react'
import type { NodeView } from '../../contract/nodes'
import { IconButton } from '../components/Button'
import { EmptyState, Panel } from '../components/Panel'
import { useActions } from './actions'
import { attempt } from './attempt'

/** Ports on this PC that lead through the node. */
export function NodeTunnels({ node: { tunnels, isLocal } }: { node: NodeView }) {
  const actions = useActions()
  if (isLocal) return null
  return (
    <Panel title="Tunnels" note={tunnels.length === 0 ? null : 'from this PC through the node'}>
      {tunnels.length === 0 ? (
        <EmptyState icon={<Cable size={20} strokeWidth={1.75} aria-hidden />} title="No tunnel is open">
          Drydock opens one when something on this PC needs a place that only the node reaches.
        </EmptyState>
      ) : (
        <table className="data-table" aria-label="Tunnels">
          <thead>
            <tr>
              <th scope="col">On this PC</th>
              <th scope="col">Leads to</th>
              <th scope="col">For</th>
              <th scope="col" className="num">
                Connections
              </th>
              <th scope="col">
                <span className="sr-only">Copy</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tunnels.map(({ localPort, to, purpose, connections }) => {
              const address = `127.0.0.1:${localPort}`
              return (
                <tr key={localPort}>
                  <td className="font-mono">{address}</td>
                  <td className="font-mono">{to}</td>
                  <td className="text-t2">{purpose}</td>
                  <td className="num">{connections}</td>
                  <td>
                    <IconButton
                      name={`Copy ${address}`}
                      size="s"
                      onClick={() => attempt(() => actions.copyText(address))}
                    >
                      <Clipboard size={14} strokeWidth={1.75} aria-hidden />
                    </IconButton>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
