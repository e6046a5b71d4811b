import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { oneWriteATurn } from './oneWriteATurn'

it('sends what is written in one turn in one piece, in order, and keeps turns apart', async () => {
  const sent: string[] = []
  const stream = oneWriteATurn(
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        sent.push(String(chunk))
        done()
      },
      writev(chunks, done) {
        sent.push(chunks.map(({ chunk }) => String(chunk)).join(''))
        done()
      },
    }),
  )
  for (const piece of ['length ', 'body ', 'tag']) stream.write(piece)
  await new Promise(resolve => setImmediate(resolve))
  stream.write('next ')
  await new Promise<void>(resolve => stream.end('last', resolve))
  expect(sent).toEqual(['length body tag', 'next last'])
})
