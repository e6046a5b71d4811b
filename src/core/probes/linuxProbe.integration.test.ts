import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sample } from '../../contract/samples'
import { systemClock } from '../kernel/clock'
import { probeNode } from './nodeProbe'
import { linuxDialect, linuxProbeScript, parseDisks } from './linuxProbe'
import { createFrameReader } from './probeFrames'
import { createProcessShell, createRecordedLog, nodeA } from './testkit'

const SHELLS = ['dash', 'bash', 'bash --posix', 'busybox ash']
const NONCE = '0123456789abcdef'

const wordsOf = (shell: string) => shell.split(' ') as [string, ...string[]]
const isHere = (shell: string): boolean => canRun('sh', ['-c', `command -v ${wordsOf(shell)[0]}`])

function canRun(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What the probe prints for these requests; it ends at the end of its input. */
async function output(command: readonly string[], requests: string, env = process.env): Promise<string> {
  const [program = 'sh', ...args] = command
  const child = spawn(program, [...args, '-c', linuxProbeScript, 'probe', NONCE, folder], { env })
  let text = ''
  child.stdout.on('data', bytes => (text += String(bytes)))
  child.stdin.end(requests)
  const code = await new Promise(resolve => child.once('close', resolve))
  expect(code).toBe(0)
  return text
}

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'drydock-probe-'))))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(SHELLS)('the probe in %s', shell => {
  it('measures this machine, and ends with its input', async ({ skip }) => {
    skip(!isHere(shell), `${shell} is not installed`)
    await using node = createProcessShell(wordsOf(shell))
    const samples: Sample[] = []
    const stop = new AbortController()
    await probeNode(
      linuxDialect,
      {
        node: nodeA,
        shell: node,
        // Not there yet: the disk that will hold it is meant.
        stateDir: join(folder, 'not', 'there'),
        clock: systemClock,
        periodMs: 50,
        log: createRecordedLog(),
        publish(sample) {
          samples.push(sample)
          if (sample.disk !== null && sample.cpuPct !== null) stop.abort()
        },
      },
      stop.signal,
    )
    const last = samples.at(-1)!
    const df = parseDisks(execFileSync('df', ['-Pk', folder], { encoding: 'utf8' }).split('\n')).disk!
    expect(samples[0]).toMatchObject({ cpuPct: null, netReceivedBytesPerS: null })
    expect(last).toMatchObject({
      node: 'node-a',
      cpuThreads: cpus().length,
      memTotalMiB: totalmem() / 1024 / 1024,
      disk: { mount: df.mount, totalMiB: df.totalMiB },
    })
    expect(last.cpuPct).toBeGreaterThanOrEqual(0)
    expect(last.cpuPct).toBeLessThanOrEqual(100)
    expect(last.memUsedMiB).toBeGreaterThan(0)
    expect(last.roundTripMs).toBeGreaterThan(0)
  })

  it('starts no process for a sample', async ({ skip }) => {
    skip(!isHere(shell), `${shell} is not installed`)
    skip(
      !canRun('strace', ['-o', '/dev/null', 'true']),
      'strace cannot trace here (not installed, or no ptrace)',
    )
    const calls = 'clone,clone3,fork,vfork,execve,execveat'
    const madeBy = (trace: string) => trace.match(/\b(clone3?|v?fork|execve(at)?)\(/g)
    // The first request finds the interfaces and starts df; the question is what the 200 after it add to that.
    const first = await traced(shell, calls, '1 full\n')
    const requests = Array.from({ length: 200 }, (_, i) => `${i + 2} sample\n`).join('')
    const all = await traced(shell, calls, `1 full\n${requests}`)
    const samples = createFrameReader(NONCE)
      .push(Buffer.from(all.text))
      .filter(answer => answer.ok && answer.frame.kind === 'sample')
    expect(samples.length).toBe(201)
    expect(madeBy(all.trace)).toEqual(madeBy(first.trace))
  })

  it('writes each frame at once, so that nothing comes between its lines', async ({ skip }) => {
    skip(!isHere(shell), `${shell} is not installed`)
    skip(
      !canRun('strace', ['-o', '/dev/null', 'true']),
      'strace cannot trace here (not installed, or no ptrace)',
    )
    const { trace } = await traced(shell, 'write', '1 full\n2 sample\n3 sample\n')
    const writes = [...trace.matchAll(/write\(1, "(.*)", \d+\)/g)].map(([, written = '']) => written)
    const ofOurs = writes.filter(written => written.includes(NONCE) || written === '\\n')
    const framesOf = (written: string): string =>
      written.match(/[0-9a-f]{16} \d \w+\\n/g)?.join('') ?? written
    expect(ofOurs.map(framesOf).sort()).toEqual([
      `${NONCE} 1 disk\\n${NONCE} 1 end\\n`,
      `${NONCE} 1 sample\\n${NONCE} 1 end\\n`,
      `${NONCE} 2 sample\\n${NONCE} 2 end\\n`,
      `${NONCE} 3 sample\\n${NONCE} 3 end\\n`,
      '\\n',
    ])
  })
})

/** The probe's output, and what strace saw of it. */
async function traced(
  shell: string,
  calls: string,
  requests: string,
): Promise<{ text: string; trace: string }> {
  const file = join(folder, 'trace')
  const strace = ['strace', '-f', '-s', '8192', '-o', file, '-e', `trace=${calls}`]
  const text = await output([...strace, ...wordsOf(shell)], requests)
  return { text, trace: readFileSync(file, 'utf8') }
}

describe('the frames of all shells', () => {
  const requests = '1 full\n2 sample\n'

  /** The same files for everyone: in a mount namespace of its own, over those of the kernel. */
  function frozen(): readonly string[] {
    const proc = join(folder, 'proc')
    const net = join(folder, 'sys/class/net')
    mkdirSync(proc, { recursive: true })
    const binds = ['stat', 'meminfo', 'swaps', 'loadavg', 'uptime'].map(name => {
      writeFileSync(join(proc, name), readFileSync(`/proc/${name}`))
      return `mount --bind ${join(proc, name)} /proc/${name}`
    })
    for (const [name, received] of [
      ['lo', '1'],
      ['eth0', '18446744073709551'],
      ['wg-home', '0'],
    ] as const) {
      mkdirSync(join(net, name, 'statistics'), { recursive: true })
      writeFileSync(join(net, name, 'statistics', 'rx_bytes'), `${received}\n`)
      writeFileSync(join(net, name, 'statistics', 'tx_bytes'), '42\n')
    }
    const files = {
      'class/hwmon/hwmon0/name': 'nvme',
      'class/hwmon/hwmon0/temp1_input': '99000',
      'class/hwmon/hwmon1/name': 'k10temp',
      'class/hwmon/hwmon1/temp1_input': '67500',
      'class/hwmon/hwmon1/temp1_label': 'Tctl',
      'class/hwmon/hwmon1/temp2_input': '47500',
      'class/hwmon/hwmon1/temp2_label': 'Tdie',
      'block/nvme0n1/stat':
        '   354228    35414 13214274   642868   273540   155807 34162600   136338        0    79288   807906',
      'block/sdb/stat': '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17',
      'block/dm-0/stat': '1 2 3 4 5 6 7 8 9 10 11',
      'block/loop0/stat': '1 2 3 4 5 6 7 8 9 10 11',
    }
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'sys', name)), { recursive: true })
      writeFileSync(join(folder, 'sys', name), `${text}\n`)
    }
    binds.push(`mount --bind ${join(folder, 'sys/block')} /sys/block`)
    // Last, since it holds what was prepared under its own path.
    binds.push(`mount --bind ${join(folder, 'sys/class')} /sys/class`)
    return ['unshare', '-m', 'sh', '-c', `${binds.join(' && ')} && exec "$@"`, 'sh']
  }

  it('are the same, byte for byte, in every shell and every locale', async ({ skip }) => {
    skip(!canRun('unshare', ['-m', 'true']), 'a mount namespace needs root')
    const inNamespace = frozen()
    const seen = new Map<string, string>()
    for (const shell of SHELLS.filter(isHere)) {
      for (const locale of ['C', 'fr_FR.UTF-8', 'tr_TR.UTF-8', 'de_DE']) {
        const text = await output([...inNamespace, ...wordsOf(shell)], requests, {
          ...process.env,
          LC_ALL: locale,
          LANG: locale,
        })
        // The disk's frame comes when df is done.
        seen.set(`${shell} ${locale}`, text.replace(/\n\w+ 1 disk\n[^]*?\n\w+ 1 end\n/, ''))
      }
    }
    const [first] = seen.values()
    expect(first).toContain(
      'net eth0 18446744073709551 42\nnet wg-home 0 42\nio nvme0n1 13214274 34162600\nio sdb 3 7\ntemp 47500\n',
    )
    expect(new Set(seen.values())).toEqual(new Set([first]))
  })
})

describe('the disks of a node', () => {
  it('are found once each, without images, second mounts and what other machines serve', async ({ skip }) => {
    skip(!canRun('unshare', ['-m', 'true']), 'a mount namespace needs root')
    const [data, again, nas] = ['my data', 'again', 'nas'].map(name => join(folder, 'mounts', name)) as [
      string,
      string,
      string,
    ]
    for (const path of [data, again, nas]) mkdirSync(path, { recursive: true })
    const mounts = [
      `mount -t tmpfs -o size=64m /dev/stand-in '${data}'`,
      `mount --bind '${data}' ${again}`,
      `mount -t tmpfs -o size=32m nas:/share ${nas}`,
    ]
    const inNamespace = ['unshare', '-m', 'sh', '-c', `${mounts.join(' && ')} && exec "$@"`, 'sh']
    const expected = parseDisks(execFileSync('df', ['-Pk', folder], { encoding: 'utf8' }).split('\n')).disk!
    for (const shell of SHELLS.filter(isHere)) {
      const text = await output([...inNamespace, ...wordsOf(shell)], '1 full\n')
      const frame = createFrameReader(NONCE)
        .push(Buffer.from(text))
        .flatMap(answer => (answer.ok && answer.frame.kind === 'disk' ? [answer.frame] : []))[0]!
      const { disk, mounts } = parseDisks(frame.lines)
      expect(disk).toMatchObject({ mount: expected.mount, totalMiB: expected.totalMiB })
      expect(mounts).toContainEqual({ mount: data, usedMiB: 0, totalMiB: 64, freeMiB: 64 })
      expect(mounts!.filter(({ mount }) => [again, nas].includes(mount))).toEqual([])
    }
  })
})
