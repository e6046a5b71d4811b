/** One answered call, as the control shell framed it. */
export interface Answer {
  readonly number: number
  readonly code: number
  readonly output: Buffer
  /** More than the limit was printed; `output` is empty. */
  readonly isTooLong: boolean
}

// No function of the library prints more than a few KiB; this bounds memory against one that runs wild.
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
const FIRST_BYTES = 64 * 1024
// The longest end line: newline, nonce, number, code, newline.
const END_LINE_BYTES = 96

/**
 * Cuts the control shell's output into answers. What is printed between two answers (by a process that a function
 * left in the background with the shell's own output) belongs to none of them and is skipped.
 *
 * Shape: `\n<nonce> <number> <\n`, the output as it was printed, `\n<nonce> <number> <code>\n`.
 * Errors: none; a frame that never ends is an answer that never comes.
 */
export function createAnswerReader(nonce: string, onAnswer: (answer: Answer) => void) {
  const window = createWindow()
  let number = 1
  let isInside = false
  let isTooLong = false

  function readBegin(): boolean {
    const mark = `\n${nonce} ${number} <\n`
    const at = window.find(mark)
    if (at < 0) {
      window.keepLast(END_LINE_BYTES)
      return false
    }
    window.discard(at + mark.length)
    isInside = true
    return true
  }

  function readEnd(): boolean {
    const mark = `\n${nonce} ${number} `
    const at = window.find(mark)
    if (at < 0) {
      if (window.length() > MAX_ANSWER_BYTES) {
        isTooLong = true
        window.keepLast(END_LINE_BYTES)
      }
      return false
    }
    const lineEnd = window.find('\n', at + mark.length)
    if (lineEnd < 0) return false
    const code = Number.parseInt(window.slice(at + mark.length, lineEnd).toString('latin1'), 10)
    const output = isTooLong ? Buffer.alloc(0) : Buffer.from(window.slice(0, at))
    const answer = { number, code, output, isTooLong }
    window.discard(lineEnd + 1)
    isInside = false
    isTooLong = false
    number += 1
    onAnswer(answer)
    return true
  }

  return {
    push(bytes: Uint8Array): void {
      window.append(bytes)
      for (let isMore = true; isMore;) isMore = isInside ? readEnd() : readBegin()
    },
  }
}

/** Bytes that grow at one end and are taken at the other. What was searched once is not searched again. */
function createWindow() {
  let buffer = Buffer.alloc(FIRST_BYTES)
  let length = 0
  let searched = 0

  function discard(count: number): void {
    const rest = buffer.subarray(count, length)
    // A buffer that grew for one long answer is given back.
    const room = buffer.length > 16 * FIRST_BYTES ? Buffer.alloc(Math.max(FIRST_BYTES, rest.length)) : buffer
    rest.copy(room)
    buffer = room
    length = rest.length
    searched = 0
  }

  return {
    discard,
    length: () => length,
    slice: (from: number, to: number) => buffer.subarray(from, to),
    keepLast(count: number): void {
      if (length > count) discard(length - count)
    },
    append(bytes: Uint8Array): void {
      if (length + bytes.length > buffer.length) {
        const grown = Buffer.alloc(Math.max(buffer.length * 2, length + bytes.length))
        buffer.copy(grown, 0, 0, length)
        buffer = grown
      }
      buffer.set(bytes, length)
      length += bytes.length
    },
    find(mark: string, from = searched): number {
      const at = buffer.subarray(0, length).indexOf(mark, from)
      searched = at < 0 ? Math.max(0, length - END_LINE_BYTES) : Math.min(at, searched)
      return at
    },
  }
}
