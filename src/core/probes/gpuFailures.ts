import type { GpuReading } from '../../contract/samples'

export type GpuFailure = Pick<GpuReading, 'message' | 'hint'> & {
  readonly state: 'none' | 'driver-broken' | 'lost' | 'unreadable'
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

const LOST = /GPU is lost|fallen off the bus|Unable to determine the device handle/i
const LOST_HINT =
  'The GPU is no longer on the bus: reboot the machine; if it comes back, check its power and seating.'

/** A card that fell off the bus, by a line of nvidia-smi, which goes on with the other cards when it can. */
export function lostIn(line: string): GpuFailure | null {
  return LOST.test(line) ? { state: 'lost', message: line.trim().slice(0, 300), hint: LOST_HINT } : null
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
    says: LOST,
    state: 'lost',
    hint: LOST_HINT,
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
