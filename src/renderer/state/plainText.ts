const ESC = String.fromCharCode(27)
const BELL = String.fromCharCode(7)

/** `ESC [ 1 ; 31 m`: the only escape sequence that changes what a log looks like here. */
const COLOUR = new RegExp(`${ESC}\\[[\\d;]*m`, 'g')

/** Titles and links (OSC), other strings (DCS, SOS, PM, APC), cursor and screen (CSI), and two-character escapes. */
const ESCAPE = new RegExp(
  [
    `${ESC}\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)?`,
    `${ESC}[PX^_][^${ESC}]*(?:${ESC}\\\\)?`,
    `${ESC}\\[[0-?]*[ -/]*[@-~]`,
    `${ESC}[ -/]*[0-~]`,
  ].join('|'),
  'g',
)
const IS_COLOUR = new RegExp(`^${ESC}\\[[\\d;]*m$`)

/** Everything that is not drawn as itself: control characters but the tab, and those that turn the reading direction. */
const UNSEEN = /[^\P{Cc}\t]|\p{Bidi_Control}/u
const COLOUR_OR_UNSEEN = new RegExp(`${ESC}\\[[\\d;]*m|[^\\P{Cc}\\t]|\\p{Bidi_Control}`, 'gu')

/** A log line as it is read: no colours, no cursor games. What a filter searches. */
export function plainText(raw: string): string {
  return UNSEEN.test(raw) ? printable(raw).replace(COLOUR, '') : raw
}

/**
 * A log line with nothing in it but characters that can be seen, tabs and colour sequences.
 * A line that was drawn over with carriage returns (a progress bar) is its last state; other control characters
 * become what terminals write for them (`^@`) or their numbers (`<U+202E>`), so that no line can hide or reorder what it says.
 */
export function printable(raw: string): string {
  if (!UNSEEN.test(raw)) return raw
  const kept = lastState(raw).replace(ESCAPE, sequence => (IS_COLOUR.test(sequence) ? sequence : ''))
  return withoutBackspaces(kept).replace(COLOUR_OR_UNSEEN, found =>
    found.length > 1 ? found : picture(found),
  )
}

function lastState(raw: string): string {
  let end = raw.length
  while (raw[end - 1] === '\r') end -= 1
  const from = raw.lastIndexOf('\r', end - 1) + 1
  if (from === 0) return raw.slice(0, end)
  const colours = raw.slice(0, from).match(COLOUR) ?? []
  return colours.join('') + raw.slice(from, end)
}

/** A backspace takes away the character before it, as on a terminal that then prints over it. */
function withoutBackspaces(text: string): string {
  if (!text.includes('\b')) return text
  const kept: string[] = []
  for (const part of text.split(new RegExp(`(${ESC}\\[[\\d;]*m)`))) {
    if (part.startsWith(ESC)) {
      kept.push(part)
      continue
    }
    for (const character of part) {
      if (character !== '\b') kept.push(character)
      else if (kept.at(-1)?.length === 1) kept.pop()
    }
  }
  return kept.join('')
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 32) return `^${String.fromCodePoint(code + 64)}`
  if (code === 127) return '^?'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
