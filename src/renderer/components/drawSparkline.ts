/** What drawing needs of a canvas: small enough to be held by a test. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  'beginPath' | 'moveTo' | 'lineTo' | 'stroke' | 'arc' | 'fill' | 'clearRect'
>

const DOT_RADIUS = 1.75
/** Room for the dot and for half a line's width. */
const INSET = 2

/**
 * Draws percentages as one quiet line, 0 at the foot and 100 at the top: the gauge above says what they mean.
 *
 * Shape: oldest first, one a second. Absent: NaN is a gap in the line, and no dot when it is the newest.
 */
export function drawSparkline(pen: Pen, readingsPct: ArrayLike<number>, width: number, height: number): void {
  const last = readingsPct.length - 1
  const x = (index: number): number => INSET + (index / last) * (width - 2 * INSET)
  const y = (percent: number): number =>
    height - INSET - (Math.min(100, Math.max(0, percent)) / 100) * (height - 2 * INSET)

  pen.clearRect(0, 0, width, height)
  pen.beginPath()
  let isDown = false
  for (let index = 0; index <= last; index += 1) {
    const reading = readingsPct[index] ?? Number.NaN
    if (Number.isNaN(reading)) {
      isDown = false
      continue
    }
    if (isDown) pen.lineTo(x(index), y(reading))
    else pen.moveTo(x(index), y(reading))
    isDown = true
  }
  pen.stroke()

  const newest = readingsPct[last] ?? Number.NaN
  if (Number.isNaN(newest)) return
  pen.beginPath()
  pen.arc(x(last), y(newest), DOT_RADIUS, 0, 2 * Math.PI)
  pen.fill()
}
