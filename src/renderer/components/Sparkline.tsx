import { useCallback } from 'react'
import type { NodeName } from '../../contract/ids'
import { useFleet } from '../state/fleetStore'
import { type GaugeName, history } from '../state/history'
import { drawSparkline } from './drawSparkline'

/** The last five minutes of a gauge, drawn from the history ring without React taking part. */
export function Sparkline({ node, gauge }: { node: NodeName; gauge: GaugeName }) {
  const theme = useFleet(state => state.settings.theme)
  const follow = useCallback((canvas: HTMLCanvasElement) => followHistory(canvas, node, gauge), [node, gauge])
  // Another theme is another ink: a new canvas.
  return <canvas key={theme} ref={follow} className="sparkline" aria-hidden />
}

/** Draws whenever a reading of the node came, until the returned function is called. */
function followHistory(canvas: HTMLCanvasElement, node: NodeName, gauge: GaugeName): () => void {
  let frame = 0
  const redraw = (): void => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => paint(canvas, history.of(node, gauge)))
  }
  redraw()
  const darkness = window.matchMedia('(prefers-color-scheme: dark)')
  const unsubscribe = history.subscribe(node, redraw)
  darkness.addEventListener('change', redraw)
  window.addEventListener('resize', redraw)
  return () => {
    cancelAnimationFrame(frame)
    unsubscribe()
    darkness.removeEventListener('change', redraw)
    window.removeEventListener('resize', redraw)
  }
}

function paint(canvas: HTMLCanvasElement, readingsPct: Float32Array | undefined): void {
  const pen = canvas.getContext('2d')
  if (pen === null) return
  const { clientWidth: width, clientHeight: height } = canvas
  const scale = window.devicePixelRatio
  const [pixelsWide, pixelsHigh] = [Math.round(width * scale), Math.round(height * scale)]
  // Setting a size clears the canvas and its state, so only when it changed.
  if (canvas.width !== pixelsWide || canvas.height !== pixelsHigh) {
    canvas.width = pixelsWide
    canvas.height = pixelsHigh
  }
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  const ink = getComputedStyle(canvas).color
  pen.strokeStyle = ink
  pen.fillStyle = ink
  pen.lineWidth = 1
  pen.lineJoin = 'round'
  drawSparkline(pen, readingsPct ?? [], width, height)
}
