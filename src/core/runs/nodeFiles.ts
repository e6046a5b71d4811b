import type { NodeShell } from '../nodes/nodeShell'

/** A file on a node, not to be mistaken for another one of the same name. */
export interface NodeFile {
  readonly path: string
  readonly device: string
  readonly inode: string
  readonly sizeBytes: number
  /** Seconds since the epoch by the node's clock; whole ones where `stat` knows no fractions. */
  readonly changedAtS: number
}

/** What stands at a path now. */
export interface FileLook {
  /** null: nothing, or nothing that is a file. */
  readonly here: NodeFile | null
  /** What rotation may have made of it, in any order. */
  readonly siblings: readonly NodeFile[]
}

/** How often a folder may change under a look before that is given up until the next one. */
const LOOKS = 5

export async function lookAtFile(shell: Pick<NodeShell, 'call'>, path: string): Promise<FileLook> {
  const files = await ask(shell, 'drydock_file', path)
  return {
    here: files.find(file => file.path === path) ?? null,
    siblings: files.filter(file => file.path !== path),
  }
}

/** The files that match a pattern, the newest first. Errors: `launch-failed` for one that is not absolute. */
export async function findFiles(shell: Pick<NodeShell, 'call'>, pattern: string): Promise<NodeFile[]> {
  const files = await ask(shell, 'drydock_glob', pattern)
  return files.sort((a, b) => b.changedAtS - a.changedAtS || (a.path < b.path ? -1 : 1))
}

export const isSameFile = (
  a: Pick<NodeFile, 'device' | 'inode'>,
  b: Pick<NodeFile, 'device' | 'inode'>,
): boolean => a.device === b.device && a.inode === b.inode

async function ask(shell: Pick<NodeShell, 'call'>, name: string, path: string): Promise<NodeFile[]> {
  for (let look = 0; look < LOOKS; look += 1) {
    const files = parseFiles(await shell.call(name, [path]))
    if (files !== null) return files
  }
  return []
}

/**
 * Shape:  a line `device inode bytes mtime` for each file, an empty line, then the names, NUL after each.
 * Absent: a name that is no UTF-8 is left out: it cannot be asked for again.
 * Errors: null when a file went away between the two lists.
 * Source: nodeSide/logs.sh.
 */
function parseFiles(printed: string): NodeFile[] | null {
  const cut = printed.startsWith('\n') ? 0 : printed.indexOf('\n\n') + 1
  const rows = printed
    .slice(0, cut)
    .split('\n')
    .filter(row => row !== '')
  const paths = printed
    .slice(cut + 1)
    .split('\0')
    .slice(0, -1)
  if (rows.length !== paths.length) return null
  return rows.flatMap((row, i) => {
    const [device = '', inode = '', size, mtime] = row.split(' ')
    const path = paths[i] ?? ''
    if (path.includes('\uFFFD')) return []
    return [{ path, device, inode, sizeBytes: Number(size), changedAtS: Number(mtime) }]
  })
}
