import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RunId, WorkerId } from '../../contract/ids'
import { AppError } from '../kernel/appError'
import { ENV_NAME } from '../kernel/shellQuote'
import type { LaunchEnvironmentSpec } from './launchEnvironment'
import { launchEnvironment } from './launchEnvironment'
import { reservedReason } from './reservedNames'

const spec = (patch: Partial<LaunchEnvironmentSpec> = {}): LaunchEnvironmentSpec => ({
  base: new Map([
    ['LANG', 'C.UTF-8'],
    ['PATH', '/usr/bin:/bin'],
    ['HOME', '/home/w1'],
  ]),
  nodeEnv: {},
  trackEnv: {},
  run: RunId.parse('20260102-030405-ab12'),
  worker: WorkerId.parse('bots-3'),
  flags: { dryRun: true, allowOrders: false },
  ...patch,
})

describe('launchEnvironment', () => {
  it('is the login, the node, the track, the marker and last the mode', () => {
    expect(
      launchEnvironment(spec({ nodeEnv: { THREADS: '8', A: 'node' }, trackEnv: { A: 'track', B: 'x\ny' } })),
    ).toEqual([
      ['PATH', '/usr/bin:/bin'],
      ['HOME', '/home/w1'],
      ['LANG', 'C.UTF-8'],
      ['THREADS', '8'],
      ['A', 'track'],
      ['B', 'x\ny'],
      ['DRYDOCK_RUN', '20260102-030405-ab12'],
      ['DRYDOCK_WORKER', 'bots-3'],
      ['DRY_RUN', '1'],
      ['ALLOW_ORDERS', '0'],
    ])
  })

  it('puts secrets in byte for byte, before the mode, and refuses reserved names among them', () => {
    const trackEnv = { PGPASSWORD: 'track', IBKR_PORT: '4002' }
    const env = launchEnvironment(spec({ trackEnv, secrets: new Map([['PGPASSWORD', '~/x']]) }))
    expect(env.slice(3, 5)).toEqual([
      ['PGPASSWORD', '~/x'],
      ['IBKR_PORT', '4002'],
    ])
    for (const secret of [
      ['DRY_RUN', '0'],
      ['IBKR_PORT', '4001'],
    ] as const) {
      expect(() => launchEnvironment(spec({ secrets: new Map([secret]) }))).toThrow('reserved')
    }
  })

  it('takes nothing over from the login but the six names', () => {
    const base = new Map([
      ['PATH', '/bin'],
      ['DRY_RUN', '0'],
      ['ALLOW_ORDERS', '1'],
      ['LD_PRELOAD', '/tmp/x.so'],
      ['BASH_ENV', '/tmp/x'],
    ])
    expect(launchEnvironment(spec({ base })).map(([name]) => name)).toEqual([
      'PATH',
      'DRYDOCK_RUN',
      'DRYDOCK_WORKER',
      'DRY_RUN',
      'ALLOW_ORDERS',
    ])
  })

  it('reads a leading ~ as the home folder, as the same text in a shell would be', () => {
    const env = launchEnvironment(
      spec({ nodeEnv: { A: '~/models', B: '~', C: '~other/x', D: 'x/~/y', HOME: '/mnt/h' } }),
    )
    expect(env.slice(1, 7)).toEqual([
      ['HOME', '/mnt/h'],
      ['LANG', 'C.UTF-8'],
      ['A', '/home/w1/models'],
      ['B', '/home/w1'],
      ['C', '~other/x'],
      ['D', 'x/~/y'],
    ])
  })

  it.each(['DRY_RUN', 'ALLOW_ORDERS', 'DRYDOCK_RUN', 'DRYDOCK_WORKER', 'TRADING_MODE'])(
    'refuses %s from the node and from the track, by name',
    name => {
      const refusal = expect.objectContaining({
        code: 'refused',
        message: `${name} is reserved: Drydock's run mode decides about orders, not fleet.yaml.`,
        hint: `Remove ${name} from fleet.yaml.`,
      })
      expect(() => launchEnvironment(spec({ nodeEnv: { [name]: '1' } }))).toThrow(refusal)
      expect(() => launchEnvironment(spec({ trackEnv: { [name]: '1' } }))).toThrow(refusal)
    },
  )

  it.each(['A B', 'A=B', '', '1A', 'A\nB', 'ＤRY_RUN'])('refuses the name %o', name => {
    expect(() => launchEnvironment(spec({ trackEnv: { [name]: 'x' } }))).toThrow(
      expect.objectContaining({ code: 'refused' }),
    )
  })

  it('refuses a NUL without repeating the value', () => {
    expect(() => launchEnvironment(spec({ trackEnv: { TOKEN: 'secret\0' } }))).toThrow(
      expect.objectContaining({ message: 'TOKEN contains a NUL byte, which no environment can carry.' }),
    )
  })

  it('always ends in exactly one DRY_RUN and one ALLOW_ORDERS, as the flags say, or is refused', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'DRY_RUN',
        'ALLOW_ORDERS',
        'DRYDOCK_RUN',
        'IBKR_PORT',
        'PATH',
        'A',
        '__proto__',
        'dry_run',
      ),
      fc.string({ maxLength: 8 }),
      fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
    )
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('0', '1', '4001', '~/x', 'a\nDRY_RUN=0'),
    )
    const env = fc.dictionary(name, value, { maxKeys: 5 })
    const flags = fc.record({ dryRun: fc.boolean(), allowOrders: fc.boolean() })
    fc.assert(
      fc.property(env, env, env, flags, (base, nodeEnv, trackEnv, flags) => {
        const given = [...Object.entries(nodeEnv), ...Object.entries(trackEnv)]
        const isBad = given.some(
          ([name, value]) =>
            reservedReason(name, value) !== null || !ENV_NAME.test(name) || value.includes('\0'),
        )
        const login = new Map([...Object.entries(base), ['PATH', '/bin'] as const])
        const flagsSet = [
          ['DRY_RUN', flags.dryRun ? '1' : '0'],
          ['ALLOW_ORDERS', flags.allowOrders ? '1' : '0'],
        ]
        expect(summary(spec({ base: login, nodeEnv, trackEnv, flags }))).toEqual(
          isBad ? 'refused' : { ending: flagsSet, doubles: 0, wrongNames: [], nulBytes: 0 },
        )
      }),
      { numRuns: 3000 },
    )
  })
})

function summary(launch: LaunchEnvironmentSpec) {
  try {
    const launched = launchEnvironment(launch)
    const names = launched.map(([name]) => name)
    return {
      ending: launched.slice(-2),
      doubles: names.length - new Set(names).size,
      wrongNames: names.filter(name => !ENV_NAME.test(name)),
      nulBytes: launched.filter(([, value]) => value.includes('\0')).length,
    }
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}
