const NEWLINE = 10
const MAX_SCANNED_BYTES = 64 * 1024

/**
 * Cuts a stream of bytes into the lines that a reader may care for.
 * `needle`: only lines that contain these bytes are decoded (null: all of them); this keeps hundreds of megabytes a
 * second cheap, since hardly any line of a log is a report. A line of more than 64 KiB is passed over.
 */
export function createLineScanner(needle: Buffer | null) {
  let carry = Buffer.alloc(0)
  let isOverlong = false
  let carryLength = 0
  let consumed = 0

  return {
    /** Bytes up to the end of the last whole line: where scanning goes on after a restart. */
    get consumed() {
      return consumed
    },
    /** Nothing will come any more: a last line without a newline counts, too. */
    end(onLine: (line: string) => void): void {
      if (!isOverlong && carry.length > 0 && (needle === null || carry.includes(needle)))
        onLine(carry.toString('utf8'))
      consumed += carryLength
      carry = Buffer.alloc(0)
      carryLength = 0
    },
    scan(bytes: Uint8Array, onLine: (line: string) => void): void {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const lastNewline = chunk.lastIndexOf(NEWLINE)
      if (lastNewline === -1) {
        keep(chunk)
        return
      }
      const firstNewline = chunk.indexOf(NEWLINE)
      const first = Buffer.concat([carry, chunk.subarray(0, firstNewline)])
      consumed += carryLength + lastNewline + 1
      if (!isOverlong && (needle === null || first.includes(needle))) onLine(first.toString('utf8'))
      carry = Buffer.alloc(0)
      carryLength = 0
      isOverlong = false
      scanWhole(chunk.subarray(firstNewline + 1, lastNewline + 1), onLine)
      keep(chunk.subarray(lastNewline + 1))
    },
  }
  function keep(rest: Buffer): void {
    carryLength += rest.length
    if (carryLength > MAX_SCANNED_BYTES) {
      isOverlong = true
      carry = Buffer.alloc(0)
    } else {
      carry = Buffer.concat([carry, rest])
    }
  }

  function scanWhole(lines: Buffer, onLine: (line: string) => void): void {
    let from = 0
    while (from < lines.length) {
      const hit = needle === null ? from : lines.indexOf(needle, from)
      if (hit === -1) return
      const start = needle === null ? from : lines.lastIndexOf(NEWLINE, hit) + 1
      const end = lines.indexOf(NEWLINE, hit)
      if (end - start <= MAX_SCANNED_BYTES) onLine(lines.toString('utf8', start, end))
      from = end + 1
    }
  }
}
