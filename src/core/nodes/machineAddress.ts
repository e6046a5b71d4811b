import { isIP, isIPv6 } from 'node:net'

/** An address as people write it; null is what is not said. */
export interface WrittenAddress {
  readonly host: string
  readonly user: string | null
  readonly port: number | null
}

/**
 * Reads `[user@]host[:port]`.
 *
 * Shape: host is a name, an IPv4 address, or an IPv6 address, in brackets when a port follows; `ssh://` may lead.
 * Absent: user and port are null when they are not said.
 * Errors: none is thrown; `problem` is a sentence with the fix.
 */
export function readAddress(text: string): WrittenAddress | { readonly problem: string } {
  const bare = text.replace(/^ssh:\/\//i, '').replace(/\/$/, '')
  const at = bare.lastIndexOf('@')
  const user = at === -1 ? null : bare.slice(0, at)
  const place = bare.slice(at + 1)
  if (user === '') return { problem: `There is no user before the @ of ${text}. Write user@host.` }
  if (user !== null && !isUser(user)) return { problem: `${user} is not a user name. Write user@host.` }
  if (place === '') return { problem: `There is no host behind the @ of ${text}. Write user@host.` }
  if (isIPv6(place)) return { host: place, user, port: null }
  const [, bracketed, plain, colon, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(:([^:]*))?$/.exec(place) ?? []
  const host = bracketed ?? plain
  if (host === undefined) {
    return { problem: `${place} is not an address. Write an IPv6 address in brackets: [fe80::1]:22.` }
  }
  if (bracketed !== undefined && !isIPv6(bracketed)) {
    return { problem: `[${bracketed}] is not an IPv6 address. Only those stand in brackets.` }
  }
  const wrong = bracketed === undefined ? hostProblem(host) : null
  if (wrong !== null) return { problem: wrong }
  if (colon === undefined) return { host, user, port: null }
  const port = readPort(digits ?? '')
  return port === null
    ? { problem: `${digits === '' ? 'Nothing' : digits} is not a port. Ports are 1 to 65535.` }
    : { host, user, port }
}

/** 1 to 65535, else null. */
export function readPort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : null
}

export function isUser(text: string): boolean {
  return text.length <= 255 && /^[^\s:/,;"'`$-][^\s:/,;"'`$]*$/.test(text)
}

/** Null for a host name or an IPv4 address. */
function hostProblem(host: string): string | null {
  if (/^[\d.]+$/.test(host) && isIP(host) === 0) {
    return `${host} is not an IPv4 address. It has four numbers from 0 to 255.`
  }
  const isName = host.length <= 253 && /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/.test(host)
  return isName && !host.includes('..')
    ? null
    : `${host === '' ? 'Nothing' : host} is not a host name. Write a name or an IP address.`
}
