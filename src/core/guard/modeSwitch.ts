import type { NodeName } from '../../contract/ids'
import type { Broker, ModeFlags, ModeName, ReportedFlags, RunMode } from '../../contract/mode'
import { AppError } from '../kernel/appError'
import { flagTexts, MIXED_VERDICT, nameMode } from './runMode'

export interface ModeSwitchDeps {
  readonly broker: () => Broker | null
  /** What the living workers carry, read back from them; those that were not read yet are left out. */
  readonly reported: () => readonly ReportedMode[]
  readonly onChange: (mode: RunMode) => void
}

interface ReportedMode {
  readonly node: NodeName
  readonly flags: ReportedFlags
}

const SAFE_FLAGS: ModeFlags = { dryRun: true, allowOrders: false }
const RISK: Readonly<Record<ModeName, number>> = { SAFE: 0, 'NO ORDERS': 1, PAPER: 2, LIVE: 3, MIXED: 3 }

/**
 * The two switches: what the next start is given. They begin SAFE, live in this closure alone and are written
 * nowhere, so every start of Drydock is SAFE again. A mode that was confirmed by name holds for the port that it was
 * confirmed for: when `fleet.yaml` changes what the switches add up to, they go back to SAFE.
 */
export function createModeSwitch({ broker, reported, onChange }: ModeSwitchDeps) {
  let flags = SAFE_FLAGS
  let confirmed: ModeName = 'SAFE'
  let disarmed = false
  let told: string | null = null // nothing is asked of the deps before the first call: they may not be built yet

  function current(): RunMode {
    disarmWhenBrokerChanged()
    const mode = combine(flags, broker(), reported())
    return disarmed && mode.remark === null ? { ...mode, remark: 'the broker changed: back to SAFE' } : mode
  }

  function disarmWhenBrokerChanged(): void {
    if (nameMode(flagTexts(flags), broker()).name === confirmed) return
    flags = SAFE_FLAGS
    confirmed = 'SAFE'
    disarmed = true
  }

  function tell(): RunMode {
    const mode = current()
    const text = JSON.stringify(mode)
    if (text !== told) {
      told = text
      onChange(mode)
    }
    return mode
  }

  return {
    /** What the header shows, and in `flags` what the next start is given. */
    current,

    /**
     * Toward safe at once; away from it only when `typed` is exactly the name of the mode that it leads to.
     * Errors: `refused` for a missing or wrong name, and for LIVE always.
     */
    set(wanted: ModeFlags, typed: string | null): RunMode {
      disarmWhenBrokerChanged()
      const { name } = nameMode(flagTexts(wanted), broker())
      if (RISK[name] > RISK[confirmed]) refuseUnlessTyped(name, typed)
      flags = { dryRun: wanted.dryRun, allowOrders: wanted.allowOrders }
      confirmed = name
      disarmed = false
      return tell()
    },

    /** To be called when a worker's flags were read, a worker ended or the broker changed. */
    refresh(): void {
      tell()
    },
  }
}

/** The switches' own mode, unless a worker reports another one. */
function combine(flags: ModeFlags, broker: Broker | null, reported: readonly ReportedMode[]): RunMode {
  const own = nameMode(flagTexts(flags), broker)
  const workers = reported.map(worker => ({ node: worker.node, mode: nameMode(worker.flags, broker) }))
  const others = workers.filter(({ mode }) => mode.name !== own.name)
  if (others.length > 0) {
    const remark = remarks(others.map(({ node, mode }) => `${node} reports ${mode.remark ?? mode.name}`))
    return { flags, broker, name: 'MIXED', verdict: MIXED_VERDICT, remark }
  }
  const theirs = workers.flatMap(({ node, mode }) => (mode.remark === null ? [] : `${node}: ${mode.remark}`))
  return { flags, broker, name: own.name, verdict: own.verdict, remark: own.remark ?? remarks(theirs) }
}

function remarks(sentences: readonly string[]): string | null {
  return sentences.length === 0 ? null : [...new Set(sentences)].join('; ')
}

function refuseUnlessTyped(name: ModeName, typed: string | null): void {
  if (name === 'LIVE') {
    throw new AppError('refused', 'LIVE needs a green preflight, which this version cannot give.', {
      hint: 'Keep DRY_RUN on, or set the broker port in fleet.yaml to a paper port: 4002 or 7497.',
    })
  }
  if (typed !== name) {
    throw new AppError('refused', `Going to ${name} has to be confirmed by typing its name.`, {
      hint: `Type ${name}, in capitals, to confirm.`,
    })
  }
}
