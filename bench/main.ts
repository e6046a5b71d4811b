import { parseArgs } from 'node:util'
import type { BenchOptions, BenchRow, Report } from './benchRow'
import { calibrate } from './calibration'
import { benchColdStart } from './coldStart'
import type { CopyLogTask } from './copyLog'
import { copyLog } from './copyLog'
import { benchEngineLoad, loadEngine } from './engineLoad'
import { benchLinks } from './links'
import { benchLogs } from './logs'
import { benchProbe } from './probe'
import { benchSampleHistory } from './sampleHistory'
import { benchManyNodes, benchStartStop } from './startStop'

/**
 * `npm run bench -- [name…] [--stops 1000] [--lines 10000000] [--jitterSeconds 60] [--seconds 60]`: every figure as one
 * JSON line, and in the end all of them as a table.
 */
const BENCHES: Readonly<Record<string, (report: Report, options: BenchOptions) => Promise<void> | void>> = {
  calibration: calibrate,
  startStop: benchStartStop,
  manyNodes: benchManyNodes,
  links: benchLinks,
  logs: benchLogs,
  probe: benchProbe,
  engineLoad: benchEngineLoad,
  history: benchSampleHistory,
  coldStart: benchColdStart,
  // Only when it is asked for: what drives the app would weigh on every child that is measured.
  screen: async (...given) => (await import('./screen')).benchScreen(...given),
}

const CHILDREN: Readonly<Record<string, (task: unknown) => Promise<unknown>>> = {
  copyLog: task => copyLog(task as CopyLogTask),
  engineLoad: loadEngine,
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    stops: { type: 'string', default: '200' },
    lines: { type: 'string', default: '100000000' },
    jitterSeconds: { type: 'string', default: '60' },
    seconds: { type: 'string', default: '60' },
    // A piece of a bench that needs a process of its own, see `inChild`.
    child: { type: 'string' },
    task: { type: 'string', default: '{}' },
  },
})
if (values.child === undefined) await benchAll(positionals)
else process.send?.(await CHILDREN[values.child]?.(JSON.parse(values.task)))

async function benchAll(names: readonly string[]): Promise<void> {
  const unknown = names.filter(name => !(name in BENCHES))
  if (unknown.length > 0)
    throw new Error(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}.`)
  const options = {
    stops: Number(values.stops),
    lines: Number(values.lines),
    jitterSeconds: Number(values.jitterSeconds),
    seconds: Number(values.seconds),
  }
  const rows: BenchRow[] = []
  const report: Report = row => {
    rows.push(row)
    console.log(JSON.stringify(row))
  }
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length === 0 || names.includes(name)) await bench(report, options)
  }
  console.log(table(rows))
}

function table(all: readonly BenchRow[]): string {
  const number = (value: number | undefined): string => (value === undefined ? '' : value.toPrecision(3))
  const cells = all.map(row => [
    row.name,
    number(row.value),
    row.unit,
    number(row.p95),
    number(row.p99),
    row.note ?? '',
  ])
  const lines = [['figure', 'value', 'unit', 'p95', 'p99', 'note'], ...cells]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0))) ?? []
  return lines
    .map(line =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
