import { FlaskConical, type LucideIcon, Shield, ShieldCheck, TriangleAlert } from 'lucide-react'
import type { ModeName, RunMode } from '../../contract/mode'
import { Button } from '../components/Button'
import { Toggle } from '../components/Toggle'
import { useFleet } from '../state/fleetStore'
import { useActions } from './actions'
import { askForMode } from './commands'
import { isLoud, SAFE_FLAGS } from './modeWords'

const SHAPES: Readonly<Record<ModeName, LucideIcon>> = {
  SAFE: ShieldCheck,
  'NO ORDERS': Shield,
  PAPER: FlaskConical,
  LIVE: TriangleAlert,
  MIXED: TriangleAlert,
}

/** What may leave this fleet by accident: the mode in a word and a sentence, and its two switches. */
export function ModeGroup() {
  const mode = useFleet(state => state.mode)
  const engine = useFleet(state => state.engine)
  const actions = useActions()
  const refusal = engine === 'lost' ? 'The engine stopped answering; the mode cannot be changed.' : null
  const { flags } = mode
  return (
    <fieldset className="mode" data-mode={mode.name} aria-label="Run mode switches">
      <ModeStatus mode={mode} />
      <div className="mode-cell">
        <Toggle
          name="DRY_RUN"
          isMono
          isOn={flags.dryRun}
          refusal={refusal}
          tip="On: workers are told to send nothing. Turning it off needs your word."
          onAsk={dryRun => askForMode(actions, { ...flags, dryRun })}
        />
      </div>
      <div className="mode-cell">
        <Toggle
          name="ALLOW_ORDERS"
          isMono
          isOn={flags.allowOrders}
          refusal={refusal}
          tip="Counts only while DRY_RUN is off."
          onAsk={allowOrders => askForMode(actions, { ...flags, allowOrders })}
        />
      </div>
      {flags.dryRun ? null : (
        <Button className="mode-back" refusal={refusal} onClick={() => askForMode(actions, SAFE_FLAGS)}>
          <Shield size={16} strokeWidth={1.75} aria-hidden />
          Back to SAFE
        </Button>
      )}
    </fieldset>
  )
}

function ModeStatus({ mode }: { mode: RunMode }) {
  const Shape = mode.remark !== null && !isLoud(mode.name) ? TriangleAlert : SHAPES[mode.name]
  return (
    <output className="mode-word" aria-label="Run mode">
      <span className="mode-name" data-tip={tipOf(mode)}>
        <Shape size={16} strokeWidth={1.75} aria-hidden />
        <b>{mode.name}</b>
      </span>{' '}
      <span className="mode-sentence" data-tip={tipOf(mode)}>
        <span>{mode.verdict}</span>
      </span>
    </output>
  )
}

function tipOf(mode: RunMode): string {
  const broker = mode.broker === null ? null : `broker ${mode.broker.host}:${mode.broker.port}`
  return [mode.verdict, broker, mode.remark].filter(line => line !== null).join('\n')
}
