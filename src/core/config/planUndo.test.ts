import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PlanName } from '../../contract/ids'
import { createPlanBench, HAND, HEAD } from './planBench'

const NIGHTLY = PlanName.parse('nightly')
const TRY = PlanName.parse('try')
const NIGHTLY_LINES = HAND.slice(HAND.indexOf('  # Every night'), HAND.indexOf('\n\n  # --- exp'))

let bench: Awaited<ReturnType<typeof createPlanBench>>
beforeEach(async () => {
  bench = await createPlanBench()
})
afterEach(() => bench[Symbol.asyncDispose]())

describe('a copy', () => {
  it('stands behind its original, with the comments inside it, under a name that is free', async () => {
    expect(await bench.edits.duplicate(NIGHTLY)).toBe('nightly-2')
    const lines = HAND.slice(HAND.indexOf('  - name: nightly'), HAND.indexOf('\n\n  # --- exp'))
    expect(await bench.text()).toBe(
      HAND.replace(lines, () => `${lines}\n\n${lines.replace('nightly', 'nightly-2')}`),
    )
    expect(await bench.edits.duplicate(NIGHTLY)).toBe('nightly-3')
    expect(await bench.edits.duplicate(TRY)).toBe('try-2')
  })
})

describe('a removed plan', () => {
  it('takes its comments along, and leaves those that belong to nobody', async () => {
    expect(await bench.edits.remove(NIGHTLY)).toEqual({ name: 'nightly', index: 0, yaml: NIGHTLY_LINES })
    expect(await bench.text()).toBe(HAND.replace(`${NIGHTLY_LINES}\n\n`, ''))
  })

  it.each([NIGHTLY, TRY])('comes back to the byte: %s', async name => {
    const removed = await bench.edits.remove(name)
    expect(await bench.text()).not.toBe(HAND)
    await bench.edits.restore(removed)
    expect(await bench.text()).toBe(HAND)
  })

  it('comes back to the byte after others, the last removed first, and of a file without a last line end', async () => {
    await bench.write(HAND.trimEnd())
    const first = await bench.edits.remove(NIGHTLY)
    const second = await bench.edits.remove(TRY)
    expect(await bench.text()).toContain('plans: [] # what we run\n')
    await bench.edits.restore(second)
    await bench.edits.restore(first)
    expect(await bench.text()).toBe(HAND.trimEnd())
  })

  it('comes back into a file that was changed meanwhile, with its comments', async () => {
    const removed = await bench.edits.remove(NIGHTLY)
    const changed = (await bench.text()).replace('# Mine.', '# Ours.')
    await bench.write(changed)
    await bench.edits.restore(removed)
    expect(await bench.text()).toBe(
      changed.replace('  - { name: try', () => `${NIGHTLY_LINES}\n  - { name: try`),
    )
  })

  it('comes back at the end when fewer plans are left, and into a list without any', async () => {
    const last = await bench.edits.remove(TRY)
    const first = await bench.edits.remove(NIGHTLY)
    await bench.write(`${HEAD}plans: []\n`)
    await bench.edits.restore(last)
    expect(await bench.text()).toBe(
      `${HEAD}plans:\n  - { name: try, tracks: [ { name: a, on: all, command: 'true' } ] } # short\n`,
    )
    await bench.edits.restore({ ...first, index: 7 })
    expect(await bench.text()).toBe(
      `${HEAD}plans:\n  - { name: try, tracks: [ { name: a, on: all, command: 'true' } ] } # short\n${NIGHTLY_LINES}\n`,
    )
  })

  it('comes back in the indentation and between the brackets that the file has by now', async () => {
    const removed = await bench.edits.remove(NIGHTLY)
    await bench.write(`${HEAD}plans:\n- { name: b, tracks: [{ name: a, on: all, command: x }] }\n`)
    await bench.edits.restore(removed)
    const outdented = NIGHTLY_LINES.replaceAll(/^ {2}/gm, '')
    expect(await bench.text()).toBe(
      `${HEAD}plans:\n${outdented}\n- { name: b, tracks: [{ name: a, on: all, command: x }] }\n`,
    )
    await bench.write(`${HEAD}plans: [{ name: b, tracks: [{ name: a, on: all, command: x }] }]\n`)
    await bench.edits.restore(removed)
    expect((await bench.edits.read(NIGHTLY)).tracks.map(({ name }) => name)).toEqual(['data', 'train'])
  })

  it('stays away when its name was taken, a node of it is gone, or these are not its lines', async () => {
    const removed = await bench.edits.remove(NIGHTLY)
    const changed = await bench.text()
    await bench.write(changed.replace('name: try', 'name: nightly'))
    expect(await bench.refusal(() => bench.edits.restore(removed))).toMatchObject({
      code: 'refused',
      message: 'There is a plan called nightly again.',
      hint: 'Rename or remove that one first.',
    })
    await bench.write(changed.replace('roles: [gpu]', 'roles: [cpu]'))
    expect(await bench.refusal(() => bench.edits.restore(removed))).toMatchObject({
      message: 'nightly cannot be put back as it was. No node has the role gpu.',
      hint: 'Did you mean cpu?',
    })
    const track = '{ name: a, on: all, command: x }'
    for (const yaml of [
      '',
      '- 1',
      '}',
      `{ name: x, tracks: [${track}] }`,
      '- *gone',
      `- {name: nightly}\n- 2`,
    ]) {
      expect(await bench.refusal(() => bench.edits.restore({ ...removed, yaml }))).toMatchObject({
        code: 'refused',
      })
    }
  })
})
