import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrameReader, type ProbeAnswer } from './probeFrames'

const NONCE = '0123456789abcdef'
const read = (text: string): readonly ProbeAnswer[] => createFrameReader(NONCE).push(Buffer.from(text))

describe('the frame reader', () => {
  it('finds a frame behind a banner that ends without a line end', () => {
    const reader = createFrameReader(NONCE)
    expect(
      reader.push(
        Buffer.from(`Welcome!\nuser@host:~$ \n${NONCE} 7 sample\nuptime 1.00 1.00\n${NONCE} 7 end\n`),
      ),
    ).toEqual([{ ok: true, frame: { kind: 'sample', seq: 7, lines: ['uptime 1.00 1.00'] } }])
    expect(reader.strayLines).toBe(2)
  })

  it.each([
    ["another session's frame", `fedcba9876543210 7 sample\nuptime 1.00 1.00\nfedcba9876543210 7 end\n`, []],
    [
      'a frame that was not ended when the next began',
      `${NONCE} 1 sample\n${NONCE} 2 sample\n${NONCE} 2 end\n`,
      [
        { ok: false, seq: 1 },
        { ok: true, frame: { kind: 'sample', seq: 2, lines: [] } },
      ],
    ],
    ['an end without a beginning', `x${NONCE} 3 sample\n${NONCE} 3 end\n`, [{ ok: false, seq: 3 }]],
    ['an end of another request', `${NONCE} 3 sample\n${NONCE} 4 end\n`, [{ ok: false, seq: 4 }]],
    ['half a frame', `${NONCE} 3 sample\nuptime 1.00 1.00\n${NONCE} 3 e`, []],
  ])('does not take %s for an answer', (_name, text, answers) => {
    expect(read(text)).toEqual(answers)
  })

  it('gives up on a frame that does not end', () => {
    expect(read(`${NONCE} 5 sample\n${'x\n'.repeat(9_000)}${NONCE} 5 end\n`)).toEqual([
      { ok: false, seq: 5 },
      { ok: false, seq: 5 },
    ])
  })

  it('reads the same from any pieces', () => {
    const text = `motd ü\n\n${NONCE} 1 sample\nnet ü0 1 2\n${NONCE} 1 end\n\n${NONCE} 1 disk\ndf\n${NONCE} 1 end\nrest`
    const bytes = Buffer.from(text)
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length })), cuts => {
        const reader = createFrameReader(NONCE)
        const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b)
        const answers = ends.flatMap((end, i) => reader.push(bytes.subarray(ends[i - 1] ?? 0, end)))
        expect(answers).toEqual(read(text))
      }),
    )
  })

  it('makes nothing of bytes that do not hold the nonce', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), bytes => {
        expect(createFrameReader(NONCE).push(bytes)).toEqual([])
      }),
    )
  })
})
