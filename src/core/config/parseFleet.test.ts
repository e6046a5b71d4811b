import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseFleet } from './parseFleet'

const head =
  'version: 1\nnodes: [{ name: pc1, local: true, roles: [cpu] }, { name: pc2, ssh: { host: b } }]\n'
const track = (keys: string): string =>
  `${head}plans:\n  - name: p\n    tracks:\n      - ${['name: t', 'on: all', 'command: x', ...keys.split('\n')].join('\n        ')}\n`

/** Each problem as one line: where, what, fix. */
function complaints(text: string): string[] {
  const parsed = parseFleet(text, 'fleet.yaml')
  if ('fleet' in parsed) return []
  return parsed.problems.map(
    ({ line, column, path, message, fix }) => `${line}:${column} ${path} | ${message} | ${fix}`,
  )
}

/** What a track of a container is that says nothing but where and which. */
const DEFAULTS = {
  workers: 1,
  env: {},
  progress: { json: true },
  stop: { signal: 'TERM', graceSeconds: 20 },
  secrets: [],
  after: [],
  aliveSeconds: 2,
  onFailure: 'warn',
  logs: [],
  docker: { image: 'bots:1', pull: 'missing', onConflict: 'suffix', mounts: [], init: true },
}

describe('parseFleet with a good file', () => {
  it('reads every key of the format', () => {
    const text = `
version: 1
nodes:
  - name: this-pc
    local: true
  - name: pc2
    ssh: { host: 192.168.1.11, port: 2222, user: w1, identityFile: ~/.ssh/id, jump: [bastion] }
    disabled: true
    roles: [gpu, ray-worker]
    workdir: ~/bots
    stateDir: ~/.state
    env: { MODELS_DIR: ~/models }
    target: { cpu: 75, tolerance: 5 }
    budget: { cpu: 80, memGiB: 12, vram: 80, diskFreeGiB: 10, sustainedSeconds: 30, onBreach: stop }
    expect: { cpuThreads: 16, memGiB: 32, gpus: [RTX 3070] }
  - name: i7
    ssh: { alias: i7 }
broker: { host: 127.0.0.1, port: 4002 }
plans:
  - name: p
    engine: docker
    prerequisite: { command: 'make {{node}} {{run}}', on: pc2, workdir: ~/bots, limitSeconds: 600 }
    cleanup: { command: make clean, workdir: ~/bots, limitSeconds: 60 }
    tracks:
      - name: t
        on: { role: gpu }
        after: [first]
        workers: 3
        command: python3 x.py {{worker}} {{workers}} {{node}} {{run}} $DRY_RUN {{json .}}
        workdir: ~/w
        env: { OMP_NUM_THREADS: "6", IBKR_PORT: "4002" }
        needs: { cpu: 2, gpu: 0, memGiB: [1, 2], diskGiB: 1 }
        progress: { match: '(\\d+)/(\\d+)' }
        stop: { signal: INT, graceSeconds: 0, drain: { signal: USR1, seconds: 90 } }
        secrets: [PGPASSWORD]
        clientId: 9002
        limitSeconds: 3600
        aliveSeconds: 0
        onFailure: abort
        logs: [/tmp/logs/*.log, ~/bots/logs/*.log]
        docker:
          { image: 'bots:1', pull: never, build: ~/bots, containerName: bot, onConflict: suffix, network: host,
            mounts: ['/data:/data:ro'], envFile: ~/bots/.env, gpus: all, cpus: 1.5, memory: 12g, shm: 2g, init: false }
      - { name: first, on: all, docker: { image: 'bots:1' } }
    preflight: [ { tcp: '127.0.0.1:4002' }, { python: { min: '3.9', packages: [numpy] } }, { command: nvidia-smi } ]
`
    const written = parse(text) as { nodes: object[]; plans: { tracks: object[] }[] }
    const plan = written.plans[0]!
    expect(parseFleet(text, 'fleet.yaml')).toEqual({
      fleet: {
        ...written,
        nodes: [
          { ...written.nodes[0], disabled: false, roles: [], stateDir: '~/.drydock', env: {} },
          written.nodes[1],
          { ...written.nodes[2], disabled: false, roles: [], stateDir: '~/.drydock', env: {} },
        ],
        plans: [{ ...plan, tracks: [plan.tracks[0], { ...plan.tracks[1], ...DEFAULTS }] }],
      },
    })
  })

  it('reads aliases, a byte order mark and Windows line ends', () => {
    const text =
      '\uFEFFversion: 1\r\nnodes:\r\n  - { name: a, local: true, env: &e { A: x } }\r\n  - { name: b, ssh: { host: b }, env: *e }\r\n'
    expect(parseFleet(text, 'fleet.yaml')).toMatchObject({
      fleet: { nodes: [{ env: { A: 'x' } }, { env: { A: 'x' } }] },
    })
  })
})

describe('parseFleet with a wrong node', () => {
  it.each([
    [
      'neither local nor ssh',
      '- name: a',
      [
        '3:5 nodes[0] | A node needs either local: true or ssh. | Add local: true for this PC, or ssh: { host: … }.',
      ],
    ],
    [
      'both of them',
      '- { name: a, local: true, ssh: { host: x } }',
      ['3:5 nodes[0] | A node is either local or reached by ssh, not both. | Remove local or ssh.'],
    ],
    [
      'a misspelt local',
      '- { name: a, lcoal: true }',
      [
        '3:5 nodes[0] | A node needs either local: true or ssh. | Add local: true for this PC, or ssh: { host: … }.',
        '3:16 nodes[0].lcoal | The key lcoal is not known: did you mean local? | Write local.',
      ],
    ],
    [
      'a local that is not true',
      '- { name: a, local: false }',
      ['3:23 nodes[0].local | local must be true. | Write true.'],
    ],
    [
      'wrong keys inside ssh',
      '- { name: a, ssh: { hots: x, port: "22" } }',
      [
        '3:16 nodes[0].ssh.host | host is missing. | Add host: and text after it.',
        '3:23 nodes[0].ssh.hots | The key hots is not known: did you mean host? | Write host.',
        '3:38 nodes[0].ssh.port | port must be a number, but it is text. | Write 22 without quotes.',
      ],
    ],
    [
      'an ssh without host and alias',
      '- { name: a, ssh: {} }',
      [
        '3:21 nodes[0].ssh | ssh needs either host or alias. | Write { host: 192.168.1.11, user: w1 } or { alias: i7 }.',
      ],
    ],
    [
      'an environment of numbers and of names that cannot be exported',
      '- { name: a, local: true, env: { A: 6, 1B: x, C: } }',
      [
        '3:39 nodes[0].env.A | A must be text, but it is a number. | Put the value in quotes.',
        '3:42 nodes[0].env.1B | 1B is not a name that a shell can export. | Use letters, digits and _, not starting with a digit.',
        '3:52 nodes[0].env.C | C has no value. | Write text after the colon, or remove the line.',
      ],
    ],
    [
      'a name that is no safe word',
      '- { name: my pc, local: true }',
      [
        '3:13 nodes[0].name | Only letters, digits, dots, _ and - are allowed, and the first is a letter or digit. | Choose another name, for example pc2.',
      ],
    ],
    [
      'a value out of bounds',
      '- { name: a, ssh: { host: "", port: 70000 }, budget: { memGiB: 0, onBreach: holt } }',
      [
        '3:29 nodes[0].ssh.host | host is empty. | Write something here, or remove the line.',
        '3:39 nodes[0].ssh.port | port must be at most 65535. | Write a number of at most 65535.',
        '3:66 nodes[0].budget.memGiB | memGiB must be more than 0. | Write a number of more than 0.',
        '3:79 nodes[0].budget.onBreach | onBreach must be one of warn, hold, stop. | Write hold.',
      ],
    ],
    [
      'a NUL byte',
      '- { name: a, local: true, workdir: "x\\0" }',
      [
        '3:38 nodes[0].workdir | workdir contains a NUL byte, which no program can be given. | Remove the \\0 from it.',
      ],
    ],
  ])('tells of %s', (_, node, expected) => {
    expect(complaints(`version: 1\nnodes:\n  ${node}\n`)).toEqual(expected)
  })

  it('tells of names that come twice', () => {
    const text = `${head}  # more\nplans:\n  - &p { name: p, tracks: [{ name: t, on: all, command: x }, { name: t, on: all, command: x }] }\n  - { name: p, tracks: [{ name: t, on: all, command: x }] }\n`
    expect(complaints(text.replace('name: pc2', 'name: pc1'))).toEqual([
      '2:59 nodes[1].name | Two nodes are called pc1. | Give this node another name.',
      '5:70 plans[0].tracks[1].name | Two tracks are called t. | Give this track another name.',
      '6:13 plans[1].name | Two plans are called p. | Give this plan another name.',
    ])
  })
})

describe('parseFleet with a file that is no fleet', () => {
  it.each([
    ['', ['1:1  | This file is empty. | Begin with version: 1 and a list of nodes.']],
    ['# only a comment\n', ['1:1  | This file is empty. | Begin with version: 1 and a list of nodes.']],
    [
      '- a\n',
      [
        '1:1  | This file is not a fleet. | Begin with version: 1 and a list of nodes, each on lines of its own.',
      ],
    ],
    [
      'version: 2\nnodes: 3\nmachines: []\n',
      [
        '1:10 version | This file says version 2; this Drydock understands version 1. | Write version: 1 (without quotes), or use the Drydock that the file was written for.',
      ],
    ],
    [
      'nodes: [{ name: a, local: true }]\n',
      ['1:1 version | The version is missing. | Add version: 1 as the first line.'],
    ],
    [
      'version: 1\nnodes:\n\t- name: a\n',
      ['3:1  | A tab is used for indentation. | Replace the tab at the beginning of this line with spaces.'],
    ],
    [
      'version: 1\nnodes:\n  - name: a\n    name: b\n    local: true\n    rolse: []\n',
      [
        '4:5  | This key stands here a second time. | Keep one of the two.',
        '6:5 nodes[0].rolse | The key rolse is not known: did you mean roles? | Write roles.',
      ],
    ],
    [
      'version: 1\nnodes: [{ name: a\n',
      [
        '3:1  | Flow map in block collection must be sufficiently indented and end with a }. | Close the bracket that was opened, and indent what stands inside it.',
      ],
    ],
    [
      'version: 1\nx: *gone\n',
      ['2:4  | There is no &gone above. | Define it above, or write the value here.'],
    ],
    ['version: 1\nx: &x [*x]\n', ['2:8  | *x contains itself. | Write the value here.']],
    [
      'version: 1\n---\nversion: 1\n',
      [
        '2:1  | A second document begins here. | Remove the line --- and all that follows, or put it into a file of its own.',
      ],
    ],
    [
      'version: 1\n__proto__: { x: 1 }\nnodes: [{ name: a, local: true }]\n',
      [
        '2:1 __proto__ | The key __proto__ is not known here. | Remove it, or use one of: version, nodes, broker, plans.',
      ],
    ],
  ])('tells what is wrong with %j', (text, expected) => {
    expect(complaints(text)).toEqual(expected)
  })

  it('does not let a few aliases expand to gigabytes', () => {
    const bomb = ['version: 1', 'a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe'].map(pair => pair.split(''))) {
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`)
    }
    expect(complaints(bomb.join('\n'))).toEqual([
      '1:1  | Aliases make this file explode. | Use fewer * references.',
    ])
  })
})

describe('parseFleet with anything', () => {
  it('never throws, and every problem lies in the file and says how it is mended', () => {
    const good = track('progress: { count: x }\nenv: { A: b }')
    const broken = fc
      .tuple(
        fc.nat(good.length),
        fc.nat(12),
        fc.constantFrom('', '\t', ':', '- ', '[', '}', '"', '\n', '{{x}}', '&a ', '*a'),
      )
      .map(([at, length, put]) => good.slice(0, at) + put + good.slice(at + length))
    fc.assert(
      fc.property(fc.oneof(broken, broken, fc.string({ unit: 'binary' })), text => {
        const parsed = parseFleet(text, 'fleet.yaml')
        const problems = 'problems' in parsed ? parsed.problems : []
        const lines = text.split(/\r\n|[\r\n]/).length
        const astray = problems.filter(
          ({ line, column, message, fix }) =>
            line < 1 ||
            line > lines ||
            column < 1 ||
            message === '' ||
            fix === '' ||
            message.includes('Invalid input'),
        )
        expect(astray).toEqual([])
        expect('fleet' in parsed || problems.length > 0).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
