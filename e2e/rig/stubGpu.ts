import { chmod, copyFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * `none`: nvidia-smi is not installed; `amd`: rocm-smi is in its place, and answers for one card. The others are what
 * it does when it is called, and while it loops: `lost` is all cards, `one-lost` the last one, `old-driver` knows no MIG.
 */
type GpuMode =
  | 'ok'
  | 'hang'
  | 'driver-broken'
  | 'no-devices'
  | 'version-mismatch'
  | 'no-permission'
  | 'lost'
  | 'one-lost'
  | 'old-driver'
  | 'lms-refused'
  | 'amd'
  | 'none'

/** One card, by nvidia-smi's own field names. What is not given is `[N/A]`. */
export type StubCard = Readonly<Record<string, string | number>>

export interface StubGpu {
  setMode(mode: GpuMode): Promise<void>
  setCards(cards: readonly StubCard[]): Promise<void>
  /** Rows of `--query-compute-apps`, by its own field names. */
  setApps(apps: readonly StubCard[]): Promise<void>
}

/** From the project's folder, because a bench is built into one file elsewhere. */
const FOLDER = join(process.cwd(), 'e2e', 'rig')

const CARD_FIELDS = [
  'index',
  'uuid',
  'name',
  'driver_version',
  'utilization.gpu',
  'utilization.memory',
  'memory.used',
  'memory.total',
  'memory.free',
  'temperature.gpu',
  'power.draw',
  'power.limit',
  'fan.speed',
  'clocks.current.graphics',
  'clocks.gr',
  'clocks.mem',
  'pci.bus_id',
  'mig.mode.current',
]
const APP_FIELDS = ['gpu_uuid', 'gpu_name', 'pid', 'process_name', 'used_memory', 'used_gpu_memory']

const FIRST_CARD: StubCard = {
  index: 0,
  uuid: 'GPU-00000000-0000-4000-8000-000000000001',
  name: 'NVIDIA GeForce RTX 3070',
  driver_version: '550.54.14',
  'utilization.gpu': 42,
  'utilization.memory': 17,
  'memory.used': 3072,
  'memory.total': 8192,
  'memory.free': 5120,
  'temperature.gpu': 61,
  'power.draw': 148.25,
  'power.limit': 220,
  'fan.speed': 45,
  'clocks.current.graphics': 1725,
  'clocks.gr': 1725,
}

/** Puts a stand-in for nvidia-smi into `folder`, which must be on the node's PATH. One RTX 3070 unless told else. */
export async function installStubGpu(
  folder: string,
  cards: readonly StubCard[] = [FIRST_CARD],
): Promise<StubGpu> {
  const command = join(folder, 'nvidia-smi')
  const stub: StubGpu = {
    async setMode(mode) {
      await replaceFile(join(folder, 'gpu.mode'), mode)
      await rm(mode === 'amd' ? command : join(folder, 'rocm-smi'), { force: true })
      if (mode === 'none') return rm(command, { force: true })
      if (mode === 'amd') return installFile('stub-rocm-smi.sh', join(folder, 'rocm-smi'))
      await installFile('stub-nvidia-smi.sh', command)
    },
    setCards: rows => replaceFile(join(folder, 'gpus.tsv'), tableOf(CARD_FIELDS, rows)),
    setApps: rows => replaceFile(join(folder, 'apps.tsv'), tableOf(APP_FIELDS, rows)),
  }
  await stub.setCards(cards)
  await stub.setApps([])
  await stub.setMode('ok')
  return stub
}

async function installFile(name: string, command: string): Promise<void> {
  await copyFile(join(FOLDER, name), `${command}.new`)
  await chmod(`${command}.new`, 0o755)
  await rename(`${command}.new`, command)
}

function tableOf(fields: readonly string[], rows: readonly StubCard[]): string {
  const lines = rows.map(row => fields.map(field => String(row[field] ?? '[N/A]')).join('\t'))
  return `${[fields.join('\t'), ...lines].join('\n')}\n`
}

/** By a rename: the stub must never read half a table. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}
