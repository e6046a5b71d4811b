import { describe, expect, it } from 'vitest'
import { parseFleet } from './parseFleet'

const HEAD = 'version: 1\nnodes: [{ name: pc1, local: true }, { name: pc2, ssh: { host: b } }]\nplans:\n'

/** What is wrong with one plan, each problem as one line: where, what, fix. */
function complaints(...plan: readonly string[]): string[] {
  const parsed = parseFleet(`${HEAD}  - name: p\n${plan.map(line => `    ${line}\n`).join('')}`, 'fleet.yaml')
  if ('fleet' in parsed) return []
  return parsed.problems.map(({ line, path, message, fix }) => `${line} ${path} | ${message} | ${fix}`)
}

const tracks = (...each: readonly string[]): string[] => [
  'tracks:',
  ...each.map(fields => `  - { on: all, ${fields} }`),
]
const ONE = tracks('name: a, command: x')

describe('a plan', () => {
  it('may order its tracks in any way that can be started', () => {
    const some = tracks(
      'name: c, command: x, after: [a, b]',
      'name: a, command: x',
      'name: b, command: x, after: [a]',
    )
    expect(complaints(...some)).toEqual([])
  })

  it.each([
    [
      'of two tracks',
      ['name: a, command: x, after: [b]', 'name: b, command: x, after: [a]'],
      ['6 plans[0].tracks[0].after[0] | a waits for b, b waits for a: none of them would ever start.'],
    ],
    [
      'of three, told once, without the tracks that only hang on it',
      [
        'name: z, command: x, after: [a]',
        'name: a, command: x, after: [y, b]',
        'name: b, command: x, after: [c]',
        'name: c, command: x, after: [a]',
        'name: y, command: x',
      ],
      [
        '7 plans[0].tracks[1].after[1] | a waits for b, b waits for c, c waits for a: none of them would ever start.',
      ],
    ],
  ])('cannot have a circle %s', (_, some, expected) => {
    expect(complaints(...tracks(...some))).toEqual(
      expected.map(line => `${line} | Take one of them out of after.`),
    )
  })

  it('waits only for other tracks that it has, once', () => {
    const some = tracks('name: first, command: x', 'name: b, command: x, after: [frist, b, first, first]')
    expect(complaints(...some)).toEqual([
      '7 plans[0].tracks[1].after[0] | There is no track frist in this plan. | Did you mean first?',
      '7 plans[0].tracks[1].after[1] | b cannot wait for itself. | Remove b from after.',
      '7 plans[0].tracks[1].after[3] | first is listed twice. | Keep one of the two.',
    ])
    expect(complaints(...tracks('name: a, command: x, after: [prerequisite, xyz]'))).toEqual([
      '6 plans[0].tracks[0].after[0] | Every track waits for the prerequisite by itself. | Remove it from after.',
      '6 plans[0].tracks[0].after[1] | There is no track xyz in this plan. | Remove it from after.',
    ])
  })

  it('leaves the names of the tracks that Drydock makes to Drydock', () => {
    const some = tracks('name: prerequisite, command: x', 'name: image, command: x')
    expect(complaints(...some)).toEqual([
      '6 plans[0].tracks[0].name | prerequisite is what Drydock calls the prerequisite of a plan. | Give this track another name.',
      '7 plans[0].tracks[1].name | image is what Drydock calls the building of an image. | Give this track another name.',
    ])
  })

  it('says what to run, unless a container does', () => {
    const fix = 'Add command: and a shell line, for example python3 bot.py --seed {{worker}}'
    for (const engine of ['process', 'ray']) {
      expect(complaints(`engine: ${engine}`, ...tracks('name: a'))).toEqual([
        `7 plans[0].tracks[0].command | command is missing. | ${fix}`,
      ])
      expect(complaints(`engine: ${engine}`, ...tracks('name: a, command: x, docker: { image: i }'))).toEqual(
        [
          '7 plans[0].tracks[0].docker | docker is for engine: docker only. | Use engine: docker, or remove docker from the track.',
        ],
      )
    }
    expect(complaints('engine: docker', ...tracks('name: a', 'name: b, docker: { image: i }'))).toEqual([
      '7 plans[0].tracks[0].docker | docker is missing. | Add docker: { image: … } to the track, or use engine: process.',
    ])
  })

  it('gives containers on one node names of their own', () => {
    const named = (more: string): string[] =>
      complaints('engine: docker', ...tracks(`name: a, docker: { image: i, containerName: bot${more} }`))
    expect(named(' }, workers: 2, env: {')).toEqual([])
    expect(named(', onConflict: refuse')).toEqual([])
    for (const onConflict of ['refuse', 'remove']) {
      expect(named(`, onConflict: ${onConflict} }, workers: 2, env: {`)).toEqual([
        '7 plans[0].tracks[0].docker.onConflict | 2 containers on one node cannot have the same name. | Use onConflict: suffix, or one worker a node.',
      ])
    }
  })

  it('knows the node and the run before and after its workers, and no worker', () => {
    expect(complaints("prerequisite: { command: 'x {{node}} {{run}}', on: pc2 }", ...ONE)).toEqual([])
    expect(complaints("prerequisite: { command: 'x {{worker}} {{rum}}', on: pc3 }", ...ONE)).toEqual([
      '5 plans[0].prerequisite.command | {{worker}} is replaced in the command of a track only. | Use one of: {{node}} {{run}}.',
      '5 plans[0].prerequisite.command | {{rum}} is not a placeholder. | Write {{run}}.',
      '5 plans[0].prerequisite.on | There is no node pc3. | Did you mean pc1?',
    ])
    expect(complaints("cleanup: { command: 'x {{workers}}' }", ...ONE)).toEqual([
      '5 plans[0].cleanup.command | {{workers}} is replaced in the command of a track only. | Use one of: {{node}} {{run}}.',
    ])
  })

  it('names a secret once, and nowhere else', () => {
    expect(complaints(...tracks('name: a, command: x, env: { A: x }, secrets: [A, B, B]'))).toEqual([
      '6 plans[0].tracks[0].secrets[0] | A is set in env, too. | Remove it from env, where everybody who reads the file can see it.',
      '6 plans[0].tracks[0].secrets[2] | B is listed twice. | Keep one of the two.',
    ])
  })

  it('reads logs from where a node can find them', () => {
    const logs = (glob: string): string[] => complaints(...tracks(`name: a, command: x, logs: ['${glob}']`))
    expect(logs('/tmp/logs/*.log')).toEqual([])
    expect(logs('~/bots/*.log')).toEqual([])
    for (const glob of ['logs/*.log', './x', '~w1/x', '$HOME/x']) {
      expect(logs(glob)).toEqual([
        '6 plans[0].tracks[0].logs[0] | This must be a path that begins with / or ~/ | Write for example /tmp/logs/*.log',
      ])
    }
    expect(logs('/tmp/{{worker}}.log')).toEqual([
      '6 plans[0].tracks[0].logs[0] | {{worker}} is replaced in command only. | Move it into the command, for example as VARIABLE={{worker}} in front of it.',
    ])
  })

  it.each(['/tmp/run-*', '/tmp/bots/*', '~/bots/cache', '~/bots/*', '/var/tmp/x/', '/scratch/a?'])(
    'may remove %s',
    glob => {
      expect(complaints(`cleanup: { remove: ['${glob}'] }`, ...ONE)).toEqual([])
    },
  )

  it.each([
    '/',
    '~',
    '~/',
    '/*',
    '~/*',
    '/tmp',
    '/tmp/',
    '//tmp//',
    '~/bots',
    '/*/x',
    '/*/*',
    '/home/*',
    '/home/?*',
    '~/*/x',
    '~/.*',
  ])('may not remove %s', glob => {
    expect(complaints(`cleanup: { remove: ['${glob}'] }`, ...ONE)).toEqual([
      `5 plans[0].cleanup.remove[0] | ${glob} could remove far more than a run has left behind. | Name a folder and something in it. Write for example ~/bots/cache or /tmp/bots/*.tmp`,
    ])
  })

  it('removes nothing that it does not name from the root or the home on', () => {
    const fix = 'Write for example ~/bots/cache or /tmp/bots/*.tmp'
    expect(complaints("cleanup: { remove: [cache, '~w1/x/y', /tmp/a/../.., /tmp/./a] }", ...ONE)).toEqual([
      `5 plans[0].cleanup.remove[0] | This must be a path that begins with / or ~/ | ${fix}`,
      `5 plans[0].cleanup.remove[1] | This must be a path that begins with / or ~/ | ${fix}`,
      `5 plans[0].cleanup.remove[2] | This must be a path without . and .. in it. | ${fix}`,
      `5 plans[0].cleanup.remove[3] | This must be a path without . and .. in it. | ${fix}`,
    ])
  })
})
