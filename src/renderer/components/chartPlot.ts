import uPlot from 'uplot'
import { clockTime } from '../format'
import { axisTop, type ChartData, timeSplits } from '../state/chartData'
import type { GaugeScale } from './gaugeBand'

/** A chart that is drawn. Loaded when the first one is shown, because no other screen needs it. */
export interface ChartPlot {
  draw(data: ChartData): void
  resize(width: number, height: number): void
  /** Puts the cursor at this time; null takes it away. */
  point(atMs: number | null): void
  /** Other colours. */
  recolour(): void
  destroy(): void
}

export interface ChartPlotOptions {
  readonly target: HTMLElement
  readonly data: ChartData
  readonly unit: '%' | 'B/s'
  /** The band and the limit behind the lines; null draws neither. */
  readonly scale: GaugeScale | null
  /** Charts of one group have one cursor. */
  readonly group: string
  readonly label: (value: number) => string
  /** The time under the cursor; null when it has left. */
  readonly onCursor: (atMs: number | null) => void
}

const AXIS_FONT = '11px Inter'
const PLOT_PADDING: uPlot.Padding = [6, 8, 0, 0]
const SECOND_DASH = [4, 3]

export function createChartPlot(options: ChartPlotOptions): ChartPlot {
  const { target, onCursor } = options
  let { data } = options
  let ink = inkOf(target)
  const { clientWidth: width, clientHeight: height } = target
  const plot = new uPlot(
    {
      width,
      height,
      padding: PLOT_PADDING,
      legend: { show: false },
      cursor: cursorOf(
        options.group,
        () => data,
        () => ink,
      ),
      scales: {
        x: { time: false, range: () => [data.fromMs / 1000, data.toMs / 1000] },
        y: { range: () => [0, topOf(options, data)] },
      },
      axes: axesOf(
        options,
        () => data,
        () => ink,
      ),
      series: seriesOf(data, () => ink),
      bands: bandsOf(data, () => ink),
      hooks: {
        drawClear: [
          drawn => {
            ink = inkOf(target)
            drawScale(drawn, options.scale, ink)
          },
        ],
        setCursor: [
          drawn => {
            const { idx, left = -1 } = drawn.cursor
            onCursor(left < 0 || idx === null || idx === undefined ? null : (data.timesMs[idx] ?? null))
          },
        ],
      },
    },
    rowsOf(data),
    target,
  )
  return {
    draw(next) {
      data = next
      plot.setData(rowsOf(next))
    },
    resize: (width, height) => plot.setSize({ width, height }),
    point: atMs => plot.setCursor({ left: atMs === null ? -10 : plot.valToPos(atMs / 1000, 'x'), top: 0 }),
    recolour: () => plot.redraw(false),
    destroy: () => plot.destroy(),
  }
}

/** One for all charts of the group: a line has a point on it, its peaks have none. */
const cursorOf = (group: string, data: () => ChartData, ink: () => Ink): uPlot.Cursor => ({
  y: false,
  drag: { x: false, y: false },
  points: {
    size: (_plot, place) => (isPeak(data(), place) ? 0 : 7),
    fill: (_plot, place) => (place === 1 ? ink().line : ink().second),
  },
  sync: { key: group, scales: ['x', null] },
})

interface Ink {
  readonly line: string
  readonly second: string
  readonly text: string
  readonly grid: string
  readonly band: string
  readonly limit: string
}

/** As the style sheet has them for this theme. */
function inkOf(element: HTMLElement): Ink {
  const style = getComputedStyle(element)
  const of = (name: string): string => style.getPropertyValue(`--chart-${name}`).trim()
  return {
    line: of('line'),
    second: of('second'),
    text: of('text'),
    grid: of('grid'),
    band: of('band'),
    limit: of('limit'),
  }
}

/** For each line its values and, where it has them, its peaks. */
const rowsOf = ({ timesMs, lines }: ChartData): uPlot.AlignedData => [
  timesMs.map(atMs => atMs / 1000),
  ...lines.flatMap(({ values, peaks }) => (peaks === null ? [[...values]] : [[...values], [...peaks]])),
]

const isPeak = ({ lines }: ChartData, place: number): boolean =>
  lines.some(line => line.peaks !== null) && place % 2 === 0

const topOf = ({ unit }: Pick<ChartPlotOptions, 'unit'>, { lines }: ChartData): number =>
  unit === '%' ? 100 : axisTop(lines)

function seriesOf({ lines }: ChartData, ink: () => Ink): uPlot.Series[] {
  return [
    {},
    ...lines.flatMap(({ peaks }, index): uPlot.Series[] => {
      const stroke = (): string => (index === 0 ? ink().line : ink().second)
      const dash = index === 0 ? {} : { dash: SECOND_DASH }
      const line: uPlot.Series = {
        stroke,
        width: 1.25,
        ...dash,
        points: { size: 3, fill: stroke, filter: alone },
      }
      return peaks === null
        ? [line]
        : [line, { stroke: () => faint(stroke()), width: 0.75, points: { show: false } }]
    }),
  ]
}

/** The space between a line and its peaks. */
function bandsOf({ lines }: ChartData, ink: () => Ink): uPlot.Band[] {
  return lines.flatMap(({ peaks }, index): uPlot.Band[] =>
    peaks === null
      ? []
      : [
          {
            series: [2 * index + 2, 2 * index + 1],
            fill: () => fainter(index === 0 ? ink().line : ink().second),
          },
        ],
  )
}

const faint = (colour: string): string => `color-mix(in srgb, ${colour} 45%, transparent)`
const fainter = (colour: string): string => `color-mix(in srgb, ${colour} 16%, transparent)`

/** Values between two gaps have no line to be seen by: they are dots. */
function alone(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex] ?? []
  const isThere = (index: number): boolean => (values[index] ?? null) !== null
  const found: number[] = []
  for (let index = 0; index < values.length; index += 1) {
    if (isThere(index) && !isThere(index - 1) && !isThere(index + 1)) found.push(index)
  }
  return found
}

function axesOf(options: ChartPlotOptions, data: () => ChartData, ink: () => Ink): uPlot.Axis[] {
  const shared: uPlot.Axis = {
    stroke: () => ink().text,
    font: AXIS_FONT,
    ticks: { show: false },
    grid: { stroke: () => ink().grid, width: 1 },
  }
  return [
    {
      ...shared,
      size: 20,
      gap: 4,
      grid: { show: false },
      splits: () => timeSplits(data().fromMs, data().toMs).map(atMs => atMs / 1000),
      values: (_plot, splits) => splits.map(second => clockTime(second * 1000).slice(0, 5)),
    },
    {
      ...shared,
      size: options.unit === '%' ? 40 : 66,
      gap: 6,
      splits: () => [0, 0.5, 1].map(share => share * topOf(options, data())),
      values: (_plot, splits) => splits.map(options.label),
    },
  ]
}

/** The target's band and the dashed limit, behind the lines. */
function drawScale(plot: uPlot, scale: GaugeScale | null, ink: Ink): void {
  if (scale === null) return
  const { ctx, bbox } = plot
  const y = (percent: number): number => plot.valToPos(Math.min(100, Math.max(0, percent)), 'y', true)
  ctx.save()
  if (scale.targetPct !== null) {
    const top = y(scale.targetPct + scale.tolerancePct)
    ctx.fillStyle = ink.band
    ctx.fillRect(bbox.left, top, bbox.width, y(scale.targetPct - scale.tolerancePct) - top)
  }
  ctx.strokeStyle = ink.limit
  ctx.lineWidth = uPlot.pxRatio
  ctx.setLineDash([3 * uPlot.pxRatio, 3 * uPlot.pxRatio])
  const limit = Math.round(y(scale.limitPct)) + 0.5
  ctx.beginPath()
  ctx.moveTo(bbox.left, limit)
  ctx.lineTo(bbox.left + bbox.width, limit)
  ctx.stroke()
  ctx.restore()
}
