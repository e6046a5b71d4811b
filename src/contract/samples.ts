import { z } from 'zod'
import { NodeName, RunId, WorkerId } from './ids'

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
  /** Every mounted disk, that one among them; null when not reported. */
  mounts: z.array(DiskReading).nullable(),
  diskReadBytesPerS: reading,
  diskWrittenBytesPerS: reading,
  /** The CPU's own sensor. */
  cpuTempC: reading,
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
  /** Cut into MIG instances: its utilisation is not reported as a whole. */
  isMig: z.boolean(),
})
export type GpuSample = z.infer<typeof GpuSample>

/** A process that holds VRAM. One process can hold some on several cards. */
export const GpuHolder = z.object({
  gpuUuid: z.string(),
  pid: z.number().int(),
  name: z.string().nullable(),
  memUsedMiB: reading,
  /** The run and worker it belongs to; null for anything else on that machine. */
  run: RunId.nullable(),
  worker: WorkerId.nullable(),
})
export type GpuHolder = z.infer<typeof GpuHolder>

/** What is known of a node's GPUs. Every state but `ok` is a word on the card, never a zero. */
export const GpuReading = z.object({
  node: NodeName,
  atMs: z.number(),
  /** `lost`: a card has fallen off the bus, others may go on. */
  state: z.enum(['ok', 'none', 'hung', 'driver-broken', 'lost', 'unreadable']),
  vendor: z.enum(['nvidia', 'amd']).nullable(),
  gpus: z.array(GpuSample),
  /** null when the driver does not tell. */
  holders: z.array(GpuHolder).nullable(),
  driver: z.string().nullable(),
  /** Version of CUDA (or ROCm) that the driver serves. */
  compute: z.string().nullable(),
  /** What nvidia-smi said, when it is not `ok`; and what to do about it. */
  message: z.string().nullable(),
  hint: z.string().nullable(),
})
export type GpuReading = z.infer<typeof GpuReading>
