import { useEffect, useEffectEvent, useRef } from 'react'
import { useFleet } from '../state/fleetStore'
import type { LogStore } from '../state/logStore'
import { dragEdge } from './dragEdge'
import { LogPanel } from './LogPanel'
import { isDockShown, LEAST_HEIGHT_PX, logPanelStore, useLogPanel } from './logPanelStore'

/** What the views above keep at the least. */
const LEFT_FOR_VIEWS_PX = 160
const MOST_HEIGHT_PX = 2_000
const KEY_STEP_PX = 4

/** The logs at the foot of the window; Ctrl+` hides them. Before the first run there is nothing to log. */
export function LogDock({ store }: { store: LogStore }) {
  const nodeCount = useFleet(state => state.nodes.length)
  const isShown = useLogPanel(state => isDockShown(state.isDockOpen, nodeCount))
  const heightPx = useLogPanel(state => state.heightPx)
  const dock = useRef<HTMLDivElement>(null)
  const hasRuns = useFleet(state => state.runs.length > 0)
  if (!isShown || !hasRuns) return null

  const mostPx = (): number => {
    const inside = dock.current?.parentElement?.clientHeight ?? 0
    return inside === 0 ? Number.POSITIVE_INFINITY : Math.max(LEAST_HEIGHT_PX, inside - LEFT_FOR_VIEWS_PX)
  }
  const resize = (wantedPx: number): void =>
    logPanelStore.setState({ heightPx: Math.round(Math.min(mostPx(), Math.max(LEAST_HEIGHT_PX, wantedPx))) })
  return (
    <div ref={dock} className="log-dock" style={{ height: heightPx }}>
      <ResizeEdge heightPx={heightPx} onResize={resize} />
      <LogPanel store={store} layout="dock" />
    </div>
  )
}

interface ResizeEdgeProps {
  readonly heightPx: number
  readonly onResize: (heightPx: number) => void
}

/** The dock's upper edge: drag it, or give it the keyboard and use the arrow keys. Double click: the usual height. */
function ResizeEdge({ heightPx, onResize }: ResizeEdgeProps) {
  const edge = useRef<HTMLDivElement>(null)
  const resize = useEffectEvent(onResize)
  const height = useEffectEvent(() => heightPx)
  useEffect(() => {
    if (edge.current === null) return undefined
    return dragEdge(edge.current, { heightPx: () => height(), onResize: px => resize(px) })
  }, [])
  return (
    <div ref={edge} className="log-edge">
      <input
        type="range"
        className="sr-only"
        aria-label="Height of the logs"
        aria-orientation="vertical"
        aria-valuetext={`${heightPx} pixels`}
        min={LEAST_HEIGHT_PX}
        max={MOST_HEIGHT_PX}
        step={KEY_STEP_PX}
        value={heightPx}
        onChange={event => onResize(Number(event.target.value))}
      />
    </div>
  )
}
