import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { GpuReading } from '../../contract/samples'
import { createGpuMemory } from './gpuMemory'
import { watchGpus } from './gpuWatch'
import { createArrivals, createFastClock, createProcessShell, createRecordedLog, nodeA } from './testkit'

const ROW = '0, GPU-1, RTX 3090, 550.90.07, 74, 23655, 24576, 71, 318.42, 350.00, 68, 1725, [N/A]'
const QUERY =
  '--query-gpu=index,uuid,name,driver_version,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw,power.limit,fan.speed,clocks.current.graphics,mig.mode.current --format=csv,noheader,nounits'

const ROCM =
  '--showuse --showmemuse --showmeminfo vram --showtemp --showpower --showmaxpower --showfan --showgpuclocks --json'
const LONG = { timeout: 60_000, interval: 50 }
const isApps = (line: string): boolean => line.startsWith('--query-compute-apps=')

let folder: string
let bin: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-gpu-'))
  bin = join(folder, 'bin')
  mkdirSync(bin)
})
afterEach(() => rmSync(folder, { recursive: true }))

/**
 * A nvidia-smi that notes its arguments and its pid, and whether another one lived when it was started, and then does
 * what `body` says.
 */
function install(body: string): void {
  const file = join(bin, 'nvidia-smi')
  writeFileSync(
    file,
    `#!/bin/sh
cd ${folder} || exit
while read -r pid; do
  read -r stat <"/proc/$pid/stat" || continue
  case $stat in *") Z "*) ;; *) echo "$$ beside $pid" >>overlaps ;; esac
done 2>/dev/null <pids
echo "$$" >>pids
echo "$*" >>arguments
case $* in *-lms*) loops=yes ;; *) loops= ;; esac
row() { echo '${ROW}'; }
${body}
`,
  )
  chmodSync(file, 0o755)
}

const notes = (name: string): string[] => {
  const file = join(folder, name)
  return existsSync(file) ? readFileSync(file, 'utf8').replace(/\n$/, '').split('\n') : []
}

/** A watch through a real shell, with a PATH that holds this nvidia-smi alone, on a clock five times as fast. */
function startWatch(sh: readonly [string, ...string[]] = ['/bin/sh'], asksAside = false) {
  const shell = createProcessShell(sh, { PATH: bin })
  const readings = createArrivals<GpuReading>()
  const memory = createGpuMemory('boot-1')
  if (!asksAside) Object.assign(memory, { compute: '12.4', holdersDueMs: Infinity })
  const log = createRecordedLog()
  const clock = createFastClock(5)
  const publish = (reading: GpuReading): void => readings.add(reading)
  const begin = () => {
    const stop = new AbortController()
    const ended = watchGpus(
      { node: nodeA, shell, clock, periodMs: 1_000, publish, ownerOf: () => null, log, memory },
      stop.signal,
    )
    return async () => {
      stop.abort()
      await ended
    }
  }
  return { shell, readings, memory, begin }
}

const path = (command: string): string =>
  execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim()

/** State and start time of a process, or null when it has ended (what is left of it waits for its parent). */
function processAt(pid: number): { readonly start: string } | null {
  try {
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()!.split(' ')
    return state === 'Z' ? null : { start: fields[18]! }
  } catch {
    return null
  }
}

const processGone = async (pid: number): Promise<void> => {
  while (processAt(pid) !== null) await new Promise(resolve => setImmediate(resolve))
}

describe.each(['dash', 'bash', 'busybox ash'])('the GPU watch in %s', name => {
  it('reads one long-lived process, which ends with the channel', async () => {
    install('while :; do row; /bin/sleep 0.1; done')
    const [command = '', ...options] = name.split(' ')
    const watch = startWatch([path(command), ...options])
    const stop = watch.begin()
    await watch.readings.next(reading => reading.state === 'ok', 2)
    await stop()
    await watch.shell[Symbol.asyncDispose]()
    const [pid, ...more] = notes('pids').map(Number)
    await processGone(pid!)
    expect(more).toEqual([])
    expect(notes('arguments')).toEqual([`${QUERY} -lms 1000`])
    expect(watch.readings.all[0]).toMatchObject({ state: 'ok', driver: '550.90.07', gpus: [{ utilPct: 74 }] })
  })
})

describe.each(['dash', 'bash', 'busybox ash'])('between two turns, in %s,', name => {
  it('who holds VRAM is asked, and the version once: one nvidia-smi after the other', async () => {
    install(`case $* in
      *-lms*) while :; do row; /bin/sleep 0.1; done ;;
      *compute-apps*) echo 'GPU-1, 4242, python3, 9102' ;;
      *) echo '| NVIDIA-SMI 550.90.07   Driver Version: 550.90.07   CUDA Version: 12.4   |' ;;
    esac`)
    const [command = '', ...options] = name.split(' ')
    const watch = startWatch([path(command), ...options], true)
    const stop = watch.begin()
    const reading = await watch.readings.next(({ holders }) => holders !== null)
    // A second time: the loop has gone on, and was interrupted again.
    await vi.waitFor(() => expect(notes('arguments').filter(isApps).length).toBe(2), LONG)
    await stop()
    await watch.shell[Symbol.asyncDispose]()
    expect(reading).toMatchObject({
      state: 'ok',
      compute: '12.4',
      holders: [{ gpuUuid: 'GPU-1', pid: 4242, name: 'python3', memUsedMiB: 9102, run: null, worker: null }],
    })
    expect(notes('arguments').filter(line => line === '').length).toBe(1)
    expect(notes('overlaps')).toEqual([])
    for (const pid of notes('pids').map(Number)) await processGone(pid)
  })
})

it.each([
  ['amd-smi', ['version', 'static --asic --driver --json', 'metric --json', 'metric --json']],
  ['rocm-smi', ['--showproductname --showuniqueid --showdriverversion --json', ROCM, ROCM]],
])('without nvidia-smi %s is asked, one call after the other', async (tool, calls) => {
  install(`case $* in
    version) echo 'AMDSMI Tool: 24.6.2 | ROCm version: 6.2.2' ;;
    *metric*) echo '[{"gpu": 0, "usage": {"gfx_activity": {"value": 42, "unit": "%"}}}]' ;;
    *showuse*) echo '{"card0": {"GPU use (%)": "42"}}' ;;
    *) echo '{}' ;;
  esac`)
  renameSync(join(bin, 'nvidia-smi'), join(bin, tool))
  const watch = startWatch()
  const stop = watch.begin()
  await watch.readings.next(({ state }) => state === 'ok', 1)
  await stop()
  await watch.shell[Symbol.asyncDispose]()
  expect(watch.readings.all[0]).toMatchObject({
    state: 'ok',
    vendor: 'amd',
    gpus: [{ index: 0, utilPct: 42 }],
  })
  expect(notes('arguments').slice(0, calls.length)).toEqual(calls)
  expect(notes('overlaps')).toEqual([])
})

describe('the GPU watch and a nvidia-smi that', () => {
  it('hangs: says so, starts no second one, and recovers when output returns', async () => {
    install('row; until [ -e go ]; do /bin/sleep 0.05; done; while :; do row; /bin/sleep 0.1; done')
    const watch = startWatch()
    const stop = watch.begin()
    const hung = await watch.readings.next(reading => reading.state === 'hung')
    expect(hung.gpus).toMatchObject([
      { name: 'RTX 3090', utilPct: null, memUsedMiB: null, memTotalMiB: 24576 },
    ])
    writeFileSync(join(folder, 'go'), '')
    await watch.readings.next(reading => reading.state === 'ok', watch.readings.all.indexOf(hung))
    await stop()
    await watch.shell[Symbol.asyncDispose]()
    expect(notes('pids').length).toBe(1)
  })

  it('hangs beyond the end of its link: the next link waits until it is gone', async () => {
    // Not to be ended by TERM, as one that sleeps in the driver.
    install(
      `[ -e once ] && { row; exec /bin/sleep 1000; }; : >once; trap '' TERM; row; while :; do /bin/sleep 0.1; done`,
    )
    const watch = startWatch()
    const stopFirst = watch.begin()
    await watch.readings.next(reading => reading.state === 'hung')
    await stopFirst()

    const from = watch.readings.all.length
    const stopSecond = watch.begin()
    const still = await watch.readings.next(() => true, from)
    const [pid] = notes('pids').map(Number)
    expect(still).toMatchObject({
      state: 'hung',
      message: `An earlier nvidia-smi (process ${pid}) still hangs.`,
    })
    expect(watch.memory.hung).toEqual({ pid: String(pid), start: processAt(pid!)?.start })
    process.kill(pid!, 'SIGKILL')
    await watch.readings.next(reading => reading.state === 'ok', from)
    await stopSecond()
    await watch.shell[Symbol.asyncDispose]()
    expect(notes('overlaps')).toEqual([])
    expect(notes('pids').length).toBe(2)
  })

  it('refuses to loop: is called once a second, one after the other', async () => {
    install(
      `[ -z "$loops" ] || { echo "ERROR: Option -lms is not recognized. Please run 'nvidia-smi -h'." >&2; exit 2; }; row`,
    )
    const watch = startWatch()
    const stop = watch.begin()
    await watch.readings.next(reading => reading.state === 'ok', 3)
    await stop()
    await watch.shell[Symbol.asyncDispose]()
    expect(watch.readings.all.map(reading => reading.state)).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(notes('arguments').slice(0, 3)).toEqual([`${QUERY} -lms 1000`, QUERY, QUERY])
    expect(notes('overlaps')).toEqual([])
  })

  it('ends after one turn of its loop: is called once a second, too', async () => {
    install('row')
    const watch = startWatch()
    const stop = watch.begin()
    await watch.readings.next(reading => reading.state === 'ok', 2)
    await stop()
    await watch.shell[Symbol.asyncDispose]()
    expect(notes('arguments').slice(0, 3)).toEqual([`${QUERY} -lms 1000`, QUERY, QUERY])
    expect(notes('overlaps')).toEqual([])
  })

  it('hangs in a single call: is not called again, and ends with the channel', async () => {
    install('row; [ -z "$loops" ] || exit 0; exec /bin/sleep 1000')
    const watch = startWatch()
    const stop = watch.begin()
    // Its row is there, but it does not end: the next row is overdue.
    await watch.readings.next(reading => reading.state === 'hung')
    await stop()
    await watch.shell[Symbol.asyncDispose]()
    const pids = notes('pids').map(Number)
    expect(pids.length).toBe(2)
    await processGone(pids[1]!)
  })

  it('is slow with its first line: is waited for', async () => {
    install('/bin/sleep 0.3; while :; do row; /bin/sleep 0.1; done')
    const watch = startWatch()
    const stop = watch.begin()
    await watch.readings.next(reading => reading.state === 'ok')
    await stop()
    await watch.shell[Symbol.asyncDispose]()
    expect(watch.readings.all.map(reading => reading.state)).toEqual(['ok'])
  })

  it('rejects a field: is asked without it', async () => {
    install(
      `case $1 in *fan.speed*) echo 'Field "fan.speed" is not a valid field to query.'; echo; exit 2 ;; esac
       echo '0, GPU-1, RTX 3090, 550.90.07, 74, 23655, 24576, 71, 318.42, 350.00, 1725, [N/A]'; exec /bin/sleep 1000`,
    )
    const watch = startWatch()
    const stop = watch.begin()
    const reading = await watch.readings.next(({ state }) => state === 'ok')
    await stop()
    await watch.shell[Symbol.asyncDispose]()
    expect(reading.gpus).toMatchObject([{ powerLimitW: 350, fanPct: null, clockMHz: 1725 }])
  })

  it.each([
    [
      'has a broken driver',
      'echo "Failed to initialize NVML: Driver/library version mismatch" >&2; exit 18',
      'driver-broken',
    ],
    ['finds no device', 'echo "No devices were found"; exit 6', 'none'],
    ['crashes', 'echo "Segmentation fault" >&2; exit 139', 'unreadable'],
  ])('%s: its words are shown, those of standard error too', async (_name, body, state) => {
    install(body)
    const watch = startWatch()
    const stop = watch.begin()
    const reading = await watch.readings.next(() => true)
    await stop()
    await watch.shell[Symbol.asyncDispose]()
    expect(reading).toMatchObject({ state, gpus: [], message: /echo "(.*)"/.exec(body)?.[1] })
  })
})
