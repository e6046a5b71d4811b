import { expect, test } from 'vitest'
import { drawSparkline, type Pen } from './drawSparkline'

/** Writes down what is drawn, one word a stroke. */
function createPen() {
  const strokes: string[] = []
  const at = (name: string) => (x: number, y: number) =>
    strokes.push(`${name} ${Math.round(x)},${Math.round(y)}`)
  const say = (name: string) => () => strokes.push(name)
  const pen: Pen = {
    clearRect: () => {},
    beginPath: () => {},
    moveTo: at('move'),
    lineTo: at('line'),
    stroke: say('stroke'),
    arc: at('dot'),
    fill: () => {},
  }
  return { pen, strokes }
}

test('0 is at the foot, 100 at the top, and the dot is on the value shown', () => {
  const { pen, strokes } = createPen()
  drawSparkline(pen, [0, 50, 100], 104, 24)
  expect(strokes).toEqual(['move 2,22', 'line 52,12', 'line 102,2', 'stroke', 'dot 102,2'])
})

test('a missing reading is a gap in the line', () => {
  const { pen, strokes } = createPen()
  drawSparkline(pen, [50, Number.NaN, 50, 50], 104, 24)
  expect(strokes).toEqual(['move 2,12', 'move 69,12', 'line 102,12', 'stroke', 'dot 102,12'])
})

test('when the newest is missing there is no dot', () => {
  const { pen, strokes } = createPen()
  drawSparkline(pen, [50, 50, Number.NaN], 104, 24)
  expect(strokes).toEqual(['move 2,12', 'line 52,12', 'stroke'])
})
