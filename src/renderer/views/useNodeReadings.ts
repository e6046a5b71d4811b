import { useMemo } from 'react'
import type { NodeView } from '../../contract/nodes'
import { age } from '../format'
import { useFleet } from '../state/fleetStore'
import { useClock } from './clock'
import { type NodeReadings, readNode } from './nodeReadings'
import { ringsOf } from './useProblems'

/** Three samples missed. */
const SAMPLE_STALE_MS = 3_000
/** GPU readings have a channel of their own, which may take a turn longer. */
const GPU_STALE_MS = 5_000

export interface AgedReadings extends NodeReadings {
  /** `12 s ago` when the samples stopped while the link says online; null when they are fresh. */
  readonly staleAge: string | null
  readonly gpuStaleAge: string | null
}

/** What a card or a row draws of one node: drawn again when a sample of this node came, and of no other. */
export function useNodeReadings(node: NodeView): AgedReadings {
  const sample = useFleet(state => state.samples[node.name])
  const gpu = useFleet(state => state.gpus[node.name])
  const isOnline = node.link.state === 'online'
  const staleAge = useClock(nowMs => staleWords(isOnline ? sample?.atMs : undefined, SAMPLE_STALE_MS, nowMs))
  const gpuStaleAge = useClock(nowMs => staleWords(isOnline ? gpu?.atMs : undefined, GPU_STALE_MS, nowMs))
  const readings = useMemo(() => readNode(node, sample, gpu, ringsOf(node.name)), [node, sample, gpu])
  return { ...readings, staleAge, gpuStaleAge }
}

const staleWords = (atMs: number | undefined, limitMs: number, nowMs: number): string | null =>
  atMs === undefined || nowMs - atMs <= limitMs ? null : age(nowMs - atMs)
