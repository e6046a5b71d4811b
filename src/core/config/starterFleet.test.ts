import { describe, expect, it } from 'vitest'
import { parseFleet } from './parseFleet'
import { starterFleet } from './starterFleet'

describe('starterFleet', () => {
  it('is a fleet of this PC and the sample plan', () => {
    expect(parseFleet(starterFleet({ cpuThreads: 2 }), 'fleet.yaml')).toEqual({
      fleet: {
        version: 1,
        nodes: [
          {
            name: 'this-pc',
            local: true,
            disabled: false,
            roles: [],
            stateDir: '~/.drydock',
            env: {},
            target: { cpu: 75, gpu: 75, vram: 75, tolerance: 10 },
          },
        ],
        broker: { host: '127.0.0.1', port: 4002 },
        plans: [
          {
            name: 'kelly-monte-carlo',
            engine: 'process',
            preflight: [],
            tracks: [
              {
                name: 'bots',
                on: 'all',
                workers: 1,
                command: 'python3 kelly.py --iterations 2000 --paths 8 --seed {{worker}}',
                workdir: 'sample:kelly-monte-carlo',
                env: {},
                progress: { json: true },
                stop: { signal: 'TERM', graceSeconds: 20 },
                secrets: [],
                after: [],
                aliveSeconds: 2,
                onFailure: 'warn',
                logs: [],
              },
            ],
          },
        ],
      },
    })
  })

  it.each([
    [1, 4],
    [16, 64],
    [128, 512],
  ])('gives a PC with %i threads %i paths in each iteration', (cpuThreads, paths) => {
    expect(starterFleet({ cpuThreads })).toContain(` --paths ${paths} `)
  })

  it('shows an SSH node that works once its comment signs are taken away', () => {
    const text = starterFleet({ cpuThreads: 2 })
    const [before = '', after = ''] = text.split('  # - name: pc2\n')
    const [example = '', rest = ''] = after.split('\n\n')
    const uncommented = `  - name: pc2\n${example.replaceAll(/^ {2}# /gm, '  ')}`
    const parsed = parseFleet([before, uncommented, '\n\n', rest].join(''), 'fleet.yaml')
    expect(parsed).toMatchObject({
      fleet: {
        nodes: [
          { name: 'this-pc' },
          { name: 'pc2', roles: ['gpu'], ssh: { host: '192.168.1.11', port: 22, user: 'w1' } },
        ],
      },
    })
  })
})
