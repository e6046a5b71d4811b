import type { GpuReading } from '../../../contract/samples'
import type { NodeConfig } from '../../config/fleetSchema'
import { fail, pass, skip, warn, type Finding, type NodeCheck, type Place } from './check'
import { asRoot, installOf } from './machine'
import type { Seen } from './seen'

const GIB_PER_KIB = 1 / 1024 / 1024
/** The kernel and the firmware keep a part of what is built in. */
const OF_BUILT_IN = 0.93
const LEAST_MEM_GIB = 16
const GOOD_MEM_GIB = 32
const SWAP_GIB = 32
const GOOD_DISK_GIB = 100
const LEAST_DISK_GIB = 10

/** What a node has for work. */
export const RESOURCE_CHECKS: readonly NodeCheck[] = [
  { id: 'memory', group: 'resources', name: 'RAM', look: 'drydock_look_memory', judge: judgeMemory },
  { id: 'swap', group: 'resources', name: 'Swap', look: 'drydock_look_memory', judge: judgeSwap },
  {
    id: 'disk',
    group: 'resources',
    name: 'Free disk',
    look: 'drydock_look_disk',
    args: ({ home }) => [home],
    judge: judgeDisk,
  },
  { id: 'sensors', group: 'resources', name: 'Sensors', look: 'drydock_look_sensors', judge: judgeSensors },
]

function judgeMemory(seen: Seen): Finding {
  const kib = seen.count('MemTotalKiB')
  const bytes = seen.count('memTotalBytes')
  const gib = kib !== null ? kib * GIB_PER_KIB : bytes !== null ? bytes / 2 ** 30 : null
  if (gib === null) return skip('This system does not tell it.')
  const measured = `${gib.toFixed(1)} GiB`
  const wanted = `${LEAST_MEM_GIB} GiB, better ${GOOD_MEM_GIB} GiB`
  if (gib >= GOOD_MEM_GIB * OF_BUILT_IN) return pass(measured, wanted)
  return gib >= LEAST_MEM_GIB * OF_BUILT_IN ? warn(measured, wanted) : fail(measured, wanted)
}

function judgeSwap(seen: Seen, { machine }: Place): Finding {
  const kib = seen.count('SwapTotalKiB')
  if (kib === null)
    return skip(machine.isMac ? 'macOS makes its swap by itself.' : 'This system does not tell it.')
  const gib = kib * GIB_PER_KIB
  const measured = `${gib.toFixed(1)} GiB`
  const wanted = `${SWAP_GIB} GiB`
  // A swap file has a page for its header.
  if (gib >= SWAP_GIB - 0.1) return pass(measured, wanted)
  const file = seen.text('freeName')
  if (file === null) return warn(measured, wanted)
  const missingGib = Math.ceil(SWAP_GIB - gib)
  const freeKib = seen.count('freeKiB') ?? Infinity
  if (freeKib * GIB_PER_KIB < missingGib + LEAST_DISK_GIB)
    return warn(`${measured}; / has no room for more`, wanted)
  const steps = [
    `fallocate -l ${missingGib}G ${file}`,
    `chmod 600 ${file}`,
    `mkswap ${file}`,
    `swapon ${file}`,
  ]
  const keep = `echo '${file} none swap sw 0 0' | ${asRoot(machine, 'tee -a /etc/fstab')}`
  return warn(measured, wanted, [...steps.map(step => asRoot(machine, step)), keep].join(' && '))
}

function judgeDisk(seen: Seen): Finding {
  const kib = seen.count('freeKiB')
  if (kib === null) return skip('df does not tell it.')
  const gib = kib * GIB_PER_KIB
  const measured = `${gib.toFixed(0)} GiB free on ${seen.text('mount') ?? 'its disk'}`
  const wanted = `${GOOD_DISK_GIB} GiB`
  if (gib >= GOOD_DISK_GIB) return pass(measured, wanted)
  return gib >= LEAST_DISK_GIB ? warn(measured, wanted) : fail(measured, wanted)
}

function judgeSensors(seen: Seen, { machine }: Place): Finding {
  const psutil = seen.text('psutil')
  const found = [
    ...(seen.text('sensors') === null ? [] : ['lm-sensors']),
    ...(psutil === null ? [] : [`psutil ${psutil}`]),
  ]
  const wanted = 'lm-sensors or psutil'
  if (found.length > 0) return pass(found.join(', '), wanted)
  const install = installOf(machine, {
    apt: 'lm-sensors python3-psutil',
    dnf: 'lm_sensors python3-psutil',
    zypper: 'sensors python3-psutil',
    pacman: 'lm_sensors python-psutil',
    apk: 'lm-sensors py3-psutil',
  })
  return warn('neither is installed', wanted, machine.isMac ? 'python3 -m pip install psutil' : install)
}

/**
 * The driver, by what the GPU watch read last: nvidia-smi itself is never asked twice at once, because it can hang
 * beyond killing.
 */
export function judgeGpu(reading: GpuReading | null, { expect, roles }: NodeConfig): Finding {
  const wanted = 'nvidia-smi answers'
  if (reading === null) return skip('The GPUs have not been read yet.')
  const said = [reading.message, reading.hint].filter(text => text !== null).join(' ')
  if (reading.state === 'ok') {
    const cards = reading.gpus.map(gpu => gpu.name ?? 'a GPU without a name').join(', ')
    return pass(`${cards}${reading.driver === null ? '' : `; driver ${reading.driver}`}`, wanted)
  }
  if (reading.state === 'none') {
    const isPlanned = (expect?.gpus?.length ?? 0) > 0 || roles.includes('gpu')
    return isPlanned
      ? fail(`no GPU is found, but one is planned. ${said}`.trim(), wanted)
      : skip('There is no GPU.')
  }
  return fail(said === '' ? `the GPUs are ${reading.state}` : said, wanted)
}
