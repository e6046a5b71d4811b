import { z } from 'zod'
import { NodeName } from './ids'

/** null means "not reported", never 0. */
const reading = z.number().nullable()

export const DiskReading = z.object({
  mount: z.string(),
  usedMiB: z.number(),
  totalMiB: z.number(),
  freeMiB: z.number(),
})
export type DiskReading = z.infer<typeof DiskReading>

/** One probe answer of one node: CPU, RAM, disk, load, network. */
export const Sample = z.object({
  node: NodeName,
  /** When Drydock received it (epoch ms, this PC's clock). */
  atMs: z.number(),
  /** Share of all threads that were busy since the sample before, 0-100. */
  cpuPct: reading,
  cpuThreads: reading,
  memUsedMiB: reading,
  memTotalMiB: reading,
  swapUsedMiB: reading,
  swapTotalMiB: reading,
  load1: reading,
  load5: reading,
  load15: reading,
  /** The disk that holds the node's state folder (the first to fill up hurts runs first). */
  disk: DiskReading.nullable(),
  netReceivedBytesPerS: reading,
  netSentBytesPerS: reading,
  uptimeS: reading,
  /** Round trip of the probe's own request, ms; null for this PC. */
  roundTripMs: reading,
})
export type Sample = z.infer<typeof Sample>

export const GpuSample = z.object({
  index: z.number().int(),
  uuid: z.string().nullable(),
  name: z.string().nullable(),
  utilPct: reading,
  memUsedMiB: reading,
  memTotalMiB: reading,
  tempC: reading,
  powerW: reading,
  powerLimitW: reading,
  fanPct: reading,
  clockMHz: reading,
})
export type GpuSample = z.infer<typeof GpuSample>

/** What is known of a node's GPUs. Every state but `ok` is a word on the card, never a zero. */
export const GpuReading = z.object({
  node: NodeName,
  atMs: z.number(),
  state: z.enum(['ok', 'none', 'hung', 'driver-broken', 'unreadable']),
  gpus: z.array(GpuSample),
  driver: z.string().nullable(),
  /** What nvidia-smi said, when it is not `ok`; and what to do about it. */
  message: z.string().nullable(),
  hint: z.string().nullable(),
})
export type GpuReading = z.infer<typeof GpuReading>
