import { randomUUID } from 'node:crypto'
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'

/**
 * Puts `text` in the place of `before`: whole or not at all, with the mode that the file has. A symbolic link stays,
 * and its target is replaced. False, and nothing is written, when the file no longer reads `before`.
 */
export async function replaceFile(path: string, before: string, text: string): Promise<boolean> {
  const target = await realpath(path)
  const { mode } = await stat(target)
  const draft = `${target}.${randomUUID()}.tmp`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.chmod(mode & 0o777) // here, because the process's umask narrows what open is given
      await handle.sync()
    } finally {
      await handle.close()
    }
    if ((await readFile(target, 'utf8')) !== before) return false
    await rename(draft, target)
    return true
  } finally {
    await rm(draft, { force: true })
  }
}
