import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** The script that installs a key, in the shells that nodes have. */

const SCRIPT = fileURLToPath(new URL('nodeSide/installKey.sh', import.meta.url))
const KEY = ['ssh-ed25519', 'AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE+/=', "it's $HOME; `id`"] as const
const LINE = `${KEY.join(' ')}\n`

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'drydock-install-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe.each(['dash', 'bash --posix', 'busybox ash'])('in %s', command => {
  const [shell = 'sh', ...options] = command.split(' ')
  const install = async (HOME = home): Promise<readonly [number, string]> => {
    const args = [...options, SCRIPT, ...KEY]
    const done = await promisify(execFile)(shell, args, { env: { HOME, PATH: '/usr/bin:/bin' } }).catch(
      (error: Error & { code: number; stdout: string }) => error,
    )
    return ['code' in done ? done.code : 0, done.stdout]
  }
  const file = (): string => join(home, '.ssh/authorized_keys')
  const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

  it('makes folder and file, and adds the key once', async () => {
    expect(await install()).toEqual([0, 'added drwx------\n'])
    expect(await install()).toEqual([0, 'there drwx------\n'])
    expect(await readFile(file(), 'utf8')).toBe(LINE)
    expect([await mode(join(home, '.ssh')), await mode(file())]).toEqual([0o700, 0o600])
  })

  it('keeps what is there, gives a last line its newline, and closes what was open', async () => {
    await mkdir(join(home, '.ssh'), { mode: 0o777 })
    await writeFile(file(), `ssh-rsa AAAA one\n# ${LINE}ssh-rsa BBBB two`, { mode: 0o666 })
    await chmod(home, 0o775)
    expect(await install()).toEqual([0, 'added drwxrwxr-x\n'])
    expect(await readFile(file(), 'utf8')).toBe(`ssh-rsa AAAA one\n# ${LINE}ssh-rsa BBBB two\n${LINE}`)
    expect([await mode(join(home, '.ssh')), await mode(file())]).toEqual([0o700, 0o600])
  })

  it('finds the key behind options and another comment', async () => {
    await mkdir(join(home, '.ssh'))
    await writeFile(file(), `restrict,pty ${KEY[0]} ${KEY[1]} mine\n`)
    expect(await install()).toEqual([0, 'there drwx------\n'])
  })

  it('says why the key cannot be written', async () => {
    await mkdir(join(home, '.ssh'))
    await symlink('/dev/full', file())
    expect(await install()).toEqual([1, expect.stringMatching(/No space left on device/)])
    await rm(join(home, '.ssh'), { recursive: true })
    await writeFile(join(home, '.ssh'), '')
    expect(await install()).toEqual([1, expect.stringMatching(/File exists/)])
    expect(await install('')).toEqual([1, 'HOME is not set\n'])
  })
})
