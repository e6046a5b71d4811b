import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isMap, isNode, isSeq } from 'yaml'
import { PlanName } from '../../contract/ids'
import type { PlanDraft } from '../../contract/plans'
import { planDrafts } from './arbitraryPlans'
import { createEditFile } from './editFile'
import { createPlanEdits } from './planEdits'
import { contentEnd, readYaml } from './yamlPlaces'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-edits-'))
  path = join(folder, 'fleet.yaml')
})
afterEach(() => rm(folder, { recursive: true }))

const HEAD = `# first
version: 1
nodes: # all
  - { name: pc1, local: true } # here
  - name: pc2
    ssh: { host: b }
    roles: [gpu]
`
/** One plan, written in one of many ways; each comment names its plan. */
const SHAPES: readonly ((name: string) => string)[] = [
  name => `  - name: ${name}\n    tracks: [{ name: a, on: all, command: x }]\n`,
  name => `  # above ${name}
  - name: '${name}'  # beside ${name}
    engine: process # said
    tracks:
      # above a of ${name}
      - name: a
        on: [pc1,   pc2] # both
        command: | # the line
          cd x
          y {{worker}}
        workers: 1 # on each node
        env: { A: "1",   B: '2' } # beside env
        stop: { signal: TERM, graceSeconds: 20 }

      # above b of ${name}
      - name: b
        on: { role: gpu }
        command: 'z' # beside z
        needs:
          cpu: 2 # threads
          memGiB: [ 1, 2 ]
        after: [a]
`,
  name =>
    `  - { name: ${name}, tracks: [ { name: a, on: all, command: x }, {name: b, on: all, command: y} ] } # beside ${name}\n`,
  name => `
  -
    tracks:
      - { command: "x", on: all, name: a } # in brackets

    # between
    name: "${name}"
    cleanup:
      remove:
        - /tmp/a/b # ours
    # below ${name}

`,
  name =>
    `\n\n  # loose\n\n  - name: ${name}\n    engine: docker\n    tracks:\n      - name: a\n        on: all\n        docker: { image: x, mounts: ['/a:/b'], } # box\n`,
]
const FLOW_SHAPES: readonly ((name: string) => string)[] = [
  name => `{ name: ${name}, tracks: [{ name: a, on: all, command: x }] }`,
  name =>
    `{\n    name: "${name}", # in ${name}\n    tracks: [ { name: a, on: [ pc1, ], command: 'x, y' }, ] }`,
]
const TAILS = ['', 'broker: { host: b, port: 1 } # paper\n', '# the end', '\n# the end\n']

const inLines = fc
  .record({
    shapes: fc.array(fc.constantFrom(...SHAPES), { minLength: 1, maxLength: 4 }),
    tail: fc.constantFrom(...TAILS),
    isCut: fc.boolean(),
  })
  .map(({ shapes, tail, isCut }) => {
    const text = `${HEAD}plans: # mine\n${shapes.map((shape, index) => shape(`p${index}`)).join('')}${tail}`
    return isCut ? text.trimEnd() : text
  })
const inBrackets = fc
  .tuple(
    fc.array(fc.constantFrom(...FLOW_SHAPES), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(' ', '\n  '),
  )
  .map(
    ([shapes, gap]) =>
      `${HEAD}plans: [${gap}${shapes.map((shape, index) => shape(`p${index}`)).join(`,${gap}`)}${gap}]\n# the end\n`,
  )
const withNone = fc.constantFrom(
  HEAD,
  `${HEAD}plans: []\n`,
  `${HEAD}plans: [] # none yet\nbroker: { host: b, port: 1 }\n`,
  `${HEAD}plans: # none yet\n  []\n# the end`,
  '{ version: 1, nodes: [{ name: pc1, local: true }, { name: pc2, ssh: { host: b }, roles: [gpu] }], plans: [] }\n',
)
const file = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: inLines }, inBrackets, withNone), fc.boolean())
  .map(([text, isWindows]) => (isWindows ? text.replaceAll('\n', '\r\n') : text))

type Step =
  | {
      readonly kind: 'add' | 'replace' | 'field'
      readonly at: number
      readonly draft: PlanDraft
      readonly field: number
    }
  | { readonly kind: 'duplicate' | 'undo' | 'late undo'; readonly at: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('add' as const, 'replace' as const, 'field' as const, 'field' as const),
    at: fc.nat(9),
    draft: planDrafts('new'),
    field: fc.nat(),
  }),
  fc.record({
    kind: fc.constantFrom('duplicate' as const, 'undo' as const, 'late undo' as const),
    at: fc.nat(9),
  }),
)

/** The text of every plan, by its name. */
function planTexts(text: string): ReadonlyMap<string, string> {
  const root = readYaml(text).contents
  const list: unknown = isMap(root) ? root.get('plans', true) : null
  if (!isSeq(list)) return new Map()
  return new Map(
    list.items.map((item: unknown) => {
      if (!isNode(item) || !isMap(item)) throw new Error('no plan')
      return [String(item.get('name')), text.slice(item.range?.[0], contentEnd(text, item))]
    }),
  )
}

const commentsOf = (text: string): string[] =>
  text.match(/# (above|said|between|beside p|in p|below|loose|first|all|here|paper|the end|none)[^\r\n]*/g) ??
  []

it('any edits keep the other plans’ every byte, and a removal that is taken back leaves no trace', async () => {
  const edits = createPlanEdits({
    editFile: createEditFile({ path, refresh: () => Promise.resolve() }),
    activeRunOf: () => null,
  })

  async function take(one: Step, names: readonly string[], fresh: PlanName): Promise<PlanName | null> {
    const chosen = names.length === 0 ? null : PlanName.parse(names[one.at % names.length])
    if (one.kind === 'add' || (chosen === null && 'draft' in one)) {
      await edits.save({ ...one.draft, name: fresh }, null)
      expect(await edits.read(fresh)).toEqual({ ...one.draft, name: fresh })
      return null
    }
    if (chosen === null) return null
    if (one.kind === 'duplicate') {
      const copy = await edits.duplicate(chosen)
      expect({ ...(await edits.read(copy)), name: chosen }).toEqual(await edits.read(chosen))
      return null
    }
    if (one.kind === 'undo' || one.kind === 'late undo') {
      const before = await readFile(path, 'utf8')
      const plan = await edits.read(chosen)
      const removed = await edits.remove(chosen)
      const without = await readFile(path, 'utf8')
      expect(planTexts(without).has(chosen)).toBe(false)
      if (one.kind === 'late undo') await writeFile(path, `# later\n${without}`)
      await edits.restore(removed)
      if (one.kind === 'undo') expect(await readFile(path, 'utf8')).toBe(before)
      expect(await edits.read(chosen)).toEqual(plan)
      expect([...planTexts(await readFile(path, 'utf8')).keys()].indexOf(chosen)).toBe(removed.index)
      return one.kind === 'undo' ? null : chosen
    }
    if (!('draft' in one)) return null
    const wanted =
      one.kind === 'replace' ? { ...one.draft, name: fresh } : mixed(await edits.read(chosen), one)
    await edits.save(wanted, chosen)
    expect(inOrder(await edits.read(PlanName.parse(wanted.name)))).toEqual(inOrder(wanted))
    return chosen
  }

  await fc.assert(
    fc.asyncProperty(file, fc.array(step, { minLength: 1, maxLength: 4 }), async (first, steps) => {
      await writeFile(path, first)
      for (const [count, one] of steps.entries()) {
        const before = await readFile(path, 'utf8')
        const texts = planTexts(before)
        const changed = await take(one, [...texts.keys()], PlanName.parse(`new${count}`))
        const after = await readFile(path, 'utf8')
        const now = planTexts(after)
        for (const [name, text] of texts) if (name !== changed) expect(now.get(name)).toBe(text)
        // A plan that is replaced as a whole, or put back between brackets, may lose its own; a new field may not.
        const isWhole = one.kind === 'replace' || one.kind === 'late undo'
        const own = changed !== null && isWhole ? commentsOf(texts.get(changed) ?? '') : []
        const kept = commentsOf(after)
        for (const comment of commentsOf(before)) if (!own.includes(comment)) expect(kept).toContain(comment)
      }
    }),
    { numRuns: 100 },
  )
}, 120_000)

/** Variables keep the places that they have in the file, and new ones come behind them: their order means nothing. */
function inOrder(draft: PlanDraft): PlanDraft {
  return {
    ...draft,
    tracks: draft.tracks.map(track => ({
      ...track,
      env: track.env.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    })),
  }
}

/** A draft of which one field is another's. */
function mixed(
  mine: PlanDraft,
  { draft, field }: { readonly draft: PlanDraft; readonly field: number },
): PlanDraft {
  const [own, other] = [mine.tracks[0], draft.tracks[0]]
  if (own === undefined || other === undefined) return mine
  const keys = [
    'workers',
    'workdir',
    'env',
    'needs',
    'progress',
    'secrets',
    'clientId',
    'limitSeconds',
  ] as const
  const more = ['aliveSeconds', 'onFailure', 'logs', 'on', 'stopSignal', 'graceSeconds'] as const
  const key = [...keys, ...more][field % 14] ?? 'workers'
  return { ...mine, tracks: [{ ...own, [key]: other[key] }, ...mine.tracks.slice(1)] }
}
