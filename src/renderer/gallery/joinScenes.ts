import type { NodeName } from '../../contract/ids'
import type { TestResult } from '../../contract/machines'
import {
  type AddState,
  type Candidate,
  candidate,
  EMPTY_ADD,
  type TestState,
  withDrafts,
} from '../join/addState'
import { initialJoin, type JoinState } from '../join/joinStore'
import type { FleetState } from '../state/fleetStore'
import { threeNodes } from './fleets'
import { editScenes, loginScenes } from './loginScenes'
import {
  address,
  changedKey,
  LISTED,
  manySshHosts,
  reached,
  refusedLogin,
  SSH_HOSTS,
  unknownKey,
  unreachable,
} from './machines'
import type { Scene } from './scenes'

type Base = (state?: Partial<FleetState>) => Scene

const NOT_BUILT = { what: 'This is not built yet.', fix: null }

const never = <T>(): Promise<T> => new Promise(() => {})
const fails = (what: string, hint: string) => async (): Promise<never> => {
  throw Object.assign(new Error(what), { data: { hint } })
}

const PC2 = 'pc2' as NodeName
const join = (rest: Partial<JoinState>): JoinState => ({ ...initialJoin, isOfferOver: true, ...rest })

/** "Add machines", as it stands after something was picked and tested. */
function adding(scene: Scene, add: Partial<AddState>, answers: Scene['answers'] = {}): Scene {
  return {
    ...scene,
    join: join({ dialog: { kind: 'add' }, add: { ...EMPTY_ADD, step: 'pick', ...add } }),
    answers: { sshHosts: async () => SSH_HOSTS, ...answers },
  }
}

const aliases = (...names: readonly string[]): readonly Candidate[] =>
  names.map(alias => candidate({ alias }))
const done = (result: TestResult): TestState => ({ at: 'done', result })
const tests = (of: Readonly<Record<string, TestState>>): AddState['tests'] =>
  Object.fromEntries(Object.entries(of).map(([alias, state]) => [`alias ${alias}`, state]))

const OUTCOMES = tests({
  i7: done(reached()),
  'gpu-attic': done(unknownKey('192.168.1.31:2222')),
  'colo-1': done(refusedLogin),
  'colo-2': done(unreachable),
})

const confirming = (scene: Scene, add: Partial<AddState>): Scene => {
  const state = withDrafts({ ...EMPTY_ADD, step: 'confirm', ...add }, threeNodes.nodes)
  return adding(scene, { ...state, drafts: { ...state.drafts, ...add.drafts } })
}

/** This PC, and picking from the SSH config. */
const hostScenes = (base: Base): Readonly<Record<string, () => Scene>> => ({
  'add-this-pc': () => adding(base(), { step: 'this-pc' }),
  'add-hosts-loading': () => adding(base(), {}, { sshHosts: never }),
  'add-hosts-none': () => adding(base(), {}, { sshHosts: async () => [] }),
  'add-hosts-failed': () =>
    adding(
      base(),
      {},
      { sshHosts: fails('~/.ssh/config cannot be read.', 'Give yourself the right to read it.') },
    ),
  'add-hosts': () => adding(base(), { picked: aliases('i7', 'gpu-attic') }),
  'add-hosts-200': () =>
    adding(base(), { picked: aliases('rack-002') }, { sshHosts: async () => manySshHosts(200) }),
  'add-hosts-filtered': () => adding(base(), { filter: 'nothing like it' }),
  'add-testing': () =>
    adding(base(), {
      picked: aliases('i7', 'gpu-attic', 'colo-1', 'colo-2'),
      tests: tests({
        i7: done(reached()),
        'gpu-attic': { at: 'testing' },
        'colo-1': { at: 'testing' },
        'colo-2': { at: 'queued' },
      }),
    }),
  'add-outcomes': () =>
    adding(base(), { picked: aliases('i7', 'gpu-attic', 'colo-1', 'colo-2'), tests: OUTCOMES }),
})

/** Picking by address and from a list, then keys and names. */
const pickScenes = (base: Base): Readonly<Record<string, () => Scene>> => ({
  'add-address': () => {
    const typed = [
      candidate(address('192.168.1.50')),
      candidate(address('192.168.1.51', { port: 2222, identityFile: '~/.ssh/attic', jump: ['bastion'] })),
    ]
    const [first] = typed
    return adding(base(), {
      tab: 'address',
      typed,
      picked: typed,
      tests: first === undefined ? {} : { [first.key]: { at: 'failed', problem: NOT_BUILT } },
    })
  },
  'add-address-wrong': () =>
    adding(base(), {
      tab: 'address',
      typing: { address: 'w1@192.168.1.50:ssh', keyFile: '~/.ssh/id_ed25519.pub', jump: 'bastion, @' },
    }),
  'add-list': () =>
    adding(base(), {
      tab: 'list',
      listText: LISTED.map(({ text }) => text).join('\n'),
      listed: LISTED,
      picked: LISTED.slice(0, 2).flatMap(({ ssh, name }) => (ssh === null ? [] : [candidate(ssh, name)])),
    }),
})

/** Keys and names. */
const confirmScenes = (base: Base): Readonly<Record<string, () => Scene>> => ({
  'add-keys': () =>
    confirming(base(), {
      picked: aliases('gpu-attic', 'colo-1', 'i7'),
      tests: tests({
        'gpu-attic': done(unknownKey('192.168.1.31:2222')),
        'colo-1': done(changedKey('10.8.0.11:22')),
        i7: done(reached()),
      }),
    }),
  'add-names': () =>
    confirming(base(), {
      picked: aliases('i7', 'colo-2', 'gpu-attic'),
      tests: tests({
        i7: done(reached()),
        'colo-2': done(unreachable),
        'gpu-attic': done(reached({ sameAs: PC2, roundTripMs: 4.4 })),
      }),
      drafts: {
        'alias colo-2': {
          name: 'hp-server',
          roles: ['gpu', 'rack-b'],
          isWanted: true,
          refused: null,
          isTrusting: false,
          problem: null,
        },
      },
    }),
  'add-refused': () =>
    confirming(base(), {
      picked: aliases('i7'),
      tests: OUTCOMES,
      problem: {
        what: 'fleet.yaml has a mistake in line 12.',
        fix: 'Correct it there, then press Add again.',
      },
    }),
})

/** Every state of the screens by which machines join, log in, change and leave. */
export const joinScenes = (base: Base): Readonly<Record<string, () => Scene>> => ({
  ...hostScenes(base),
  ...pickScenes(base),
  ...confirmScenes(base),
  ...loginScenes(base),
  ...editScenes(base),
})
