import type { BenchRow } from './benchRow'
import { calibrate } from './calibration'
import { benchProbe } from './probe'
import { benchManyNodes, benchStartStop } from './startStop'

/** `npm run bench [name…]`: every figure as one JSON line, and in the end all of them as a table. */
const BENCHES: Readonly<Record<string, (report: (row: BenchRow) => void) => Promise<void> | void>> = {
  calibration: calibrate,
  startStop: benchStartStop,
  manyNodes: benchManyNodes,
  probe: benchProbe,
}

const wanted = process.argv.slice(2)
const rows: BenchRow[] = []
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  await bench(row => {
    rows.push(row)
    console.log(JSON.stringify(row))
  })
}
console.log(table(rows))

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
