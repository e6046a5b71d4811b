import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly userHome: string
}

/** Where everything of Drydock's own lives: `DRYDOCK_HOME`, else the platform's data folder for "drydock". */
export function drydockHome(surroundings: Surroundings = here()): string {
  const given = surroundings.env['DRYDOCK_HOME']
  return given === undefined || given === '' ? join(dataFolder(surroundings), 'drydock') : resolve(given)
}

/** Makes the folder, readable by its owner alone, whoever made it before. */
export function prepareHome(home: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  if ((statSync(home).mode & 0o077) !== 0) chmodSync(home, 0o700)
}

function dataFolder({ env, platform, userHome }: Surroundings): string {
  if (platform === 'darwin') return join(userHome, 'Library', 'Application Support')
  if (platform === 'win32') return env['APPDATA'] ?? join(userHome, 'AppData', 'Roaming')
  const given = env['XDG_DATA_HOME']
  // The XDG base directory specification: a relative path is invalid and to be ignored.
  return given !== undefined && isAbsolute(given) ? given : join(userHome, '.local', 'share')
}

function here(): Surroundings {
  return { env: process.env, platform: process.platform, userHome: homedir() }
}
