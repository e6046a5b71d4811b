import { useCallback, useSyncExternalStore } from 'react'
import type { NodeHistory } from '../../contract/history'
import type { NodeView } from '../../contract/nodes'
import { Chart } from '../components/Chart'
import { Notice } from '../components/Notice'
import type { ChartData } from '../state/chartData'
import { useFleet } from '../state/fleetStore'
import { history as recent } from '../state/history'
import { useClock } from './clock'
import {
  type ChartPlan,
  chartsOf,
  emptyChart,
  RECENT_MS,
  recentChart,
  rolledChart,
  SPANS,
} from './nodeCharts'
import { type NodeSpan, screenStore, useScreen } from './screenStore'
import { useNodeHistory } from './useNodeHistory'

const SPAN_MS: Readonly<Record<NodeSpan, number>> = { recent: RECENT_MS, hour: 3_600_000, day: 86_400_000 }

/** A node's readings over five minutes, an hour or a day, a chart each, with one cursor over all of them. */
export function NodeCharts({ node }: { node: NodeView }) {
  const span = useScreen(state => state.nodeSpan)
  const gpu = useFleet(state => state.gpus[node.name])
  const { history, problem } = useNodeHistory(node.name, span === 'recent' ? null : span)
  const nowMs = useNewest(node, span)
  const spanWords = SPANS.find(([name]) => name === span)?.[2] ?? ''
  const isLoading = span !== 'recent' && history === null && problem === null
  return (
    <>
      {problem === null ? null : (
        <Notice severity="err" what={problem.what} fix={problem.fix} cause="It is tried again by itself." />
      )}
      <div className="node-charts" aria-busy={isLoading}>
        {chartsOf(node, gpu, history).map(plan => (
          <Chart
            key={plan.title}
            node={node.name}
            title={plan.title}
            detail={plan.detail}
            spanWords={spanWords}
            unit={plan.unit}
            scale={plan.scale}
            data={dataOf(node, plan, span, history, nowMs)}
            emptyWords={isLoading ? 'Reading…' : emptyWords(plan, span)}
          />
        ))}
      </div>
    </>
  )
}

/** The time, and with it a drawing for every reading that comes and every second in which none does. */
function useNewest(node: NodeView, span: NodeSpan): number {
  const follow = useCallback((listener: () => void) => recent.subscribe(node.name, listener), [node.name])
  useSyncExternalStore(follow, () => recent.timesOf(node.name, 'sample')?.at(-1) ?? 0)
  return useClock(nowMs => (span === 'recent' ? nowMs : Math.floor(nowMs / 10_000) * 10_000))
}

function dataOf(
  node: NodeView,
  plan: ChartPlan,
  span: NodeSpan,
  history: NodeHistory | null,
  nowMs: number,
): ChartData {
  if (span !== 'recent') {
    return history === null ? emptyChart(plan, nowMs, SPAN_MS[span]) : rolledChart(plan, history)
  }
  return recentChart(
    plan,
    { of: gauge => recent.of(node.name, gauge), timesOf: source => recent.timesOf(node.name, source) },
    nowMs,
  )
}

const emptyWords = ({ title }: ChartPlan, span: NodeSpan): string =>
  span === 'recent' ? `No reading of ${title} in this window yet` : 'Nothing was measured in this time'

/** Which of the three spans the charts show. */
export function SpanSwitch() {
  const span = useScreen(state => state.nodeSpan)
  return (
    <fieldset className="span-switch" aria-label="Time shown">
      {SPANS.map(([name, words]) => (
        <button
          key={name}
          type="button"
          className="chip"
          aria-pressed={name === span}
          onClick={() => screenStore.setState({ nodeSpan: name })}
        >
          {words}
        </button>
      ))}
    </fieldset>
  )
}
