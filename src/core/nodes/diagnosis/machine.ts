import type { Seen } from './seen'

export type Packager = 'apt' | 'dnf' | 'pacman' | 'brew' | 'zypper' | 'apk'

/** What decides which command corrects something on a node. */
export interface Machine {
  readonly user: string | null
  readonly isRoot: boolean
  readonly isMac: boolean
  /** Null when none is known: then no command is offered. */
  readonly packager: Packager | null
}

export const unknownMachine: Machine = { user: null, isRoot: false, isMac: false, packager: null }

const PACKAGERS: Readonly<Record<string, Packager>> = {
  'apt-get': 'apt',
  dnf: 'dnf',
  yum: 'dnf',
  zypper: 'zypper',
  pacman: 'pacman',
  apk: 'apk',
  brew: 'brew',
}

const INSTALL: Readonly<Record<Packager, string>> = {
  apt: 'apt-get install -y',
  dnf: 'dnf install -y',
  zypper: 'zypper install -y',
  pacman: 'pacman -S --needed --noconfirm',
  apk: 'apk add',
  brew: 'brew install',
}

/** Reads what `drydock_look_machine` printed. */
export function machineOf(seen: Seen): Machine {
  return {
    user: seen.text('user'),
    isRoot: seen.text('uid') === '0',
    isMac: seen.text('system') === 'Darwin',
    packager: PACKAGERS[seen.text('packager') ?? ''] ?? null,
  }
}

/** A command that needs root, as this user types it. */
export function asRoot({ isRoot }: Machine, command: string): string {
  return isRoot ? command : `sudo ${command}`
}

/** The command that installs this, by its name with each packager; null where it is not packaged. */
export function installOf(
  machine: Machine,
  names: Readonly<Partial<Record<Packager, string>>>,
): string | null {
  const { packager } = machine
  const name = packager === null ? undefined : names[packager]
  if (packager === null || name === undefined) return null
  const command = `${INSTALL[packager]} ${name}`
  return packager === 'brew' ? command : asRoot(machine, command)
}
