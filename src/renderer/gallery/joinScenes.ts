import type { NodeName } from '../../contract/ids'
import type { TestResult } from '../../contract/machines'
import type { BlockReason, NodeView } from '../../contract/nodes'
import {
  type AddState,
  type Candidate,
  candidate,
  EMPTY_ADD,
  type TestState,
  withDrafts,
} from '../join/addState'
import { nodeDraft } from '../join/joinCommands'
import {
  initialJoin,
  type JoinDialog,
  type JoinState,
  type LoginPhase,
  type NodeDraft,
} from '../join/joinStore'
import type { FleetState } from '../state/fleetStore'
import { threeNodes } from './fleets'
import { blocked } from './links'
import {
  address,
  changedKey,
  LISTED,
  LOGIN_KEYS,
  manySshHosts,
  reached,
  refusedLogin,
  SSH_HOSTS,
  unknownKey,
  unreachable,
} from './machines'
import type { Scene } from './scenes'

type Base = (state?: Partial<FleetState>) => Scene

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
          isWanted: null,
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

const NOT_BUILT = { what: 'This is not built yet.', fix: null }

const AUTH: BlockReason = {
  kind: 'auth',
  message: 'w1@pc2.lan refused every key that was offered',
  hint: 'Install a key.',
  takesPassword: true,
}
const PASSPHRASE: BlockReason = {
  kind: 'passphrase',
  path: '/home/w1/.ssh/id_ed25519',
  message: 'The key has a passphrase',
  hint: 'With an ssh-agent it is asked for once a session.',
}
const QUESTION: BlockReason = {
  kind: 'question',
  title: 'Two-factor login of colo.example.net',
  prompts: [
    { text: 'Password: ', isHidden: true },
    { text: 'One-time code: ', isHidden: false },
  ],
  message: 'The server asks for an answer',
  hint: 'Answer it.',
}

const loggingIn = (
  base: Base,
  reason: BlockReason,
  phase: LoginPhase = { at: 'ask' },
  answers: Scene['answers'] = {},
): Scene => ({
  ...base({ nodes: blocked(reason) }),
  join: join({ dialog: { kind: 'login', node: PC2, phase } }),
  answers: {
    loginKeys: async () => LOGIN_KEYS,
    secretsPlace: async () => ({ place: 'keychain', detail: 'GNOME Keyring' }),
    ...answers,
  },
})

/** Logging in to a node that is blocked. */
const loginScenes = (base: Base): Readonly<Record<string, () => Scene>> => ({
  'login-key': () => loggingIn(base, AUTH),
  'login-key-none': () => loggingIn(base, AUTH, { at: 'ask' }, { loginKeys: async () => [] }),
  'login-key-loading': () => loggingIn(base, AUTH, { at: 'ask' }, { loginKeys: never }),
  'login-key-by-hand': () => loggingIn(base, { ...AUTH, takesPassword: false }),
  'login-key-installing': () =>
    loggingIn(base, AUTH, {
      at: 'working',
      words: 'Logging in with the password, installing the key, proving it…',
    }),
  'login-key-wrong': () =>
    loggingIn(base, AUTH, {
      at: 'refused',
      problem: { what: 'The password was refused.', fix: 'Nothing was changed on pc2. Type it again.' },
    }),
  'login-key-proved': () =>
    loggingIn(base, AUTH, { at: 'done', words: 'The key works; the password was not kept.' }),
  'login-passphrase': () => loggingIn(base, PASSPHRASE),
  'login-passphrase-wrong': () =>
    loggingIn(base, PASSPHRASE, {
      at: 'refused',
      problem: { what: 'That passphrase does not open the key.', fix: 'Type it again.' },
    }),
  'login-passphrase-memory': () =>
    loggingIn(
      base,
      PASSPHRASE,
      { at: 'ask' },
      {
        secretsPlace: async () => ({
          place: 'memory',
          detail: 'This desktop has no keychain that encrypts with a secret of yours',
        }),
      },
    ),
  'login-question': () => loggingIn(base, QUESTION),
})

const dialog = (scene: Scene, of: JoinDialog): Scene => ({ ...scene, join: join({ dialog: of }) })

function editing(
  base: Base,
  draft: Partial<NodeDraft>,
  problem: Extract<JoinDialog, { kind: 'edit' }>['problem'] = null,
): Scene {
  const node = threeNodes.nodes.find((one: NodeView) => one.name === PC2)
  if (node === undefined) return base()
  return dialog(base(), {
    kind: 'edit',
    node: PC2,
    draft: { ...nodeDraft(node), ...draft },
    isSaving: false,
    problem,
  })
}

/** Changing a node, and taking it out. */
const editScenes = (base: Base): Readonly<Record<string, () => Scene>> => ({
  'edit-node': () => editing(base, {}),
  'edit-alias': () => editing(base, { way: 'alias', alias: 'pc2' }),
  'edit-wrong': () =>
    editing(base, {
      name: 'hp-server',
      address: { address: 'w1 @pc2', keyFile: 'id_ed25519', jump: '' },
    }),
  'edit-refused': () =>
    editing(
      base,
      { name: 'pc2-cellar' },
      { what: 'A run is on pc2, so it keeps its name.', fix: 'Stop the run first.' },
    ),
  'remove-node': () => dialog(base(), { kind: 'remove', node: PC2, isRemoving: false, problem: null }),
  'remove-refused': () =>
    dialog(base(), {
      kind: 'remove',
      node: PC2,
      isRemoving: false,
      problem: { what: 'kelly-monte-carlo runs on pc2.', fix: 'Stop it there first.' },
    }),
  undo: () => ({
    ...base(),
    join: join({ undo: { id: 1, words: 'pc2 is disabled.', undo: async () => {} } }),
  }),
})

/** Every state of the screens by which machines join, log in, change and leave. */
export const joinScenes = (base: Base): Readonly<Record<string, () => Scene>> => ({
  ...hostScenes(base),
  ...pickScenes(base),
  ...loginScenes(base),
  ...editScenes(base),
})
