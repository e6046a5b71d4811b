import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isMap, isNode, isSeq } from 'yaml'
import { NodeName } from '../../contract/ids'
import { AppError } from '../kernel/appError'
import { createEditFile } from './editFile'
import { createFleetEdits } from './fleetEdits'
import { parseFleet } from './parseFleet'
import { contentEnd, readYaml } from './yamlPlaces'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-edits-'))
  path = join(folder, 'fleet.yaml')
})
afterEach(() => rm(folder, { recursive: true }))

/** One node, written in one of many ways; each comment names its node. */
const SHAPES: readonly ((name: string) => string)[] = [
  name => `  - name: ${name}\n    ssh: { host: h }\n`,
  name => `  # above ${name}\n  - name: '${name}'  # beside ${name}\n    ssh:\n      host: h # in ${name}\n`,
  name => `  - { name: ${name}, ssh: {host: h, user: u}, roles: [ r ] } # beside ${name}\n`,
  name => `  -\n    name: "${name}"\n    local: true\n    # below ${name}\n`,
  name =>
    `\n  - ssh: { host: h,   jump: [x1, n0] }\n    name:   ${name}\n    env: { A: '1' }   # beside ${name}\n\n    # below ${name}\n\n`,
  name =>
    `\n\n  # loose\n\n  - name: ${name}\n    ssh: { alias: "a b" }\n    workdir: >-\n      /a # no comment\n      b\n`,
]
/** The same in brackets. */
const FLOW_SHAPES: readonly ((name: string) => string)[] = [
  name => `{ name: ${name}, ssh: { host: h } }`,
  name => `{name: "${name}", "local": true}`,
  name => `{\n    name: ${name},\n    ssh: { alias: 'a, b', },\n    roles: [ r, ] }`,
  name => `{ ssh: { host: "h", jump: [n0] }, name: ${name}, disabled: true }`,
]
const TAILS = ['', 'broker: { host: b, port: 1 }\n', '# the end', '\nplans: # none yet\n  []\n']

type Step =
  | { readonly kind: 'add' | 'remove' | 'toggle'; readonly at: number }
  | { readonly kind: 'move' | 'rename' | 'address'; readonly at: number; readonly to: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('add', 'remove', 'toggle'), at: fc.nat(9) }),
  fc.record({ kind: fc.constantFrom('move', 'rename', 'address'), at: fc.nat(9), to: fc.nat(9) }),
)
const inBrackets = fc
  .record({
    shapes: fc.array(fc.tuple(fc.constantFrom(...FLOW_SHAPES), fc.boolean()), { minLength: 1, maxLength: 5 }),
    isOnLines: fc.boolean(),
    hasLastComma: fc.boolean(),
    isWindows: fc.boolean(),
  })
  .map(({ shapes, isOnLines, hasLastComma, isWindows }) => {
    const items = shapes.map(([shape, hasComment], index) => {
      const comma = index < shapes.length - 1 || hasLastComma ? ',' : ''
      const comment = isOnLines && hasComment ? ` # beside n${index}` : ''
      return `${shape(`n${index}`)}${comma}${comment}`
    })
    const list = isOnLines ? `[\n  ${items.join('\n  ')}\n]` : `[ ${items.join(' ')}]`
    const text = `{ version: 1, # first\n nodes: ${list},\n plans: [] }\n`
    return isWindows ? text.replaceAll('\n', '\r\n') : text
  })
const inLines = fc
  .record({
    shapes: fc.array(fc.constantFrom(...SHAPES), { minLength: 1, maxLength: 5 }),
    tail: fc.constantFrom(...TAILS),
    isWindows: fc.boolean(),
    isCut: fc.boolean(),
  })
  .map(({ shapes, tail, isWindows, isCut }) => {
    const text = `# first\nversion: 1\nnodes: # all\n${shapes.map((shape, index) => shape(`n${index}`)).join('')}${tail}`
    const cut = isCut ? text.trimEnd() : text
    return isWindows ? cut.replaceAll('\n', '\r\n') : cut
  })

const NONE = { user: null, identityFile: null, jump: [] }
const KEEP = { name: null, ssh: null, roles: null, isDisabled: null }

/** The text of every node, by its name. */
function nodeTexts(text: string): ReadonlyMap<string, string> {
  const root = readYaml(text).contents
  const list: unknown = isMap(root) ? root.get('nodes', true) : null
  if (!isSeq(list)) throw new Error('no nodes')
  return new Map(
    list.items.map((item: unknown) => {
      if (!isNode(item) || !isMap(item)) throw new Error('no node')
      return [String(item.get('name')), text.slice(item.range?.[0], contentEnd(text, item))]
    }),
  )
}

const commentsOf = (text: string): string[] =>
  text.match(/# (above|beside|in|below|loose|first|all|the end|none)[^\r\n]*/g) ?? []

it('any edits keep the file valid, the other nodes’ every byte, and every comment of what stays', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(inLines, inBrackets),
      fc.array(step, { minLength: 1, maxLength: 6 }),
      async (first, steps) => {
        await writeFile(path, first)
        const edits = createFleetEdits({
          editFile: createEditFile({ path, refresh: () => Promise.resolve() }),
          activeRunOn: () => null,
        })
        const origins = new Map([...nodeTexts(first).keys()].map(name => [name, name]))
        for (const [count, one] of steps.entries()) {
          const before = await readFile(path, 'utf8')
          const texts = nodeTexts(before)
          const names = [...texts.keys()]
          const name = NodeName.parse(names[one.at % names.length])
          const next = NodeName.parse(`new${count}`)
          const ssh = { ...NONE, host: `h${count}`, port: 'to' in one ? 20 + one.to : 22 }
          const run = {
            add: () => edits.add([{ name: next, ssh, roles: [] }]),
            remove: () => edits.remove(name),
            toggle: () => edits.edit(name, { ...KEEP, isDisabled: one.at % 2 === 0 }),
            move: () => edits.move(name, 'to' in one ? one.to : 0),
            rename: () => edits.edit(name, { ...KEEP, name: next }),
            address: () => edits.edit(name, { ...KEEP, ssh }),
          }[one.kind]
          const isRefused = await run().then(
            () => false,
            (error: unknown) => {
              const isExpected = error instanceof AppError && /last node|this PC/.test(error.message)
              if (!isExpected) throw error
              return true
            },
          )
          const after = await readFile(path, 'utf8')
          if (isRefused) {
            expect(after).toBe(before)
            continue
          }
          expect(parseFleet(after, 'fleet.yaml')).toHaveProperty('fleet')
          const mayChange = one.kind === 'add' || one.kind === 'move' ? [] : [name]
          const now = nodeTexts(after)
          for (const [each, text] of texts) {
            const isNamed =
              (one.kind === 'rename' || one.kind === 'remove') && new RegExp(`\\b${name}\\b`).test(text)
            if (!mayChange.includes(name) || (each !== name && !isNamed)) expect(now.get(each)).toBe(text)
          }
          const origin = origins.get(name) ?? name
          if (one.kind === 'rename') origins.set(next, origin)
          const isOurs = (comment: string): boolean => new RegExp(`\\b${origin}\\b`).test(comment)
          const gone = one.kind === 'remove' || one.kind === 'address' ? isOurs : () => false
          const kept = commentsOf(before).filter(comment => !gone(comment))
          expect(
            commentsOf(after)
              .filter(comment => !gone(comment))
              .toSorted(),
          ).toEqual(kept.toSorted())
          expect(after.includes('\r\n')).toBe(first.includes('\r\n'))
          expect(after.replaceAll('\r\n', '').includes('\n') && first.includes('\r\n')).toBe(false)
        }
      },
    ),
    { numRuns: 100 },
  )
})
