import { fail, pass, skip, warn, type Finding, type NodeCheck, type Place } from './check'
import { asRoot, installOf } from './machine'
import type { Seen } from './seen'

const LEAST_PYTHON = [3, 8] as const
const IMPORTS = ['numpy', 'pandas']

/** What is installed on a node. */
export const SOFTWARE_CHECKS: readonly NodeCheck[] = [
  {
    id: 'python',
    group: 'software',
    name: 'Python',
    look: 'drydock_look_program',
    args: () => ['python3'],
    judge: judgePython,
  },
  { id: 'pip', group: 'software', name: 'pip', look: 'drydock_look_pip', args: inWorkdir, judge: judgePip },
  {
    id: 'imports',
    group: 'software',
    name: `import ${IMPORTS.join(', ')}`,
    look: 'drydock_look_imports',
    args: place => [...inWorkdir(place), ...IMPORTS],
    judge: judgeImports,
  },
  {
    id: 'poetry',
    group: 'software',
    name: 'Poetry',
    look: 'drydock_look_program',
    args: () => ['poetry'],
    judge: judgePoetry,
  },
  {
    id: 'git',
    group: 'software',
    name: 'git',
    look: 'drydock_look_program',
    args: () => ['git'],
    judge: judgeGit,
  },
  { id: 'redis', group: 'software', name: 'Redis on 6379', look: 'drydock_look_redis', judge: judgeRedis },
]

function inWorkdir({ config }: Place): readonly string[] {
  return [config.workdir ?? '']
}

const PYTHON = {
  apt: 'python3',
  dnf: 'python3',
  zypper: 'python3',
  pacman: 'python',
  apk: 'python3',
  brew: 'python',
}

function judgePython(seen: Seen, { machine }: Place): Finding {
  const wanted = `${LEAST_PYTHON.join('.')} or newer`
  const path = seen.text('path')
  if (path === null) return fail('python3 is not installed', wanted, installOf(machine, PYTHON))
  const [, version = '', major = '', minor = ''] =
    /^Python ((\d+)\.(\d+)\S*)/.exec(seen.text('said') ?? '') ?? []
  if (version === '')
    return fail(`${path} does not tell its version: ${seen.text('said') ?? 'it says nothing'}`, wanted)
  const measured = `${version} (${path})`
  const isEnough =
    Number(major) > LEAST_PYTHON[0] || (Number(major) === 3 && Number(minor) >= LEAST_PYTHON[1])
  return isEnough ? pass(measured, wanted) : fail(measured, wanted, installOf(machine, PYTHON))
}

function judgePip(seen: Seen, { machine }: Place): Finding {
  const path = seen.text('path')
  if (path === null) return skip('There is no python3.')
  const version = /^pip (\S+)/.exec(seen.text('said') ?? '')?.[1]
  if (version !== undefined) return pass(`${version} (${path})`)
  const install = installOf(machine, {
    apt: 'python3-pip',
    dnf: 'python3-pip',
    zypper: 'python3-pip',
    pacman: 'python-pip',
    apk: 'py3-pip',
  })
  return fail(`${path} has no pip`, 'pip', isVenv(path) ? `${path} -m ensurepip` : install)
}

/** Whether an interpreter belongs to the virtual environment of the work folder. */
function isVenv(path: string): boolean {
  return /\/\.?venv\/bin\/python$/.test(path)
}

function judgeImports(seen: Seen, { machine }: Place): Finding {
  const path = seen.text('path')
  if (path === null) return skip('There is no python3.')
  const lacking = seen.all('lacks')
  const had = seen.all('has')
  const wanted = IMPORTS.join(' and ')
  if (lacking.length === 0) {
    return had.length === 0
      ? fail(`${path} does not run`, wanted)
      : pass(`${had.join(', ')} (${path})`, wanted)
  }
  const names = lacking.map(text => text.split(' ')[0] ?? '')
  const measured = lacking.map(text => text.replace(' ', ': ')).join('; ')
  const all = (prefix: string): string => names.map(name => `${prefix}${name}`).join(' ')
  const packaged = installOf(machine, {
    apt: all('python3-'),
    dnf: all('python3-'),
    zypper: all('python3-'),
    pacman: all('python-'),
    apk: all('py3-'),
  })
  // What the system's interpreter uses comes from its packager: pip refuses there (PEP 668).
  const isSystem = path === '/usr/bin/python3' && packaged !== null
  return fail(
    `${measured} (${path})`,
    wanted,
    isSystem ? packaged : `${path} -m pip install ${names.join(' ')}`,
  )
}

function judgePoetry(seen: Seen, { machine }: Place): Finding {
  const names = {
    apt: 'python3-poetry',
    dnf: 'poetry',
    zypper: 'python3-poetry',
    pacman: 'python-poetry',
    apk: 'poetry',
    brew: 'poetry',
  }
  return judgeProgram(seen, 'Poetry', installOf(machine, names))
}

function judgeGit(seen: Seen, { machine }: Place): Finding {
  const names = { apt: 'git', dnf: 'git', zypper: 'git', pacman: 'git', apk: 'git', brew: 'git' }
  return judgeProgram(seen, 'git', installOf(machine, names))
}

/** A program that some plans need, and others do not. */
function judgeProgram(seen: Seen, name: string, install: string | null): Finding {
  const path = seen.text('path')
  if (path === null) return warn('not installed', `${name}, where a plan uses it`, install)
  const version = /\d+(?:\.\d+)+\S*?(?=[\s,)]|$)/.exec(seen.text('said') ?? '')?.[0]
  if (version === undefined) return warn(`${path} does not tell its version`, name)
  const where = seen.text('offPath') === null ? path : `${path}, which is not on the PATH of runs`
  return pass(`${version} (${where})`)
}

function judgeRedis(seen: Seen, { machine }: Place): Finding {
  const wanted = 'PONG, where a plan uses it'
  const owner = seen.text('owner')
  const ping = seen.text('ping')
  if (owner === 'Ray') return warn('Ray answers on 6379, not Redis', wanted)
  const name = owner ?? 'Redis'
  const version = seen.text('version')
  if (ping === 'PONG') return pass(`PONG from ${name}${version === null ? '' : ` ${version}`}`, wanted)
  if (ping !== null && /NOAUTH|WRONGPASS/.test(ping))
    return pass(`${name} answers, and asks for a password`, wanted)
  if (seen.text('listens') !== null) {
    if (ping === null && owner !== null)
      return pass(`${owner} listens; there is no redis-cli to ask it`, wanted)
    return warn(`something else answers on 6379${ping === null ? '' : `: ${ping}`}`, wanted)
  }
  if (owner !== null) return warn(`${owner} runs, but not on 6379`, wanted)
  if (seen.text('cli') !== null) return warn('nothing answers on 127.0.0.1:6379', wanted, startRedis(machine))
  const install = installOf(machine, {
    apt: 'redis-server',
    dnf: 'redis',
    zypper: 'redis',
    pacman: 'valkey',
    apk: 'redis',
    brew: 'redis',
  })
  return warn('not installed, and nothing answers on 127.0.0.1:6379', wanted, install)
}

function startRedis(machine: Place['machine']): string {
  if (machine.isMac) return 'brew services start redis'
  const units = { apt: 'redis-server', pacman: 'valkey' } as const
  const unit = machine.packager === 'apt' || machine.packager === 'pacman' ? units[machine.packager] : 'redis'
  return asRoot(machine, `systemctl enable --now ${unit}`)
}
