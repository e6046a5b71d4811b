import type { GpuReading, GpuSample } from '../../contract/samples'
import { AppError } from '../kernel/appError'
import script from './nvidiaSmi.sh?raw'

/** Runs nvidia-smi on demand; its arguments are the session's nonce, and pid and start time of one that hung. */
export const nvidiaSmiScript = script

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
      isMig: false,
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

export type GpuFailure = Pick<GpuReading, 'message' | 'hint'> & {
  readonly state: 'none' | 'driver-broken' | 'unreadable'
}

/**
 * What it means that nvidia-smi ended, or printed no row.
 *
 * Shape:  its exit code (null: it has not ended) and the lines it printed that are no rows.
 * Units:  none.
 * Absent: without a word from nvidia-smi the message is made from the code.
 * Errors: none; what is not known is `unreadable`.
 * Source: nvidia-smi(1), "RETURN VALUE", for 2 to 15; 18 is NVML's NVML_ERROR_LIB_RM_VERSION_MISMATCH; 127 is the
 *         shell's. Texts count as much as codes, because drivers do not agree on the codes.
 */
export function failureOf(code: number | null, said: readonly string[]): GpuFailure {
  const text = said.join(' ').replaceAll(/\s+/g, ' ').trim().slice(0, 300)
  const found = FAILURES.find(({ codes, says }) => says.test(text) || (code !== null && codes.includes(code)))
  const { state, hint } = found ?? UNKNOWN
  return { state, hint, message: text === '' ? silent(code) : text }
}

function silent(code: number | null): string {
  if (code === 127) return 'nvidia-smi is not installed.'
  return code === null
    ? 'nvidia-smi prints no readings.'
    : `nvidia-smi ended with code ${code} and no readings.`
}

interface Failure {
  readonly codes: readonly number[]
  readonly says: RegExp
  readonly state: GpuFailure['state']
  readonly hint: string | null
}

const UNKNOWN: Omit<Failure, 'codes' | 'says'> = {
  state: 'unreadable',
  hint: 'Run nvidia-smi by hand on that machine and check the driver.',
}

const FAILURES: readonly Failure[] = [
  {
    codes: [18],
    says: /version mismatch/i,
    state: 'driver-broken',
    hint: 'The driver was updated under a running kernel module: reboot the machine.',
  },
  {
    codes: [15],
    says: /GPU is lost|fallen off the bus|Unable to determine the device handle/i,
    state: 'driver-broken',
    hint: 'The GPU is no longer on the bus: reboot the machine; if it comes back, check its power and seating.',
  },
  {
    codes: [9],
    says: /couldn't communicate with the NVIDIA driver/i,
    state: 'driver-broken',
    hint: 'The driver is not loaded: run "sudo modprobe nvidia"; after a kernel update reinstall the driver and reboot.',
  },
  {
    codes: [12],
    says: /couldn't find .*libnvidia-ml|NVML Shared Library/i,
    state: 'driver-broken',
    hint: 'The NVML library is missing: reinstall the NVIDIA driver package.',
  },
  {
    codes: [10],
    says: /interrupt issue/i,
    state: 'driver-broken',
    hint: 'The kernel sees no interrupts from the GPU: reboot the machine and look at "sudo dmesg" for NVRM.',
  },
  { codes: [6], says: /No devices were found/i, state: 'none', hint: null },
  { codes: [127], says: /nvidia-smi: (command )?not found/i, state: 'none', hint: null },
  {
    codes: [4],
    says: /Insufficient Permissions/i,
    state: 'unreadable',
    hint: 'This user may not ask the driver: add it to the group that owns /dev/nvidiactl (often "video").',
  },
]
