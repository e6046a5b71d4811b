import { readFileSync } from 'node:fs'
import { isAlive, listProcesses } from './processes'

/** Every process on this machine that carries a run's mark: an independent look, by the kernel's own files. */
export function markedProcesses(run: string): number[] {
  return listProcesses().flatMap(({ pid }) => {
    const environment = textOf(`/proc/${pid}/environ`).split('\0')
    return environment.includes(`DRYDOCK_RUN=${run}`) ? [pid] : []
  })
}

/** Command lines of all living processes, arguments with a blank between them. */
export function commandLines(): string[] {
  return listProcesses()
    .filter(isAlive)
    .map(({ pid }) => textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim())
}

/** Empty when the process has ended meanwhile, or is another user's. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
