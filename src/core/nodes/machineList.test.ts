import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NodeName } from '../../contract/ids'
import { ListedMachine } from '../../contract/machines'
import { readMachineList, type KnownMachines } from './machineList'

const NONE: KnownMachines = { aliases: [], nodes: [] }
const NOTHING_SAID = { user: null, identityFile: null, jump: [], port: 22 }
const KNOWN: KnownMachines = {
  aliases: ['i7', 'farm.lan'],
  nodes: [
    { name: NodeName.parse('this-pc'), ssh: null },
    { name: NodeName.parse('pc2'), ssh: { ...NOTHING_SAID, host: 'pc2.lan', user: 'w1' } },
    { name: NodeName.parse('old'), ssh: { alias: 'farm.lan' } },
  ],
}

/** Each line as `name -> user@host:port key`, an alias, or its problem. */
function shown(text: string, known = NONE): unknown {
  return readMachineList(text, known).map(({ name, ssh, problem }) => {
    if (ssh === null) return problem
    if ('alias' in ssh) return `${name} -> alias ${ssh.alias}`
    const { user, host, port, identityFile } = ssh
    return `${name} -> ${user ?? ''}@${host}:${port}${identityFile === null ? '' : ` ${identityFile}`}`
  })
}

describe('a list of machines', () => {
  it('is read whole, with line numbers and what stands there', () => {
    expect(readMachineList('# mine\n\n  pc3 = w1@10.0.0.3:2200 # cellar\r\nbad host here\n', NONE)).toEqual([
      {
        line: 3,
        text: 'pc3 = w1@10.0.0.3:2200 # cellar',
        name: 'pc3',
        ssh: { host: '10.0.0.3', port: 2200, user: 'w1', identityFile: null, jump: [] },
        problem: null,
      },
      {
        line: 4,
        text: 'bad host here',
        name: null,
        ssh: null,
        problem: 'This line has too many words. Write name = user@host.',
      },
    ])
  })

  const forms: readonly (readonly [string, string])[] = [
    ['192.168.1.11', '192.168.1.11 -> @192.168.1.11:22'],
    ['trainer.example.com', 'trainer -> @trainer.example.com:22'],
    ['w1@trainer:2222', 'trainer -> w1@trainer:2222'],
    ['ssh://w1@trainer:2222/', 'trainer -> w1@trainer:2222'],
    ['w1@[fe80::1]:2222', 'fe80-1 -> w1@fe80::1:2222'],
    ['2001:db8::5', '2001-db8-5 -> @2001:db8::5:22'],
    ['box w1@10.0.0.1', 'box -> w1@10.0.0.1:22'],
    ['box=10.0.0.1', 'box -> @10.0.0.1:22'],
    ['10.0.0.1 box', 'box -> @10.0.0.1:22'],
    ['w1@corp.example@10.0.0.1', '10.0.0.1 -> w1@corp.example@10.0.0.1:22'],
    ['ssh -p 2222 -i ~/.ssh/farm w1@10.0.0.1', '10.0.0.1 -> w1@10.0.0.1:2222 ~/.ssh/farm'],
    ['ssh 10.0.0.1 -l w1 -p2222', '10.0.0.1 -> w1@10.0.0.1:2222'],
    ['box\t10.0.0.1\tw1\t2222', 'box -> w1@10.0.0.1:2222'],
    ['10.0.0.1,2222', '10.0.0.1 -> @10.0.0.1:2222'],
    ['"box"; "w1@10.0.0.1"', 'box -> w1@10.0.0.1:22'],
    ['w1@', 'There is no host behind the @ of w1@. Write user@host.'],
    ['@host', 'There is no user before the @ of @host. Write user@host.'],
    ['300.1.1.1', '300.1.1.1 is not an IPv4 address. It has four numbers from 0 to 255.'],
    ['host:0', '0 is not a port. Ports are 1 to 65535.'],
    ['host:99999', '99999 is not a port. Ports are 1 to 65535.'],
    ['fe80::1]:22', 'fe80::1]:22 is not an address. Write an IPv6 address in brackets: [fe80::1]:22.'],
    ['[host]:22', '[host] is not an IPv6 address. Only those stand in brackets.'],
    ['$(reboot)', '$(reboot) is not a host name. Write a name or an IP address.'],
    ['my box = 10.0.0.1', 'my box cannot be a name. Use letters, digits, dots, _ and -, such as my-box.'],
    ['box =', 'There is no address behind box. Write box = user@host.'],
    [
      'a,b,c',
      'It is not clear which column is the host. Begin the list with a line such as name,host,user,port.',
    ],
    [
      'ssh -J gate w1@10.0.0.1',
      'Only the options -p, -i and -l of ssh are understood here. Write name = user@host:port.',
    ],
  ]
  it.each(forms)('reads %s', (line, expected) => {
    expect(shown(line)).toEqual([expected])
  })

  it('never lets an option of ssh be a host', () => {
    expect(readMachineList('-oProxyCommand=x\n-oX', NONE).map(({ ssh }) => ssh)).toEqual([null, null])
  })

  it('takes the columns that the first line names, in any order, empty cells and all', () => {
    const csv =
      'Port,IP Address,Owner,User,Name\n2222,10.0.0.1,me,w1,a\n,10.0.0.2,,,\n22,,x,w1,c\nx,10.0.0.4,,,d\n'
    expect(shown(csv)).toEqual([
      'a -> w1@10.0.0.1:2222',
      '10.0.0.2 -> @10.0.0.2:22',
      'The host is missing in this line. Fill that column in.',
      'x is not a port. Ports are 1 to 65535.',
    ])
  })

  it('knows aliases and nodes', () => {
    expect(shown('i7\nbox = i7\nme@i7\nfarm.lan\nw1@PC2.lan\npc2.lan\npc2 = 10.0.0.9', KNOWN)).toEqual([
      'i7 -> alias i7',
      'This is the machine of line 1 again. Remove one of the two.',
      'i7 is an alias of your SSH configuration, which says user and port. Write only i7.',
      'This is the node old already. Remove the line.',
      'This is the node pc2 already. Remove the line.',
      'pc2-2 -> @pc2.lan:22',
      'pc2 is taken in the fleet. Call it pc2-3.',
    ])
  })

  it('makes names up around those that are written', () => {
    expect(shown('a.lan\na.home\na = 10.0.0.1\na-2 = 10.0.0.2\na = 10.0.0.3')).toEqual([
      'a-3 -> @a.lan:22',
      'a-4 -> @a.home:22',
      'a -> @10.0.0.1:22',
      'a-2 -> @10.0.0.2:22',
      'a is taken in this list. Call it a-5.',
    ])
  })

  it('takes thousands of lines', () => {
    const text = Array.from({ length: 8000 }, (_, index) => `n.x${index}`).join('\n')
    const names = readMachineList(text, NONE).map(({ name }) => name)
    expect(new Set(names).size).toBe(8000)
  })
})

const piece = fc.constantFrom(
  'a',
  'pc2',
  'i7',
  '10.0.0.1',
  '[fe80::1]',
  '@',
  ':',
  '22',
  '0',
  ' ',
  '=',
  ',',
  '\t',
  '#',
  '\n',
  'ssh ',
  '-p ',
  ';',
  '"',
  'host',
  'user',
  '.',
  '-',
  'é',
  '\0',
)

it('whatever is pasted, each line is a valid new node or a sentence', () => {
  const text = fc.oneof(
    fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(text, pasted => {
      const machines = readMachineList(pasted, KNOWN)
      for (const machine of machines) {
        expect(ListedMachine.safeParse(machine).success).toBe(true)
        expect([machine.name === null, machine.ssh === null]).toEqual(Array(2).fill(machine.problem !== null))
        expect(machine.problem ?? 'A sentence.').toMatch(/\.$/)
      }
      const names = [...machines.flatMap(({ name }) => name ?? []), ...KNOWN.nodes.map(({ name }) => name)]
      expect(new Set(names).size).toBe(names.length)
    }),
    { numRuns: 2000 },
  )
})
