import { expect, it } from 'vitest'
import { PlanName } from '../../contract/ids'
import type { PlanDraft, TrackDraft } from '../../contract/plans'
import { NODES } from './arbitraryPlans'
import { checkDraft } from './checkDraft'
import { FleetFile } from './fleetSchema'
import { draftOf } from './planDraft'

const TRACKS = [{ name: 'a', on: 'all', command: 'x' }]
const fleet = FleetFile.parse({
  version: 1,
  nodes: NODES,
  plans: [
    { name: 'one', tracks: TRACKS },
    {
      name: 'full',
      engine: 'docker',
      prerequisite: { command: 'make' },
      cleanup: { command: 'make clean' },
      tracks: [
        {
          ...TRACKS[0],
          needs: { cpu: 1 },
          env: { FIRST: '1', SECOND: '2' },
          stop: { drain: { signal: 'USR1', seconds: 5 } },
          secrets: ['PGPASSWORD'],
          docker: { image: 'x' },
        },
        { name: 'b', on: ['pc1'], docker: { image: 'y' } },
      ],
    },
  ],
})
const one = draftOf(fleet.plans[0]!)
const full = draftOf(fleet.plans[1]!)
const FULL = PlanName.parse('full')

/** The problems of a draft, each as one line. */
function problems(draft: PlanDraft, replaces: PlanName | null = FULL): string[] {
  const checked = checkDraft(fleet, draft, replaces)
  if ('plan' in checked) return []
  return checked.problems.map(({ path, message, fix }) => `${path.join('.')} | ${message} | ${fix}`)
}

/** Where the problems of a draft are whose first track is another. */
const places = (change: Partial<TrackDraft>): string[] =>
  problems({ ...full, tracks: [{ ...full.tracks[0]!, ...change }, full.tracks[1]!] }).map(
    line => line.split(' | ')[0] ?? '',
  )

it('finds nothing wrong with plans as they are', () => {
  expect(problems(full)).toEqual([])
  expect(checkDraft(fleet, one, PlanName.parse('one'))).toEqual({ plan: fleet.plans[0] })
})

it('leads to each field of a track, however the file writes it', () => {
  const docker = full.tracks[0]!.docker!
  expect(places({ name: 'a b' })).toEqual(['tracks.0.name'])
  expect(places({ on: [] })).toEqual(['tracks.0.on'])
  expect(places({ on: ['pc1', 'pc9'] })).toEqual(['tracks.0.on.1'])
  expect(places({ on: { role: 'cpu' } })).toEqual(['tracks.0.on.role'])
  expect(places({ workers: 1.5 })).toEqual(['tracks.0.workers'])
  expect(places({ command: 'x {{wroker}}' })).toEqual(['tracks.0.command'])
  expect(places({ workdir: 'sample:../x' })).toEqual(['tracks.0.workdir'])
  expect(places({ needs: { ...full.tracks[0]!.needs, memGiB: [3, 2] } })).toEqual(['tracks.0.needs.memGiB'])
  expect(places({ progress: { match: '(' } })).toEqual(['tracks.0.progress.match'])
  expect(places({ progress: { count: 'x', total: 0 } })).toEqual(['tracks.0.progress.total'])
  expect(places({ stopSignal: 'TERN' })).toEqual(['tracks.0.stopSignal'])
  expect(places({ graceSeconds: -1 })).toEqual(['tracks.0.graceSeconds'])
  expect(places({ drainSignal: 'STOP' })).toEqual(['tracks.0.drainSignal'])
  expect(places({ drainSeconds: 0 })).toEqual(['tracks.0.drainSeconds'])
  expect(places({ secrets: ['PGPASSWORD', 'a b'] })).toEqual(['tracks.0.secrets.1'])
  expect(places({ clientId: -1 })).toEqual(['tracks.0.clientId'])
  expect(places({ after: ['b', 'c'] })).toEqual(['tracks.0.after.1'])
  expect(places({ limitSeconds: 0 })).toEqual(['tracks.0.limitSeconds'])
  expect(places({ aliveSeconds: 61 })).toEqual(['tracks.0.aliveSeconds'])
  expect(places({ logs: ['/a/b', 'c'] })).toEqual(['tracks.0.logs.1'])
  expect(places({ docker: null })).toEqual(['tracks.0.docker'])
  expect(places({ docker: { ...docker, image: '' } })).toEqual(['tracks.0.docker.image'])
  expect(places({ docker: { ...docker, mounts: ['/a:/b', 'c'] } })).toEqual(['tracks.0.docker.mounts.1'])
  expect(places({ docker: { ...docker, memory: 'much' } })).toEqual(['tracks.0.docker.memory'])
})

it('leads to the name or to the value of a variable, by its place in the list', () => {
  const env = (...pairs: readonly (readonly [string, string])[]): string[] =>
    places({ env: [['OK', '1'] as const, ...pairs].map(([name, value]) => ({ name, value })) })
  expect(env(['1ST', 'x'])).toEqual(['tracks.0.env.1.name'])
  expect(env(['', 'x'])).toEqual(['tracks.0.env.1.name'])
  expect(env(['A', ''], ['DRY_RUN', '0'])).toEqual(['tracks.0.env.2.name'])
  expect(env(['SEED', '{{worker}}'])).toEqual(['tracks.0.env.1.value'])
  expect(env(['A', '1'], ['A', '2'])).toEqual(['tracks.0.env.2.name'])
})

it('leads to the fields of the plan itself', () => {
  const at = (change: Partial<PlanDraft>): string[] =>
    problems({ ...full, ...change }).map(line => line.split(' | ')[0] ?? '')
  expect(at({ name: 'a b' })).toEqual(['name'])
  expect(at({ engine: 'process' })).toEqual(['tracks.0.docker', 'tracks.1.command', 'tracks.1.docker'])
  expect(at({ tracks: [] })).toEqual(['tracks'])
  expect(at({ prerequisite: { command: '{{worker}}', on: null, limitSeconds: null } })).toEqual([
    'prerequisite.command',
  ])
  expect(at({ prerequisite: { command: 'x', on: 'pc9', limitSeconds: 0 } })).toEqual([
    'prerequisite.limitSeconds',
    'prerequisite.on',
  ])
  expect(at({ cleanup: { command: '{{worker}}' } })).toEqual(['cleanup.command'])
  expect(at({ cleanup: { remove: ['/tmp/a/b', '/'] } })).toEqual(['cleanup.remove.1'])
  expect(at({ cleanup: { remove: [] } })).toEqual(['cleanup.remove'])
  expect(at({ preflight: [{ tcp: 'x' }] })).toEqual(['preflight.0.tcp'])
})

it('says what is wrong in a sentence, and what to do', () => {
  expect(problems({ ...one, name: 'full' }, PlanName.parse('one'))).toEqual([
    'name | Two plans are called full. | Give this plan another name.',
  ])
  expect(problems({ ...full, name: 'one' })).toEqual([
    'name | Two plans are called one. | Give this plan another name.',
  ])
  const empty = { ...one.tracks[0]!, name: '', command: '', workdir: '' }
  expect(problems({ ...one, tracks: [empty] }, PlanName.parse('one'))).toEqual([
    'tracks.0.name | This is empty. | Write something here.',
    'tracks.0.command | This is empty. | Write something here.',
    'tracks.0.workdir | This is empty. | Write something here.',
  ])
  expect(problems({ ...one, name: 'new' }, PlanName.parse('gone'))).toEqual([
    'name | There is no plan gone in fleet.yaml any more. | Somebody has removed or renamed it. Save this as a new plan.',
  ])
})
