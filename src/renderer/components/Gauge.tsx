import type { ReactNode } from 'react'
import { percentDigits } from '../format'
import { type Band, type GaugeScale, gaugeSpeech } from './gaugeBand'

/** `cell` and `heat` have no label of their own: they stand in a table's column, or fill a cell of the heat strip. */
export type GaugeSize = 'card' | 'compact' | 'cell' | 'heat'

export interface GaugeProps {
  readonly node: string
  /** With the node's name in front it is the accessible name: `GPU 0`. */
  readonly name: string
  /** What stands above the track when it is not the name. */
  readonly label?: string
  /** Beside the label: the model, what it holds. */
  readonly detail?: string | null
  /** Percent; null is not reported, drawn as an empty hatched track and never as 0. */
  readonly valuePct: number | null
  /** What stands for the number when it is more than one: `76/71`. */
  readonly valueText?: string
  readonly band: Band | null
  readonly scale: GaugeScale
  /** `12 s ago` when the reading is old, else null. */
  readonly staleAge?: string | null
  readonly tip?: string
  readonly size?: GaugeSize
  /** The history and the line under it. */
  readonly children?: ReactNode
}

/** One reading as a bullet bar: fill, target tick in front, dashed limit. Bars in a column share a baseline. */
export function Gauge(props: GaugeProps) {
  const { node, name, valuePct, band, scale, staleAge = null, tip, size = 'card' } = props
  const shared = {
    className: 'gauge',
    'data-size': size,
    'data-stale': staleAge === null ? undefined : '',
    'data-tip': tip,
    'data-gauge': name,
    tabIndex: -1,
  }
  if (valuePct === null) {
    // A div with this role must have a value; the native element may go without one.
    return (
      <div {...shared}>
        <meter
          className="sr-only"
          aria-label={`${node} ${name}`}
          aria-valuetext="not reported"
          min={0}
          max={100}
        />
        <GaugeFace {...props} />
      </div>
    )
  }
  const speech = gaugeSpeech(name, valuePct, band, scale)
  const meter = {
    role: 'meter',
    'aria-label': `${node} ${name}`,
    'aria-valuemin': 0,
    'aria-valuemax': 100,
    'aria-valuenow': Math.min(100, Math.max(0, Math.round(valuePct))),
    'aria-valuetext': staleAge === null ? speech : `${speech}, ${staleAge}`,
  }
  return (
    <div {...shared} {...meter}>
      <GaugeFace {...props} />
    </div>
  )
}

function GaugeFace(props: GaugeProps) {
  const {
    name,
    label = name,
    detail = null,
    valuePct,
    valueText,
    staleAge = null,
    size = 'card',
    children,
  } = props
  const isBare = size === 'cell' || size === 'heat'
  const value = (
    <span className="gauge-value">
      {(isBare ? null : valueText) ?? percentDigits(valuePct)}
      {size === 'cell' || valuePct === null ? null : <span className="gauge-unit">%</span>}
    </span>
  )
  if (isBare) {
    return (
      <span className="contents" aria-hidden>
        <Track {...props} />
        {value}
      </span>
    )
  }
  return (
    <span className="contents" aria-hidden>
      <span className="gauge-label">
        {label}
        {staleAge === null ? null : <span className="gauge-age">{staleAge}</span>}
        {detail === null ? null : <span className="gauge-detail">{detail}</span>}
      </span>
      {value}
      <Track {...props} />
      {children}
    </span>
  )
}

/** One element, its fill a background: hundreds of them change every second, and nothing of it is laid out anew. */
function Track({ valuePct, band, scale }: GaugeProps) {
  if (valuePct === null) return <span className="gauge-track" data-unknown="" />
  const shownPct = Math.min(100, Math.max(0, valuePct))
  return (
    <span className="gauge-track" data-band={band ?? 'idle'} style={{ backgroundSize: `${shownPct}% 100%` }}>
      <span className="gauge-limit" style={{ left: `${scale.limitPct}%` }} />
      {scale.targetPct === null ? null : (
        <span className="gauge-target" style={{ left: `${scale.targetPct}%` }} />
      )}
    </span>
  )
}
