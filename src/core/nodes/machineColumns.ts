import { isIP } from 'node:net'

/** One line of a table of machines; null is a cell that is empty or not there. */
export type Cells =
  | {
      readonly host: string
      readonly user: string | null
      readonly port: string | null
      readonly name: string | null
      readonly key: string | null
    }
  | { readonly problem: string }

type Column = 'host' | 'user' | 'port' | 'name' | 'key'

/** How tables call their columns. */
const TITLES: Readonly<Record<string, Column>> = {
  host: 'host',
  hostname: 'host',
  address: 'host',
  ip: 'host',
  ipaddress: 'host',
  server: 'host',
  user: 'user',
  username: 'user',
  login: 'user',
  port: 'port',
  sshport: 'port',
  name: 'name',
  node: 'name',
  machine: 'name',
  alias: 'name',
  label: 'name',
  key: 'key',
  identityfile: 'key',
  identity: 'key',
  keyfile: 'key',
}

/**
 * Reads the lines of a table, the first of which may name the columns. `names` is such a line; null is a line without
 * cells. Without names a column must be clear by itself: a port is a number, a host has a dot, a colon or an @, what
 * stands before it is the name and behind it the user.
 */
export function listColumns() {
  let columns: readonly (Column | null)[] | null = null

  return {
    read(line: string): Cells | 'names' | null {
      const cells = cellsOf(line)
      if (cells.length < 2) return null
      const titles = cells.map(titleOf)
      if (titles.includes('host') && titles.filter(title => title !== null).length >= 2 && columns === null) {
        columns = titles
        return 'names'
      }
      return columns === null ? guessed(cells) : byTitle(cells, columns)
    },
  }
}

function cellsOf(line: string): readonly string[] {
  const separator = ['\t', ',', ';'].find(each => line.includes(each))
  if (separator === undefined) return [line]
  return line.split(separator).map(cell =>
    cell
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .trim(),
  )
}

function titleOf(cell: string): Column | null {
  const title = cell.toLowerCase().replaceAll(/[^a-z]/g, '')
  return Object.hasOwn(TITLES, title) ? (TITLES[title] ?? null) : null
}

function byTitle(cells: readonly string[], columns: readonly (Column | null)[]): Cells {
  const cell = (column: Column): string | null => cells[columns.indexOf(column)] || null
  const host = cell('host')
  if (host === null) return { problem: 'The host is missing in this line. Fill that column in.' }
  return { host, user: cell('user'), port: cell('port'), name: cell('name'), key: cell('key') }
}

const UNCLEAR = {
  problem:
    'It is not clear which column is the host. Begin the list with a line such as name,host,user,port.',
}

function guessed(cells: readonly string[]): Cells {
  const full = cells.filter(cell => cell !== '')
  const hosts = full.filter(cell => isIP(cell) !== 0 || /[.:@]/.test(cell))
  const [host] = hosts
  if (host === undefined || hosts.length > 1) return UNCLEAR
  const at = full.indexOf(host)
  const isNumber = (cell: string): boolean => /^\d+$/.test(cell)
  const before = full.slice(0, at).filter(cell => !isNumber(cell))
  const behind = full.slice(at + 1).filter(cell => !isNumber(cell))
  const ports = full.filter(isNumber)
  if (before.length > 1 || behind.length > 1 || ports.length > 1) return UNCLEAR
  return { host, user: behind[0] ?? null, port: ports[0] ?? null, name: before[0] ?? null, key: null }
}
