import type { NodeView } from '../../contract/nodes'
import { gibOf, span } from '../format'
import { useFleet } from '../state/fleetStore'
import { useClock } from './clock'
import { NodeFoot } from './NodeFoot'
import { GpuWord, gpuNote, OneGauge } from './NodeGauges'
import { isTold } from './nodeReadings'
import { useNodeReadings } from './useNodeReadings'
import { useWork } from './useProblems'

/** All gauges of a node in one row, as far as they fit, and what it works for. */
export function NodeMeasures({ node }: { node: NodeView }) {
  const readings = useNodeReadings(node)
  const work = useWork().get(node.name)
  const memory = useFleet(state => {
    const sample = state.samples[node.name]
    return sample === undefined ? null : gibOf(sample.memUsedMiB, sample.memTotalMiB)
  })
  const { cpu, ram, disk, load, gpus, gpuWord, staleAge, gpuStaleAge } = readings
  const shared = { node: node.name, staleAge }
  const ofGpu = { node: node.name, staleAge: gpuStaleAge }
  return (
    <div className="card node-measures" data-link={node.link.state}>
      <LostWords node={node} />
      <div className="card-gauges">
        <OneGauge {...shared} reading={cpu} />
        <OneGauge {...shared} reading={load} />
        <OneGauge {...shared} reading={ram} detail={memory ?? ram.detail} />
        <OneGauge {...shared} reading={disk} />
        {gpus.map(gpu => [
          <OneGauge
            key={gpu.util.name}
            {...ofGpu}
            reading={gpu.util}
            {...(isTold(gpuWord, gpu.util) && {
              foot: [gpuNote(gpu.util, work?.state === 'running'), gpu.heat],
            })}
          />,
          <OneGauge key={gpu.vram.name} {...ofGpu} reading={gpu.vram} />,
        ])}
        <GpuWord readings={readings} />
      </div>
      <NodeFoot node={node} work={work} hint="Nothing runs here" />
    </div>
  )
}

/** Over values that are not of now. */
function LostWords({ node }: { node: NodeView }) {
  const lastMs = useFleet(state => state.samples[node.name]?.atMs ?? null)
  const words = useClock(nowMs => (lastMs === null ? null : span(nowMs - lastMs)))
  if (node.link.state === 'online') return null
  return (
    <p className="node-lost">
      {words === null ? 'Not measured yet' : `Lost ${words} ago · last values below`}
    </p>
  )
}
