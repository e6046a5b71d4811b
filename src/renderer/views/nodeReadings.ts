import type { NodeView } from '../../contract/nodes'
import type { GpuReading, GpuSample, Sample } from '../../contract/samples'
import type { Band, GaugeScale } from '../components/gaugeBand'
import { diskSize, gibOf, gibTotal, percent, percentDigits } from '../format'
import { type GaugeName, percentOf } from '../state/history'

/** A gauge as it is drawn, without its age. */
export interface Reading {
  readonly name: GaugeName
  readonly label: string
  readonly detail: string | null
  readonly valuePct: number | null
  /** Several values in one: `76/71`. */
  readonly valueText?: string
  readonly band: Band | null
  readonly scale: GaugeScale
  readonly tip: string
}

export interface GpuReadings {
  readonly util: Reading
  readonly vram: Reading
  /** `68 °C · 187 W` */
  readonly heat: string
}

/** All that one card or row draws of a node's measurements. */
export interface NodeReadings {
  readonly cpu: Reading
  readonly ram: Reading
  readonly disk: Reading
  readonly load: Reading
  readonly gpus: readonly GpuReadings[]
  /** Why the GPU gauges are empty or not there; null when they have readings, or when nothing is known yet. */
  readonly gpuWord: {
    readonly text: string
    readonly hint: string | null
    readonly isTrouble: boolean
  } | null
}

/** Where the last five minutes of a gauge are; undefined without any. */
export type RingOf = (gauge: GaugeName) => Float32Array | undefined

/** The band of a reading that came at this time. */
export type BandFor = (gauge: GaugeName, atMs: number, readingPct: number, scale: GaugeScale) => Band

/** Absent: every missing reading is null, never 0, and has no band. */
export function readNode(
  node: NodeView,
  sample: Sample | undefined,
  gpu: GpuReading | undefined,
  bandFor: BandFor,
): NodeReadings {
  return {
    ...machineReadings(node, sample, bandFor),
    // A driver that hangs leaves the names of its GPUs: their gauges stay, empty.
    gpus: gpu === undefined ? [] : gpu.gpus.map(one => gpuReadings(node, gpu, one, band(bandFor, gpu.atMs))),
    gpuWord: gpu === undefined ? null : gpuWord(gpu),
  }
}

function machineReadings(node: NodeView, sample: Sample | undefined, bandFor: BandFor) {
  const bandNow = band(bandFor, sample?.atMs ?? 0)
  const { target, limit } = node
  const threads = sample?.cpuThreads ?? node.inventory?.cpuThreads ?? null
  const memTotalMiB = sample?.memTotalMiB ?? node.inventory?.memTotalMiB ?? null
  const memUsedMiB = sample?.memUsedMiB ?? null
  const load1 = sample?.load1 ?? null
  const disk = sample?.disk ?? null
  const cpuScale = { targetPct: target.cpu, tolerancePct: target.tolerance, limitPct: limit.cpu }
  const limitOnly = (limitPct: number): GaugeScale => ({ targetPct: null, tolerancePct: 0, limitPct })
  return {
    cpu: reading('CPU', sample?.cpuPct ?? null, cpuScale, bandNow, {
      detail: threads === null ? null : `${threads} thr`,
      more: [node.inventory?.cpuModel ?? null, threads === null ? null : `${threads} threads`],
    }),
    ram: reading('RAM', percentOf(memUsedMiB, memTotalMiB), limitOnly(limit.ram), bandNow, {
      detail: memTotalMiB === null ? null : gibTotal(memTotalMiB),
      more: [gibOf(memUsedMiB, memTotalMiB)],
    }),
    disk: reading(
      'Disk',
      disk === null ? null : percentOf(disk.usedMiB, disk.totalMiB),
      limitOnly(limit.disk),
      bandNow,
      {
        detail: disk === null ? null : `${diskSize(disk.freeMiB)} free`,
        more:
          disk === null ? [] : [`${diskSize(disk.freeMiB)} of ${diskSize(disk.totalMiB)} free`, disk.mount],
      },
    ),
    load: reading('Load', percentOf(load1, threads), cpuScale, bandNow, {
      label: 'Load 1 m',
      detail: threads === null ? null : `of ${threads}`,
      more: [loads(sample)],
    }),
  }
}

function gpuReadings(node: NodeView, of: GpuReading, gpu: GpuSample, bandNow: BandNow): GpuReadings {
  const { target, limit } = node
  const word = gpuWord(of)
  const trouble = word === null ? undefined : [word.text, word.hint].filter(line => line !== null).join(' ')
  const scale = { targetPct: target.gpu, tolerancePct: target.tolerance, limitPct: limit.gpu }
  const model = gpu.name === null ? null : gpu.name.replace(/^(NVIDIA )?(GeForce )?/, '')
  const memory = gibOf(gpu.memUsedMiB, gpu.memTotalMiB)
  const heat = [gpu.tempC === null ? null : `${Math.round(gpu.tempC)}\u2009°C`, watts(gpu)]
  const name = `GPU ${gpu.index}`
  const vramName = `VRAM ${gpu.index}`
  const vramPct = percentOf(gpu.memUsedMiB, gpu.memTotalMiB)
  const vramScale = { targetPct: null, tolerancePct: 0, limitPct: limit.vram }
  return {
    util: reading(name, gpu.utilPct, scale, bandNow, {
      detail: model,
      more: [memory, ...heat, gpu.name],
      note: trouble ?? 'Share of time a kernel was running, not share of cores in use.',
    }),
    vram: reading(vramName, vramPct, vramScale, bandNow, {
      detail: memory,
      more: [memory, gpu.name],
      note: trouble,
    }),
    heat: heat.filter(word => word !== null).join(' · '),
  }
}

type BandNow = (gauge: GaugeName, readingPct: number, scale: GaugeScale) => Band
const band =
  (bandFor: BandFor, atMs: number): BandNow =>
  (gauge, readingPct, scale) =>
    bandFor(gauge, atMs, readingPct, scale)

interface Words {
  readonly label?: string
  readonly detail: string | null
  readonly more: readonly (string | null)[]
  readonly note?: string | undefined
}

function reading(
  name: GaugeName,
  valuePct: number | null,
  scale: GaugeScale,
  bandNow: BandNow,
  words: Words,
): Reading {
  const label = words.label ?? name
  const parts = [`${label} ${percent(valuePct)}`, ...words.more].filter(word => word !== null)
  const targets = scale.targetPct === null ? [] : [`target ${scale.targetPct} ± ${scale.tolerancePct}`]
  const tip = [parts.join(' · '), [...targets, `limit ${scale.limitPct}`].join(' · '), words.note]
  return {
    name,
    label,
    detail: words.detail,
    valuePct,
    band: valuePct === null ? null : bandNow(name, valuePct, scale),
    scale,
    tip: tip.filter(line => line !== undefined).join('\n'),
  }
}

/** Whether a card tells anything: of several, some may be lost while the others go on. */
export const isTold = (word: NodeReadings['gpuWord'], gpu: Reading | null): boolean =>
  word === null || (gpu !== null && gpu.valuePct !== null)

/** Never a zero, always a word: what nvidia-smi said when it did not give readings. */
export function gpuWord(gpu: GpuReading): NodeReadings['gpuWord'] {
  switch (gpu.state) {
    case 'ok':
      return null
    case 'none':
      return { text: 'No NVIDIA GPU found on this node', hint: null, isTrouble: false }
    case 'hung':
      return { text: gpu.message ?? 'nvidia-smi does not answer', hint: gpu.hint, isTrouble: true }
    case 'driver-broken':
      return { text: gpu.message ?? 'The NVIDIA driver does not work', hint: gpu.hint, isTrouble: true }
    case 'lost':
      return { text: gpu.message ?? 'A GPU has fallen off the bus', hint: gpu.hint, isTrouble: true }
    case 'unreadable':
      return { text: gpu.message ?? 'nvidia-smi cannot be read', hint: gpu.hint, isTrouble: true }
    default:
      return gpu.state satisfies never
  }
}

/** Several GPUs as one bar: the highest is drawn, since one card over its limit is enough. */
export function mergeGpus(gpus: readonly GpuReadings[], kind: 'util' | 'vram'): Reading | null {
  const [first] = gpus
  if (first === undefined) return null
  if (gpus.length === 1) return first[kind]
  const known = gpus.map(gpu => gpu[kind]).filter(one => one.valuePct !== null)
  const highest = known.reduce<Reading>(
    (top, one) => ((one.valuePct ?? 0) > (top.valuePct ?? 0) ? one : top),
    known[0] ?? first[kind],
  )
  const word = kind === 'util' ? 'GPU' : 'VRAM'
  const average = known.reduce((sum, one) => sum + (one.valuePct ?? 0), 0) / Math.max(1, known.length)
  return {
    ...highest,
    name: `${word} max`,
    label: `${gpus.length} × ${word}`,
    detail: 'max/avg',
    ...(known.length > 0 && { valueText: `${percentDigits(highest.valuePct)}/${percentDigits(average)}` }),
    tip: gpus.map(gpu => gpu[kind].tip).join('\n'),
  }
}

const watts = (gpu: GpuSample): string | null =>
  gpu.powerW === null ? null : `${Math.round(gpu.powerW)}\u2009W`
function loads(sample: Sample | undefined): string | null {
  if (sample === undefined || sample.load1 === null) return null
  return [sample.load1, sample.load5, sample.load15].map(load => load?.toFixed(2) ?? '—').join(' ')
}
