import { expect, it } from 'vitest'
import { createByteQueue } from './byteQueue'

function source() {
  const log: string[] = []
  return { log, pause: () => void log.push('pause'), resume: () => void log.push('resume') }
}

it('gives everything in order, then the end', async () => {
  const queue = createByteQueue(source())
  const read = (async () => {
    const got: string[] = []
    for await (const chunk of queue.bytes) got.push(Buffer.from(chunk).toString())
    return got
  })()
  queue.push(Buffer.from('a'))
  await Promise.resolve()
  queue.push(Buffer.from('b'))
  queue.push(Buffer.alloc(0))
  queue.push(Buffer.from('c'))
  queue.end()
  queue.push(Buffer.from('too late'))
  expect(await read).toEqual(['a', 'b', 'c'])
})

it('holds its source back at a mebibyte, and lets go at a quarter of it', async () => {
  const from = source()
  const queue = createByteQueue(from)
  const reader = queue.bytes[Symbol.asyncIterator]()
  for (let count = 0; count < 4; count += 1) queue.push(Buffer.alloc(256 * 1024))
  queue.push(Buffer.alloc(1))
  expect(from.log).toEqual(['pause'])
  for (let count = 0; count < 3; count += 1) await reader.next()
  expect(from.log).toEqual(['pause'])
  await reader.next()
  expect(from.log).toEqual(['pause', 'resume'])
})

it('ends at once when it is dropped, and does not leave its source held back', async () => {
  const from = source()
  const queue = createByteQueue(from)
  queue.push(Buffer.alloc(2 * 1024 * 1024))
  queue.drop()
  expect(await queue.bytes[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined })
  expect(from.log).toEqual(['pause', 'resume'])
})
