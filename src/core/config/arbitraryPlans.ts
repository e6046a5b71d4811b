import fc from 'fast-check'
import type { DockerDraft, PlanDraft, TrackDraft } from '../../contract/plans'

// For tests: drafts that are right, in a fleet with these nodes.

export const NODES = [
  { name: 'pc1', local: true },
  { name: 'pc2', ssh: { host: 'b' }, roles: ['gpu'] },
]

const name = fc
  .stringMatching(/^[a-z][a-z0-9._-]{0,8}$/)
  .filter(word => word !== 'prerequisite' && word !== 'image')
const line = fc.oneof(
  fc.constantFrom(
    'python3 x.py --seed {{worker}}',
    'a: b # c',
    "it's",
    '"x"',
    '- x',
    '{ a }',
    '[a, b',
    '~',
    '12',
    'no',
  ),
  fc.constantFrom(
    'set -e\ncd x\n\npython3 y.py',
    'a\n  b\n',
    ' a\nb',
    'a\nb \n',
    '# a\n# b',
    'a\n\n\n',
    '\ta\r\nb',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
)
const text = line.filter(each => !each.includes('\0') && !/\{\{\s*[A-Za-z_]/.test(each))
const command = line.filter(each => !each.includes('\0') && !/\{\{\s*(?!worker\}\})[A-Za-z_]/.test(each))
const plain = text.filter(each => !each.startsWith('sample:'))
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { nil: null })
const list = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(some, { maxLength: 3 })
const seconds = fc.integer({ min: 1, max: 90_000 })
const signal = fc.constantFrom('TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2')
const variable = fc
  .stringMatching(/^[A-Z_][A-Z0-9_]{0,6}$/)
  .filter(word => !['DRY_RUN', 'READ_ONLY_API'].includes(word) && word !== '__proto__')
const range = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.double({ min: 4, max: 9, noNaN: true })),
)

const docker: fc.Arbitrary<DockerDraft> = fc.record({
  image: fc.constantFrom('bots:1', 'r.example/x/y@sha256:ab', '12'),
  pull: fc.constantFrom('missing', 'always', 'never'),
  build: maybe(plain),
  containerName: maybe(fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,9}$/)),
  onConflict: fc.constant('suffix'),
  network: maybe(plain),
  mounts: list(fc.constantFrom('/a:/b', '~/x:/y:ro')),
  envFile: maybe(plain),
  gpus: maybe(fc.constantFrom('all', '1', 'device=0')),
  cpus: maybe(fc.constantFrom(0.5, 2)),
  memory: maybe(fc.constantFrom('12g', '512')),
  shm: maybe(fc.constantFrom('2G', '1')),
  init: fc.boolean(),
})

const track: fc.Arbitrary<Omit<TrackDraft, 'name' | 'after' | 'docker'>> = fc.record({
  on: fc.constantFrom<TrackDraft['on']>('all', ['pc1'], ['pc2', 'pc1'], { role: 'gpu' }),
  workers: fc.constantFrom(1, 1, 2, 256),
  command,
  workdir: maybe(fc.oneof(plain, fc.constant('sample:kelly-monte-carlo'))),
  env: fc.uniqueArray(fc.record({ name: variable, value: text }), {
    selector: each => each.name,
    maxLength: 3,
  }),
  needs: fc.record({ cpu: maybe(range), gpu: maybe(range), memGiB: maybe(range), diskGiB: maybe(range) }),
  progress: fc.oneof(
    fc.constant({ json: true as const }),
    fc.constant({ match: 'iteration (\\d+)/(\\d+)' }),
    fc.record({ count: text, total: maybe(fc.integer({ min: 1, max: 99 })) }),
  ),
  stopSignal: signal,
  graceSeconds: fc.constantFrom(0, 20, 3600),
  drainSignal: maybe(signal),
  drainSeconds: seconds,
  secrets: fc.subarray(['PGPASSWORD', 's2', '_s']),
  clientId: maybe(fc.nat(9999)),
  limitSeconds: maybe(seconds),
  aliveSeconds: fc.constantFrom(0, 2, 60),
  onFailure: fc.constantFrom<TrackDraft['onFailure']>('warn', 'abort'),
  logs: list(fc.constantFrom('/tmp/a/*.log', '~/x, y/#.log')),
})

/** The tracks of a plan; each may wait for those that stand before it in a random order. */
function tracks(isDocker: boolean): fc.Arbitrary<TrackDraft[]> {
  const one = fc.record({
    name,
    track,
    docker,
    hasCommand: fc.boolean(),
    order: fc.nat(99),
    waits: fc.nat(7),
  })
  return fc.uniqueArray(one, { selector: each => each.name, minLength: 1, maxLength: 4 }).map(parts =>
    parts.map(({ name: own, track: fields, docker: box, hasCommand, order, waits }): TrackDraft => ({
      ...fields,
      name: own,
      drainSeconds: fields.drainSignal === null ? 60 : fields.drainSeconds,
      command: isDocker && !hasCommand ? null : fields.command,
      docker: isDocker ? box : null,
      after: parts
        .filter(other => other.order < order)
        .filter((_, bit) => (waits & (1 << bit)) !== 0)
        .map(other => other.name),
    })),
  )
}

/** A plan that may be saved under this name. */
export function planDrafts(plan: string): fc.Arbitrary<PlanDraft> {
  const engine = fc.constantFrom('process' as const, 'docker' as const, 'ray' as const)
  return engine.chain(kind =>
    fc.record({
      name: fc.constant(plan),
      engine: fc.constant(kind),
      prerequisite: maybe(
        fc.record({ command: text, on: maybe(fc.constantFrom('pc1', 'pc2')), limitSeconds: maybe(seconds) }),
      ),
      tracks: tracks(kind === 'docker'),
      cleanup: maybe(
        fc.oneof(
          fc.record({ command: text }),
          fc.record({
            remove: fc.array(fc.constantFrom('/tmp/a b/*', '~/x/#y'), { minLength: 1, maxLength: 3 }),
          }),
        ),
      ),
      preflight: list(
        fc.constantFrom(
          { tcp: '127.0.0.1:4002' },
          { python: { min: '3.9', packages: ['a>=1'] } },
          { command: 'x' },
        ),
      ),
    }),
  )
}
