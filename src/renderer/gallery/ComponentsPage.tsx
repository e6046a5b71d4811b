import { Play, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from '../components/Button'
import { Gauge } from '../components/Gauge'
import { bandNote, bandOf, type GaugeScale } from '../components/gaugeBand'
import { Notice } from '../components/Notice'
import { EmptyState, Panel } from '../components/Panel'
import { ProgressBar } from '../components/ProgressBar'
import { StateIcon, type StateName } from '../components/StateIcon'
import { TipLayer } from '../components/TipLayer'
import { Toggle } from '../components/Toggle'

/** Every component in every state, in both themes. */
export function ComponentsPage() {
  return (
    <main className="grid grid-cols-1 min-[1100px]:grid-cols-2">
      <h1 className="sr-only">Components</h1>
      {(['dark', 'light'] as const).map(theme => (
        <div key={theme} data-theme={theme} className="bg-bg0 p-4 text-t1">
          <Gauges theme={theme} />
          <Controls />
          <States />
          <Notices theme={theme} />
        </div>
      ))}
      <TipLayer />
    </main>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mb-4 rounded-card border border-line bg-bg1 p-3">
      <h2 className="mb-3 text-card font-semibold">{title}</h2>
      {children}
    </div>
  )
}

const TARGET: GaugeScale = { targetPct: 75, tolerancePct: 10, limitPct: 90 }
const LIMIT_ONLY: GaugeScale = { targetPct: null, tolerancePct: 0, limitPct: 90 }

const READINGS: readonly (readonly [string, number | null, GaugeScale, string?])[] = [
  ['idle', 3, TARGET],
  ['under', 41, TARGET],
  ['on target', 74, TARGET],
  ['hot', 87, TARGET],
  ['over', 97, TARGET],
  ['nothing', 0, TARGET],
  ['full', 100, TARGET],
  ['not reported', null, TARGET],
  ['stale', 74, TARGET, '12 s ago'],
  ['below its limit', 78, LIMIT_ONLY],
  ['over its limit', 96, LIMIT_ONLY],
]

function Gauges({ theme }: { theme: string }) {
  return (
    <Group title="Gauge">
      <div className="grid grid-cols-3 gap-x-4 gap-y-3">
        {READINGS.map(([name, valuePct, scale, staleAge]) => (
          <div key={name} className="flex flex-col gap-2">
            {(['card', 'compact', 'cell'] as const).map(size => (
              <Gauge
                key={size}
                node={`${theme} ${size}`}
                name={name}
                detail="RTX 3090"
                valuePct={valuePct}
                band={valuePct === null ? null : bandOf(valuePct, scale)}
                scale={scale}
                staleAge={staleAge ?? null}
                size={size}
                tip={`${name}\n23.1 / 24.0 GiB`}
              >
                {size === 'card' ? (
                  <span className="gauge-foot">
                    <span>{valuePct === null ? '' : bandNote(valuePct, bandOf(valuePct, scale), scale)}</span>
                    <span>71 °C</span>
                  </span>
                ) : null}
              </Gauge>
            ))}
          </div>
        ))}
      </div>
    </Group>
  )
}

function Controls() {
  const refusal = 'Nothing is running.'
  return (
    <Group title="Controls">
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary">
          <Play size={14} strokeWidth={1.75} aria-hidden />
          START TRAINING
        </Button>
        <Button look="primary" refusal={refusal}>
          START TRAINING
        </Button>
        <Button look="stop">STOP</Button>
        <Button look="stop" refusal={refusal}>
          STOP
        </Button>
        <Button>Keep running</Button>
        <Button size="s">Show its log</Button>
        <IconButton name="Close">
          <X size={16} strokeWidth={1.75} aria-hidden />
        </IconButton>
        <Toggle name="DRY_RUN" isMono isOn onAsk={() => {}} />
        <Toggle name="ALLOW_ORDERS" isMono isOn={false} onAsk={() => {}} />
        <Toggle name="Refused" isOn onAsk={() => {}} refusal={refusal} />
        <span className="flex items-center gap-2">
          <ProgressBar name="half done" step={1000} total={2000} />
          <ProgressBar name="done" step={2000} total={2000} />
          <ProgressBar name="without a total" step={120} total={null} />
        </span>
        <kbd className="kbd">Ctrl K</kbd>
        <button type="button" className="chip" aria-pressed>
          All 50
        </button>
        <button type="button" className="chip" aria-pressed={false}>
          gpu 40
        </button>
      </div>
    </Group>
  )
}

const STATES: readonly StateName[] = [
  'ok',
  'warn',
  'err',
  'queued',
  'waiting',
  'starting',
  'running',
  'stopping',
  'succeeded',
  'failed',
  'stopped',
  'unknown',
  'lost',
  'online',
  'connecting',
  'unreachable',
  'blocked',
  'disabled',
]

function States() {
  return (
    <Group title="States">
      <ul className="grid grid-cols-4 gap-2">
        {STATES.map(state => (
          <li key={state} className="flex items-center gap-2">
            <StateIcon state={state} />
            {state}
          </li>
        ))}
      </ul>
    </Group>
  )
}

function Notices({ theme }: { theme: string }) {
  return (
    <div className="flex flex-col gap-3">
      <Notice severity="warn" what="pc2 is assigned but idle" cause="GPU below 10 % since 13:57.">
        <Button size="s">Show its log</Button>
      </Notice>
      <Notice
        severity="err"
        what="hp-server: disk 91 % full"
        cause="Limit 90 %."
        fix="Delete old run folders."
      />
      <Panel title={`Runs, ${theme}`} note="none">
        <EmptyState icon={<Play size={20} strokeWidth={1.75} aria-hidden />} title="No runs yet">
          Press START TRAINING.
        </EmptyState>
      </Panel>
    </div>
  )
}
