import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEditBench, HAND, named, type Edits } from './editBench'

let bench: Awaited<ReturnType<typeof createEditBench>>
beforeEach(async () => {
  bench = await createEditBench()
})
afterEach(() => bench[Symbol.asyncDispose]())

describe('removing', () => {
  it('takes the node, its comments and its name in lists along', async () => {
    const rest = HAND.replace(/ {2}- name: "pc2"[^]*?\n\n/, '')
    expect(await bench.after(HAND, each => each.remove(named('pc2')))).toBe(
      rest
        .replace('[pc2, bastion]', '[bastion]')
        .replace('[pc2, this-pc]', '[this-pc]')
        .replace('          - pc2 # fast\n', ''),
    )
    expect(await bench.after(HAND, each => each.remove(named('pc3')))).toBe(
      HAND.replace(/ {2}# In the cellar[^]*?\n\n/, '').replace('          - pc3\n', ''),
    )
  })

  it('refuses the last node, one with a run, and the only node of a track', async () => {
    const remove = (name: string) => (each: Edits) => each.remove(named(name))
    expect(await bench.refusal('version: 1\nnodes: [{ name: a, local: true }]', remove('a'))).toMatchObject({
      message: 'a is the last node of the fleet.',
    })
    bench.run('pc3')
    expect(await bench.refusal(HAND, remove('pc3'))).toMatchObject({
      message: 'The run 20260101-1 is on pc3, so pc3 cannot be removed.',
      hint: 'Stop the run first. If this machine is gone for good, take it out of fleet.yaml by hand.',
    })
    bench.run(null)
    const only = HAND.replace('[pc2, this-pc]', '[pc3]')
    expect(await bench.refusal(only, remove('pc3'))).toMatchObject({
      code: 'refused',
      message: 'try · a would be left with no node to run on.',
      hint: 'Give this plan another node than pc3 first, or remove the plan.',
    })
  })

  it('refuses to cut what an anchor shares with another place', async () => {
    const text = `version: 1
nodes:
  - { name: a, local: true, env: &e { A: "1" } }
  - { name: b, ssh: { host: b }, env: *e }
`
    expect(await bench.refusal(text, each => each.remove(named('a')))).toMatchObject({
      code: 'refused',
      message: 'fleet.yaml is written in a way that Drydock cannot change here.',
    })
    expect(await bench.after(text, each => each.remove(named('b')))).toBe(
      text.replace(/ {2}- \{ name: b.*\n/, ''),
    )
  })
})

describe('moving', () => {
  it('takes the node with its comments, and leaves the blank lines', async () => {
    const desk = '  # The desk.\n  - name: this-pc   # stays\n    local: true'
    const pc3 = HAND.slice(HAND.indexOf('  # In the'), HAND.indexOf(' bastion]') + 9)
    const pc2 = HAND.slice(HAND.indexOf('  - name: "pc2"'), HAND.indexOf('\n\n  # In the'))
    const order = (...parts: string[]): string =>
      `${HAND.slice(0, HAND.indexOf(desk))}${parts.join('\n\n')}${HAND.slice(HAND.indexOf('\n\n# The broker'))}`
    expect(order(desk, pc2, pc3)).toBe(HAND)
    expect(await bench.after(HAND, each => each.move(named('pc3'), 0))).toBe(order(pc3, desk, pc2))
    expect(await bench.after(HAND, each => each.move(named('this-pc'), 99))).toBe(order(pc2, pc3, desk))
    expect(await bench.after(HAND, each => each.move(named('pc2'), 1))).toBe(HAND)
  })

  it('takes the comment behind a node in brackets along', async () => {
    const text = `version: 1\nnodes: [\n  { name: a, local: true }, # one\n  { name: b, ssh: { host: b } }\n]`
    expect(await bench.after(text, each => each.move(named('b'), 0))).toBe(
      `version: 1\nnodes: [\n  { name: b, ssh: { host: b } },\n  { name: a, local: true } # one\n]`,
    )
  })
})
