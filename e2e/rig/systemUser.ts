import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A throwaway user of this machine, with a password. */
export interface SystemUser extends AsyncDisposable {
  readonly name: string
  readonly home: string
  readonly password: string
  readonly uid: number
  readonly gid: number
}

/** Null where users cannot be made: then a test is skipped. */
export async function createSystemUser(): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null
  const name = `drydock-rig-${randomBytes(4).toString('hex')}`
  const password = `Rig-${randomBytes(9).toString('base64url')}`
  await run('useradd', ['--create-home', '--user-group', '--shell', '/bin/sh', name])
  const dispose = async (): Promise<void> =>
    void (await run('userdel', ['--remove', '--force', name]).catch(() => {}))
  try {
    const change = run('chpasswd', [])
    change.child.stdin?.end(`${name}:${password}\n`)
    await change
    const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find(each => each.startsWith(`${name}:`))
    const [, , uid = '', gid = '', , home = ''] = line?.split(':') ?? []
    return { name, home, password, uid: Number(uid), gid: Number(gid), [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Its password has to be changed before anything else. */
export async function expirePassword({ name }: SystemUser): Promise<void> {
  await run('chage', ['-d', '0', name])
}

/** Nobody logs in to it any more. */
export async function expireAccount({ name }: SystemUser): Promise<void> {
  await run('chage', ['-E', '1', name])
}

/** For `startSshNode`: users of this machine log in by password, and by the keys in their own homes. */
export const OWN_USERS = [
  'PasswordAuthentication yes',
  'AuthorizedKeysFile .ssh/authorized_keys',
  'StrictModes yes',
  'PermitUserEnvironment no',
]
