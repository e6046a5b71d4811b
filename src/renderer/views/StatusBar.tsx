import { CircleDot, TriangleAlert } from 'lucide-react'
import { clockTime, freshness } from '../format'
import { useFleet } from '../state/fleetStore'
import { useClock } from './clock'

const ENGINE_WORDS = { waiting: 'engine starting', live: 'engine ready', lost: 'engine lost' } as const

export function StatusBar() {
  const engine = useFleet(state => state.engine)
  const version = useFleet(state => state.app.version)
  const Shape = engine === 'lost' ? TriangleAlert : CircleDot
  return (
    <footer className="status-bar">
      <span data-tip={version === '' ? undefined : `Drydock ${version}`}>
        <Shape size={12} strokeWidth={1.75} aria-hidden />
        {ENGINE_WORDS[engine]}
      </span>
      <span>samples 1 s</span>
      <LastSample />
      <span className="status-promise">runs live on their nodes: closing this window stops nothing</span>
      <Utc />
    </footer>
  )
}

function LastSample() {
  const lastMs = useFleet(state => state.lastSampleAtMs)
  const words = useClock(nowMs =>
    lastMs === null ? 'no sample yet' : `last sample ${freshness(nowMs - lastMs)} ago`,
  )
  return <span>{words}</span>
}

function Utc() {
  const time = useClock(clockTime)
  return <span className="font-mono">UTC {time}</span>
}
