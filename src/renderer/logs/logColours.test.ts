import { describe, expect, it } from 'vitest'
import css from './logs.css?raw'

type Triple = readonly [number, number, number]

/** In linear light, by Machado, Oliveira and Fernandes (2009), severity 1. */
const SEEN_BY: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  everybody: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'the red-blind': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'the green-blind': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'the blue-blind': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}
/** OKLab distance: neighbours of a palette made for it (Okabe and Ito's) are about as far apart. */
const LEAST_DISTANCE = 0.12
const LEAST_CONTRAST = 3

const [dark = '', light = ''] = css.split("[data-theme='light']")
const coloursIn = (text: string): string[] =>
  [...text.matchAll(/--log-\d: (#[0-9a-f]{6});/g)].map(([, colour = '']) => colour)

describe.each([
  ['dark', coloursIn(dark), '#12151b'],
  ['light', coloursIn(light), '#ffffff'],
])('the colours of logs, %s', (_theme, colours, background) => {
  it('are eight that stand out from what is behind them', () => {
    expect(colours).toHaveLength(8)
    const least = Math.min(...colours.map(colour => contrast(linear(colour), linear(background))))
    expect(least).toBeGreaterThan(LEAST_CONTRAST)
  })

  it.each(Object.keys(SEEN_BY))('are told apart by %s', who => {
    const seen = colours.map(colour => oklab(through(SEEN_BY[who] ?? [], linear(colour))))
    const distances = seen.flatMap((one, at) => seen.slice(0, at).map(other => distance(one, other)))
    expect(Math.min(...distances)).toBeGreaterThan(LEAST_DISTANCE)
  })
})

const linear = (colour: string): Triple => {
  const part = (at: number): number => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [part(1), part(3), part(5)]
}
const through = (matrix: readonly Triple[], [r, g, b]: Triple): Triple => {
  const [red = 0, green = 0, blue = 0] = matrix.map(([x, y, z]) =>
    Math.min(1, Math.max(0, x * r + y * g + z * b)),
  )
  return [red, green, blue]
}
const luminance = ([r, g, b]: Triple): number => 0.2126 * r + 0.7152 * g + 0.0722 * b
const contrast = (one: Triple, other: Triple): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right)
  return (high + 0.05) / (low + 0.05)
}
/** Ottosson (2020). */
const oklab = ([r, g, b]: Triple): Triple => {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}
const distance = (one: Triple, other: Triple): number =>
  Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])
