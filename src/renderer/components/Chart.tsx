import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from 'react'
import { byteRate, clockTime, percent, percentDigits } from '../format'
import { type ChartData, type ChartLine, indexAt, newestIndex, summaryOf } from '../state/chartData'
import { useFleet } from '../state/fleetStore'
import type { ChartPlot } from './chartPlot'
import type { GaugeScale } from './gaugeBand'

export interface ChartProps {
  readonly node: string
  /** With the node's name in front and the span behind it is the accessible name: `GPU 0`. */
  readonly title: string
  /** Beside the title: the model. */
  readonly detail?: string | null
  /** `last 5 minutes` */
  readonly spanWords: string
  readonly unit: '%' | 'B/s'
  readonly scale: GaugeScale | null
  readonly data: ChartData
  /** What stands in an empty chart. */
  readonly emptyWords: string
}

/**
 * One reading, or two that belong together, over time. Arrow keys move the cursor as a pointer does; what it stands on
 * is said in words, and so are the lowest, the mean and the highest of each line.
 */
export function Chart(props: ChartProps) {
  const { node, title, detail = null, spanWords, unit, data } = props
  const summaryId = useId()
  const [cursorMs, setCursorMs] = useState<number | null>(null)
  const index = cursorMs === null ? null : indexAt(data, cursorMs)
  const isEmpty = newestIndex(data) === null
  const { theme, plotRef, point } = usePlot(props, setCursorMs)
  const moveTo = (next: number | null): void => {
    const atMs = next === null ? null : (data.timesMs[next] ?? null)
    setCursorMs(atMs)
    point(atMs)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = movedBy(event.key, index ?? newestIndex(data), data.timesMs.length)
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    moveTo(next)
  }
  const semantics = isEmpty
    ? { role: 'img', 'aria-label': `${node} ${title}, ${spanWords}: ${props.emptyWords}` }
    : {
        role: 'slider',
        tabIndex: 0,
        'aria-label': `${node} ${title}, ${spanWords}`,
        'aria-describedby': summaryId,
        'aria-valuemin': 0,
        'aria-valuemax': data.timesMs.length - 1,
        'aria-valuenow': index ?? newestIndex(data) ?? 0,
        'aria-valuetext': spokenAt(data, unit, index ?? newestIndex(data)),
        onKeyDown,
        onBlur: () => moveTo(null),
      }
  return (
    <section className="chart" aria-label={`${title} chart`}>
      <header className="chart-head">
        <h2 className="chart-title">
          {title}
          {detail === null ? null : <span className="chart-detail">{detail}</span>}
        </h2>
        <Readout data={data} unit={unit} index={index} />
      </header>
      <div className="chart-plot" {...semantics}>
        {/* Another theme is another ink: a new drawing. */}
        <div key={theme} className="chart-canvas" ref={plotRef} aria-hidden />
        {isEmpty ? <span className="chart-empty">{props.emptyWords}</span> : null}
      </div>
      <p className="chart-foot" id={summaryId}>
        {data.lines.map(line => (
          <span key={line.id}>{summaryWords(line, unit, data.lines.length > 1)}</span>
        ))}
      </p>
    </section>
  )
}

/** Where the cursor goes; undefined for a key that does not move it. */
function movedBy(key: string, from: number | null, count: number): number | null | undefined {
  const at = from ?? count
  const to = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    PageUp: at - 10,
    PageDown: at + 10,
    Home: 0,
    End: count - 1,
  }[key]
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to))
}

/** What the cursor stands on, else the newest. */
function Readout({ data, unit, index }: { data: ChartData; unit: ChartProps['unit']; index: number | null }) {
  const at = index ?? newestIndex(data)
  const isPair = data.lines.length > 1
  return (
    <p className="chart-readout">
      {index === null ? null : <span className="text-t3">{timeAt(data, index)}</span>}
      {data.lines.map((line, place) => {
        // Two lines leave no room for more than their values; their names stand there without the cursor.
        const peak = index === null || isPair ? null : (line.peaks?.[index] ?? null)
        return (
          <span key={line.id} className="chart-value">
            {isPair ? (
              <>
                <span className="chart-swatch" data-second={place > 0 ? '' : undefined} aria-hidden />
                <span className={index === null ? 'font-normal text-t2' : 'sr-only'}>{line.label}</span>
              </>
            ) : null}
            <Value value={at === null ? null : (line.values[at] ?? null)} unit={unit} />
            {peak === null ? null : (
              <span className="font-normal text-t3">peak {valueWords(peak, unit)}</span>
            )}
          </span>
        )
      })}
    </p>
  )
}

function Value({ value, unit }: { value: number | null; unit: ChartProps['unit'] }) {
  if (unit === 'B/s' || value === null) return <span>{valueWords(value, unit)}</span>
  return (
    <span>
      {percentDigits(value)}
      <span className="gauge-unit">%</span>
    </span>
  )
}

const timeAt = ({ timesMs }: ChartData, index: number): string => clockTime(timesMs[index] ?? 0)
const valueWords = (value: number | null, unit: ChartProps['unit']): string =>
  unit === '%' ? percent(value) : byteRate(value)

function summaryWords(line: ChartLine, unit: ChartProps['unit'], isNamed: boolean): string {
  const summary = summaryOf(line)
  const name = isNamed ? `${line.label}: ` : ''
  if (summary === null) return `${name}not reported`
  const { lowest, mean, highest } = summary
  const words = [`lowest ${valueWords(lowest, unit)}`, `mean ${valueWords(mean, unit)}`]
  return `${name}${[...words, `highest ${valueWords(highest, unit)}`].join(' · ')}`
}

/** `14:01:20 UTC, 71 percent`: what a screen reader says of a place. */
function spokenAt(data: ChartData, unit: ChartProps['unit'], index: number | null): string {
  if (index === null) return 'not reported'
  const said = data.lines.map(line => {
    const value = line.values[index] ?? null
    const words =
      value === null ? 'not reported' : unit === '%' ? `${Math.round(value)} percent` : byteRate(value)
    return data.lines.length > 1 ? `${line.label} ${words}` : words
  })
  return [`${timeAt(data, index)} UTC`, ...said].join(', ')
}

/** Keeps a drawing of the data in an element, once what draws it is loaded. */
function usePlot({ node, unit, scale, data }: ChartProps, onCursor: (atMs: number | null) => void) {
  const theme = useFleet(state => state.settings.theme)
  const plot = useRef<ChartPlot | null>(null)
  const latest = useRef({ data, unit, scale, onCursor })
  // Other lines are another drawing.
  const shape = data.lines.map(line => `${line.id} ${line.peaks !== null}`).join()
  const limits = scale === null ? '' : `${scale.targetPct} ${scale.tolerancePct} ${scale.limitPct}`

  const plotRef = useCallback(
    (target: HTMLDivElement | null) => {
      if (target === null) return undefined
      const over = new AbortController()
      void keepPlot(target, `${node} ${shape} ${limits}`, () => latest.current, plot, over.signal)
      return () => over.abort()
    },
    [node, shape, limits],
  )
  useEffect(() => {
    latest.current = { data, unit, scale, onCursor }
  })
  useEffect(() => plot.current?.draw(data), [data])
  return { theme, plotRef, point: (atMs: number | null) => plot.current?.point(atMs) }
}

interface Latest {
  readonly data: ChartData
  readonly unit: ChartProps['unit']
  readonly scale: GaugeScale | null
  readonly onCursor: (atMs: number | null) => void
}

async function keepPlot(
  target: HTMLElement,
  _key: string,
  latest: () => Latest,
  kept: { current: ChartPlot | null },
  signal: AbortSignal,
): Promise<void> {
  // Nothing can be drawn in a page without canvas; the words are there all the same.
  if (document.createElement('canvas').getContext('2d') === null) return
  target.ariaBusy = 'true'
  const { createChartPlot } = await import('./chartPlot')
  if (signal.aborted) return
  const { data, unit, scale } = latest()
  const plot = createChartPlot({
    target,
    data,
    unit,
    scale,
    group: 'node charts',
    label: value => valueWords(value, unit),
    onCursor: atMs => latest().onCursor(atMs),
  })
  target.ariaBusy = null
  kept.current = plot
  const resized = new ResizeObserver(() => plot.resize(target.clientWidth, target.clientHeight))
  const darkness = window.matchMedia('(prefers-color-scheme: dark)')
  const recolour = (): void => void requestAnimationFrame(() => plot.recolour())
  resized.observe(target)
  darkness.addEventListener('change', recolour)
  // The page wears a new theme only once everything is drawn for it.
  recolour()
  signal.addEventListener('abort', () => {
    resized.disconnect()
    darkness.removeEventListener('change', recolour)
    plot.destroy()
    if (kept.current === plot) kept.current = null
  })
}
