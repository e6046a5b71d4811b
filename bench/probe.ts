import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleepFor } from 'node:timers/promises'
import { linuxProbeScript } from '../src/core/probes/linuxProbe'
import type { BenchRow } from './benchRow'
import naiveProbeScript from './naiveProbe.sh?raw'

/** How /proc counts the CPU time of children: 1/100 s on every Linux that matters. */
const MS_PER_TICK = 10
const ROUNDS = 10
const SAMPLES_A_ROUND = 30
const SAMPLES = ROUNDS * SAMPLES_A_ROUND
/** At 1 Hz three hundred samples would take five minutes a contender; caches stay warmer this way. */
const PAUSE_MS = 15
const TRACED_SAMPLES = 100
/** As the engine asks: the disk, by a df in the background, with every fifteenth. */
const FULL_EVERY = 15

interface Contender {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  request(seq: number): string
  /** Whether this output ends the answer. */
  isEnd(output: string): boolean
}

/**
 * What the probe costs the node that it runs on: CPU (user and system), processes started, memory. Beside it, in the
 * same rounds, the same facts read by small programs; and one `top -b`, and one `glances` (from PyPI, when it is on the
 * PATH), which most people would install instead.
 */
export async function benchProbe(report: (row: BenchRow) => void): Promise<void> {
  const contenders = SHELLS.filter(isHere).flatMap(probeIn)
  await measureCpu([...contenders, NAIVE], report)
  measureTop(report)
  measureGlances(report)
  for (const contender of [...contenders, NAIVE]) measureForks(contender, report)
}

const SHELLS: readonly (readonly [string, ...string[]])[] = [['dash'], ['bash'], ['busybox', 'ash']]

function isHere([command]: readonly [string, ...string[]]): boolean {
  return runs('sh', ['-c', `command -v ${command}`])
}

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function probeIn(shell: readonly [string, ...string[]]): readonly Contender[] {
  const [command, ...options] = shell
  const base = {
    command: [command, ...options, '-c', linuxProbeScript, 'probe', 'nonce', '/'] as const,
    isEnd: (output: string) => output.endsWith(' end\n'),
  }
  const inShell = shell.join(' ')
  return [
    // Its first request finds the interfaces that all others report.
    { ...base, name: `probe in ${inShell}`, request: seq => `${seq} ${seq === 1 ? 'full' : 'sample'}\n` },
    {
      ...base,
      name: `probe in ${inShell}, disk with every ${FULL_EVERY}th`,
      request: seq => `${seq} ${seq % FULL_EVERY === 1 ? 'full' : 'sample'}\n`,
    },
  ]
}

const NAIVE: Contender = {
  name: 'peer: head, grep, cat, df in sh',
  command: ['sh', '-c', naiveProbeScript],
  request: seq => `${seq}\n`,
  isEnd: output => /^end \d+\n$/m.test(output),
}

interface Running {
  readonly contender: Contender
  readonly child: ChildProcessWithoutNullStreams
  readonly pid: number
  seq: number
  /** CPU of the process itself, for each sample. */
  readonly ownMs: number[]
}

/** Round after round, one contender after the other, so that all of them meet the same machine. */
async function measureCpu(contenders: readonly Contender[], report: (row: BenchRow) => void): Promise<void> {
  const running = contenders.map(start)
  for (const one of running) await round(one, 20)
  const before = running.map(one => {
    one.ownMs.length = 0
    return childrenMs(one.pid)
  })
  for (let at = 0; at < ROUNDS; at++) for (const one of running) await round(one, SAMPLES_A_ROUND)
  running.forEach((one, at) => {
    const ofChildrenMs = childrenMs(one.pid) - (before[at] ?? 0)
    report(cpuRow(one, ofChildrenMs))
    for (const row of memoryRows(one)) report(row)
    one.child.stdin.end()
  })
}

function start(contender: Contender): Running {
  const [command, ...args] = contender.command
  const child = spawn(command, args, { env: { ...process.env, LC_ALL: 'C' } })
  if (child.pid === undefined) throw new Error(`${command} cannot be started`)
  return { contender, child, pid: child.pid, seq: 0, ownMs: [] }
}

async function round(one: Running, samples: number): Promise<void> {
  for (let at = 0; at < samples; at++) {
    const before = ownMs(one.pid)
    await answer(one)
    await sleepFor(PAUSE_MS)
    // After the pause, so that its way back into `read` counts, too.
    one.ownMs.push(ownMs(one.pid) - before)
  }
}

async function answer(one: Running): Promise<void> {
  const { child, contender } = one
  one.seq++
  let output = ''
  await new Promise<void>(resolve => {
    const take = (bytes: Buffer): void => {
      output += bytes.toString()
      if (!contender.isEnd(output)) return
      child.stdout.off('data', take)
      resolve()
    }
    child.stdout.on('data', take)
    child.stdin.write(contender.request(one.seq))
  })
}

/** Nanoseconds on a CPU, the first number of schedstat. */
function ownMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
}

/** Fields 16 and 17 of stat: user and system time of children that were waited for. */
function childrenMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) * MS_PER_TICK
}

function cpuRow(one: Running, ofChildrenMs: number): BenchRow {
  const sorted = one.ownMs.toSorted((a, b) => a - b)
  const meanOwnMs = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length
  const row = {
    name: `${one.contender.name}: CPU per sample`,
    value: meanOwnMs + ofChildrenMs / SAMPLES,
    unit: 'ms',
    repeats: SAMPLES,
  }
  // Children are counted in steps of 10 ms, so they have a mean but no percentiles.
  if (ofChildrenMs > 0) return { ...row, note: `${(ofChildrenMs / SAMPLES).toFixed(3)} ms of it in children` }
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return { ...row, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** The shell's program is shared by all that run it; PSS counts each one's share. */
function memoryRows({ pid, contender }: Running): readonly BenchRow[] {
  const mibOf = (file: string, name: string): number => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(
      readFileSync(`/proc/${pid}/${file}`, 'utf8'),
    )?.[1]
    return Number(kib) / 1024
  }
  const row = (what: string, value: number): BenchRow => ({
    name: `${contender.name}: ${what}`,
    value,
    unit: 'MiB',
    repeats: 1,
  })
  return [row('RSS', mibOf('status', 'VmRSS')), row('PSS', mibOf('smaps_rollup', 'Pss'))]
}

/** top reads every process, as most monitors do; here without a pause between its samples. */
function measureTop(report: (row: BenchRow) => void): void {
  const name = 'peer: top -b'
  if (!runs('top', ['-b', '-n', '1'])) {
    report({ name, value: Number.NaN, unit: 'ms', repeats: 0, note: 'not measured: no top with -b here' })
    return
  }
  const startedMs = childrenMs(process.pid)
  execFileSync('top', ['-b', '-d', '0.02', '-n', String(SAMPLES)], { stdio: 'ignore' })
  report({
    name: `${name}: CPU per sample`,
    value: (childrenMs(process.pid) - startedMs) / SAMPLES,
    unit: 'ms',
    repeats: SAMPLES,
  })
}

/** Few, since glances is slow: the difference of two lengths leaves its start-up out. */
const GLANCES_REFRESHES = 20
const GLANCES_SHOWN = 'cpu.total,mem.used,memswap.used,load.min1,network,diskio,fs,sensors'

/** glances as an agent on the node: what it shows is nearly what a sample holds. */
function measureGlances(report: (row: BenchRow) => void): void {
  const name = 'peer: glances --stdout: CPU per refresh'
  if (!runs('glances', ['--version'])) {
    report({
      name,
      value: Number.NaN,
      unit: 'ms',
      repeats: 0,
      note: 'not measured: glances is not installed',
    })
    return
  }
  const ofMs = (refreshes: number): number => {
    const beforeMs = childrenMs(process.pid)
    const args = [
      '--stdout',
      GLANCES_SHOWN,
      '-t',
      '1',
      '--stop-after',
      String(refreshes),
      '--disable-check-update',
    ]
    execFileSync('glances', args, { stdio: 'ignore' })
    return childrenMs(process.pid) - beforeMs
  }
  const startMs = ofMs(2)
  const value = (ofMs(2 + GLANCES_REFRESHES) - startMs) / GLANCES_REFRESHES
  report({ name, value, unit: 'ms', repeats: GLANCES_REFRESHES, note: `start-up ${Math.round(startMs)} ms` })
}

function measureForks(contender: Contender, report: (row: BenchRow) => void): void {
  const name = `${contender.name}: processes started per sample`
  if (!runs('strace', ['-o', '/dev/null', 'true'])) {
    report({ name, value: Number.NaN, unit: '', repeats: 0, note: 'not measured: strace cannot trace here' })
    return
  }
  const ofOne = forksOf(contender, 1)
  const forks = forksOf(contender, 1 + TRACED_SAMPLES) - ofOne
  report({ name, value: forks / TRACED_SAMPLES, unit: '', repeats: TRACED_SAMPLES })
}

function forksOf(contender: Contender, requests: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'))
  const trace = join(folder, 'trace')
  const input = Array.from({ length: requests }, (_, at) => contender.request(at + 1)).join('')
  const strace = ['-f', '-o', trace, '-e', 'trace=clone,clone3,fork,vfork']
  execFileSync('strace', [...strace, ...contender.command], { input, stdio: ['pipe', 'ignore', 'ignore'] })
  const forks = readFileSync(trace, 'utf8').match(/\b(clone3?|v?fork)\(/g)?.length ?? 0
  rmSync(folder, { recursive: true })
  return forks
}
