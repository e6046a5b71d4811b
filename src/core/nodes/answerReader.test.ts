import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAnswerReader } from './answerReader'

const NONCE = 'drydock-0123456789abcdef'

interface Call {
  readonly noise: string
  readonly output: string
  readonly code: number
}

const word = fc.string({ unit: 'binary', maxLength: 200 })
const tricky = fc.constantFrom(
  '',
  '\n',
  '\n\n',
  `\n${NONCE}`,
  `\n${NONCE} `,
  `${NONCE} 1 0\n`,
  '0\n',
  'x'.repeat(70_000),
)
const text = fc.oneof(word, tricky)
const calls = fc.array(fc.record({ noise: text, output: text, code: fc.integer({ min: 0, max: 255 }) }), {
  minLength: 1,
  maxLength: 6,
})

it('cuts any output into its answers, however it is cut on the way', () => {
  fc.assert(
    fc.property(
      calls,
      fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 20 }),
      (made: Call[], cuts) => {
        const stream = Buffer.from(made.map((call, index) => frame(call, index + 1)).join(''))
        const answers: unknown[] = []
        const reader = createAnswerReader(NONCE, ({ number, code, output }) =>
          answers.push({ number, code, output: output.toString('utf8') }),
        )
        let from = 0
        for (let turn = 0; from < stream.length; turn += 1) {
          const length = cuts[turn % Math.max(1, cuts.length)] ?? stream.length
          reader.push(stream.subarray(from, from + length))
          from += length
        }
        expect(answers).toEqual(made.map(({ code, output }, index) => ({ number: index + 1, code, output })))
      },
    ),
  )
})

it('bounds its memory against an answer that does not end, and goes on after it', () => {
  const answers: unknown[] = []
  const reader = createAnswerReader(NONCE, answer =>
    answers.push({ ...answer, output: answer.output.toString() }),
  )
  reader.push(Buffer.from(`\n${NONCE} 1 <\n`))
  for (let count = 0; count < 20; count += 1) reader.push(Buffer.alloc(1024 * 1024, 'x'))
  reader.push(Buffer.from(`\n${NONCE} 1 0\n\n${NONCE} 2 <\nnext\n${NONCE} 2 3\n`))
  expect(answers).toEqual([
    { number: 1, code: 0, output: '', isTooLong: true },
    { number: 2, code: 3, output: 'next', isTooLong: false },
  ])
})

function frame({ noise, output, code }: Call, number: number): string {
  return `${noise}\n${NONCE} ${number} <\n${output}\n${NONCE} ${number} ${code}\n`
}
