import type { NodeName } from '../../contract/ids'
import type { BlockReason, NodeView } from '../../contract/nodes'
import { nodeDraft } from '../join/nodeEdit'
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
import { LOGIN_KEYS } from './machines'
import type { Scene } from './scenes'

type Base = (state?: Partial<FleetState>) => Scene

const never = <T>(): Promise<T> => new Promise(() => {})
const PC2 = 'pc2' as NodeName
const join = (rest: Partial<JoinState>): JoinState => ({ ...initialJoin, isOfferOver: true, ...rest })

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
export const loginScenes = (base: Base): Readonly<Record<string, () => Scene>> => ({
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
export const editScenes = (base: Base): Readonly<Record<string, () => Scene>> => ({
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
