import type { NodeName } from '../../contract/ids'
import type { LoginKey } from '../../contract/keys'
import type { ListedMachine, SshHost, TestResult } from '../../contract/machines'
import type { SshAddress } from '../../contract/nodes'
import { node } from './builders'
import { known, offered } from './links'

const asNode = (name: string): NodeName => name as NodeName

const sshHost = (alias: string, rest: Partial<SshHost> = {}): SshHost => ({
  alias,
  resolved: { host: `${alias}.lan`, port: 22, user: 'w1', identityFiles: [], jump: [] },
  problem: null,
  node: null,
  ...rest,
})

const at = (host: string, rest: object = {}): Pick<SshHost, 'resolved'> => ({
  resolved: { host, port: 22, user: 'w1', identityFiles: [], jump: [], ...rest },
})

/** A file as people have it: machines of the fleet, a jump host, a code host, and a mistake. */
export const SSH_HOSTS: readonly SshHost[] = [
  sshHost('pc2', { ...at('pc2.lan'), node: asNode('pc2') }),
  sshHost('hp-server', { ...at('hp-server.lan'), node: asNode('hp-server') }),
  sshHost('i7', at('192.168.1.20', { identityFiles: ['~/.ssh/id_ed25519'] })),
  sshHost('gpu-attic', at('192.168.1.31', { port: 2222, identityFiles: ['~/.ssh/attic'] })),
  sshHost('colo-1', at('10.8.0.11', { user: 'trader', jump: ['w1@bastion.example.net:22'] })),
  sshHost('colo-2', at('10.8.0.12', { user: 'trader', jump: ['w1@bastion.example.net:22'] })),
  sshHost('old-nas', {
    resolved: null,
    problem: 'OpenSSH cannot resolve it: line 41, bad configuration option “cipher”.',
  }),
]

export const manySshHosts = (size: number): readonly SshHost[] =>
  Array.from({ length: size }, (_, index) => {
    const alias = `rack-${String(index + 1).padStart(3, '0')}`
    return sshHost(alias, at(`10.20.${Math.floor(index / 100)}.${(index % 100) + 10}`))
  })

export const reached = (rest: Partial<Extract<TestResult, { outcome: 'reached' }>> = {}): TestResult => {
  const { inventory } = node({ name: 'i7', os: 'Ubuntu 22.04.5 LTS', threads: 12, memGiB: 64 })
  if (inventory === null) throw new Error('The builder gives every node an inventory.')
  return { outcome: 'reached', inventory, roundTripMs: 3.6, sameAs: null, ...rest }
}

export const unknownKey = (address: string): TestResult => ({
  outcome: 'blocked',
  reason: { kind: 'host-key-unknown', address, offered },
})
export const changedKey = (address: string): TestResult => ({
  outcome: 'blocked',
  reason: { kind: 'host-key-changed', address, offered, known, knownIn: '/home/w1/.ssh/known_hosts' },
})
export const refusedLogin: TestResult = {
  outcome: 'blocked',
  reason: {
    kind: 'auth',
    message: 'It refused every key that was offered',
    hint: 'Add it all the same: its card helps to install a key.',
    takesPassword: true,
  },
}
export const unreachable: TestResult = {
  outcome: 'unreachable',
  message: 'No answer for 10 s',
  hint: 'Check its power and its network.',
}

export const address = (host: string, rest: Partial<Exclude<SshAddress, { alias: string }>> = {}) => ({
  host,
  port: 22,
  user: 'w1',
  identityFile: null,
  jump: [],
  ...rest,
})

export const LISTED: readonly ListedMachine[] = [
  { line: 1, text: 'w1@192.168.1.40', name: asNode('farm-1'), ssh: address('192.168.1.40'), problem: null },
  {
    line: 2,
    text: 'farm-2 w1@192.168.1.41:2222',
    name: asNode('farm-2'),
    ssh: address('192.168.1.41', { port: 2222 }),
    problem: null,
  },
  {
    line: 3,
    text: 'w1@192.168.1.42:99999',
    name: null,
    ssh: null,
    problem: 'The port is not a number from 1 to 65535. Write for example w1@192.168.1.42:22.',
  },
  { line: 4, text: 'w1@pc2.lan', name: asNode('pc2-again'), ssh: address('pc2.lan'), problem: null },
]

export const LOGIN_KEYS: readonly LoginKey[] = [
  {
    path: '/home/w1/.ssh/id_ed25519',
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:b3Xo8yPj2nUe4sR6A9kVY0cQmT0mLw5iQ9ZbDqk1mHf',
    comment: 'w1@this-pc',
    hasPassphrase: true,
    isOwn: false,
  },
  {
    path: '/home/w1/.local/share/drydock/keys/drydock_ed25519',
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:Qk1mHf3vXo8yPj2nUe4sR6A9kVY0cQmT0mLw5iQ9ZbD',
    comment: 'drydock',
    hasPassphrase: false,
    isOwn: true,
  },
  {
    path: '/home/w1/.ssh/ancient',
    type: null,
    fingerprint: null,
    comment: '',
    hasPassphrase: true,
    isOwn: false,
  },
]
