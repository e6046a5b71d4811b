import { describe, expect, it } from 'vitest'
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

describe('parseFleet with a wrong track', () => {
  it.each([
    [
      'progress: { match: "(" }',
      "9:28 plans[0].tracks[0].progress.match | match is not a valid regular expression. | Write for example 'iteration (\\d+)/(\\d+)': step, then total.",
    ],
    [
      'progress: { match: step }',
      "9:28 plans[0].tracks[0].progress.match | The pattern has no group, so there is no step to read. | Write for example 'iteration (\\d+)/(\\d+)': step, then total.",
    ],
    [
      'progress: json',
      "9:19 plans[0].tracks[0].progress | progress needs exactly one of json, match and count. | Write { json: true }, { match: 'iteration (\\d+)/(\\d+)' } or { count: '✅', total: 28 }.",
    ],
    [
      'progress: { count: x, totl: 3 }',
      '9:31 plans[0].tracks[0].progress.totl | The key totl is not known: did you mean total? | Write total.',
    ],
    [
      'stop: { signal: TERN, graceSeconds: 9999 }',
      '9:25 plans[0].tracks[0].stop.signal | signal must be one of TERM, INT, HUP, QUIT, USR1, USR2. | Write TERM.',
      '9:45 plans[0].tracks[0].stop.graceSeconds | graceSeconds must be at most 3600. | Write a number of at most 3600.',
    ],
    [
      'needs: { cpu: x, memGiB: [2, 1], gpu: [1] }',
      '9:23 plans[0].tracks[0].needs.cpu | cpu must be a number or [low, high]. | Write a number, for example 2, or [1, 2].',
      '9:34 plans[0].tracks[0].needs.memGiB | The low end is above the high end. | Write the smaller number first.',
      '9:47 plans[0].tracks[0].needs.gpu | gpu must have at least 2 entries. | Write a list of at least 2 entries.',
    ],
    [
      'workdir: sample:../x',
      '9:18 plans[0].tracks[0].workdir | workdir is not the name of a sample. | Write for example sample:kelly-monte-carlo.',
    ],
    [
      'env: { SEED: "{{worker}}" }',
      '9:23 plans[0].tracks[0].env.SEED | {{worker}} is replaced in command only. | Move it into the command, for example as VARIABLE={{worker}} in front of it.',
    ],
    [
      'secrets: [ALLOW_ORDERS]',
      "9:19 plans[0].tracks[0].secrets[0] | ALLOW_ORDERS is reserved: Drydock's run mode decides about orders, not fleet.yaml. | Remove ALLOW_ORDERS from secrets.",
    ],
  ])('tells of %s', (keys, ...expected) => {
    expect(complaints(track(keys))).toEqual(expected)
  })

  it.each([
    [
      '[pc1, pc3, pc1]',
      ['There is no node pc3. | Did you mean pc1?', 'pc1 is listed twice. | Keep one of the two.'],
    ],
    ['[nowhere]', ['There is no node nowhere. | Use one of: pc1, pc2.']],
    ['{ role: cpus }', ['No node has the role cpus. | Did you mean cpu?']],
    [
      '{ role: gpu-big }',
      ['No node has the role gpu-big. | Add roles: [gpu-big] to a node, or name another role.'],
    ],
    [
      'al',
      ['on must be all, a list of node names, or a role. | Write all, [this-pc, pc2] or { role: gpu }.'],
    ],
    ['[]', ['on must have at least 1 entry. | Write a list of at least 1 entry.']],
    ['{ role: cpu }', []],
    ['[pc2, pc1]', []],
  ])('checks what on: %s refers to', (on, expected) => {
    const found = complaints(track('').replace('on: all', `on: ${on}`))
    expect(found.map(line => line.split(' | ').slice(1).join(' | '))).toEqual(expected)
  })

  it('points at the placeholder itself, in the middle of a block of shell', () => {
    const text = track('').replace(
      'command: x',
      'command: |\n          cd x\n          python3 x.py {{wroker}} {{ node }} {{x}}',
    )
    expect(complaints(text)).toEqual([
      '10:24 plans[0].tracks[0].command | {{wroker}} is not a placeholder. | Write {{worker}}.',
      '10:35 plans[0].tracks[0].command | {{ node }} is not a placeholder. | Write {{node}}.',
      '10:46 plans[0].tracks[0].command | {{x}} is not a placeholder. | Use one of: {{worker}} {{workers}} {{node}} {{run}}.',
    ])
  })

  it('refuses reserved variables in every place where they could be set', () => {
    const reserved = [
      'DRY_RUN',
      'ALLOW_ORDERS',
      'DRYDOCK_RUN',
      'DRYDOCK_WORKER',
      'FREQTRADE__DRY_RUN',
      'TRADING_MODE',
      'READ_ONLY_API',
    ]
    for (const name of reserved) {
      const [onTrack] = complaints(track(`env: { ${name}: 0 }`))
      expect(onTrack).toBe(
        `9:16 plans[0].tracks[0].env.${name} | ${name} is reserved: Drydock's run mode decides about orders, not fleet.yaml. | Remove ${name} from env.`,
      )
      const onNode = complaints(`version: 1\nnodes:\n  - { name: a, local: true, env: { ${name}: "1" } }\n`)
      expect(onNode).toEqual([
        `3:36 nodes[0].env.${name} | ${name} is reserved: Drydock's run mode decides about orders, not fleet.yaml. | Remove ${name} from env.`,
      ])
    }
    expect(complaints(track('env: { IBKR_PORT: "4001" }'))).toEqual([
      '9:16 plans[0].tracks[0].env.IBKR_PORT | IBKR_PORT 4001 is a live port: it is reserved. | Remove IBKR_PORT from env.',
    ])
  })
})
