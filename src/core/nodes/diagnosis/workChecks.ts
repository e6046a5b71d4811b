import { shellQuote } from '../../kernel/shellQuote'
import { fail, pass, skip, warn, type Finding, type NodeCheck, type Place } from './check'
import type { Seen } from './seen'

const MAIN_SCRIPT = 'run_local_backtest.py'
const SCRIPTS = [
  'cluster_scheduler.py',
  'cluster_worker.py',
  'start_cluster.sh',
  'stop_cluster.sh',
  'monitor_cluster.sh',
  'submit_job.sh',
]
const WANTED_MODE = 'readable, executable, and not writable by everyone'

/** What a backtesting cluster keeps in a node's work folder. A folder with none of it is no fault. */
export const WORK_CHECKS: readonly NodeCheck[] = [
  {
    id: 'scripts',
    group: 'work',
    name: 'Scripts of the cluster',
    look: 'drydock_look_scripts',
    args: place => inWorkdir(place, SCRIPTS),
    judge: judgeScripts,
  },
  {
    id: 'main-script',
    group: 'work',
    name: `${MAIN_SCRIPT} --help`,
    look: 'drydock_look_help',
    args: place => inWorkdir(place, [MAIN_SCRIPT]),
    judge: judgeHelp,
  },
]

function inWorkdir(
  { config }: Place,
  names: readonly string[],
): readonly string[] | { readonly skip: string } {
  return config.workdir === undefined
    ? { skip: `${config.name} has no workdir in fleet.yaml.` }
    : [config.workdir, ...names]
}

function judgeScripts(seen: Seen, { config }: Place): Finding {
  const workdir = config.workdir ?? ''
  if (seen.text('missing') !== null) {
    return fail(`there is no folder ${workdir}`, workdir, `mkdir -p ${pathWord(workdir)}`)
  }
  const files = seen.all('file').map(line => {
    const [mode = '', ...path] = line.split(' ')
    return { mode, path: path.join(' ') }
  })
  if (files.length === 0) return skip(`None of them is in ${workdir}.`)
  const faulty = files.filter(({ mode }) => !isGoodMode(mode))
  const missing = SCRIPTS.filter(
    name => !files.some(({ path }) => path === name || path.endsWith(`/${name}`)),
  )
  const lacks = missing.length === 0 ? '' : `; not there: ${missing.join(', ')}`
  if (faulty.length > 0) {
    const words = faulty.map(({ path }) => pathWord(`${workdir}/${path}`)).join(' ')
    const measured = faulty.map(({ mode, path }) => `${path} is ${mode}`).join(', ')
    return fail(`${measured}${lacks}`, WANTED_MODE, `chmod u+rx,go-w ${words}`)
  }
  const measured = `${files.length} found, ${files.map(({ path }) => path).join(', ')}${lacks}`
  return missing.length === 0 ? pass(measured, WANTED_MODE) : warn(measured, WANTED_MODE)
}

/** `-rwxr-xr-x`, as `ls -l` writes it. */
function isGoodMode(mode: string): boolean {
  return mode[1] === 'r' && /[xs]/.test(mode[3] ?? '') && mode[8] !== 'w'
}

function judgeHelp(seen: Seen, { config }: Place): Finding {
  const file = seen.text('file')
  if (file === null) return skip(`${MAIN_SCRIPT} is not in ${config.workdir ?? 'the work folder'}.`)
  const code = seen.count('code')
  if (code === 0) return pass(`${file} answers`, 'exit code 0')
  return fail(
    `${file} ends with code ${code ?? '?'}: ${seen.text('said') ?? 'it says nothing'}`,
    'exit code 0',
  )
}

/** A path for a command line; a leading `~/` stays for the shell that it is pasted into. */
function pathWord(path: string): string {
  if (path === '~') return '~'
  return path.startsWith('~/') ? `~/${shellQuote(path.slice(2))}` : shellQuote(path)
}
