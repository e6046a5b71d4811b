import type { BlockReason, Link } from '../../../contract/nodes'
import { shellQuote } from '../../kernel/shellQuote'
import type { FleetNode } from '../fleetNodes'
import { fail, pass, skip, type Finding } from './check'

/** What the link itself proves. Nothing is sent: a connection that says nothing counts against this PC at the server. */

/** Whether an SSH server answers, by the link's own connection. */
export function judgePort({ link }: FleetNode): Finding {
  const wanted = 'an SSH server that answers'
  if (link.state === 'online') return pass('an SSH server answers', wanted)
  if (link.state === 'unreachable') return fail(`${link.message} ${link.hint}`.trim(), wanted)
  if (link.state === 'blocked' && isAnswered(link.reason)) return pass('an SSH server answers', wanted)
  return skip(whyOffline(link))
}

export function judgeHostKey({ link, online }: FleetNode): Finding {
  const wanted = 'the key that you accepted'
  if (online !== null) {
    const { hostKey } = online
    return hostKey === null ? skip('There is none.') : pass(`${hostKey.type} ${hostKey.fingerprint}`, wanted)
  }
  if (link.state !== 'blocked') return skip(whyOffline(link))
  const { reason } = link
  switch (reason.kind) {
    case 'host-key-unknown':
    case 'host-key-refused':
      return fail(
        `not accepted: ${reason.offered.type} ${reason.offered.fingerprint}. Compare it on that machine`,
        wanted,
        `for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done`,
      )
    case 'host-key-changed':
      return fail(
        `changed: ${reason.offered.fingerprint} instead of ${reason.known.map(key => key.fingerprint).join(', ')}. If the machine was set up anew`,
        wanted,
        `ssh-keygen -f ${shellQuote(reason.knownIn)} -R ${shellQuote(knownName(reason.address))}`,
      )
    case 'auth':
    case 'question':
      return pass('the key is the one that you accepted', wanted)
    case 'passphrase':
    case 'unusable':
      return skip(sentenceOfBlock(reason))
    default:
      return reason satisfies never
  }
}

/** The login of a link that is not online. */
export function judgeLogin({ link }: FleetNode): Finding {
  const wanted = 'a login by key'
  if (link.state !== 'blocked') return skip(whyOffline(link))
  const { reason } = link
  if (
    reason.kind === 'host-key-unknown' ||
    reason.kind === 'host-key-refused' ||
    reason.kind === 'host-key-changed'
  ) {
    return skip('No login is tried before the host key is accepted.')
  }
  const command = /ssh-(?:copy-id|add) .*$/.exec(reason.hint)?.[0] ?? null
  const rest = command === null ? ` ${reason.hint}` : ''
  return fail(`${reason.message}${rest}`, wanted, command)
}

/** Why nothing can be looked at on a node that is not online. */
export function whyOffline(link: Link): string {
  switch (link.state) {
    case 'online':
      return 'The link was lost in the middle.'
    case 'connecting':
      return 'The link is not up yet.'
    case 'unreachable':
      return `The node is not reachable: ${link.message}`
    case 'blocked':
      return `The link is blocked: ${sentenceOfBlock(link.reason)}`
    case 'disabled':
      return 'The node is disabled in fleet.yaml.'
    default:
      return link satisfies never
  }
}

function sentenceOfBlock(reason: BlockReason): string {
  switch (reason.kind) {
    case 'host-key-unknown':
      return 'its host key is not accepted yet.'
    case 'host-key-refused':
      return 'its host key was refused.'
    case 'host-key-changed':
      return 'its host key has changed.'
    case 'auth':
    case 'passphrase':
    case 'question':
    case 'unusable':
      return reason.message
    default:
      return reason satisfies never
  }
}

/** Whether the server was heard before the link was blocked. */
function isAnswered({ kind }: BlockReason): boolean {
  return kind !== 'passphrase' && kind !== 'unusable'
}

/** `host:port` as known_hosts has it. */
function knownName(address: string): string {
  const [, host = address, port] = /^(.*):(\d+)$/.exec(address) ?? []
  return port === undefined || port === '22' ? host : `[${host}]:${port}`
}
