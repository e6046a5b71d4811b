import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { installStubGpu, type StubGpu } from './stubGpu'

let folder: string
let gpu: StubGpu
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-gpu-'))
  gpu = await installStubGpu(folder)
})
afterEach(() => rm(folder, { recursive: true }))

async function smi(...args: string[]): Promise<unknown> {
  const path = `${folder}:${process.env['PATH']}`
  return promisify(execFile)(join(folder, 'nvidia-smi'), args, { env: { PATH: path }, timeout: 1000 }).then(
    ({ stdout }) => stdout,
    (error: { code: unknown; stdout: string; killed: boolean }) =>
      error.killed ? 'hangs' : [error.code, error.stdout],
  )
}

it('answers the fields that are asked, by name, for every card', async () => {
  await gpu.setCards([
    { index: 0, name: 'RTX 3070', 'utilization.gpu': 0, 'memory.used': 12 },
    { index: 1, name: 'GT 730', 'memory.used': '[Not Supported]' },
  ])
  expect(await smi('--query-gpu=memory.used,index,utilization.gpu', '--format=csv,noheader,nounits')).toBe(
    '12, 0, 0\n[Not Supported], 1, [N/A]\n',
  )
  expect(await smi('--query-gpu=index,no.such', '--format=csv,noheader,nounits')).toEqual([
    2,
    'Field "no.such" is not a valid field to query.\n\n',
  ])
})

it('lists cards and processes, and names its CUDA version', async () => {
  await gpu.setApps([{ gpu_uuid: 'GPU-1', pid: 4242, process_name: 'python3', used_memory: 900 }])
  expect(await smi('-L')).toBe(
    'GPU 0: NVIDIA GeForce RTX 3070 (UUID: GPU-00000000-0000-4000-8000-000000000001)\n',
  )
  expect(await smi('--query-compute-apps=gpu_uuid,pid,used_memory', '--format=csv,noheader,nounits')).toBe(
    'GPU-1, 4242, 900\n',
  )
  expect(await smi()).toContain('CUDA Version: 12.4')
})

it('fails in the ways of the real one', async () => {
  const modes = [
    'driver-broken',
    'no-devices',
    'version-mismatch',
    'no-permission',
    'lost',
    'hang',
    'none',
  ] as const
  const outcomes: unknown[] = []
  for (const mode of modes) {
    await gpu.setMode(mode)
    outcomes.push(await smi('--query-gpu=index', '--format=csv,noheader,nounits'))
  }
  expect(outcomes).toEqual([
    [9, expect.stringContaining("couldn't communicate with the NVIDIA driver")],
    [6, 'No devices were found\n'],
    [18, 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54\n'],
    [4, 'Failed to initialize NVML: Insufficient Permissions\n'],
    [15, 'Unable to determine the device handle for GPU0000:01:00.0: Unknown Error\n'],
    'hangs',
    ['ENOENT', ''],
  ])
})

it('loses one card of two, knows no MIG, and refuses to loop', async () => {
  await gpu.setCards([
    { index: 0, 'mig.mode.current': 'Disabled' },
    { index: 1, 'mig.mode.current': 'Enabled' },
  ])
  const query = ['--query-gpu=index,mig.mode.current', '--format=csv,noheader,nounits'] as const
  expect(await smi(...query)).toBe('0, Disabled\n1, Enabled\n')
  await gpu.setMode('one-lost')
  expect(await smi(...query)).toBe(
    'Unable to determine the device handle for GPU1: 0000:02:00.0: Unknown Error\n0, Disabled\n',
  )
  await gpu.setMode('old-driver')
  expect(await smi(...query)).toEqual([2, 'Field "mig.mode.current" is not a valid field to query.\n\n'])
  await gpu.setMode('lms-refused')
  expect(await smi(...query, '-lms', '20')).toEqual([
    2,
    "ERROR: Option -lms is not recognized. Please run 'nvidia-smi -h' for help.\n",
  ])
})

it.each([['-lms', '20'], ['--loop-ms=20']])(
  'goes on by itself with %s, and sees what changes',
  async (...loop) => {
    const child = spawn(join(folder, 'nvidia-smi'), ['--query-gpu=utilization.gpu', '--format=csv', ...loop])
    const lines = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('42\n')
    await gpu.setCards([{ 'utilization.gpu': 99 }])
    let line = '42\n'
    while (line === '42\n') line = (await lines.next()).value
    expect(line).toBe('99\n')
    const ended = new Promise(resolve => child.once('close', resolve))
    await gpu.setMode('driver-broken')
    while ((await lines.next()).done !== true);
    expect(await ended).toBe(9)
  },
)
