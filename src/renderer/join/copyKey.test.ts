import { expect, it } from 'vitest'
import { address } from '../gallery/machines'
import { copyKeyCommand, showKeyCommand } from './copyKey'

it.each([
  [{ alias: 'i7' }, 'ssh-copy-id -i ~/.ssh/id.pub i7'],
  [address('pc2.lan'), 'ssh-copy-id -i ~/.ssh/id.pub w1@pc2.lan'],
  [
    address('10.0.0.2', { port: 2222, user: null, jump: ['bastion', 'w1@10.0.0.1:23'] }),
    'ssh-copy-id -i ~/.ssh/id.pub -p 2222 -o ProxyJump=bastion,w1@10.0.0.1:23 10.0.0.2',
  ],
])('%j is a command to type', (ssh, command) => {
  expect(copyKeyCommand('~/.ssh/id', ssh)).toBe(command)
})

it('is one word a word, whatever stands in a path', () => {
  expect([showKeyCommand('/keys/it’s $(mine)'), showKeyCommand("~/my key's")]).toEqual([
    `cat '/keys/it’s $(mine).pub'`,
    `cat ~/'my key'\\''s.pub'`,
  ])
})
