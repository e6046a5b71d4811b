import { expect, it } from 'vitest'
import { parseFacts } from './facts'

const UBUNTU = `clockFirst 1795577782100000000
home /home/w1
stateDir /home/w1/.drydock
virtualization none
bootId 5f0c2a60-9f0a-4c9e-8d1c-0d9f6f9f1f11
os "Ubuntu 22.04.4 LTS"
kernel 5.15.0-105-generic
arch x86_64
cpuModel Intel(R) Core(TM) i7-10700 CPU @ 2.90GHz
cpuThreads 16
MemTotalKiB 32768000
SwapTotalKiB 2097148
disk nvme0n1 1953525168 0 Samsung SSD 970 EVO Plus 1TB
disk sda 7814037168 1 ST4000DM004-2CV104
disk vda 536870912 1 -
disk mmcblk0 - - -
machineId 3D1219c7c4c5404aaa1f6d2a48adfda4
python Python 3.10.12
clockLast 1795577782150000000
`

it('reads a node that tells everything', () => {
  const trip = { sentAtMs: 1_795_577_780_000, receivedAtMs: 1_795_577_780_100 }
  expect(parseFacts(UBUNTU, trip)).toEqual({
    facts: {
      home: '/home/w1',
      stateDir: '/home/w1/.drydock',
      bootId: '5f0c2a60-9f0a-4c9e-8d1c-0d9f6f9f1f11',
    },
    inventory: {
      os: 'Ubuntu 22.04.4 LTS',
      kernel: '5.15.0-105-generic',
      arch: 'x86_64',
      cpuModel: 'Intel(R) Core(TM) i7-10700 CPU @ 2.90GHz',
      cpuThreads: 16,
      memTotalMiB: 32_000,
      swapTotalMiB: 2048,
      disks: [
        { device: 'nvme0n1', model: 'Samsung SSD 970 EVO Plus 1TB', sizeGiB: 931.5, kind: 'ssd' },
        { device: 'sda', model: 'ST4000DM004-2CV104', sizeGiB: 3726, kind: 'hdd' },
        { device: 'vda', model: null, sizeGiB: 256, kind: null },
        { device: 'mmcblk0', model: null, sizeGiB: null, kind: null },
      ],
      python: '3.10.12',
      virtualization: 'none',
      machineId: '3d1219c7c4c5404aaa1f6d2a48adfda4',
      clockSkewMs: 2075,
      bootId: '5f0c2a60-9f0a-4c9e-8d1c-0d9f6f9f1f11',
    },
  })
})

// As macOS 14 prints it; written down from its documentation and from captured answers, never run on a Mac here.
const MAC = `clockFirst 1795577782.175731
home /Users/w1
stateDir /Users/w1/.drydock
bootId 3F2504E0-4F89-41D3-9A0C-0305E82C3301
os macOS 14.5
kernel 23.5.0
arch arm64
cpuModel Apple M4
cpuThreads 10
memTotalBytes 17179869184
macSwap total = 2048.00M  used = 1029.75M  free = 1018.25M  (encrypted)
machineId 564D9E1B-FE4C-5A0F-8D2E-3A1B5C6D7E8F
virtualization none
python Python 3.9.6
clockLast 1795577782.215731
`

it('reads what a Mac tells', () => {
  expect(parseFacts(MAC).inventory).toEqual({
    os: 'macOS 14.5',
    kernel: '23.5.0',
    arch: 'arm64',
    cpuModel: 'Apple M4',
    cpuThreads: 10,
    memTotalMiB: 16_384,
    swapTotalMiB: 2048,
    disks: [],
    python: '3.9.6',
    virtualization: 'none',
    machineId: '564d9e1b-fe4c-5a0f-8d2e-3a1b5c6d7e8f',
    clockSkewMs: null,
    bootId: '3F2504E0-4F89-41D3-9A0C-0305E82C3301',
  })
})

it('reports what a node does not tell as null, never as 0', () => {
  const text =
    'clockFirst \nhome /root\nstateDir /root/a b\nbootId X\nos \nkernel \narch \ncpuModel \ncpuThreads 0\n' +
    'machineId \npython sh: python3: not executable\nvirtualization \nclockLast \n'
  expect(parseFacts(text)).toEqual({
    facts: { home: '/root', stateDir: '/root/a b', bootId: 'X' },
    inventory: {
      os: null,
      kernel: null,
      arch: null,
      cpuModel: null,
      cpuThreads: null,
      memTotalMiB: null,
      swapTotalMiB: null,
      disks: [],
      python: null,
      virtualization: null,
      machineId: null,
      clockSkewMs: null,
      bootId: 'X',
    },
  })
})

it('tells no swap from swap that is not reported', () => {
  const text = 'home /\nstateDir /s\nbootId X\nSwapTotalKiB 0\n'
  expect(parseFacts(text).inventory.swapTotalMiB).toBe(0)
})

it.each([
  ['os "Say \\"hi\\" for \\$5"', 'Say "hi" for $5'],
  ["os 'Arch Linux'", 'Arch Linux'],
  ['os Alpine', 'Alpine'],
  ['os ""', null],
])('reads %s as os-release means it', (line, os) => {
  expect(parseFacts(`home /\nstateDir /s\nbootId X\n${line}\n`).inventory.os).toBe(os)
})

it('refuses a node whose processes could not be told apart', () => {
  expect(() => parseFacts('home /root\nstateDir /s\nbootId \n')).toThrow(
    'The node does not report its bootId.',
  )
})
