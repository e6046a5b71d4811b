import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sshConfigAliases } from './sshConfigAliases'

let userHome: string
beforeEach(async () => {
  userHome = await mkdtemp(join(tmpdir(), 'drydock-aliases-'))
})
afterEach(() => rm(userHome, { recursive: true }))

async function write(path: string, text: string): Promise<void> {
  const file = join(userHome, '.ssh', path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

it('lists names, not patterns, once and in their order', async () => {
  await write(
    'config',
    `# Host commented
Host i7 "my pc"\tpc2 # the desk
  HostName 192.168.1.7
HOST=eq
host i7 -oEvil
Host *.lan !pc3 pc4 web?
Match host x
  User y
Host *
  User w1
`,
  )
  expect(await sshConfigAliases(userHome)).toEqual(['i7', 'my pc', 'pc2', 'eq', 'pc4'])
})

it('reads Windows line ends', async () => {
  await write('config', 'Host a\r\n  HostName b\r\nHost c\r\n')
  expect(await sshConfigAliases(userHome)).toEqual(['a', 'c'])
})

it('has none without a configuration, and says so when it cannot be read', async () => {
  expect(await sshConfigAliases(userHome)).toEqual([])
  await mkdir(join(userHome, '.ssh', 'config'), { recursive: true })
  await expect(sshConfigAliases(userHome)).rejects.toMatchObject({
    code: 'file-invalid',
    message: expect.stringMatching(/config cannot be read: EISDIR/),
  })
})

it('follows Include: relative, from home, wildcards in order, several, hidden ones not', async () => {
  await write('config', 'Include conf.d/*.conf ~/.ssh/more "with space/x" missing *.none conf.d\nHost last\n')
  await write('conf.d/20.conf', 'Host twenty\n')
  await write('conf.d/10.conf', 'Include nested/[ab]?\nHost ten\n')
  await write('conf.d/.hidden.conf', 'Host hidden\n')
  await write('conf.d/note.txt', 'Host note\n')
  await write('nested/a1', 'Host a1\n')
  await write('nested/c1', 'Host c1\n')
  await write('more', 'Host more\n')
  await write('with space/x', 'Host spaced\n')
  expect(await sshConfigAliases(userHome)).toEqual(['a1', 'ten', 'twenty', 'more', 'spaced', 'last'])
})

it('takes from an Include inside a Host only what that Host can mean', async () => {
  await write('config', 'Host work-* !work-9 any\n  Include inner\nHost *\n  Include all\n')
  await write('inner', 'Host work-1 work-9 home\n')
  await write('all', 'Host everywhere\n')
  expect(await sshConfigAliases(userHome)).toEqual(['any', 'work-1', 'everywhere'])
})

it('ends in a circle of includes, and in one that branches', async () => {
  await write('config', 'Host a\nHost *\nInclude config loop\n')
  const names = Array.from({ length: 30 }, (_, index) => `x${index}`)
  await write('loop', `Host b\nHost *\nInclude ${names.join(' ')} config\n`)
  for (const name of names) await write(name, `Host ${name}\nHost *\nInclude x* loop\n`)
  const aliases = await sshConfigAliases(userHome)
  expect(aliases.slice(0, 3)).toEqual(['a', 'b', 'x0'])
})
