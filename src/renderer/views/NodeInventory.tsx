import { ServerCog } from 'lucide-react'
import type { Inventory, NodeView } from '../../contract/nodes'
import { EmptyState, Panel } from '../components/Panel'
import { StateIcon, type StateName } from '../components/StateIcon'
import { diskSize, gibTotal, span } from '../format'
import { useFleet } from '../state/fleetStore'
import { useClock } from './clock'
import { type PlannedThing, plannedThings } from './nodePlan'

/** Planned against actual, and all else that the node said of itself. */
export function NodeInventory({ node }: { node: NodeView }) {
  const gpu = useFleet(state => state.gpus[node.name])
  const { inventory } = node
  const things = plannedThings(node.expected, inventory, gpu)
  const isPlanned = things.some(thing => thing.planned !== null)
  if (inventory === null && !isPlanned) {
    return (
      <Panel title="Inventory">
        <EmptyState icon={<ServerCog size={20} strokeWidth={1.75} aria-hidden />} title="Not read yet">
          It is read each time the link comes up.
        </EmptyState>
      </Panel>
    )
  }
  return (
    <Panel title="Inventory" note={isPlanned ? 'planned in fleet.yaml against what is there' : null}>
      <PlanTable things={things} isPlanned={isPlanned} />
      <Facts node={node} />
    </Panel>
  )
}

const SHAPES: Readonly<Record<PlannedThing['verdict'], StateName | null>> = {
  'as planned': 'ok',
  differs: 'warn',
  'not reported': 'unknown',
  'not planned': null,
}

function PlanTable({ things, isPlanned }: { things: readonly PlannedThing[]; isPlanned: boolean }) {
  return (
    <table className="data-table" aria-label="Planned against actual">
      <thead>
        <tr>
          <th scope="col">What</th>
          {isPlanned ? <th scope="col">Planned</th> : null}
          <th scope="col">Actual</th>
          {isPlanned ? <th scope="col">Verdict</th> : null}
        </tr>
      </thead>
      <tbody>
        {things.map(({ name, planned, actual, verdict }) => {
          const shape = SHAPES[verdict]
          return (
            <tr key={name} data-verdict={verdict}>
              <th scope="row">{name}</th>
              {isPlanned ? <td className="text-t2">{planned ?? '—'}</td> : null}
              <td>{actual ?? '—'}</td>
              {isPlanned ? (
                <td>
                  <span className="flex items-center gap-1.5">
                    {shape === null ? null : (
                      <StateIcon state={shape} size={14} isQuiet={verdict === 'as planned'} />
                    )}
                    <span className={verdict === 'differs' ? '' : 'text-t2'}>{verdict}</span>
                  </span>
                </td>
              ) : null}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** What was not reported has no line. */
function Facts({ node: { name, inventory, hostKey } }: { node: NodeView }) {
  const gpu = useFleet(state => state.gpus[name])
  const sample = useFleet(state => state.samples[name])
  const upMs = (sample?.uptimeS ?? null) === null ? null : (sample?.uptimeS ?? 0) * 1000
  const up = useClock(() => (upMs === null ? null : span(upMs)))
  const facts: readonly (readonly [string, string | null, boolean?])[] = [
    ...(inventory === null ? [] : inventoryFacts(inventory)),
    ['GPU driver', gpu?.driver ?? null],
    [gpu?.vendor === 'amd' ? 'ROCm' : 'CUDA', gpu?.compute ?? null],
    [
      'CPU sensor',
      (sample?.cpuTempC ?? null) === null ? null : `${Math.round(sample?.cpuTempC ?? 0)}\u2009°C`,
    ],
    ['Up for', up],
    ['Host key', hostKey === null ? null : `${hostKey.type} ${hostKey.fingerprint}`, true],
  ]
  const known = facts.filter(([, value]) => value !== null && value !== '')
  return (
    <dl className="node-facts">
      {known.map(([what, value, isMono]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd className={isMono === true ? 'font-mono' : ''}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function inventoryFacts(of: Inventory): readonly (readonly [string, string | null, boolean?])[] {
  const { disks, clockSkewMs, virtualization, swapTotalMiB } = of
  return [
    ['System', of.os],
    ['Kernel', [of.kernel, of.arch].filter(Boolean).join(' · ')],
    ['CPU', of.cpuModel],
    ['Swap', swapTotalMiB === null ? null : swapTotalMiB === 0 ? 'none' : gibTotal(swapTotalMiB)],
    ['Disks', disks.map(diskWords).join('\n')],
    ['Python', of.python],
    ['Runs on', virtualization === 'none' ? 'bare metal' : virtualization],
    ['Clock', clockSkewMs === null ? null : skewWords(clockSkewMs)],
    ['Boot', of.bootId, true],
  ]
}

const diskWords = ({ device, model, sizeGiB, kind }: Inventory['disks'][number]): string =>
  [device, model, sizeGiB === null ? null : diskSize(sizeGiB * 1024), kind?.toUpperCase() ?? null]
    .filter(word => word !== null)
    .join(' · ')

function skewWords(skewMs: number): string {
  if (Math.abs(skewMs) < 1000) return 'agrees with this PC’s'
  return `${span(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} this PC’s`
}
