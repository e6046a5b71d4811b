import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../kernel/clock'
import { openLocalSession } from '../localShell'
import type { NodeCheck } from './check'
import { lookOnNode } from './lookOnNode'
import type { Seen } from './seen'

/** Every function of `nodeSide/diagnose.sh` with the tools that are here, and stubs for those that are not. */

let home: string
let bin: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drydock-look-'))
  bin = join(home, 'bin')
  mkdirSync(bin)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function stub(path: string, script: string, mode = 0o755): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, mode)
}

const SHELLS: (readonly [string, ...string[]])[] = [['dash'], ['bash'], ['busybox', 'ash']]

async function look(
  sh: readonly [string, ...string[]],
  name: NodeCheck['look'],
  ...args: string[]
): Promise<Seen> {
  await using session = await openLocalSession({
    label: 'this-pc',
    stateDir: join(home, 'state'),
    library: '',
    handshakeTimeoutMs: 10_000,
    environment: { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`, HOME: home },
    sh,
  })
  const seen = await lookOnNode(session.shell, systemClock, name, args, new AbortController().signal)
  if (seen === null) throw new Error('it was given up')
  return seen
}

describe.each(SHELLS)('in %s', (...sh) => {
  // A table hands over what a row of it has; what is missing is not there.
  const shell = sh.filter(word => typeof word === 'string') as [string, ...string[]]
  const seenBy = (name: NodeCheck['look'], ...args: string[]): Promise<Seen> => look(shell, name, ...args)

  it('says what kind of machine it is', async () => {
    const seen = await seenBy('drydock_look_machine')
    expect([seen.text('system'), seen.text('uid')]).toEqual(['Linux', String(process.getuid?.())])
  })

  it('reads limits, settings, memory, disk and network', async () => {
    expect((await seenBy('drydock_look_files_limit')).count('soft')).toBeGreaterThan(0)
    expect((await seenBy('drydock_look_kernel', 'vm/swappiness')).count('value')).toBeGreaterThanOrEqual(0)
    expect((await seenBy('drydock_look_kernel', 'vm/none')).text('value')).toBe(null)
    const memory = await seenBy('drydock_look_memory')
    expect(memory.count('MemTotalKiB')).toBeGreaterThan(0)
    expect(memory.count('SwapTotalKiB')).not.toBe(null)
    const disk = await seenBy('drydock_look_disk', home)
    expect(disk.count('freeKiB')).toBeGreaterThan(0)
    expect(disk.text('mount')).toMatch(/^\//)
    expect((await seenBy('drydock_look_network')).text('kind')).toMatch(/^(ethernet|wifi|virtual)$/)
  })

  it('tries a folder and leaves nothing in it', async () => {
    const good = await seenBy('drydock_look_folder', home)
    expect([good.text('runs'), good.text('unwritable')]).toEqual(['yes', null])
    const missing = await seenBy('drydock_look_folder', join(home, 'not there'))
    expect([missing.text('runs'), missing.text('unwritable')]).toEqual([null, expect.any(String)])
    expect(readdirSync(home).filter(name => name.startsWith('.drydock'))).toEqual([])
  })

  it('finds programs, on the PATH of a shell without a login and off it', async () => {
    expect((await seenBy('drydock_look_program', 'git')).text('said')).toMatch(/^git version \d/)
    expect((await seenBy('drydock_look_program', 'no-such-program')).text('path')).toBe(null)
    mkdirSync(join(home, '.local', 'bin'), { recursive: true })
    stub(join(home, '.local', 'bin', 'poetry'), 'echo "Poetry (version 1.8.2)"')
    const poetry = await seenBy('drydock_look_program', 'poetry')
    expect([poetry.text('path'), poetry.text('said'), poetry.text('offPath')]).toEqual([
      join(home, '.local', 'bin', 'poetry'),
      'Poetry (version 1.8.2)',
      'yes',
    ])
  })

  it('asks the interpreter of the work folder, or the usual one', async () => {
    const usual = await seenBy('drydock_look_imports', '', 'json', 'no_such_package')
    expect([usual.all('has'), usual.all('lacks')]).toEqual([
      [expect.stringMatching(/^json/)],
      ["no_such_package No module named 'no_such_package'"],
    ])
    mkdirSync(join(home, 'my bots', '.venv', 'bin'), { recursive: true })
    stub(join(home, 'my bots', '.venv', 'bin', 'python'), 'echo "has everything $*" | head -n 1')
    const own = await seenBy('drydock_look_imports', '~/my bots', 'numpy')
    expect(own.text('path')).toBe(join(home, 'my bots', '.venv', 'bin', 'python'))
    stub(join(home, 'my bots', '.venv', 'bin', 'python'), 'echo "No module named pip" >&2; exit 1')
    expect((await seenBy('drydock_look_pip', '~/my bots')).text('said')).toBe('No module named pip')
  })

  it('lists the scripts of a work folder with their modes, and asks one for its help in the safe mode', async () => {
    const folder = join(home, 'my bots')
    mkdirSync(join(folder, 'cluster', 'driver'), { recursive: true })
    mkdirSync(join(folder, '.venv'))
    stub(join(folder, 'start_cluster.sh'), '', 0o755)
    stub(join(folder, 'cluster', 'driver', 'cluster_scheduler.py'), '', 0o644)
    stub(join(folder, '.venv', 'start_cluster.sh'), '')
    const names = ['start_cluster.sh', 'stop_cluster.sh', 'cluster_scheduler.py']
    expect((await seenBy('drydock_look_scripts', '~/my bots', ...names)).all('file')).toEqual([
      '-rwxr-xr-x start_cluster.sh',
      '-rw-r--r-- cluster/driver/cluster_scheduler.py',
    ])
    expect((await seenBy('drydock_look_scripts', '~/none', ...names)).text('missing')).toBe('yes')

    expect((await seenBy('drydock_look_help', '~/my bots', 'main.py')).text('file')).toBe(null)
    const script =
      'import os, sys\nprint("usage", os.environ["DRY_RUN"], os.environ["ALLOW_ORDERS"], sys.argv[1:])\nsys.exit(3)\n'
    writeFileSync(join(folder, 'main.py'), script)
    const help = await seenBy('drydock_look_help', '~/my bots', 'main.py')
    expect([help.text('file'), help.count('code'), help.text('said')]).toEqual([
      'main.py',
      3,
      "usage 1 0 ['--help']",
    ])
  })

  it('asks logind, the resolver, the SSH service and Redis by their own programs', async () => {
    stub(join(bin, 'loginctl'), 'echo Linger=no')
    stub(join(bin, 'busctl'), 'echo b true')
    const linger = await seenBy('drydock_look_linger')
    expect([linger.text('linger'), linger.text('kill')]).toEqual(['no', 'true'])

    stub(join(bin, 'getent'), '[ "$2" = pypi.org ] && echo "192.0.2.1 pypi.org"')
    expect((await seenBy('drydock_look_dns', 'pypi.org')).text('address')).toBe('192.0.2.1 pypi.org')
    expect((await seenBy('drydock_look_dns', 'no.such')).text('address')).toBe(null)

    stub(
      join(bin, 'systemctl'),
      '[ "$2" = ssh.socket ] || exit 3; case $1 in is-active) echo active ;; *) echo enabled ;; esac',
    )
    expect((await seenBy('drydock_look_sshd')).all('unit')).toEqual(['ssh.socket enabled'])

    stub(
      join(bin, 'redis-cli'),
      'case $* in *ping*) echo PONG ;; *) printf "# Server\\r\\nredis_version:7.0.15\\r\\n" ;; esac',
    )
    const redis = await seenBy('drydock_look_redis')
    expect([redis.text('ping'), redis.text('version')]).toEqual(['PONG', '7.0.15'])
  })
})

it('knows Ray by the process that keeps its head on 6379', async () => {
  const ray = spawn('sleep', ['600'], { argv0: 'gcs_server --gcs_server_port=6379', stdio: 'ignore' })
  try {
    await once(ray, 'spawn')
    expect((await look(['dash'], 'drydock_look_redis')).text('owner')).toBe('Ray')
  } finally {
    ray.kill()
  }
})

it('gives up what hangs when it is told to, and ends it', async () => {
  await using session = await openLocalSession({
    label: 'this-pc',
    stateDir: join(home, 'state'),
    library: '',
    handshakeTimeoutMs: 10_000,
    environment: { PATH: `${bin}:/usr/bin:/bin`, HOME: home },
  })
  stub(join(bin, 'git'), `echo "$$" >"${home}/pid"; exec sleep 600`)
  const giveUp = new AbortController()
  const looking = lookOnNode(session.shell, systemClock, 'drydock_look_program', ['git'], giveUp.signal)
  await expect.poll(() => existsSync(join(home, 'pid')), { timeout: 20_000 }).toBe(true)
  const pid = Number.parseInt(
    await session.shell.readAt(join(home, 'pid'), 0, 20).then(bytes => Buffer.from(bytes).toString()),
    10,
  )
  expect(existsSync(`/proc/${pid}`)).toBe(true)
  giveUp.abort()
  expect(await looking).toBe(null)
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 20_000 }).toBe(false)
})
