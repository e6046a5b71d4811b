import { expect, test } from 'vitest'
import type { NodeName } from '../../contract/ids'
import type { Link } from '../../contract/nodes'
import { gpuReading, node, NOW_MS, run, sample, worker } from '../gallery/builders'
import { linkDetail, linkWord, newestWorkerOn, nodeDetails, nodeSubtitle } from './linkWords'

const words = (link: Link, roundTripMs: number | null = null): string =>
  `${linkWord(link)}${linkDetail(link, roundTripMs, NOW_MS)}`.replaceAll('\u2009', '_')
const sinceMs = NOW_MS - 130_000

test('every state of a link is a word and what it means', () => {
  const lost = { state: 'unreachable', sinceMs, message: '', hint: '' } as const
  expect([
    words({ state: 'online', sinceMs }),
    words({ state: 'online', sinceMs }, 4.2),
    words({ state: 'online', sinceMs }, 0.2),
    words({ state: 'connecting', sinceMs: NOW_MS - 3000 }),
    words({ ...lost, nextTryAtMs: NOW_MS + 7_600 }),
    words({ ...lost, nextTryAtMs: null }),
    words({ ...lost, nextTryAtMs: NOW_MS - 1 }),
    words({
      state: 'blocked',
      sinceMs,
      reason: { kind: 'auth', message: 'The login was refused', hint: '', takesPassword: false },
    }),
    words({ state: 'disabled', sinceMs }),
  ]).toEqual([
    'Online',
    'Online · 4_ms',
    'Online · 1_ms',
    'Connecting for 3_s',
    'Unreachable for 2_min, next try in 8_s',
    'Unreachable for 2_min, trying now',
    'Unreachable for 2_min, trying now',
    'Blocked: The login was refused',
    'Disabled in fleet.yaml',
  ])
})

test.each([
  ['Debian GNU/Linux 12 (bookworm)', 'gpu · Debian 12'],
  ['Ubuntu 24.04.1 LTS', 'gpu · Ubuntu 24.04'],
  ['Red Hat Enterprise Linux 9.4 (Plow)', 'gpu · Red Hat Enterprise Linux 9.4'],
  ['Alpine Linux v3.20', 'gpu · Alpine Linux v3.20'],
])('a system is told as people say it: %s', (os, said) => {
  expect(nodeSubtitle(node({ name: 'pc2', roles: ['gpu'], os }))).toBe(said)
})

test('the log of a node is that of the newest run on it', () => {
  const on = (id: string, name: string) =>
    run({
      id,
      plan: 'p',
      state: 'stopped',
      startedAgoS: 1,
      workers: [worker({ node: name, index: 1, nodeIndex: 1 })],
    })
  const runs = [on('r3', 'pc3'), on('r2', 'pc2'), on('r1', 'pc2')]
  expect(newestWorkerOn('pc2' as NodeName, runs)).toEqual({ run: 'r2', worker: 'bots-1' })
  expect(newestWorkerOn('pc9' as NodeName, runs)).toBeNull()
})

test('the details of a node say what is known and what is not', () => {
  const pc2 = node({ name: 'pc2', memGiB: 32 })
  const gpus = [{ util: null, vramGiB: 2, totalGiB: 24, name: 'NVIDIA GeForce RTX 3090' }]
  const load = { cpu: 6, ram: 50, gpus }
  expect(
    nodeDetails(pc2, sample(pc2, load), gpuReading(pc2, load), NOW_MS).replaceAll('\u2009', '_').split('\n'),
  ).toEqual([
    'pc2 w1@pc2.lan:22',
    'Link: Online · 4_ms',
    'System: Ubuntu 24.04, 6.8.0-45-generic, x86_64',
    'CPU: AMD Ryzen 7 5800X 8-Core Processor, 16 threads',
    'At 14:02:11 UTC: CPU 6_%, RAM 16.0/32.0_GiB',
    'Disk: 214_GiB of 476_GiB free on /home',
    'GPU 0: NVIDIA GeForce RTX 3090, —, 2.0/24.0_GiB',
  ])
  const local = node({ name: 'this-pc' })
  expect(nodeDetails({ ...local, inventory: null }, undefined, undefined, NOW_MS).split('\n')).toEqual([
    'this-pc (this PC)',
    'Link: Online',
    'No sample yet',
  ])
})
