import type { GpuSample } from '../../contract/samples'
import { AppError } from '../kernel/appError'

export const GPU_FIELDS = [
  'index',
  'uuid',
  'name',
  'driver_version',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'temperature.gpu',
  'power.draw',
  'power.limit',
  'fan.speed',
  'clocks.current.graphics',
  'mig.mode.current',
] as const
export type GpuField = (typeof GPU_FIELDS)[number]

export interface GpuRow {
  readonly gpu: GpuSample
  readonly driver: string | null
}

/**
 * Reads one line of `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`.
 *
 * Shape:  as many comma-separated cells as fields were asked for, in that order.
 * Units:  utilisation and fan 0-100 %, memory MiB, temperature °C, power W, clock MHz (`nounits` strips the suffixes).
 * Absent: `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `[Insufficient Permissions]`, an empty cell, whatever is not
 *         a plain number, and a field that was not asked for are null, never 0: a gauge must not show a guess.
 * Errors: `probe-unreadable` for a line with another number of cells (an error text, half a line, a name with a comma)
 *         or without an index.
 * Source: `nvidia-smi --help-query-gpu`, and nvidia-smi(1), which warns that its output may change with the driver.
 */
export function parseGpuRow(line: string, fields: readonly GpuField[]): GpuRow {
  const cells = line.split(',').map(cell => cell.trim())
  const cell = (field: GpuField): string => cells[fields.indexOf(field)] ?? ''
  const index = numberIn(cell('index'))
  if (cells.length !== fields.length || index === null || !Number.isInteger(index)) throw unreadable(line)
  return {
    driver: wordIn(cell('driver_version')),
    gpu: {
      index,
      uuid: wordIn(cell('uuid')),
      name: wordIn(cell('name')),
      utilPct: numberIn(cell('utilization.gpu')),
      memUsedMiB: numberIn(cell('memory.used')),
      memTotalMiB: numberIn(cell('memory.total')),
      tempC: numberIn(cell('temperature.gpu')),
      powerW: numberIn(cell('power.draw')),
      powerLimitW: numberIn(cell('power.limit')),
      fanPct: numberIn(cell('fan.speed')),
      clockMHz: numberIn(cell('clocks.current.graphics')),
      isMig: /^enabled$/i.test(cell('mig.mode.current')),
    },
  }
}

function numberIn(cell: string): number | null {
  return /^-?\d{1,12}(\.\d{1,6})?$/.test(cell) ? Number(cell) : null
}

/** `N/A` and its kin stand in brackets, or, from some drivers, bare. */
function wordIn(cell: string): string | null {
  return cell === '' || /^\[.*\]$/.test(cell) || /^(N\/A|Not Supported|Unknown Error)$/i.test(cell)
    ? null
    : cell
}

function unreadable(line: string): AppError {
  return new AppError('probe-unreadable', 'nvidia-smi printed something that cannot be read.', {
    hint: 'Run nvidia-smi by hand on that machine and check the driver.',
    cause: line.slice(0, 200),
  })
}

/** A process that holds VRAM on one card. */
export interface HolderRow {
  readonly gpuUuid: string
  readonly pid: number
  readonly name: string | null
  readonly memUsedMiB: number | null
}

export const HOLDER_FIELDS = ['gpu_uuid', 'pid', 'process_name', 'used_memory'] as const

/**
 * Reads one line of `nvidia-smi --query-compute-apps=gpu_uuid,pid,process_name,used_memory
 * --format=csv,noheader,nounits`.
 *
 * Shape:  four cells; a name may hold commas, so the last cell is the memory.
 * Units:  MiB (`nounits` strips the suffix).
 * Absent: `[N/A]` memory (Windows' driver model, some containers) and names that may not be seen are null.
 * Errors: null for a line without a uuid and a pid: "No running processes found", or an error text.
 * Source: `nvidia-smi --help-query-compute-apps`.
 */
export function parseHolderRow(line: string): HolderRow | null {
  const [, gpuUuid, pid, name = '', memory = ''] =
    /^((?:GPU|MIG)-[\w/-]{1,80}), *(\d{1,10}), *(.*), *([^,]*)$/.exec(line.trim()) ?? []
  if (gpuUuid === undefined || pid === undefined) return null
  return { gpuUuid, pid: Number(pid), name: wordIn(name.trim()), memUsedMiB: numberIn(memory.trim()) }
}

/** One row for each process on each card: with MIG a process can come once for every instance that it uses. */
export function mergeHolders(rows: readonly HolderRow[]): readonly HolderRow[] {
  const merged = new Map<string, HolderRow>()
  for (const row of rows) {
    const key = `${row.gpuUuid} ${row.pid}`
    const before = merged.get(key)?.memUsedMiB ?? null
    const memUsedMiB = before === null ? row.memUsedMiB : before + (row.memUsedMiB ?? 0)
    merged.set(key, { ...row, memUsedMiB })
  }
  return [...merged.values()]
}

/**
 * The newest CUDA version that the driver serves, e.g. `12.4`, by the table of plain `nvidia-smi`, or by
 * `nvidia-smi --version`. Null when neither says one (`N/A`, `ERR!`, drivers before 410).
 */
export function parseCudaVersion(said: readonly string[]): string | null {
  for (const line of said) {
    const [, version] = /CUDA (?:UMD )?Version *: *(\d{1,3}\.\d{1,3})\b/.exec(line) ?? []
    if (version !== undefined) return version
  }
  return null
}

/** The field that this nvidia-smi does not know, by what it said; null when it complained of nothing like it. */
export function rejectedField(said: readonly string[]): string | null {
  for (const line of said) {
    const [, field] = /Field "([^"]+)" is not a valid field to query/.exec(line) ?? []
    if (field !== undefined) return field
  }
  return null
}

/** `Option -lms is not recognized`: from a driver whose nvidia-smi has no such mode. */
export function isLoopRefused(said: readonly string[]): boolean {
  return said.some(line => /\b(lms|loop)\b.*not (recognized|supported)|Invalid combination/i.test(line))
}
