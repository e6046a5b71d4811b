import Anser from 'anser'
import { printable } from '../state/plainText'

const ESC = String.fromCharCode(27)

/** The colours a log may use here: each is legible in both themes. `grey` stands for black too, and `strong` for white. */
type AnsiColour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'grey' | 'strong'

/** A stretch of a line that looks the same. */
export interface Segment {
  readonly text: string
  readonly colour: AnsiColour | null
  readonly background: AnsiColour | null
  readonly isBold: boolean
  readonly isDim: boolean
  readonly isItalic: boolean
  readonly isUnderlined: boolean
  readonly isStruck: boolean
}

const PLAIN: Omit<Segment, 'text'> = {
  colour: null,
  background: null,
  isBold: false,
  isDim: false,
  isItalic: false,
  isUnderlined: false,
  isStruck: false,
}

/**
 * A raw log line in stretches of one look, for the screen to draw as elements; never as markup.
 *
 * Shape:  the texts together are `plainText(raw)`. Empty for an empty line.
 * Absent: a colour nobody set is null. Blinking is not drawn, and hidden text is not hidden.
 * Source: ECMA-48 SGR as anser reads it; the 256 and the 16 million colours become the nearest of ours.
 */
export function segmentsOf(raw: string): readonly Segment[] {
  const text = printable(raw)
  if (!text.includes(ESC)) return text === '' ? [] : [{ ...PLAIN, text }]
  const parser = new Anser()
  const [before = '', ...chunks] = text.split(`${ESC}[`)
  const segments: Segment[] = before === '' ? [] : [{ ...PLAIN, text: before }]
  for (const chunk of chunks) {
    const parsed = parser.processChunkJson(chunk, { json: true, use_classes: true }, true)
    if (parsed.content !== '') segments.push(segmentFrom(parsed))
  }
  return segments
}

function segmentFrom(parsed: Anser.AnserJsonEntry): Segment {
  const has = (name: Anser.DecorationName): boolean => parsed.decorations.includes(name)
  const colour = colourFrom(parsed.fg, parsed.fg_truecolor)
  const background = colourFrom(parsed.bg, parsed.bg_truecolor)
  const isReversed = has('reverse')
  return {
    text: parsed.content,
    colour: isReversed ? null : colour,
    background: isReversed ? (colour ?? 'grey') : background,
    isBold: has('bold') || (parsed.fg ?? '').startsWith('ansi-bright-'),
    isDim: has('dim'),
    isItalic: has('italic'),
    isUnderlined: has('underline'),
    isStruck: has('strikethrough'),
  }
}

const NAMED: Readonly<Record<string, AnsiColour>> = {
  black: 'grey',
  red: 'red',
  green: 'green',
  yellow: 'yellow',
  blue: 'blue',
  magenta: 'magenta',
  cyan: 'cyan',
  white: 'strong',
}

/** anser's class names: `ansi-red`, `ansi-bright-black`, `ansi-palette-208`, `ansi-truecolor` (then `r, g, b` beside it). */
function colourFrom(name: string | null, trueColour: string | null): AnsiColour | null {
  if (name === null) return null
  if (name === 'ansi-truecolor') return nearest((trueColour ?? '').split(',').map(Number))
  const palette = /^ansi-palette-(\d+)$/.exec(name)
  if (palette !== null) return nearest(paletteColour(Number(palette[1])))
  return NAMED[name.replace(/^ansi-(bright-)?/, '')] ?? null
}

/** xterm's colours 16 to 255: a 6×6×6 cube, then 24 greys. */
function paletteColour(index: number): readonly number[] {
  if (index >= 232) return Array.from({ length: 3 }, () => 8 + (index - 232) * 10)
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40)
  const cube = index - 16
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]
}

/** By hue; what has hardly any is grey, or strong when it is light. */
function nearest([red = 0, green = 0, blue = 0]: readonly number[]): AnsiColour {
  const most = Math.max(red, green, blue)
  const least = Math.min(red, green, blue)
  if (most - least < 40) return most > 180 ? 'strong' : 'grey'
  const hue = hueOf(red, green, blue, most, most - least)
  if (hue < 20 || hue >= 330) return 'red'
  if (hue < 75) return 'yellow'
  if (hue < 160) return 'green'
  if (hue < 200) return 'cyan'
  return hue < 265 ? 'blue' : 'magenta'
}

function hueOf(red: number, green: number, blue: number, most: number, spread: number): number {
  if (most === red) return (60 * ((green - blue) / spread) + 360) % 360
  if (most === green) return 60 * ((blue - red) / spread) + 120
  return 60 * ((red - green) / spread) + 240
}
