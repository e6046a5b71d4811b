import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { arch, cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Inventory } from '../../contract/nodes'
import { openLocalSession } from './localShell'
import { createRigSessions, optionsFor } from './rigSessions'

const rig = createRigSessions()
let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drydock-facts-'))
})
afterEach(async () => {
  await rig.closeAll()
  rmSync(home, { recursive: true })
})

async function inventoryHere(sh: readonly [string, ...string[]], path = ''): Promise<Inventory> {
  await using session = await openLocalSession({
    label: 'this-pc',
    stateDir: home,
    library: '',
    handshakeTimeoutMs: 10_000,
    environment: { PATH: `${path}${process.env['PATH']}`, HOME: home },
    sh,
  })
  return session.inventory
}

function stub(name: string, script: string): string {
  const folder = join(home, 'bin')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
  return `${folder}:`
}

const said = (command: string, ...args: string[]): string | null => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch (error) {
    // Some answer with a code.
    return error instanceof Error && 'stdout' in error ? String(error.stdout).trim() : null
  }
}
const fileText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8').trim() || null
  } catch {
    return null
  }
}

describe.skipIf(process.platform !== 'linux')('the inventory of this machine', () => {
  it.each([['dash'], ['bash'], ['busybox', 'ash']] as [string, ...string[]][])(
    'is what its own tools say, read by %s',
    async (...sh) => {
      const inventory = await inventoryHere(sh)
      const swapKib = /^SwapTotal: *(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
      const listed = said('lsblk', '-dnb', '-e', '7,1,11,43,252', '-o', 'NAME,SIZE') ?? ''
      expect(inventory).toMatchObject({
        kernel: release(),
        arch: said('uname', '-m'),
        cpuThreads: cpus().length,
        memTotalMiB: Math.round(totalmem() / 2 ** 20),
        swapTotalMiB: Math.round(Number(swapKib) / 1024),
        python: said('python3', '--version')?.replace('Python ', ''),
        virtualization: said('systemd-detect-virt') ?? expect.anything(),
        machineId: fileText('/etc/machine-id') ?? fileText('/var/lib/dbus/machine-id'),
        bootId: fileText('/proc/sys/kernel/random/boot_id'),
      })
      expect(inventory.disks.map(({ device, sizeGiB }) => `${device} ${sizeGiB}`)).toEqual(
        listed
          .split('\n')
          .filter(line => !/^(zram|dm-|md)/.test(line) && line !== '')
          .map(line => {
            const [name, bytes] = line.split(/ +/)
            return `${name} ${Math.round((Number(bytes) / 2 ** 30) * 10) / 10}`
          }),
      )
      // One clock on both sides.
      expect(Math.abs(inventory.clockSkewMs ?? Number.NaN)).toBeLessThan(1000)
      if (arch() === 'x64') expect(inventory.cpuModel).toBe(cpus()[0]?.model)
    },
  )

  it('has no Python when there is none, and comes up although the interpreter hangs', async () => {
    expect((await inventoryHere(['dash'], stub('python3', 'exec sleep 60'))).python).toBe(null)
  })

  it('says none on bare metal, by systemd’s own word', async () => {
    const path = stub('systemd-detect-virt', 'echo none; exit 1')
    expect((await inventoryHere(['dash'], path)).virtualization).toBe('none')
  })

  it('names a processor that only lscpu knows', async () => {
    const path = stub('lscpu', "echo 'Architecture:  aarch64'; echo 'Model name:    Cortex-A72'")
    // What an ARM kernel writes has no model name.
    stub('sed', 'case "$*" in */proc/cpuinfo*) ;; *) exec /usr/bin/sed "$@" ;; esac')
    expect((await inventoryHere(['dash'], path)).cpuModel).toBe('Cortex-A72')
  })
})

it('tells by how much the clock of a node is off', async () => {
  const server = await rig.node()
  const date = join(server.binFolder, 'date')
  writeFileSync(date, '#!/bin/sh\nexec /usr/bin/date -d "+1 hour" "$@"\n')
  chmodSync(date, 0o755)
  const { inventory } = await rig.connect(optionsFor(server))
  expect(Math.abs((inventory.clockSkewMs ?? 0) - 3_600_000)).toBeLessThan(1000)
})
