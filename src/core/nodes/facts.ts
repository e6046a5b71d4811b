import type { Inventory } from '../../contract/nodes'
import { AppError } from '../kernel/appError'
import type { NodeFacts } from './nodeShell'

/**
 * Reads what `drydock_facts` printed.
 *
 * Shape: one `name value` a line; the value may hold spaces. Names that are not known are skipped.
 * Units: memory comes in KiB and leaves in MiB.
 * Absent: an empty value, and a count of 0, are null in the inventory (a CPU without `model name`, no /proc).
 * Errors: `refused` without home, state folder or boot id: without them no process can be told from another.
 * Source: `nodeSide/facts.sh`.
 */
export function parseFacts(text: string): { readonly facts: NodeFacts; readonly inventory: Inventory } {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\w+) (.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined && value !== '') values.set(name, value)
  }
  const needed = (name: string): string => {
    const value = values.get(name)
    if (value !== undefined) return value
    throw new AppError('refused', `The node does not report its ${name}.`, {
      hint: 'Drydock needs Linux with /proc, or macOS, on its nodes.',
    })
  }
  const count = (name: string): number | null => {
    const value = Number.parseInt(values.get(name) ?? '', 10)
    return value > 0 ? value : null
  }
  const memTotalKiB = count('memTotalKiB')
  const facts = { home: needed('home'), stateDir: needed('stateDir'), bootId: needed('bootId') }
  return {
    facts,
    inventory: {
      os: unquoted(values.get('os')),
      kernel: values.get('kernel') ?? null,
      arch: values.get('arch') ?? null,
      cpuModel: values.get('cpuModel')?.trim() ?? null,
      cpuThreads: count('cpuThreads'),
      memTotalMiB: memTotalKiB === null ? null : Math.round(memTotalKiB / 1024),
      swapTotalMiB: null,
      disks: [],
      python: null,
      virtualization: null,
      machineId: null,
      clockSkewMs: null,
      bootId: facts.bootId,
    },
  }
}

/** os-release values are shell words: quoted or bare. */
function unquoted(value: string | undefined): string | null {
  if (value === undefined) return null
  return value.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\([$"\\`])/g, '$1') || null
}
