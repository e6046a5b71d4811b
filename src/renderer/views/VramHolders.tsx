import { Cpu } from 'lucide-react'
import type { NodeView } from '../../contract/nodes'
import type { GpuHolder, GpuReading } from '../../contract/samples'
import { EmptyState, Panel } from '../components/Panel'
import { gib } from '../format'
import { useFleet } from '../state/fleetStore'
import { gpuWord } from './nodeReadings'
import { screenStore } from './screenStore'

/** Which process holds how much of which card, the greatest first, with the run that it belongs to. */
export function VramHolders({ node }: { node: NodeView }) {
  const gpu = useFleet(state => state.gpus[node.name])
  if (gpu?.state === 'none') return null
  const holders = gpu?.holders ?? null
  const processes = new Set(holders?.map(({ pid }) => pid)).size
  const note = processes === 0 ? null : processes === 1 ? '1 process' : `${processes} processes`
  return (
    <Panel title="Who holds the VRAM" note={note}>
      {gpu === undefined || holders === null || holders.length === 0 ? (
        <EmptyState icon={<Cpu size={20} strokeWidth={1.75} aria-hidden />} {...emptyWords(gpu)}>
          {emptyReason(gpu)}
        </EmptyState>
      ) : (
        <HolderTable gpu={gpu} holders={holders} isOld={node.link.state !== 'online'} />
      )}
    </Panel>
  )
}

const emptyWords = (gpu: GpuReading | undefined): { readonly title: string } => ({
  title: gpu === undefined ? 'GPU not read yet' : gpu.holders === null ? 'Not reported' : 'Nobody holds any',
})
function emptyReason(gpu: GpuReading | undefined): string {
  if (gpu === undefined) return 'It is read once the link is online.'
  if (gpu.holders !== null) return 'No process has memory on a card of this node.'
  return gpuWord(gpu)?.text ?? 'The driver does not tell which process holds memory.'
}

function HolderTable({
  gpu,
  holders,
  isOld,
}: {
  gpu: GpuReading
  holders: readonly GpuHolder[]
  isOld: boolean
}) {
  const cards = new Map(gpu.gpus.map(({ uuid, index }) => [uuid, index]))
  const sorted = [...holders].sort((one, other) => (other.memUsedMiB ?? -1) - (one.memUsedMiB ?? -1))
  return (
    <table className="data-table" aria-label="Who holds the VRAM" data-old={isOld ? '' : undefined}>
      <thead>
        <tr>
          <th scope="col">GPU</th>
          <th scope="col">Process</th>
          <th scope="col" className="num">
            Pid
          </th>
          <th scope="col" className="num">
            VRAM
          </th>
          <th scope="col">Run</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(holder => (
          <tr key={`${holder.gpuUuid} ${holder.pid}`}>
            <td className="num-left">{cards.get(holder.gpuUuid) ?? '—'}</td>
            <td className="holder-name" data-tip={holder.name ?? undefined}>
              {holder.name ?? '—'}
            </td>
            <td className="num font-mono text-t2">{holder.pid}</td>
            <td className="num">{gib(holder.memUsedMiB)}</td>
            <td>
              <RunLink holder={holder} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Leads to the run; what is not Drydock's is said to be so. */
function RunLink({ holder: { run, worker } }: { holder: GpuHolder }) {
  const plan = useFleet(state => state.runs.find(one => one.id === run)?.plan ?? null)
  const number = useFleet(
    state =>
      state.runs.find(one => one.id === run)?.workers.find(one => one.id === worker)?.nodeIndex ?? null,
  )
  if (run === null) return <span className="text-t3">not from Drydock</span>
  return (
    <button
      type="button"
      className="text-link"
      onClick={() => screenStore.setState({ screen: 'runs', run })}
      data-tip={run}
    >
      {plan ?? run}
      {number === null ? null : ` w${number}`}
    </button>
  )
}
