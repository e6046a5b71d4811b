import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { readProcess, signalProcess } from './processes'
import { startSshNode, type SshNode, type SshNodeOptions } from './sshNode'

let open: SshNode[] = []
afterEach(async () => {
  for (const each of open) await each[Symbol.asyncDispose]()
  open = []
})

async function node(options: SshNodeOptions = {}): Promise<SshNode> {
  const started = await startSshNode(options)
  open.push(started)
  return started
}

/** Through OpenSSH's own client. */
async function ssh(server: SshNode, command: string): Promise<string> {
  const known = join(server.home, 'known_hosts')
  await writeFile(known, server.knownHostsLine())
  const options = [
    '-F',
    'none',
    '-o',
    `UserKnownHostsFile=${known}`,
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=2',
  ]
  const key = ['-i', server.clientKey.path, '-o', 'IdentitiesOnly=yes', '-p', String(server.port)]
  const { stdout } = await promisify(execFile)('ssh', [
    ...options,
    ...key,
    `${server.user}@${server.host}`,
    command,
  ])
  return stdout
}

it('is a machine with a home, a PATH and a GPU of its own, on an address of its own', async () => {
  const [a, b] = [await node({ address: '127.0.0.2', gpu: true }), await node({ address: '127.0.0.3' })]
  const command = 'echo "$HOME"; command -v nvidia-smi || echo none'
  expect(await ssh(a, command)).toBe(`${a.home}\n${join(a.binFolder, 'nvidia-smi')}\n`)
  expect(await ssh(b, command)).toBe(`${b.home}\nnone\n`)
})

it('loses its connections when it is killed, but not what they started, and comes back the same', async () => {
  const server = await node()
  const left = readProcess(
    Number(await ssh(server, 'setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo $!')),
  )
  const session = ssh(server, 'read -r line').catch((error: Error) => error)
  await server.waitForLog(/Starting session: command.*\n[^]*Starting session: command/)
  await server.kill()
  expect(await session).toBeInstanceOf(Error)
  expect(left !== null && signalProcess(left, 'SIGKILL')).toBe(true)
  await expect(ssh(server, 'true')).rejects.toThrow('Connection refused')
  await server.start()
  expect(await ssh(server, 'echo back')).toBe('back\n')
})

it('answers nobody while it is frozen, and everybody after', async () => {
  const server = await node()
  server.freeze()
  await expect(ssh(server, 'true')).rejects.toThrow(/timed out/i)
  server.thaw()
  expect(await ssh(server, 'echo back')).toBe('back\n')
})

it('is another machine to its clients after a change of its key', async () => {
  const server = await node()
  const before = server.knownHostsLine()
  await server.changeHostKey('ecdsa')
  expect(server.knownHostsLine()).not.toBe(before)
  expect(await ssh(server, 'echo in')).toBe('in\n')
})

it('takes lines of sshd’s configuration', async () => {
  const server = await node({ sshdConfig: ['MaxSessions 0'] })
  await expect(ssh(server, 'true')).rejects.toThrow(/open failed/)
})
