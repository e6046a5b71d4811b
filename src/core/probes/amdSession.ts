import { AppError } from '../kernel/appError'
import { amdFailureOf, parseAmdAbout, parseAmdCards } from './amdSmi'
import { failureOf } from './gpuFailures'
import type { GpuCallEnd } from './gpuChannel'
import type { GpuSessionEnd } from './gpuSession'
import type { GpuRow } from './nvidiaSmi'
import type { GpuToolDeps } from './nvidiaSession'

/** Both tools are Python programs: every call takes a good part of a second of one thread. */
const EVERY_PERIODS = 2
/** A document of eight cards has some 2,000 lines. */
const MAX_LINES = 20_000
/** `gpuTools.sh`: there is no such tool. */
const NOT_INSTALLED = 127

/** Asks amd-smi or rocm-smi for the cards, one call after the other, each with the watchdog. */
export async function runAmdSession(deps: GpuToolDeps): Promise<GpuSessionEnd['why']> {
  const { channel, clock, memory, periodMs, teller } = deps
  for (;;) {
    const askedMs = clock.monotonicMs()
    if (memory.amd === null) {
      const about = await ask(deps, 'amd-about')
      if (about.end.why !== 'exit') return interrupted(deps, about.end)
      // No tool for either vendor's cards.
      if (about.end.code === NOT_INSTALLED) return teller.failed(failureOf(NOT_INSTALLED, []))
      memory.amd = parseAmdAbout(about.text)
      memory.compute = memory.amd.compute
    }
    const { end, text } = await ask(deps, 'amd')
    if (end.why !== 'exit') return interrupted(deps, end)
    const rows = rowsIn(deps, text)
    if (rows === null) return teller.failed(amdFailureOf(end.code, text))
    teller.cards(rows, null)
    const nowMs = clock.monotonicMs()
    const dueMs = Math.max(askedMs + periodMs * EVERY_PERIODS, nowMs + periodMs)
    if (!(await channel.pause(dueMs - nowMs))) return 'ended'
  }
}

async function ask(
  { channel, teller }: GpuToolDeps,
  request: string,
): Promise<{ readonly end: GpuCallEnd; readonly text: string }> {
  const lines: string[] = []
  const end = await channel.run({
    request,
    line(text) {
      if (lines.length < MAX_LINES) lines.push(text)
      return 'whole'
    },
    overdue() {
      teller.hung('The AMD tool does not answer.')
      return 'hangs'
    },
  })
  return { end, text: lines.join('\n') }
}

function interrupted({ teller }: GpuToolDeps, end: Exclude<GpuCallEnd, { why: 'exit' }>): 'busy' | 'ended' {
  if (end.why === 'closed') return 'ended'
  teller.busy(end)
  return 'busy'
}

function rowsIn({ memory }: GpuToolDeps, text: string): readonly GpuRow[] | null {
  try {
    return parseAmdCards(text, memory.amd)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return null
  }
}
