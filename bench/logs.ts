import { spawnSync } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleepFor } from 'node:timers/promises'
import type { RigEngine } from '../e2e/rig/engine'
import { createEngineRig } from '../e2e/rig/engine'
import { PlanName, RunId, WorkerId } from '../src/contract/ids'
import { systemClock } from '../src/core/kernel/clock'
import type { LocalLog } from '../src/core/runs/localLog'
import { openLocalLog } from '../src/core/runs/localLog'
import { createLogBook } from '../src/core/runs/logBook'
import { createLogSearch } from '../src/core/runs/logSearch'
import type { BenchOptions, Report } from './benchRow'
import { inChild } from './child'
import type { CopyLogResult, CopyLogTask } from './copyLog'
import { sha256Of } from './copyLog'
import { openSshPeer, roundTripMs, slowNode, untilOnline } from './engineNode'
import { figures, timed } from './figures'

const LOG_BYTES = 512 * 2 ** 20
const ROUNDS = 3
const LINE_BYTES = 10
const BLOCK_LINES = 100_000
const READS = 300
const NEW_LINES = 150

/** Logs: how fast they come from a node, how fast any line is found, how soon a new one is here. */
export async function benchLogs(report: Report, { lines }: BenchOptions): Promise<void> {
  await benchBytes(report)
  await benchAnyLine(lines, report)
  await benchSearch(report)
  for (const delayMs of [0, 50]) await benchNewLine(delayMs, report)
}

async function benchBytes(report: Report): Promise<void> {
  await using rig = createEngineRig()
  const node = await rig.sshNode()
  const from = join(node.home, 'big.log')
  await writeBigLog(from)
  const wanted = await sha256Of(from)
  const peer = await openSshPeer(rig, node)
  const speeds: number[] = []
  const peerSpeeds: number[] = []
  const grown: number[] = []
  let isWhole = true
  for (let round = 0; round < ROUNDS; round += 1) {
    const to = join(rig.home, `copy-${round}.log`)
    const target = { host: node.host, port: node.port, user: node.user, identityFiles: [node.clientKey.path] }
    const copied = (await inChild('copyLog', {
      target,
      userHome: rig.home,
      from,
      to,
      bytes: LOG_BYTES,
    } satisfies CopyLogTask)) as CopyLogResult
    speeds.push(copied.mibPerS)
    grown.push(copied.grownMiB)
    isWhole &&= (await sha256Of(to)) === wanted && copied.lines === Math.floor(LOG_BYTES / 100)
    rmSync(to)
    const other = join(rig.home, 'other.log')
    const { ms } = await timed(async () => {
      await pipeline(peer.spawn(`cat ${from}`).stdout, createWriteStream(other))
    })
    peerSpeeds.push(LOG_BYTES / 2 ** 20 / (ms / 1000))
    rmSync(other)
  }
  await peer.close()
  const whole = isWhole ? 'sha256 and number of lines are right' : 'THE COPY IS NOT THE LOG'
  report(
    figures(
      'log: 512 MiB from sshd to the indexed file',
      'MiB/s',
      speeds,
      `goal >= 191 (200 MB/s); ${whole}`,
    ),
  )
  report(figures('peer: ssh (shared connection) cat, into a file', 'MiB/s', peerSpeeds))
  const ratios = speeds.map((speed, at) => speed / (peerSpeeds[at] ?? NaN))
  report(figures('log: ratio to that peer', '', ratios, 'goal >= 0.5'))
  report(figures('log: growth of memory over these 512 MiB', 'MiB', grown, 'goal <= 64'))
}

/** Lines of 100 bytes that all differ. */
async function writeBigLog(path: string): Promise<void> {
  const file = await open(path, 'w')
  const perBlock = 10_000
  for (let line = 0; line * 100 < LOG_BYTES; line += perBlock) {
    const text = Array.from(
      { length: perBlock },
      (_, at) => `${line + at} `.padEnd(99, 'price=4512.25 size=3 ') + '\n',
    )
    await file.write(Buffer.from(text.join('')).subarray(0, LOG_BYTES - line * 100))
  }
  await file.close()
}

async function benchAnyLine(wanted: number, report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-log-'))
  try {
    const { bavail, bsize } = statfsSync(folder)
    const hasRoom = bavail * bsize > wanted * LINE_BYTES * 2
    const lines = hasRoom ? wanted : wanted / 10
    const path = join(folder, 'worker.log')
    await using log = await openLocalLog(path, Date.now())
    const built = await timed(() => buildLog(log, lines))
    const about = `${lines / 1e6} million lines`
    report(figures(`log: building one of ${about}`, 'million lines/s', [lines / 1000 / built.ms]))
    const note = `goal p95 <= 20${hasRoom ? '' : '; fewer lines than wanted: the disk is short'}`
    dropFromCache(path)
    report(
      figures(`any line of ${about}, the file not in memory`, 'ms', await readAnywhere(log, lines), note),
    )
    report(figures(`any line of ${about}, the file in memory`, 'ms', await readAnywhere(log, lines), note))
    const again = await timed(() => openLocalLog(path, Date.now()))
    await again.value[Symbol.asyncDispose]()
    report(figures(`opening that log again`, 'ms', [again.ms]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Nine digits and a newline: the line's number. */
async function buildLog(log: LocalLog, lines: number): Promise<void> {
  const block = Buffer.alloc(BLOCK_LINES * LINE_BYTES, '000000000\n')
  for (let at = 0; at < BLOCK_LINES; at += 1) block.write(String(at).padStart(5, '0'), at * LINE_BYTES + 4)
  for (let first = 0; first < lines; first += BLOCK_LINES) {
    const high = Buffer.from(String(first / BLOCK_LINES).padStart(4, '0'))
    for (let at = 0; at < block.length; at += LINE_BYTES) high.copy(block, at)
    await log.append(block, Date.now())
  }
}

async function readAnywhere(log: LocalLog, lines: number): Promise<number[]> {
  const took: number[] = []
  for (let at = 0; at < READS; at += 1) {
    const line = Math.floor(Math.random() * lines)
    const { ms, value } = await timed(() => log.read(line, 1))
    if (value.lines[0] !== String(line).padStart(9, '0')) throw new Error(`line ${line} is ${value.lines[0]}`)
    took.push(ms)
  }
  return took
}

/** GNU dd can ask the kernel to forget a file's pages, once they are on the disk. */
function dropFromCache(path: string): void {
  spawnSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'])
  spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0'])
}

/** A word that one line in ten thousand has, in the log of `benchBytes`, beside grep on the same file. */
async function benchSearch(report: Report): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'drydock-bench-search-'))
  const run = RunId.parse('20260102-030405-ab12')
  const worker = WorkerId.parse('one')
  await using logs = createLogBook({ dir, clock: systemClock, isEnded: () => true })
  try {
    mkdirSync(join(dir, run))
    const path = join(dir, run, `${worker}.log`)
    await writeBigLog(path)
    const search = createLogSearch({ logs, logsOf: () => [worker], clock: systemClock })
    await search.lineAt(run, worker, 0) // indexes it
    const [speeds, peers] = [[] as number[], [] as number[]]
    const query = { text: '1234 price', isRegex: false, isCaseSensitive: false }
    for (let round = 0; round < ROUNDS; round += 1) {
      let matched = 0
      const own = await timed(async () => {
        const events = search.search(run, null, query, new AbortController().signal)
        for await (const event of events) matched = event.matched
      })
      const peer = await timed(async () => spawnSync('grep', ['-ci', query.text, path]).stdout.toString())
      if (Number(peer.value) !== matched) throw new Error(`${matched} lines, and grep has ${peer.value}`)
      speeds.push(LOG_BYTES / 2 ** 20 / (own.ms / 1000))
      peers.push(LOG_BYTES / 2 ** 20 / (peer.ms / 1000))
    }
    report(figures('search: 512 MiB for a word, in any case', 'MiB/s', speeds))
    report(figures('peer: grep -ci on that file', 'MiB/s', peers))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

/** A worker prints the time ten times a second; how old is it when the router hands the line out? */
async function benchNewLine(delayMs: number, report: Report): Promise<void> {
  await using rig = createEngineRig()
  const { node } = await slowNode(rig, delayMs)
  const command = 'while :; do date +%s%N; sleep 0.1; done'
  const engine = await rig.open({ local: false, nodes: { far: node }, plans: [{ name: 'times', command }] })
  await untilOnline(engine, ['far'])
  const rttMs = await roundTripMs(delayMs)
  const run = await engine.client.runs.start({ plan: PlanName.parse('times') })
  await sleepFor(1000)
  const ages = await agesOfNewLines(engine, run.id)
  await engine.client.runs.stop({ run: run.id, how: 'force', nodes: null })
  const note = 'goal p95 <= 50 with its paint, which is not in this figure'
  report(
    figures(
      `new line: from date(1) on the node to the router, at a round trip of ${rttMs.toFixed(1)} ms`,
      'ms',
      ages,
      note,
    ),
  )
}

async function agesOfNewLines(engine: RigEngine, runId: string): Promise<number[]> {
  const run = engine.run()
  const worker = run?.workers[0]
  if (run === undefined || run.id !== runId || worker === undefined) throw new Error('no worker')
  const over = new AbortController()
  const ages: number[] = []
  const fromLine = worker.logLines
  const stretches = await engine.client.logs.follow(
    { run: run.id, log: worker.id, fromLine },
    { signal: over.signal },
  )
  try {
    for await (const { lines } of stretches) {
      const nowMs = performance.timeOrigin + performance.now()
      ages.push(...lines.map(line => nowMs - Number(line) / 1e6))
      if (ages.length > NEW_LINES) break
    }
  } finally {
    over.abort()
  }
  // What was there before the reader came is not new.
  return ages.slice(-NEW_LINES + 20)
}
