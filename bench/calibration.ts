import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpus, loadavg, totalmem } from 'node:os'
import type { BenchRow } from './benchRow'
import { figures } from './figures'

/** What this box can do at all, so that figures of two boxes (or two hours) can be held against each other. */
export function calibrate(report: (row: BenchRow) => void): void {
  const block = Buffer.alloc(32 * 1024 * 1024)
  const hashed = repeat(5, () => {
    const start = performance.now()
    createHash('sha256').update(block).digest()
    return 32 / ((performance.now() - start) / 1000)
  })
  const spawned = repeat(20, () => {
    const start = performance.now()
    spawnSync('/bin/true')
    return performance.now() - start
  })
  const [load = 0] = loadavg()
  const box = `${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${load.toFixed(1)}, Node ${process.version}`
  report(figures('calibration: SHA-256 of one thread', 'MB/s', hashed, box))
  report(figures('calibration: start of /bin/true', 'ms', spawned))
}

function repeat(times: number, measure: () => number): number[] {
  return Array.from({ length: times }, measure)
}
