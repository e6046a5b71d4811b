import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { RunId } from '../../contract/ids'
import { parseFleet } from '../config/parseFleet'
import { starterFleet } from '../config/starterFleet'
import { launchEnvironment } from '../guard/launchEnvironment'
import type { Report } from '../results/lineProtocol'
import { createProgressReader } from '../results/lineProtocol'
import type { WorkerSpec } from './planWorkers'
import { planWorkers } from './planWorkers'

const sample = fileURLToPath(new URL('../../../resources/samples/kelly-monte-carlo', import.meta.url))
const run = RunId.parse('20260102-030405-ab12')

/** The worker that the first start of Drydock would start on a PC with two threads. */
function firstWorker(): WorkerSpec {
  const parsed = parseFleet(starterFleet({ cpuThreads: 2 }), 'fleet.yaml')
  if (!('fleet' in parsed)) throw new Error(JSON.stringify(parsed.problems))
  const [plan] = parsed.fleet.plans
  return planWorkers(parsed.fleet, plan!, run)[0]!
}

/** Starts a command as a worker is: its own process group, a closed environment, the sample's folder. */
function start(worker: WorkerSpec, command: string) {
  const environment = launchEnvironment({
    base: new Map([['PATH', process.env['PATH'] ?? '/usr/bin:/bin']]),
    nodeEnv: {},
    trackEnv: { OMP_NUM_THREADS: '2' },
    run,
    worker: worker.id,
    flags: { dryRun: true, allowOrders: false },
  })
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], {
    cwd: sample,
    env: Object.fromEntries(environment),
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { child, lines: createInterface(child.stdout), closed: once(child, 'close') }
}

/** Processes that carry a run's marker, by pid. */
function marked(): string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(join('/proc', pid, 'environ'), 'utf8').includes(`DRYDOCK_RUN=${run}`)
      )
    } catch {
      return false // it has ended meanwhile
    }
  })
}

describe('the sample plan', () => {
  it('passes its own tests', async () => {
    const tests = spawn('python3', ['-B', '-m', 'unittest'], {
      cwd: sample,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    tests.stderr.on('data', (text: Buffer) => (said += text.toString()))
    expect({ code: await once(tests, 'close').then(([code]) => code as number), said }).toEqual({
      code: 0,
      said: expect.stringMatching(/Ran \d+ tests? in [\d.]+s\n\nOK/),
    })
  })

  it('reports progress, metrics and a row for each fraction in the line protocol', async () => {
    const worker = firstWorker()
    const { lines, closed } = start(worker, worker.command!.replace('--iterations 2000', '--iterations 40'))
    const reader = createProgressReader(worker.progress)
    const reports: Report[] = []
    const log: string[] = []
    for await (const line of lines) {
      const found = reader.read(line)
      reports.push(...found)
      if (found.length === 0) log.push(line)
    }
    expect(await closed).toEqual([0, null])
    expect(log.slice(0, 2)).toEqual([
      'S&P 500, 2000-01-03 to 2020-04-17, 5,104 daily returns; full Kelly leverage 1.343',
      'seed 1, 40 iterations of 8 paths of 2520 days, 2 processes at 75 % duty; DRY_RUN=1 ALLOW_ORDERS=0, no orders in here',
    ])
    expect(
      log.slice(2).every(line => /^step \d+ {2}eq [\d,.]+ {2}dd -0\.\d+ {2}[\d.]+ it\/s$/.test(line)),
    ).toBe(true)
    const steps = reports.filter(report => report.type === 'progress')
    expect(steps.at(-1)).toEqual({ type: 'progress', step: 40, total: 40 })
    const metrics = reports.filter(report => report.type === 'metric').map(({ name }) => name)
    expect([...new Set(metrics)]).toEqual(['equity', 'drawdown', 'iterationsPerS'])
    const rows = reports.filter(report => report.type === 'result')
    expect(rows.map(({ name, values }) => [name, Object.keys(values)])).toEqual(
      ['0.25', '0.50', '0.75', '1.00', '1.50', '2.00'].map(fraction => [
        `SPX kelly ${fraction}`,
        ['medianWealth', 'cagr', 'sharpe', 'maxDrawdown', 'ruin'],
      ]),
    )
    const drawdowns = rows.map(({ values }) => values['maxDrawdown'] ?? 0)
    expect(drawdowns.every((drawdown, row) => drawdown < 0 && drawdown < (drawdowns[row - 1] ?? 0))).toBe(
      true,
    )
  })

  it.skipIf(process.platform !== 'linux')(
    'ends all its processes on TERM to its group and leaves a marked partial result',
    async () => {
      const worker = firstWorker()
      const { child, lines, closed } = start(worker, worker.command!)
      const reader = createProgressReader(worker.progress)
      const rows: string[] = []
      let processes = 0
      for await (const line of lines) {
        for (const report of reader.read(line)) {
          if (report.type === 'result') rows.push(report.name)
          if (report.type === 'progress' && report.step >= 5 && processes === 0) {
            processes = marked().length
            process.kill(-child.pid!, 'SIGTERM') // not reaped before `closed`, so the number is still its own
          }
        }
      }
      expect(await closed).toEqual([143, null])
      expect({ processes, left: marked() }).toEqual({ processes: 3, left: [] })
      expect(rows).toEqual(
        ['0.25', '0.50', '0.75', '1.00', '1.50', '2.00'].map(f => `SPX kelly ${f} (partial)`),
      )
    },
  )

  it.skipIf(process.platform !== 'linux')('leaves no process behind when it is killed', async () => {
    const worker = firstWorker()
    const { child, lines, closed } = start(worker, worker.command!)
    const reader = createProgressReader(worker.progress)
    for await (const line of lines) {
      const isOnItsWay = reader.read(line).some(report => report.type === 'progress' && report.step >= 5)
      if (isOnItsWay && child.exitCode === null && child.signalCode === null)
        process.kill(child.pid!, 'SIGKILL')
    }
    // The output ends when the last process that holds it has ended: the children too.
    expect(await closed).toEqual([null, 'SIGKILL'])
    expect(marked()).toEqual([])
  })
})
