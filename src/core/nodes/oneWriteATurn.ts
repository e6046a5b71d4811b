import type { Writable } from 'node:stream'

/**
 * Sends all that is written to a stream within one turn in one piece. ssh2 writes the length, the body and the tag of
 * every packet one by one, and a socket without Nagle's algorithm would send them so: three calls to the system and
 * three packets on the wire for one.
 */
export function oneWriteATurn<T extends Writable>(stream: T): T {
  const write = stream.write.bind(stream)
  let isHeld = false
  const release = (): void => {
    isHeld = false
    stream.uncork()
  }
  const held = (...args: Parameters<Writable['write']>): boolean => {
    if (!isHeld) {
      isHeld = true
      stream.cork()
      process.nextTick(release)
    }
    return write(...args)
  }
  stream.write = held as Writable['write']
  return stream
}
