import { describe, expect, it } from 'vitest'
import { addressText, draftOf, readDraft } from './address'

const read = (address: string, keyFile = '', jump = '') => readDraft({ address, keyFile, jump })
const place = { identityFile: null, jump: [] }

describe('an address that is typed', () => {
  it.each([
    ['w1@192.168.1.11', { host: '192.168.1.11', port: 22, user: 'w1' }],
    [' w1@pc2.lan:2222 ', { host: 'pc2.lan', port: 2222, user: 'w1' }],
    ['pc2', { host: 'pc2', port: 22, user: null }],
    ['w1@fe80::1', { host: 'fe80::1', port: 22, user: 'w1' }],
    ['w1@[fe80::1%eth0]:2222', { host: 'fe80::1%eth0', port: 2222, user: 'w1' }],
  ])('%s is a place', (text, expected) => {
    expect(read(text)).toEqual({
      ssh: { ...place, ...expected },
      problems: { address: null, keyFile: null, jump: null },
    })
  })

  it.each([
    ['w1 @pc2', 'An address has no spaces. Write user@host or user@host:port.'],
    ['@pc2', 'The name before @ is missing. Write user@host.'],
    ['w1@', 'The host is missing. Write user@host, for example w1@192.168.1.11.'],
    ['w1@192.168.1.999', '“192.168.1.999” is not an IPv4 address. It has four numbers from 0 to 255.'],
    ['w1@192.168.1', '“192.168.1” is not an IPv4 address. It has four numbers from 0 to 255.'],
    ['w1@pc2:', 'A port is a number from 1 to 65535.'],
    ['w1@pc2:0', 'A port is a number from 1 to 65535.'],
    ['w1@pc2:65536', 'A port is a number from 1 to 65535.'],
    ['w1@pc2:22x', 'A port is a number from 1 to 65535.'],
    [
      'w1@-oProxyCommand=x',
      '“-oProxyCommand=x” cannot be a host. Write a name or an address such as 192.168.1.11.',
    ],
    ['-l@pc2', '“-l” cannot be a user’s name.'],
    ['w1@p$c2', '“p$c2” cannot be a host. Write a name or an address such as 192.168.1.11.'],
  ])('%s is told what is wrong with it', (text, problem) => {
    expect(read(text)).toEqual({ ssh: null, problems: { address: problem, keyFile: null, jump: null } })
  })

  it('is no mistake while there is nothing', () => {
    expect(read('')).toEqual({ ssh: null, problems: { address: null, keyFile: null, jump: null } })
  })

  it('takes a key file and hosts on the way', () => {
    expect(read('w1@pc2', '~/.ssh/attic', 'bastion, w1@10.0.0.1:2222').ssh).toEqual({
      host: 'pc2',
      port: 22,
      user: 'w1',
      identityFile: '~/.ssh/attic',
      jump: ['bastion', 'w1@10.0.0.1:2222'],
    })
  })

  it('is no place with a key file or a hop that cannot be one', () => {
    expect(read('w1@pc2', '~/.ssh/id.pub', 'a:b:c, @')).toEqual({
      ssh: null,
      problems: {
        address: null,
        keyFile: 'That is the public half. Name the private key: ~/.ssh/id',
        jump: '“a:b:c” cannot be a host on the way. Write a name or user@host:port.'.replace('a:b:c', '@'),
      },
    })
    expect(read('pc2', 'id_ed25519').problems.keyFile).toBe(
      'Write the whole path, for example ~/.ssh/id_ed25519.',
    )
    expect(read('pc2', '', 'a b c d e f g h i').problems.jump).toBe('At most 8 hosts can be on the way.')
  })

  it('reads the same after it was written', () => {
    for (const text of ['w1@[fe80::1]:2222', 'pc2', 'w1@pc2.lan:2222']) {
      const { ssh } = read(text, '~/.ssh/attic', 'bastion')
      expect(ssh).not.toBeNull()
      if (ssh !== null) expect([addressText(ssh), readDraft(draftOf(ssh)).ssh]).toEqual([text, ssh])
    }
  })
})
