import type { RunId, WorkerId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'
import { AppError } from '../kernel/appError'
import { ENV_NAME } from '../kernel/shellQuote'
import { reservedReason } from './reservedNames'
import { flagTexts } from './runMode'

export interface LaunchEnvironmentSpec {
  /** What the node's login has; only `TAKEN_OVER` is read from it. */
  readonly base: ReadonlyMap<string, string>
  readonly nodeEnv: Readonly<Record<string, string>>
  /** Wins over `nodeEnv`. */
  readonly trackEnv: Readonly<Record<string, string>>
  /** Values from the keychain, byte for byte; they win over both. Empty unless given. */
  readonly secrets?: ReadonlyMap<string, string>
  readonly run: RunId
  readonly worker: WorkerId
  readonly flags: ModeFlags
}

/** What a program may know of the login that it is started from. */
const TAKEN_OVER = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG'] as const

/**
 * The whole environment of a worker, in the order in which it is exported: built from nothing, then the node's
 * login, the node's and the track's variables, the secrets, the run's marker, and last of all the mode's two variables, so that
 * nothing before them can win. No name comes twice. A value that is `~` or begins with `~/` means the home folder.
 * Errors: `refused`, naming the variable and never its value, for a reserved name, a name that no shell can export,
 * and NUL.
 */
export function launchEnvironment(
  spec: LaunchEnvironmentSpec,
): readonly (readonly [name: string, value: string])[] {
  const variables = new Map<string, string>()
  for (const name of TAKEN_OVER) {
    const value = spec.base.get(name)
    if (value !== undefined) variables.set(name, checked(name, value))
  }
  const home = variables.get('HOME')
  for (const [name, value] of [...Object.entries(spec.nodeEnv), ...Object.entries(spec.trackEnv)]) {
    const reason = reservedReason(name, value)
    if (reason !== null) throw new AppError('refused', reason, { hint: `Remove ${name} from fleet.yaml.` })
    variables.set(name, checked(name, atHome(value, home)))
  }
  for (const [name, value] of spec.secrets ?? []) {
    const reason = reservedReason(name, value)
    if (reason !== null) throw new AppError('refused', reason, { hint: `Remove ${name} from fleet.yaml.` })
    variables.set(name, checked(name, value))
  }
  const { dryRun, allowOrders } = flagTexts(spec.flags)
  return [
    ...variables,
    ['DRYDOCK_RUN', checked('DRYDOCK_RUN', spec.run)],
    ['DRYDOCK_WORKER', checked('DRYDOCK_WORKER', spec.worker)],
    ['DRY_RUN', dryRun],
    ['ALLOW_ORDERS', allowOrders],
  ]
}

function atHome(value: string, home: string | undefined): string {
  if (home === undefined || !(value === '~' || value.startsWith('~/'))) return value
  return home + value.slice(1)
}

function checked(name: string, value: string): string {
  if (!ENV_NAME.test(name)) {
    throw new AppError('refused', `${JSON.stringify(name)} cannot be the name of an environment variable.`, {
      hint: 'Use letters, digits and _, not starting with a digit.',
    })
  }
  if (value.includes('\0')) {
    throw new AppError('refused', `${name} contains a NUL byte, which no environment can carry.`, {
      hint: `Remove it from ${name}.`,
    })
  }
  return value
}
