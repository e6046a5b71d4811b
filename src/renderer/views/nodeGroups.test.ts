import { describe, expect, it } from 'vitest'
import { gpuReading, node, NOW_MS, sample } from '../gallery/builders'
import { initialState } from '../state/fleetStore'
import { groupings, groupNodes, tableRows } from './nodeGroups'
import { totalsOf, totalWords } from './nodeTotals'

const nodes = [
  node({ name: 'plain' }),
  node({ name: 'a', roles: ['gpu', 'rack-a'] }),
  node({ name: 'b', roles: ['cpu', 'rack-b'] }),
  node({ name: 'c', roles: ['gpu', 'rack-b'] }),
]
const told = (groupBy: number | null): string[] =>
  groupNodes(nodes, groupBy).map(
    ({ name, nodes: members }) => `${name}: ${members.map(one => one.name).join(' ')}`,
  )

describe('groups', () => {
  it('stand in the order in which the fleet mentions them, nodes in the fleet’s order, the rest last', () => {
    expect(told(null)).toEqual(['null: plain a b c'])
    expect(told(0)).toEqual(['gpu: a c', 'cpu: b', 'no role: plain'])
    expect(told(1)).toEqual(['rack-a: a', 'rack-b: b c', 'no role: plain'])
  })

  it('can be made by each role that nodes have', () => {
    expect(groupings(nodes).map(({ words }) => words)).toEqual(['gpu, cpu', 'rack-a, rack-b'])
    expect(groupings([node({ name: 'plain' })])).toEqual([])
  })

  it('are rows of their own, and hide their nodes when they are folded', () => {
    const rows = tableRows(groupNodes(nodes, 0), ['gpu'])
    expect(rows.map(row => (row.kind === 'group' ? `${row.name} ${row.isFolded}` : row.node.name))).toEqual([
      'gpu true',
      'cpu false',
      'b',
      'no role false',
      'plain',
    ])
  })
})

describe('totals', () => {
  const gpus = [{ util: 80, vramGiB: 60, totalGiB: 80, name: 'A100' }]
  const lost = node({
    name: 'lost',
    link: { state: 'unreachable', sinceMs: NOW_MS, nextTryAtMs: null, message: 'No answer', hint: '' },
  })
  const online = [node({ name: 'a' }), node({ name: 'b' })]
  const all = [...online, lost]
  const state = {
    ...initialState,
    samples: Object.fromEntries(
      all.map((one, at) => [one.name, sample(one, { cpu: at === 0 ? 60 : 80, ram: 1 })]),
    ),
    gpus: Object.fromEntries(all.map(one => [one.name, gpuReading(one, { cpu: 1, ram: 1, gpus })])),
  }

  it('are averages and sums over what is online: what is not seen counts as a node and as nothing else', () => {
    expect(totalWords(totalsOf(all, state))).toEqual([
      '2/3 online',
      'CPU 70\u2009%',
      'GPU 80\u2009%',
      'VRAM 120/160\u2009GiB',
    ])
  })

  it('leave out what no node reports, and never call it 0', () => {
    expect(totalsOf(online, initialState)).toEqual({
      nodes: 2,
      online: 2,
      cpuPct: null,
      gpuPct: null,
      vramUsedMiB: null,
      vramTotalMiB: null,
      workers: 0,
    })
    expect(totalWords(totalsOf(online, initialState))).toEqual(['2/2 online'])
  })
})
