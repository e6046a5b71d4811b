/** Bytes that came and were not read yet. One reader. */
export interface ByteQueue {
  readonly bytes: AsyncIterable<Uint8Array>
  push(chunk: Uint8Array): void
  /** The reader gets what is left, then the end. */
  end(): void
  /** The reader gets the end at once. */
  drop(): void
}

// Enough to keep a fast link busy between two turns of the reader, small against the 64 MiB a log may cost.
const HIGH_WATER_BYTES = 1024 * 1024
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 4

/** Pauses its source when the reader falls behind, so that the sender on the node is slowed and nothing piles up. */
export function createByteQueue(source: { pause(): void; resume(): void }): ByteQueue {
  let chunks: Uint8Array[] = []
  let first = 0
  let size = 0
  let isPaused = false
  let isEnded = false
  let wake = (): void => {}

  function take(): Uint8Array | undefined {
    const chunk = chunks[first]
    if (chunk === undefined) return undefined
    first += 1
    size -= chunk.length
    if (first === chunks.length) {
      chunks = []
      first = 0
    }
    if (isPaused && size <= LOW_WATER_BYTES) {
      isPaused = false
      source.resume()
    }
    return chunk
  }

  async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const chunk = take()
      if (chunk !== undefined) return { done: false, value: chunk }
      if (isEnded) return { done: true, value: undefined }
      await new Promise<void>(resolve => (wake = resolve))
    }
  }

  return {
    bytes: { [Symbol.asyncIterator]: () => ({ next }) },
    push(chunk) {
      if (isEnded || chunk.length === 0) return
      chunks.push(chunk)
      size += chunk.length
      if (!isPaused && size >= HIGH_WATER_BYTES) {
        isPaused = true
        source.pause()
      }
      wake()
    },
    end() {
      isEnded = true
      wake()
    },
    drop() {
      isEnded = true
      chunks = []
      first = 0
      size = 0
      if (isPaused) source.resume()
      isPaused = false
      wake()
    },
  }
}
