import { isIP } from 'node:net'
import { NodeName } from '../../contract/ids'
import type { ListedMachine } from '../../contract/machines'
import type { SshAddress } from '../../contract/nodes'
import { listColumns, type Cells } from './machineColumns'
import { isUser, readAddress, readPort, type WrittenAddress } from './machineAddress'

export interface KnownMachines {
  readonly aliases: readonly string[]
  /** The nodes of the fleet; null for this PC. */
  readonly nodes: readonly { readonly name: NodeName; readonly ssh: SshAddress | null }[]
}

/** A line that could be read, before its name is settled. */
interface Found {
  /** What the line calls it, or null: then the name is made from the address. */
  readonly called: string | null
  readonly ssh: SshAddress
}
type Read = Found | { readonly problem: string }

/**
 * Reads a list of machines that somebody pasted, one a line.
 *
 * Shape: `[name =] [user@]host[:port]`, `name address`, `address name` as in a hosts file, an alias of the SSH
 * configuration, `ssh -p 22 user@host`, or cells parted by commas, semicolons or tabs (a first line may name them).
 * `#` begins a comment; empty lines, comments and the line that names the cells are not in the result.
 * Absent: a port that is not said is 22; without a name, one is made from the address.
 * Errors: none is thrown; a line that cannot be a node has a `problem`, a sentence with the fix.
 */
export function readMachineList(text: string, known: KnownMachines): ListedMachine[] {
  const aliases = new Set(known.aliases)
  const nodeAt = new Map(known.nodes.flatMap(({ name, ssh }) => (ssh === null ? [] : [[placeOf(ssh), name]])))
  const lineOf = new Map<string, number>()
  const columns = listColumns()

  const rows = text.split(/\r\n|\r|\n/).flatMap((raw, index) => {
    const written = withoutComment(raw)
    if (written === '') return []
    const cells = columns.read(written)
    if (cells === 'names') return []
    const line = index + 1
    const read = cells === null ? readWords(written, aliases) : readCells(cells, aliases)
    return [{ line, text: raw.trim(), read: withoutDoubles(read, line, nodeAt, lineOf) }]
  })
  const namer = createNamer(known, rows)
  return rows.map(({ line, text: shown, read }): ListedMachine => {
    if ('problem' in read) return { line, text: shown, name: null, ssh: null, problem: read.problem }
    const named = namer(read)
    return 'problem' in named
      ? { line, text: shown, name: null, ssh: null, problem: named.problem }
      : { line, text: shown, name: named.name, ssh: read.ssh, problem: null }
  })
}

function withoutComment(line: string): string {
  return line
    .replaceAll('\u00a0', ' ')
    .replace(/(^|\s)#.*$/, '')
    .trim()
}

function readWords(text: string, aliases: ReadonlySet<string>): Read {
  const command = /^ssh\s+(.*)$/.exec(text)?.[1]
  if (command !== undefined) return readCommand(command, aliases)
  const [, before, behind] = /^([^=]*?)\s*=\s*(.*)$/.exec(text) ?? []
  if (before !== undefined && behind !== undefined) return addressed(before, behind, aliases)
  const [first = '', second, ...more] = text.split(/\s+/)
  if (more.length > 0) return { problem: `This line has too many words. Write name = user@host.` }
  if (second === undefined) return addressed(null, first, aliases)
  // As in a hosts file: the address first.
  const isTurned = isIP(first) !== 0 || (first.includes('@') && !second.includes('@'))
  return isTurned ? addressed(second, first, aliases) : addressed(first, second, aliases)
}

function addressed(called: string | null, address: string, aliases: ReadonlySet<string>): Read {
  if (aliases.has(address)) return { called, ssh: { alias: address } }
  if (address === '') return { problem: `There is no address behind ${called}. Write ${called} = user@host.` }
  const read = readAddress(address)
  return 'problem' in read ? read : asFound(called, read, aliases)
}

function asFound(
  called: string | null,
  read: WrittenAddress,
  aliases: ReadonlySet<string>,
  key?: string,
): Read {
  if (aliases.has(read.host)) {
    return {
      problem: `${read.host} is an alias of your SSH configuration, which says user and port. Write only ${read.host}.`,
    }
  }
  const { host, user, port } = read
  return { called, ssh: { host, user, port: port ?? 22, identityFile: key ?? null, jump: [] } }
}

/** `ssh -p 2222 -i key user@host`, as people copy it from a terminal. */
function readCommand(command: string, aliases: ReadonlySet<string>): Read {
  const words = command.split(/\s+/)
  const said = new Map<string, string>()
  const rest: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const [, option, joined = ''] = /^-([pil])(.*)$/.exec(words[index] ?? '') ?? []
    if (option === undefined) rest.push(words[index] ?? '')
    else said.set(option, joined === '' ? (words[(index += 1)] ?? '') : joined)
  }
  const [target, ...more] = rest
  if (target === undefined || more.length > 0 || target.startsWith('-')) {
    return {
      problem: 'Only the options -p, -i and -l of ssh are understood here. Write name = user@host:port.',
    }
  }
  if (said.size === 0) return addressed(null, target, aliases)
  const read = readAddress(target)
  if ('problem' in read) return read
  const port = said.has('p') ? readPort(said.get('p') ?? '') : read.port
  if (said.has('p') && port === null)
    return { problem: `${said.get('p')} is not a port. Ports are 1 to 65535.` }
  const user = said.get('l') ?? read.user
  if (user !== null && !isUser(user)) return notUser(user)
  return asFound(null, { ...read, port, user }, aliases, said.get('i'))
}

function notUser(user: string): Read {
  return { problem: `${user === '' ? 'Nothing' : user} is not a user name. Write user@host.` }
}

function readCells(cells: Cells, aliases: ReadonlySet<string>): Read {
  if ('problem' in cells) return cells
  const { host, user, port, name, key } = cells
  if (aliases.has(host) && user === null && port === null) return { called: name, ssh: { alias: host } }
  const read = readAddress(host)
  if ('problem' in read) return read
  const number = port === null ? read.port : readPort(port)
  if (port !== null && number === null) return { problem: `${port} is not a port. Ports are 1 to 65535.` }
  if (user !== null && !isUser(user)) return notUser(user)
  return asFound(name, { ...read, port: number, user: user ?? read.user }, aliases, key ?? undefined)
}

function withoutDoubles(
  read: Read,
  line: number,
  nodeAt: ReadonlyMap<string, NodeName>,
  lineOf: Map<string, number>,
): Read {
  if ('problem' in read) return read
  const place = placeOf(read.ssh)
  const node = nodeAt.get(place)
  if (node !== undefined) return { problem: `This is the node ${node} already. Remove the line.` }
  const first = lineOf.get(place)
  if (first !== undefined)
    return { problem: `This is the machine of line ${first} again. Remove one of the two.` }
  lineOf.set(place, line)
  return read
}

function placeOf(ssh: SshAddress): string {
  if ('alias' in ssh) return `alias ${ssh.alias}`
  return `${ssh.user ?? ''}@${ssh.host.toLowerCase()} ${ssh.port} ${ssh.jump.join(' ')}`
}

/** Gives each line its name: what is written is kept or refused, what is made up gives way to it. */
function createNamer(known: KnownMachines, rows: readonly { readonly read: Read }[]) {
  const inFleet = new Set<string>(known.nodes.map(({ name }) => name))
  const written = rows.flatMap(({ read }) => ('problem' in read || read.called === null ? [] : [read.called]))
  const taken = new Set([...inFleet, ...written])
  const given = new Set<string>()
  const nextNumber = new Map<string, number>()

  function free(wanted: string): NodeName {
    let name = wanted
    while (taken.has(name)) {
      const number = nextNumber.get(wanted) ?? 2
      nextNumber.set(wanted, number + 1)
      name = `${wanted.slice(0, 56)}-${number}`
    }
    taken.add(name)
    return NodeName.parse(name)
  }

  return ({ called, ssh }: Found): { readonly name: NodeName } | { readonly problem: string } => {
    if (called === null) return { name: free(nameFrom('alias' in ssh ? ssh.alias : ssh.host)) }
    const name = NodeName.safeParse(called)
    if (!name.success) {
      const better = free(nameFrom(called))
      return { problem: `${called} cannot be a name. Use letters, digits, dots, _ and -, such as ${better}.` }
    }
    if (inFleet.has(called) || given.has(called)) {
      const where = inFleet.has(called) ? 'in the fleet' : 'in this list'
      return { problem: `${called} is taken ${where}. Call it ${free(called)}.` }
    }
    given.add(called)
    return { name: name.data }
  }
}

/** A node's name for an address: the first part of a host name, an IP address as it is. */
export function nameFrom(host: string): string {
  const base = isIP(host) === 0 ? (host.split('.').find(part => part !== '') ?? '') : host
  const safe = base
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
  return safe === '' ? 'machine' : safe
}
