import { createLineSplitter } from './lines'

/** One whole answer of the probe loop: the lines between its begin line and its end line. */
export interface ProbeFrame {
  readonly kind: 'sample' | 'disk' | 'cpu' | 'unsupported'
  /** The number of the request that it answers; 0 for what was not asked for. */
  readonly seq: number
  readonly lines: readonly string[]
}

/** `bad`: a frame was begun or ended, and cannot be trusted. */
export type ProbeAnswer =
  { readonly ok: true; readonly frame: ProbeFrame } | { readonly ok: false; readonly seq: number }

export interface FrameReader {
  push(bytes: Uint8Array): readonly ProbeAnswer[]
  /** Lines outside any frame: a banner, a start-up file that prints. */
  readonly strayLines: number
}

/** A node with 1,000 interfaces stays far below it. */
const MAX_FRAME_LINES = 8_192

/**
 * Finds the frames of one probe session in whatever its channel carries. Only lines that hold this session's nonce
 * begin and end a frame, so no banner, prompt or late output of an earlier session can be taken for a reading.
 */
export function createFrameReader(nonce: string): FrameReader {
  const splitter = createLineSplitter()
  const marker = new RegExp(`^${nonce} (\\d{1,9}) (sample|disk|cpu|unsupported|end)$`)
  let open: { readonly kind: ProbeFrame['kind']; readonly seq: number; readonly lines: string[] } | null =
    null
  let strayLines = 0

  function take(line: string): readonly ProbeAnswer[] {
    const found = marker.exec(line)
    if (found === null) return keep(line)
    const seq = Number(found[1])
    const kind = found[2] as ProbeFrame['kind'] | 'end'
    const begun = open
    open = null
    if (kind === 'end') {
      if (begun !== null && begun.seq === seq) return [{ ok: true, frame: begun }]
      return [{ ok: false, seq }]
    }
    open = { kind, seq, lines: [] }
    return begun === null ? [] : [{ ok: false, seq: begun.seq }]
  }

  function keep(line: string): readonly ProbeAnswer[] {
    if (open === null) {
      if (line.trim() !== '') strayLines++
      return []
    }
    if (open.lines.length === MAX_FRAME_LINES) {
      const { seq } = open
      open = null
      return [{ ok: false, seq }]
    }
    open.lines.push(line)
    return []
  }

  return {
    push: bytes => splitter.push(bytes).flatMap(take),
    get strayLines() {
      return strayLines
    },
  }
}
