import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { Gauge, type GaugeSize } from '../components/Gauge'
import { bandNote } from '../components/gaugeBand'
import { Sparkline } from '../components/Sparkline'
import { StateIcon } from '../components/StateIcon'
import { gibOf } from '../format'
import { useFleet } from '../state/fleetStore'
import { isTold, type GpuReadings, mergeGpus, type NodeReadings, type Reading } from './nodeReadings'
import { useNodeReadings } from './useNodeReadings'

interface OneGaugeProps {
  readonly node: NodeName
  readonly reading: Reading
  readonly staleAge: string | null
  readonly size?: GaugeSize
  readonly detail?: string | null
  /** Draw its last five minutes under it. */
  readonly hasHistory?: boolean
  readonly foot?: readonly [string, string]
}

export function OneGauge({
  node,
  reading,
  staleAge,
  size = 'card',
  detail,
  hasHistory = false,
  foot,
}: OneGaugeProps) {
  return (
    <Gauge {...reading} node={node} size={size} staleAge={staleAge} detail={detail ?? reading.detail}>
      {hasHistory ? <Sparkline node={node} gauge={reading.name} /> : null}
      {foot === undefined ? null : (
        <span className="gauge-foot">
          <span>{foot[0]}</span>
          <span>{foot[1]}</span>
        </span>
      )}
    </Gauge>
  )
}

interface GpuGaugeProps {
  readonly node: NodeView
  readonly gpus: readonly GpuReadings[]
  readonly kind: 'util' | 'vram'
  readonly size: GaugeSize
  readonly staleAge: string | null
}

/** All GPUs of a node in one gauge. A machine without one has none; where they cannot be read it is empty. */
export function GpuGauge({ node, gpus, kind, size, staleAge }: GpuGaugeProps) {
  const hasNone = useFleet(state => state.gpus[node.name]?.state === 'none')
  if (hasNone) return <span className="no-gpu">—</span>
  const word = kind === 'util' ? 'GPU' : 'VRAM'
  const scale = { targetPct: node.target.gpu, tolerancePct: node.target.tolerance, limitPct: node.limit.gpu }
  const unread: Reading = {
    name: `${word} 0`,
    label: word,
    detail: null,
    valuePct: null,
    band: null,
    scale,
    tip: 'Not reported',
  }
  return (
    <OneGauge node={node.name} reading={mergeGpus(gpus, kind) ?? unread} staleAge={staleAge} size={size} />
  )
}

export interface NodeGaugesProps {
  readonly node: NodeView
  readonly isAssigned: boolean
}

/** The gauges of a full card: bars of neighbouring cards stand on the same lines. */
export function FullGauges({ node, isAssigned }: NodeGaugesProps) {
  const readings = useNodeReadings(node)
  const { cpu, ram, disk, load, gpus, gpuWord, staleAge, gpuStaleAge } = readings
  const hasHistory = node.link.state === 'online'
  const shared = { node: node.name, staleAge }
  const [gpu] = gpus
  return (
    <>
      <div className="pair">
        <OneGauge {...shared} reading={cpu} hasHistory={hasHistory} />
        <OneGauge {...shared} reading={ram} hasHistory={hasHistory} />
      </div>
      {gpus.length > 1 ? <ManyGpus node={node.name} gpus={gpus} staleAge={gpuStaleAge} /> : null}
      {gpus.length === 1 && gpu !== undefined ? (
        <OneGauge
          node={node.name}
          reading={gpu.util}
          staleAge={gpuStaleAge}
          {...(isTold(gpuWord, gpu.util) && { hasHistory, foot: [gpuNote(gpu.util, isAssigned), gpu.heat] })}
        />
      ) : null}
      <GpuWord readings={readings} />
      <div className="pair">
        {gpus.length === 1 && gpu !== undefined ? (
          <OneGauge node={node.name} reading={gpu.vram} staleAge={gpuStaleAge} />
        ) : (
          <OneGauge {...shared} reading={load} />
        )}
        <OneGauge {...shared} reading={disk} />
      </div>
    </>
  )
}

/** One node alone has room for its history everywhere. */
export function WideGauges({ node, isAssigned }: NodeGaugesProps) {
  const readings = useNodeReadings(node)
  const { cpu, ram, disk, load, gpus, gpuWord, staleAge, gpuStaleAge } = readings
  const sample = useFleet(state => state.samples[node.name])
  const shared = { node: node.name, staleAge, hasHistory: true }
  const memory = sample === undefined ? null : gibOf(sample.memUsedMiB, sample.memTotalMiB)
  return (
    <>
      <div className="pair">
        <OneGauge {...shared} reading={cpu} detail={cpuModel(node) ?? cpu.detail} />
        <OneGauge {...shared} reading={ram} detail={memory ?? ram.detail} />
      </div>
      {gpus.map(gpu => (
        <div className="pair" key={gpu.util.name}>
          <OneGauge
            {...shared}
            hasHistory={isTold(gpuWord, gpu.util)}
            staleAge={gpuStaleAge}
            reading={gpu.util}
            {...(isTold(gpuWord, gpu.util) && { foot: [gpuNote(gpu.util, isAssigned), gpu.heat] })}
          />
          <OneGauge
            {...shared}
            hasHistory={isTold(gpuWord, gpu.util)}
            staleAge={gpuStaleAge}
            reading={gpu.vram}
          />
        </div>
      ))}
      {gpus.length === 0 ? (
        <div className="pair">
          <OneGauge {...shared} reading={load} />
          <OneGauge {...shared} reading={disk} />
        </div>
      ) : null}
      <GpuWord readings={readings} />
      {gpus.length === 0 ? null : <OneGauge node={node.name} staleAge={staleAge} reading={disk} />}
    </>
  )
}

/** From five nodes on: the same gauges, lower, and all GPUs of a node in one bar. */
export function CompactGauges({ node }: NodeGaugesProps) {
  const readings = useNodeReadings(node)
  const { cpu, ram, disk, load, gpus, gpuWord, staleAge, gpuStaleAge } = readings
  const shared = { node: node.name, staleAge, size: 'compact' as const }
  const gpu = mergeGpus(gpus, 'util')
  const silence = isTold(gpuWord, gpu) ? {} : { detail: 'no answer' }
  const vram = mergeGpus(gpus, 'vram')
  return (
    <>
      <div className="pair">
        <OneGauge {...shared} reading={cpu} />
        <OneGauge {...shared} reading={ram} />
      </div>
      {gpu === null || vram === null ? (
        <GpuWord readings={readings} isBrief />
      ) : (
        <div className="pair">
          <OneGauge {...shared} staleAge={gpuStaleAge} reading={gpu} {...silence} />
          <OneGauge {...shared} staleAge={gpuStaleAge} reading={vram} />
        </div>
      )}
      <div className="pair">
        <OneGauge {...shared} reading={load} />
        <OneGauge {...shared} reading={disk} />
      </div>
    </>
  )
}

function ManyGpus({
  node,
  gpus,
  staleAge,
}: {
  node: NodeName
  gpus: readonly GpuReadings[]
  staleAge: string | null
}) {
  return gpus.map(gpu => (
    <div className="pair" key={gpu.util.name}>
      <OneGauge node={node} reading={gpu.util} staleAge={staleAge} />
      <OneGauge node={node} reading={gpu.vram} staleAge={staleAge} />
    </div>
  ))
}

/** Why the GPU's gauges are empty or missing: said once, in words, where they stand or would stand. */
export function GpuWord({
  readings: { gpuWord, gpus },
  isBrief = false,
}: {
  readings: NodeReadings
  isBrief?: boolean
}) {
  if (gpuWord === null && gpus.length > 0) return null
  const text = gpuWord?.text ?? 'GPU not read yet'
  const hint = gpuWord?.hint ?? null
  return (
    <div
      className="gpu-word"
      data-beside={gpus.length > 0 ? '' : undefined}
      data-tip={isBrief ? (hint ?? undefined) : undefined}
    >
      {gpuWord?.isTrouble === true ? <StateIcon state="warn" size={14} /> : null}
      <span className="min-w-0">
        {text}
        {hint === null || isBrief ? null : <span className="block text-t3">{hint}</span>}
      </span>
    </div>
  )
}

export function gpuNote(util: Reading, isAssigned: boolean): string {
  if (util.valuePct === null || util.band === null) return ''
  if (util.band === 'idle' && isAssigned) return 'idle while assigned'
  return bandNote(util.valuePct, util.band, util.scale) ?? ''
}

/** `Ryzen 7 5800X`: without the words that every CPU has. */
function cpuModel(node: NodeView): string | null {
  const model = node.inventory?.cpuModel ?? null
  if (model === null) return null
  return model
    .replace(/\((R|TM)\)|\bCPU\b|@.*$|\d+-Core Processor|^(AMD|Intel) /gi, '')
    .replace(/\s+/g, ' ')
    .trim()
}
