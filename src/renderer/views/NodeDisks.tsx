import { HardDrive } from 'lucide-react'
import type { NodeView } from '../../contract/nodes'
import type { DiskReading, Sample } from '../../contract/samples'
import { Gauge } from '../components/Gauge'
import { bandOf } from '../components/gaugeBand'
import { EmptyState, Panel } from '../components/Panel'
import { diskSize, plural } from '../format'
import { useFleet } from '../state/fleetStore'
import { percentOf } from '../state/history'

/** Every mounted disk as a bar; the one that holds the runs is named. */
export function NodeDisks({ node }: { node: NodeView }) {
  const sample = useFleet(state => state.samples[node.name])
  const mounts = mountsOf(sample)
  const scale = { targetPct: null, tolerancePct: 0, limitPct: node.limit.disk }
  return (
    <Panel title="Disks" note={mounts.length === 0 ? null : plural(mounts.length, 'mount')}>
      {mounts.length === 0 ? (
        <EmptyState icon={<HardDrive size={20} strokeWidth={1.75} aria-hidden />} title="No disk reported">
          {node.link.state === 'online'
            ? 'It comes with one of the next samples.'
            : 'The link is not online.'}
        </EmptyState>
      ) : (
        <div className="node-disks" data-old={node.link.state === 'online' ? undefined : ''}>
          {mounts.map(mount => {
            const usedPct = percentOf(mount.usedMiB, mount.totalMiB)
            const free = `${diskSize(mount.freeMiB)} of ${diskSize(mount.totalMiB)} free`
            const holdsRuns = mount.mount === sample?.disk?.mount ? ' · holds the runs' : ''
            return (
              <Gauge
                key={mount.mount}
                node={node.name}
                name={`Disk ${mount.mount}`}
                label={mount.mount}
                detail={`${free}${holdsRuns}`}
                valuePct={usedPct}
                band={usedPct === null ? null : bandOf(usedPct, scale)}
                scale={scale}
                tip={`${mount.mount} · ${free}\nlimit ${scale.limitPct}`}
              />
            )
          })}
        </div>
      )}
    </Panel>
  )
}

/** Where a node does not list its mounts, the one that is measured anyway. */
function mountsOf(sample: Sample | undefined): readonly DiskReading[] {
  if (sample === undefined) return []
  return sample.mounts ?? (sample.disk === null ? [] : [sample.disk])
}
