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
/** The stylesheet's own height in a window of the usual size. */
const USUAL_HEIGHT_PX = 244

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
  const resize = (wantedPx: number | null): void =>
    logPanelStore.setState({
      heightPx:
        wantedPx === null ? null : Math.round(Math.min(mostPx(), Math.max(LEAST_HEIGHT_PX, wantedPx))),
    })
  return (
    <div ref={dock} className="log-dock" style={heightPx === null ? undefined : { height: heightPx }}>
      <ResizeEdge heightPx={heightPx} shownPx={() => dock.current?.offsetHeight ?? 0} onResize={resize} />
      <LogPanel store={store} layout="dock" />
    </div>
  )
}

interface ResizeEdgeProps {
  readonly heightPx: number | null
  /** How high it is now, whoever decided that. */
  readonly shownPx: () => number
  /** null: as high as the window likes. */
  readonly onResize: (heightPx: number | null) => void
}

/** The dock's upper edge: drag it, or give it the keyboard and use the arrow keys. Double click: the window's choice. */
function ResizeEdge({ heightPx, shownPx, onResize }: ResizeEdgeProps) {
  const edge = useRef<HTMLDivElement>(null)
  const resize = useEffectEvent(onResize)
  const height = useEffectEvent(shownPx)
  useEffect(() => {
    if (edge.current === null) return undefined
    return dragEdge(edge.current, {
      heightPx: () => height(),
      onResize: px => resize(px),
      onReset: () => resize(null),
    })
  }, [])
  return (
    <div ref={edge} className="log-edge">
      <input
        type="range"
        className="sr-only"
        aria-label="Height of the logs"
        aria-orientation="vertical"
        aria-valuetext={heightPx === null ? 'as high as the window likes' : `${heightPx} pixels`}
        min={LEAST_HEIGHT_PX}
        max={MOST_HEIGHT_PX}
        step={KEY_STEP_PX}
        value={heightPx ?? USUAL_HEIGHT_PX}
        onChange={event => onResize(Number(event.target.value))}
      />
    </div>
  )
}
