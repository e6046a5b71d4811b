/** Longer than any line of a probe. What is longer is not ours, and must not fill the memory. */
const MAX_LINE_CHARS = 65_536

/**
 * Cuts output into lines, whatever pieces it arrives in. A last line without its end stays back until the rest
 * comes; a line that never ends is dropped when it is longer than {@link MAX_LINE_CHARS}.
 */
export function createLineSplitter(): { push(bytes: Uint8Array): readonly string[] } {
  const decoder = new TextDecoder()
  let rest = ''

  return {
    push(bytes) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
      const last = lines.pop() ?? ''
      rest = last.length > MAX_LINE_CHARS ? '' : last
      return lines
    },
  }
}
