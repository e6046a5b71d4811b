import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NodeChange } from '../../contract/machines'
import { change, createEditBench, fresh, HAND, named, NOTHING_SAID, type Edits } from './editBench'
import { starterFleet } from './starterFleet'

let bench: Awaited<ReturnType<typeof createEditBench>>
beforeEach(async () => {
  bench = await createEditBench()
})
afterEach(() => bench[Symbol.asyncDispose]())

describe('adding', () => {
  it('writes compactly, behind the last node, with the blank lines of its neighbours', async () => {
    const two = [
      fresh('pc4', { ssh: { ...NOTHING_SAID, host: '10.0.0.4', port: 22, user: 'w1' } }),
      fresh('i7', { ssh: { alias: 'i7' }, roles: ['gpu', 'ray, big'] }),
    ]
    expect(await bench.after(HAND, each => each.add(two))).toBe(
      HAND.replace(
        '[pc2, bastion]\n',
        `[pc2, bastion]

  - name: pc4
    ssh: { host: 10.0.0.4, user: w1 }

  - name: i7
    ssh: { alias: i7 }
    roles: [gpu, "ray, big"]
`,
      ),
    )
  })

  it('writes all that is said of an address, quoted where YAML needs it', async () => {
    const ssh = { host: '::1', port: 2222, user: '1000', identityFile: '~/.ssh/k', jump: ['a@b:22', 'c'] }
    const text = await bench.after('version: 1\nnodes: [{ name: a, local: true }]\n', each =>
      each.add([fresh('123', { ssh })]),
    )
    expect(text).toBe(
      'version: 1\nnodes: [{ name: a, local: true }, { name: "123", ssh: { host: ::1, port: 2222, user: "1000", identityFile: ~/.ssh/k, jump: [a@b:22, c] } }]\n',
    )
  })

  it('keeps the commented-out example of the first fleet where it is', async () => {
    const first = starterFleet({ cpuThreads: 4 })
    expect(await bench.after(first, each => each.add([fresh('pc2')]))).toBe(
      first.replace(
        /(tolerance: 10 \}\n)(\n {2}# Another)/,
        '$1  - name: pc2\n    ssh: { host: pc2.lan }\n$2',
      ),
    )
  })

  const shapes: readonly (readonly [string, string, string])[] = [
    [
      'no line break at the end',
      'version: 1\nnodes:\n- name: a\n  local: true',
      'version: 1\nnodes:\n- name: a\n  local: true\n- name: b\n  ssh: { host: b.lan }',
    ],
    [
      'Windows line ends and a byte order mark',
      '\ufeffversion: 1\r\nnodes:\r\n  - name: a # x\r\n    local: true\r\nplans: []\r\n',
      '\ufeffversion: 1\r\nnodes:\r\n  - name: a # x\r\n    local: true\r\n  - name: b\r\n    ssh: { host: b.lan }\r\nplans: []\r\n',
    ],
    [
      'nodes in braces',
      'version: 1\nnodes:\n  - { name: a, local: true } # one\nplans: []\n',
      'version: 1\nnodes:\n  - { name: a, local: true } # one\n  - { name: b, ssh: { host: b.lan } }\nplans: []\n',
    ],
    [
      'a list in brackets over lines, with a comment behind the last node',
      'version: 1\nnodes: [\n  { name: a, local: true } # one\n]\n',
      'version: 1\nnodes: [\n  { name: a, local: true }, # one\n  { name: b, ssh: { host: b.lan } }\n]\n',
    ],
    [
      'a comma behind the last node',
      'version: 1\nnodes: [\n  { name: a, local: true }, # one\n]\n',
      'version: 1\nnodes: [\n  { name: a, local: true }, # one\n  { name: b, ssh: { host: b.lan } },\n]\n',
    ],
    [
      'JSON',
      '{"version": 1, "nodes": [{"name": "a", "local": true}]}\n',
      '{"version": 1, "nodes": [{"name": "a", "local": true}, { name: b, ssh: { host: b.lan } }]}\n',
    ],
    [
      'anchors, and a text of several lines at the end',
      'version: 1\nnodes:\n  - name: c\n    local: true\n    env: &e { A: "1" }\n  - name: a\n    ssh: { host: a }\n    env: *e\n    workdir: |-\n      /x\n\nplans: []\n',
      'version: 1\nnodes:\n  - name: c\n    local: true\n    env: &e { A: "1" }\n  - name: a\n    ssh: { host: a }\n    env: *e\n    workdir: |-\n      /x\n  - name: b\n    ssh: { host: b.lan }\n\nplans: []\n',
    ],
    [
      'the dash on a line of its own, and a document mark',
      '---\nversion: 1\nnodes:\n  - # first\n    name: a\n    local: true\n...\n',
      '---\nversion: 1\nnodes:\n  - # first\n    name: a\n    local: true\n  - name: b\n    ssh: { host: b.lan }\n...\n',
    ],
  ]
  it.each(shapes)('keeps %s', async (_what, before, expected) => {
    expect(await bench.after(before, each => each.add([fresh('b')]))).toBe(expected)
  })

  it('refuses a name that is taken, in the fleet or in the list, and says which is free', async () => {
    const taken = { code: 'refused', message: 'There is already a node called pc2.' }
    expect(
      await bench.refusal(HAND, each => each.add([fresh('pc4'), fresh('pc2'), fresh('pc2-2')])),
    ).toMatchObject({
      ...taken,
      hint: 'pc2-3 is free.',
    })
    expect(await bench.refusal(HAND, each => each.add([fresh('x'), fresh('x')]))).toMatchObject({
      hint: 'x-2 is free.',
    })
  })
})

describe('editing', () => {
  it('changes an address key by key and keeps the comments in it', async () => {
    const ssh = { ...NOTHING_SAID, host: '10.0.0.9', port: 22, user: 'w9', jump: ['bastion'] }
    expect(await bench.after(HAND, each => each.edit(named('pc3'), change({ ssh })))).toBe(
      HAND.replace('10.0.0.3 ', '10.0.0.9 ')
        .replace('2200\n', '22\n')
        .replace('      jump: [pc2, bastion]', '      jump: [bastion]\n      user: w9'),
    )
  })

  it('changes an address in braces, and writes another kind of address anew', async () => {
    const pc2 = (ssh: NodeChange['ssh']) => (each: Edits) => each.edit(named('pc2'), change({ ssh }))
    const moved = { ...NOTHING_SAID, host: '192.168.1.12', port: 2222, identityFile: '~/k' }
    expect(await bench.after(HAND, pc2(moved))).toBe(
      HAND.replace(
        '{ host: 192.168.1.11,   user: w1 }',
        '{ host: 192.168.1.12, port: 2222, identityFile: ~/k }',
      ),
    )
    expect(await bench.after(HAND, pc2({ alias: 'i7' }))).toBe(
      HAND.replace('{ host: 192.168.1.11,   user: w1 }', '{ alias: i7 }'),
    )
    expect(await bench.after(HAND, each => each.edit(named('pc3'), change({ ssh: { alias: 'i7' } })))).toBe(
      HAND.replace(/ssh:\n {6}host.*\n.*\n.*\]/, 'ssh: { alias: i7 }'),
    )
  })

  it('renames a node wherever the file names it, in the quotes that are there', async () => {
    expect(await bench.after(HAND, each => each.edit(named('pc2'), change({ name: named('fast') })))).toBe(
      HAND.replaceAll('pc2', 'fast'),
    )
  })

  it('keeps a prerequisite where it runs: renamed with its node, and a reason to keep the node', async () => {
    const text = HAND.replace(
      '- name: try\n',
      '- name: try\n    prerequisite: { on: "pc3", command: x } # first\n',
    )
    expect(await bench.after(text, each => each.edit(named('pc3'), change({ name: named('slow') })))).toBe(
      text.replaceAll('pc3', 'slow'),
    )
    expect(await bench.refusal(text, each => each.remove(named('pc3')))).toMatchObject({
      message: 'The prerequisite of try runs on pc3.',
      hint: 'Let it run on another node first.',
    })
  })

  it('sets and takes back roles and the switch', async () => {
    const off = await bench.after(HAND, each =>
      each.edit(named('pc2'), change({ isDisabled: true, roles: ['gpu', 'big'] })),
    )
    expect(off).toBe(
      HAND.replace('"pc2"', '"pc2"\n    disabled: true').replace('roles: [gpu]', 'roles: [gpu, big]'),
    )
    expect(
      await bench.after(off, each => each.edit(named('pc2'), change({ isDisabled: false, roles: ['gpu'] }))),
    ).toBe(HAND)
    expect(await bench.after(HAND, each => each.edit(named('pc2'), change({ roles: [] })))).toBe(
      HAND.replace('    roles: [gpu]\n', ''),
    )
    expect(await bench.after(HAND, each => each.edit(named('this-pc'), change({ roles: ['cpu'] })))).toBe(
      HAND.replace('local: true', 'local: true\n    roles: [cpu]'),
    )
  })

  it('does not write what changes nothing', async () => {
    const ssh = { host: '10.0.0.3', port: 2200, user: null, identityFile: null, jump: ['pc2', 'bastion'] }
    bench.run('pc3')
    const same = change({ name: named('pc3'), ssh, roles: [], isDisabled: false })
    expect(await bench.after(HAND, each => each.edit(named('pc3'), same))).toBe(HAND)
  })

  it('refuses a new name or address while a run is on the node, and nothing else', async () => {
    bench.run('pc2')
    const stopFirst = { code: 'refused', hint: expect.stringMatching(/^Stop the run first\./) }
    const edit = (some: Partial<NodeChange>) => (each: Edits) => each.edit(named('pc2'), change(some))
    expect(await bench.refusal(HAND, edit({ name: named('x') }))).toMatchObject(stopFirst)
    expect(await bench.refusal(HAND, edit({ ssh: { alias: 'i7' } }))).toMatchObject(stopFirst)
    expect(await bench.after(HAND, edit({ roles: ['a'] }))).toBe(HAND.replace('[gpu]', '[a]'))
  })

  it('refuses what cannot be: a taken name, an address for this PC, a node that is not there', async () => {
    const edit = (name: string, some: Partial<NodeChange>) => (each: Edits) =>
      each.edit(named(name), change(some))
    expect(await bench.refusal(HAND, edit('pc2', { name: named('pc3') }))).toMatchObject({
      hint: 'pc3-2 is free.',
    })
    expect(await bench.refusal(HAND, edit('this-pc', { ssh: { alias: 'a' } }))).toMatchObject({
      message: 'this-pc is this PC, which needs no SSH.',
    })
    expect(await bench.refusal(HAND, edit('gone', {}))).toMatchObject({
      code: 'not-found',
      message: 'There is no node gone in fleet.yaml.',
    })
    const byRole = HAND.replace('[pc2, this-pc]', '{ role: gpu }')
    expect(await bench.refusal(byRole, edit('pc2', { roles: [] }))).toMatchObject({
      message: 'pc2 is the last node with the role that try · a runs on.',
    })
  })
})
