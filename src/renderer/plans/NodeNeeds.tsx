import { useState } from 'react'
import type { PreviewNode } from '../../contract/plans'
import { Button } from '../components/Button'
import { StateIcon } from '../components/StateIcon'
import { count } from '../format'
import { advice, type Need, needText, VERDICTS, WHAT, worthSeeing } from './needWords'

/** So many nodes are drawn before somebody asks for all. */
const FIRST = 12

/** What every node is asked for against what it has free now, with a word for each. */
export function NodeNeeds({ nodes }: { nodes: readonly PreviewNode[] }) {
  const [isAll, setAll] = useState(false)
  const said = advice(nodes)
  const shown = isAll ? nodes : worthSeeing(nodes, FIRST)
  return (
    <>
      {said === null ? null : (
        <p className="plan-advice">
          <StateIcon state={said.state} />
          <span>{said.words}</span>
        </p>
      )}
      <div className="plan-node-box">
        <table className="data-table plan-node-table" aria-label="What each node is asked for">
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col" className="num">
                Workers
              </th>
              <th scope="col">Asked for · free now</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(node => (
              <NodeLine key={node.node} node={node} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === nodes.length ? null : (
        <span>
          <Button size="s" onClick={() => setAll(true)}>
            Show all {count(nodes.length)} nodes
          </Button>
        </span>
      )}
    </>
  )
}

function NodeLine({ node: { node, isOnline, workers, needs } }: { node: PreviewNode }) {
  return (
    <tr>
      <th scope="row">
        <span className="plan-node-name" data-tip={node}>
          {node}
        </span>
        {isOnline ? null : (
          <span className="plan-badge">
            <StateIcon state="unreachable" size={12} />
            not online
          </span>
        )}
      </th>
      <td className="num">{count(workers)}</td>
      <td>
        {needs.length === 0 ? (
          <span className="text-t3">nothing said</span>
        ) : (
          <ul className="plan-needs">
            {needs.map(need => (
              <NeedLine key={need.what} need={need} />
            ))}
          </ul>
        )}
      </td>
    </tr>
  )
}

function NeedLine({ need }: { need: Need }) {
  const [state, word] = VERDICTS[need.verdict]
  return (
    <li className="plan-need" data-verdict={need.verdict}>
      <span className="plan-need-what">{WHAT[need.what]}</span>
      <span className="num">{needText(need)}</span>
      <span className="plan-need-verdict">
        <StateIcon state={state} size={12} isQuiet={need.verdict === 'ok'} />
        {word}
      </span>
    </li>
  )
}
