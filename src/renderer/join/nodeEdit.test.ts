import { describe, expect, it } from 'vitest'
import { threeNodes } from '../gallery/fleets'
import { address } from '../gallery/machines'
import type { NodeDraft } from './joinStore'
import { nodeDraft, readEdit } from './nodeEdit'

const { nodes } = threeNodes
const [thisPc, pc2] = [nodes[0]!, nodes[1]!]
const edit = (part: Partial<NodeDraft>, node = pc2) => readEdit({ ...nodeDraft(node), ...part }, node, nodes)
const nothing = { name: null, ssh: null, roles: null, isDisabled: null }

describe('an edited node', () => {
  it('changes nothing as it was opened', () => {
    expect([edit({}).change, edit({}, thisPc).change]).toEqual([null, null])
  })

  it.each([
    [{ name: 'attic' }, { name: 'attic' }, { name: 'pc2' }],
    [{ roles: ['gpu'] }, { roles: ['gpu'] }, { roles: ['gpu', 'ray-worker'] }],
    [{ isDisabled: true }, { isDisabled: true }, { isDisabled: false }],
    [{ way: 'alias', alias: 'i7' } as const, { ssh: { alias: 'i7' } }, { ssh: address('pc2.lan') }],
    [
      { address: { address: 'w1@pc2.lan:2222', keyFile: '', jump: 'bastion' } },
      { ssh: address('pc2.lan', { port: 2222, jump: ['bastion'] }) },
      { ssh: address('pc2.lan') },
    ],
  ])('%j is told as the change alone, and with its way back', (draft, change, back) => {
    expect(edit(draft)).toMatchObject({ change: { ...nothing, ...change }, back: { ...nothing, ...back } })
  })

  it.each([
    [{ name: 'hp-server' }, { name: 'There is a hp-server already. Names are unique.' }],
    [
      { address: { address: '', keyFile: '', jump: '' } },
      { address: 'The address is missing. Write user@host.' },
    ],
    [
      { address: { address: 'w1@hp-server.lan', keyFile: '', jump: '' } },
      { address: 'hp-server of the fleet has this address.' },
    ],
    [{ way: 'alias', alias: ' ' } as const, { alias: 'Write an alias of ~/.ssh/config.' }],
    [
      { way: 'alias', alias: 'pc*' } as const,
      { alias: 'An alias is one word without * and ?, as after Host.' },
    ],
  ])('%j cannot be saved, and says why', (draft, problems) => {
    expect(edit({ roles: [], ...draft })).toMatchObject({ change: null, back: null, problems })
  })
})
