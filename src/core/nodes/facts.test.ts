import { expect, it } from 'vitest'
import { parseFacts } from './facts'

const UBUNTU = `home /home/w1
stateDir /home/w1/.drydock
bootId 5f0c2a60-9f0a-4c9e-8d1c-0d9f6f9f1f11
os "Ubuntu 22.04.4 LTS"
kernel 5.15.0-105-generic
arch x86_64
cpuModel Intel(R) Core(TM) i7-10700 CPU @ 2.90GHz
cpuThreads 16
memTotalKiB 32768000
`

it('reads a node that tells everything', () => {
  expect(parseFacts(UBUNTU)).toEqual({
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
      bootId: '5f0c2a60-9f0a-4c9e-8d1c-0d9f6f9f1f11',
    },
  })
})

it('reports what a node does not tell as null, never as 0', () => {
  const text =
    'home /root\nstateDir /root/a b\nbootId X\nos \nkernel \narch \ncpuModel \ncpuThreads 0\nmemTotalKiB \n'
  expect(parseFacts(text)).toEqual({
    facts: { home: '/root', stateDir: '/root/a b', bootId: 'X' },
    inventory: {
      os: null,
      kernel: null,
      arch: null,
      cpuModel: null,
      cpuThreads: null,
      memTotalMiB: null,
      bootId: 'X',
    },
  })
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
