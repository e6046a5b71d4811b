import type { NodeName, PlanName, RunId, TrackName, WorkerId } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import type { NodeStop, ResultRow, Run, StopReport, Worker } from '../../contract/runs'
import type { GpuReading, GpuSample, Sample } from '../../contract/samples'

/** The gallery's clock stands still here: 24 September 2026, 14:02:11.4 UTC. */
export const NOW_MS = Date.UTC(2026, 8, 24, 14, 2, 11, 400)
const GIB = 1024

export const asNode = (name: string): NodeName => name as NodeName

export interface NodeSketch {
  readonly name: string
  readonly os?: string
  readonly roles?: readonly string[]
  readonly threads?: number
  readonly memGiB?: number
  readonly cpuModel?: string
  readonly link?: NodeView['link']
  readonly notices?: NodeView['notices']
}

export function node(sketch: NodeSketch): NodeView {
  const isLocal = sketch.name === 'this-pc'
  return {
    name: asNode(sketch.name),
    isLocal,
    address: isLocal ? null : `w1@${sketch.name}.lan:22`,
    roles: [...(sketch.roles ?? [])],
    target: { cpu: 75, gpu: 75, vram: null, tolerance: 10 },
    limit: { cpu: 90, ram: 90, gpu: 90, vram: 90, disk: 90 },
    ssh: isLocal ? null : { host: `${sketch.name}.lan`, port: 22, user: 'w1', identityFile: null, jump: [] },
    expected: { cpuThreads: null, memGiB: null, gpus: null },
    hostKey: null,
    notices: sketch.notices ?? [],
    tunnels: [],
    link: sketch.link ?? { state: 'online', sinceMs: NOW_MS - 3_600_000 },
    inventory: {
      os: sketch.os ?? 'Ubuntu 24.04',
      kernel: '6.8.0-45-generic',
      arch: 'x86_64',
      cpuModel: sketch.cpuModel ?? 'AMD Ryzen 7 5800X 8-Core Processor',
      cpuThreads: sketch.threads ?? 16,
      memTotalMiB: (sketch.memGiB ?? 32) * GIB,
      swapTotalMiB: 4 * GIB,
      disks: [{ device: 'nvme0n1', model: 'Samsung SSD 980', sizeGiB: 476, kind: 'ssd' }],
      python: '3.12.3',
      virtualization: 'none',
      machineId: null,
      clockSkewMs: 3,
      bootId: 'b7c2f0de-0001-4000-8000-000000000001',
    },
  }
}

export interface Load {
  readonly cpu: number | null
  readonly ram: number | null
  readonly disk?: readonly [usedPct: number, totalGiB: number]
  readonly load1?: number
  readonly gpus?: readonly GpuLoad[]
  readonly gpuState?: GpuReading['state']
}

interface GpuLoad {
  readonly util: number | null
  readonly vramGiB: number | null
  readonly totalGiB: number
  readonly name: string
  readonly tempC?: number
  readonly powerW?: number
}

export function sample(of: NodeView, load: Load, atMs = NOW_MS - 400): Sample {
  const memTotalMiB = of.inventory?.memTotalMiB ?? null
  const threads = of.inventory?.cpuThreads ?? 16
  const [diskPct, diskGiB] = load.disk ?? [55, 476]
  const diskMiB = diskGiB * GIB
  return {
    node: of.name,
    atMs,
    cpuPct: load.cpu,
    cpuThreads: threads,
    memUsedMiB: load.ram === null || memTotalMiB === null ? null : (memTotalMiB * load.ram) / 100,
    memTotalMiB,
    swapUsedMiB: 0,
    swapTotalMiB: 4 * GIB,
    load1: load.load1 ?? ((load.cpu ?? 0) / 100) * threads,
    load5: ((load.cpu ?? 0) / 100) * threads,
    load15: ((load.cpu ?? 0) / 100) * threads,
    disk: {
      mount: '/home',
      usedMiB: (diskMiB * diskPct) / 100,
      totalMiB: diskMiB,
      freeMiB: (diskMiB * (100 - diskPct)) / 100,
    },
    mounts: null,
    diskReadBytesPerS: 2_000_000,
    diskWrittenBytesPerS: 8_000_000,
    cpuTempC: 61,
    netReceivedBytesPerS: 12_000,
    netSentBytesPerS: 9_000,
    uptimeS: 400_000,
    roundTripMs: of.isLocal ? null : 4.2,
  }
}

export function gpuReading(of: NodeView, load: Load, atMs = NOW_MS - 400): GpuReading {
  const state = load.gpuState ?? (load.gpus === undefined ? 'none' : 'ok')
  return {
    node: of.name,
    atMs,
    state,
    gpus: (load.gpus ?? []).map(gpuSample).map(gpu => (state === 'hung' ? withoutReadings(gpu) : gpu)),
    vendor: 'nvidia',
    holders: null,
    driver: '550.107.02',
    compute: '12.4',
    message: { ok: null, none: null, ...TROUBLE }[state],
    hint: HINTS[state],
  }
}

const HINTS: Readonly<Record<GpuReading['state'], string | null>> = {
  ok: null,
  none: null,
  hung: 'A process that hangs in the driver cannot be killed: reboot the machine. Training on it may hang, too.',
  'driver-broken': 'Restart the machine, or load the matching driver again.',
  lost: 'Restart the machine; when it comes again, look at the power cable and the slot of the card.',
  unreadable: 'Call nvidia-smi on that machine and look at what it prints.',
}
const TROUBLE = {
  hung: 'nvidia-smi does not answer.',
  'driver-broken': 'nvidia-smi cannot talk to the NVIDIA driver',
  lost: 'GPU 0 has fallen off the bus.',
  unreadable: 'nvidia-smi printed something that cannot be read',
} as const

const gpuSample = (gpu: GpuLoad, index: number): GpuSample => ({
  index,
  uuid: `GPU-0000000${index}`,
  name: gpu.name,
  utilPct: gpu.util,
  memUsedMiB: gpu.vramGiB === null ? null : gpu.vramGiB * GIB,
  memTotalMiB: gpu.totalGiB * GIB,
  tempC: gpu.tempC ?? 64,
  powerW: gpu.powerW ?? 180,
  powerLimitW: 220,
  fanPct: 40,
  clockMHz: 1800,
  isMig: false,
})

/** What a driver that hangs leaves of a GPU: what it is. */
const withoutReadings = (gpu: GpuSample): GpuSample => ({
  ...gpu,
  utilPct: null,
  memUsedMiB: null,
  tempC: null,
  powerW: null,
  fanPct: null,
  clockMHz: null,
  isMig: false,
})

export interface WorkerSketch {
  readonly node: string
  readonly index: number
  readonly nodeIndex: number
  readonly state?: Worker['state']
  readonly step?: number
  readonly total?: number | null
  readonly ratePerS?: number
  readonly stepAgoMs?: number
  readonly detail?: string | null
}

export function worker(sketch: WorkerSketch): Worker {
  const state = sketch.state ?? 'running'
  const hasProgress = sketch.step !== undefined
  return {
    id: `bots-${sketch.index}` as WorkerId,
    track: 'bots' as TrackName,
    node: asNode(sketch.node),
    index: sketch.index,
    nodeIndex: sketch.nodeIndex,
    state,
    stateSinceMs: NOW_MS - 120_000,
    detail: sketch.detail ?? null,
    identity: {
      pid: 48_100 + sketch.index,
      processGroup: 48_100 + sketch.index,
      startTicks: 812_331,
      bootId: 'b7c2f0de',
    },
    progress: hasProgress
      ? {
          step: sketch.step ?? 0,
          total: sketch.total === undefined ? 2000 : sketch.total,
          atMs: NOW_MS - (sketch.stepAgoMs ?? 300),
          ratePerS: sketch.ratePerS ?? 1,
        }
      : null,
    reported: { dryRun: '1', allowOrders: '0' },
    logBytes: 120_000,
    logLines: 1_262,
    endedAtMs: null,
    end: null,
    waitsFor: [],
    container: null,
  }
}

export interface RunSketch {
  readonly id: string
  readonly plan: string
  readonly state: Run['state']
  readonly startedAgoS: number
  readonly tookS?: number
  readonly workers: readonly Worker[]
  readonly progress?: Run['progress']
  readonly detail?: string | null
  readonly mode?: Run['mode']
  readonly stop?: StopReport | null
}

export function run(sketch: RunSketch): Run {
  const startedAtMs = NOW_MS - sketch.startedAgoS * 1000
  return {
    id: sketch.id as RunId,
    plan: sketch.plan as PlanName,
    state: sketch.state,
    detail: sketch.detail ?? null,
    startedAtMs,
    endedAtMs: sketch.tookS === undefined ? null : startedAtMs + sketch.tookS * 1000,
    started: { dryRun: true, allowOrders: false },
    mode: sketch.mode ?? 'SAFE',
    workers: [...sketch.workers],
    progress: sketch.progress ?? null,
    stop: sketch.stop ?? null,
    engine: 'process',
    origin: 'started',
    owner: null,
    files: [],
    cleanups: [],
    gaps: [],
  }
}

export const progress = (
  step: number,
  total: number | null,
  ratePerS: number | null = null,
): Run['progress'] => ({
  step,
  total,
  atMs: NOW_MS - 300,
  ratePerS,
})

export const nodeStop = (name: string, rest: Partial<NodeStop>): NodeStop => ({
  node: asNode(name),
  phase: 'queued',
  groups: 0,
  processesGone: 0,
  survivors: [],
  how: null,
  message: 'Queued',
  killAtMs: null,
  checkedAtMs: null,
  tookMs: null,
  ...rest,
})

export const result = (of: Run, name: string, worker: number, values: ResultRow['values']): ResultRow => ({
  run: of.id,
  worker: `bots-${worker}` as WorkerId,
  node: of.workers.find(one => one.id === `bots-${worker}`)?.node ?? asNode('this-pc'),
  name,
  values,
  atMs: NOW_MS - 5000,
})
