import { useMemo } from 'react'
import type { NodeName } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import { age } from '../format'
import { useFleet } from '../state/fleetStore'
import { useClock } from './clock'
import { history } from '../state/history'
import { createBandKeeper } from './bandKeeper'
import { type BandFor, type NodeReadings, readNode } from './nodeReadings'

/** Three samples missed. */
const SAMPLE_STALE_MS = 3_000
/** GPU readings have a channel of their own, which may take a turn longer. */
const GPU_STALE_MS = 5_000

/** Beside the history that it continues, and like it outside React. */
const bandKeeper = createBandKeeper()
const bandsOf =
  (node: NodeName): BandFor =>
  (gauge, atMs, readingPct, scale) =>
    bandKeeper({ key: `${node}\n${gauge}`, atMs, readingPct, scale, ring: history.of(node, gauge) })

export interface AgedReadings extends NodeReadings {
  /** `12 s ago` when the samples stopped, whatever the link says; null when they are fresh, or when none ever came. */
  readonly staleAge: string | null
  readonly gpuStaleAge: string | null
}

/** What a card or a row draws of one node: drawn again when a sample of this node came, and of no other. */
export function useNodeReadings(node: NodeView): AgedReadings {
  const sample = useFleet(state => state.samples[node.name])
  const gpu = useFleet(state => state.gpus[node.name])
  const staleAge = useClock(nowMs => staleWords(sample?.atMs, SAMPLE_STALE_MS, nowMs))
  const gpuAtMs = gpu?.state === 'ok' || gpu?.state === 'lost' ? gpu.atMs : undefined
  const gpuStaleAge = useClock(nowMs => staleWords(gpuAtMs, GPU_STALE_MS, nowMs))
  const readings = useMemo(() => readNode(node, sample, gpu, bandsOf(node.name)), [node, sample, gpu])
  return { ...readings, staleAge, gpuStaleAge }
}

/** How old what is shown of a node is; null when it is fresh, or when there is nothing. */
export function useReadingsAge(node: NodeView): string | null {
  const atMs = useFleet(state => state.samples[node.name]?.atMs)
  return useClock(nowMs => staleWords(atMs, SAMPLE_STALE_MS, nowMs))
}

const staleWords = (atMs: number | undefined, limitMs: number, nowMs: number): string | null =>
  atMs === undefined || nowMs - atMs <= limitMs ? null : age(nowMs - atMs)
