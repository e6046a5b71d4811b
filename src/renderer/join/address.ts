import type { SshAddress } from '../../contract/nodes'

/** What was typed into the fields of an address. */
export interface AddressDraft {
  /** `user@host[:port]` */
  readonly address: string
  readonly keyFile: string
  /** Hosts on the way, separated by commas. */
  readonly jump: string
}

export const EMPTY_DRAFT: AddressDraft = { address: '', keyFile: '', jump: '' }

/** A sentence for each field that cannot be used; null where nothing is wrong. */
export interface AddressProblems {
  readonly address: string | null
  readonly keyFile: string | null
  readonly jump: string | null
}

type Hosted = Exclude<SshAddress, { alias: string }>

const MOST_JUMPS = 8
const LONGEST = 255

/**
 * Shape: `[user@]host[:port]`, an IPv6 host in brackets when a port follows. Absent: an empty address is no problem yet
 * and has no `ssh`. Errors: a sentence a field.
 */
export function readDraft(draft: AddressDraft): { ssh: SshAddress | null; problems: AddressProblems } {
  const address = draft.address.trim()
  const jump = draft.jump.split(/[\s,]+/).filter(word => word !== '')
  const place = readPlace(address)
  const problems = {
    address: address === '' || typeof place !== 'string' ? null : place,
    keyFile: keyFileProblem(draft.keyFile.trim()),
    jump: jumpProblem(jump),
  }
  const isGood = problems.keyFile === null && problems.jump === null && typeof place !== 'string'
  const identityFile = draft.keyFile.trim() === '' ? null : draft.keyFile.trim()
  return { ssh: isGood ? { ...place, identityFile, jump } : null, problems }
}

/** The place, or the sentence that says why it is none. */
function readPlace(text: string): Pick<Hosted, 'host' | 'port' | 'user'> | string {
  if (/\s/.test(text)) return 'An address has no spaces. Write user@host or user@host:port.'
  const at = text.lastIndexOf('@')
  const user = at < 0 ? null : text.slice(0, at)
  if (user === '') return 'The name before @ is missing. Write user@host.'
  if (user !== null && !/^[A-Za-z0-9_][^@:/\\]*$/.test(user)) return `“${user}” cannot be a user’s name.`
  const { host, port } = splitPort(text.slice(at + 1))
  if (host === '') return 'The host is missing. Write user@host, for example w1@192.168.1.11.'
  if (host.length > LONGEST) return 'No host has so long a name.'
  if (/^[\d.]+$/.test(host) && !isIpv4(host))
    return `“${host}” is not an IPv4 address. It has four numbers from 0 to 255.`
  if (!isHost(host)) return `“${host}” cannot be a host. Write a name or an address such as 192.168.1.11.`
  const number = Number(port)
  if (!/^\d+$/.test(port) || number < 1 || number > 65_535) return 'A port is a number from 1 to 65535.'
  return { host, port: number, user }
}

function splitPort(text: string): { host: string; port: string } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text)
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: bracketed[2] ?? '22' }
  const parts = text.split(':')
  // Two colons and more are an IPv6 address without a port.
  if (parts.length !== 2) return { host: text, port: '22' }
  return { host: parts[0] ?? '', port: parts[1] ?? '' }
}

/** A leading dash would be an option to whatever command it is handed to. */
const isHost = (host: string): boolean =>
  /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(host) || (host.includes(':') && /^[0-9A-Fa-f:.]+(%\w+)?$/.test(host))

const isIpv4 = (host: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(host) && host.split('.').every(part => Number(part) <= 255)

function keyFileProblem(path: string): string | null {
  if (path === '') return null
  if (path.endsWith('.pub')) return `That is the public half. Name the private key: ${path.slice(0, -4)}`
  if (!/^(~?\/|[A-Za-z]:[\\/])/.test(path)) return 'Write the whole path, for example ~/.ssh/id_ed25519.'
  return null
}

function jumpProblem(jump: readonly string[]): string | null {
  if (jump.length > MOST_JUMPS) return `At most ${MOST_JUMPS} hosts can be on the way.`
  const wrong = jump.find(hop => typeof readPlace(hop) === 'string')
  return wrong === undefined
    ? null
    : `“${wrong}” cannot be a host on the way. Write a name or user@host:port.`
}

/** `w1@192.168.1.11`, `w1@[fe80::1]:2222`, or the alias: as somebody would type it. */
export function addressText(ssh: SshAddress): string {
  if ('alias' in ssh) return ssh.alias
  const host = ssh.host.includes(':') ? `[${ssh.host}]` : ssh.host
  return `${ssh.user === null ? '' : `${ssh.user}@`}${host}${ssh.port === 22 ? '' : `:${ssh.port}`}`
}

export const draftOf = (ssh: SshAddress | null): AddressDraft =>
  ssh === null || 'alias' in ssh
    ? EMPTY_DRAFT
    : { address: addressText(ssh), keyFile: ssh.identityFile ?? '', jump: ssh.jump.join(', ') }

/** The same for the same place, however it was come by. */
export const addressKey = (ssh: SshAddress): string =>
  'alias' in ssh
    ? `alias ${ssh.alias}`
    : JSON.stringify([ssh.host, ssh.port, ssh.user, ssh.identityFile, ssh.jump])

/** What the person can still be told before Drydock asks: `via bastion · key ~/.ssh/w1`. */
export function wayText(ssh: SshAddress): string | null {
  if ('alias' in ssh) return null
  const words = [
    ...(ssh.jump.length === 0 ? [] : [`via ${ssh.jump.join(', ')}`]),
    ...(ssh.identityFile === null ? [] : [`key ${ssh.identityFile}`]),
  ]
  return words.length === 0 ? null : words.join(' · ')
}
