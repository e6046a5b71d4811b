import type { NodeName, RunId, WorkerId } from '../../contract/ids'
import type { BlockReason, Link, NodeView } from '../../contract/nodes'
import type { Run } from '../../contract/runs'
import type { GpuReading, Sample } from '../../contract/samples'
import { clockTime, diskSize, gibOf, percent, span } from '../format'

const WORDS: Readonly<Record<Link['state'], string>> = {
  online: 'Online',
  connecting: 'Connecting',
  unreachable: 'Unreachable',
  blocked: 'Blocked',
  disabled: 'Disabled',
}

export const linkWord = (link: Link): string => WORDS[link.state]

/** What follows the word, with its own comma or colon: ` for 2 min, next try in 8 s`. */
export function linkDetail(link: Link, roundTripMs: number | null, nowMs: number): string {
  switch (link.state) {
    case 'online':
      return roundTripMs === null ? '' : ` · ${Math.max(1, Math.round(roundTripMs))}\u2009ms`
    case 'connecting':
      return ` for ${span(nowMs - link.sinceMs)}`
    case 'unreachable':
      return ` for ${span(nowMs - link.sinceMs)}, ${nextTry(link.nextTryAtMs, nowMs)}`
    case 'blocked':
      return `: ${blockWords(link.reason)}`
    case 'disabled':
      return ' in fleet.yaml'
    default:
      return link satisfies never
  }
}

const nextTry = (atMs: number | null, nowMs: number): string =>
  atMs === null || atMs <= nowMs ? 'trying now' : `next try in ${span(atMs - nowMs + 999)}`

function blockWords(reason: BlockReason): string {
  switch (reason.kind) {
    case 'host-key-unknown':
      return 'its host key is not known yet'
    case 'host-key-refused':
      return 'its host key was refused'
    case 'host-key-changed':
      return 'its host key changed'
    case 'auth':
    case 'passphrase':
    case 'question':
    case 'unusable':
      return reason.message
    default:
      return reason satisfies never
  }
}

/** `gpu, ray-worker · Ubuntu 22.04`: what the node is, as far as it is known. */
export const nodeSubtitle = (node: NodeView): string =>
  [node.roles.join(', '), osName(node.inventory?.os ?? '')].filter(word => word !== '').join(' · ')

/** `Debian 12` of `Debian GNU/Linux 12 (bookworm)`: without what every one of them has. */
export const osName = (pretty: string): string =>
  pretty
    .replace(/ GNU\/Linux| LTS\b| \([^)]*\)/g, '')
    .replace(/(\d+\.\d+)\.\d+$/, '$1')
    .trim()

/** The newest worker that ever ran on this node: whose log to show. */
export function newestWorkerOn(
  node: NodeName,
  runs: readonly Run[],
): { run: RunId; worker: WorkerId } | null {
  for (const run of runs) {
    const worker = run.workers.find(one => one.node === node)
    if (worker !== undefined) return { run: run.id, worker: worker.id }
  }
  return null
}

/** A node as text, to be kept or sent elsewhere. */
export function nodeDetails(
  node: NodeView,
  sample: Sample | undefined,
  gpu: GpuReading | undefined,
  nowMs: number,
): string {
  const { inventory } = node
  const lines: readonly (string | null)[] = [
    `${node.name}${node.address === null ? ' (this PC)' : ` ${node.address}`}`,
    `Link: ${linkWord(node.link)}${linkDetail(node.link, sample?.roundTripMs ?? null, nowMs)}`,
    inventory === null
      ? null
      : `System: ${[inventory.os, inventory.kernel, inventory.arch].filter(Boolean).join(', ')}`,
    inventory === null
      ? null
      : `CPU: ${inventory.cpuModel ?? 'unknown model'}, ${inventory.cpuThreads ?? '?'} threads`,
    ...sampleLines(sample),
    ...gpuLines(gpu),
  ]
  return lines.filter(line => line !== null).join('\n')
}

function sampleLines(sample: Sample | undefined): readonly string[] {
  if (sample === undefined) return ['No sample yet']
  const disk =
    sample.disk === null
      ? []
      : [
          `Disk: ${diskSize(sample.disk.freeMiB)} of ${diskSize(sample.disk.totalMiB)} free on ${sample.disk.mount}`,
        ]
  return [
    `At ${clockTime(sample.atMs)} UTC: CPU ${percent(sample.cpuPct)}, RAM ${gibOf(sample.memUsedMiB, sample.memTotalMiB) ?? 'not reported'}`,
    ...disk,
  ]
}

function gpuLines(gpu: GpuReading | undefined): readonly string[] {
  if (gpu === undefined) return []
  if (gpu.state !== 'ok') return [`GPU: ${gpu.state}${gpu.message === null ? '' : `, ${gpu.message}`}`]
  return gpu.gpus.map(
    one =>
      `GPU ${one.index}: ${one.name ?? 'unknown model'}, ${percent(one.utilPct)}, ${gibOf(one.memUsedMiB, one.memTotalMiB) ?? 'VRAM not reported'}`,
  )
}
