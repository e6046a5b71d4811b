import { fail, pass, skip, warn, type Finding, type NodeCheck, type Place } from './check'
import { asRoot } from './machine'
import type { Seen } from './seen'

const FILES = 65_536
const SWAPPINESS = 10
const CACHE_PRESSURE = 50
/** A name that every node that installs Python packages has to find. */
const A_NAME = 'pypi.org'

/** How the system of a node is set up. */
export const SYSTEM_CHECKS: readonly NodeCheck[] = [
  { id: 'sshd', group: 'system', name: 'SSH service', look: 'drydock_look_sshd', judge: judgeSshd },
  { id: 'firewall', group: 'system', name: 'Firewall', look: 'drydock_look_firewall', judge: judgeFirewall },
  {
    id: 'dns',
    group: 'system',
    name: 'DNS on the node',
    look: 'drydock_look_dns',
    args: () => [A_NAME],
    judge: judgeDns,
  },
  { id: 'network', group: 'system', name: 'Ethernet', look: 'drydock_look_network', judge: judgeNetwork },
  {
    id: 'files-limit',
    group: 'system',
    name: 'Open files (nofile)',
    look: 'drydock_look_files_limit',
    judge: judgeFilesLimit,
  },
  kernelCheck('swappiness', SWAPPINESS),
  kernelCheck('vfs_cache_pressure', CACHE_PRESSURE),
  {
    id: 'linger',
    group: 'system',
    name: 'Runs outlive logins',
    look: 'drydock_look_linger',
    judge: judgeLinger,
  },
  folderCheck('home-folder', 'Home folder', place => place.home),
  folderCheck('state-folder', 'State folder', place => place.stateDir),
]

const AT_BOOT = new Set(['enabled', 'enabled-runtime', 'static', 'indirect', 'alias', 'generated'])

function judgeSshd(seen: Seen, { config, machine }: Place): Finding {
  const isLocal = 'local' in config
  const units = seen.all('unit').map(unit => unit.split(' '))
  const [unit] = units[0] ?? []
  const wanted = isLocal ? null : 'active, and started at boot'
  if (unit !== undefined) {
    if (units.some(([, enabled]) => AT_BOOT.has(enabled ?? ''))) return pass(`${unit} is active`, wanted)
    const measured = `${unit} is active, but does not start at boot`
    return isLocal ? pass(measured) : warn(measured, wanted, asRoot(machine, `systemctl enable ${unit}`))
  }
  if (seen.text('launchd') !== null) return isLocal ? skip('This PC needs none.') : pass('launchd starts it')
  const process = seen.text('process')
  if (process !== null) return pass(`${process} runs`)
  if (isLocal) return skip('None runs. This PC needs none.')
  return warn('no SSH server was found, although one let Drydock in', wanted)
}

function judgeFirewall(seen: Seen, { config, machine }: Place): Finding {
  const ufw = seen.text('ufw')
  const port = 'ssh' in config && 'port' in config.ssh ? config.ssh.port : 22
  if (ufw === 'on') {
    // This link may be older than the rules.
    if (seen.count('ufwSsh') === 0 && !('local' in config)) {
      return warn(
        'ufw is on, without a rule for SSH',
        'SSH is let in',
        asRoot(machine, `ufw allow ${port}/tcp`),
      )
    }
    return pass('ufw is on')
  }
  if (seen.text('firewalld') !== null) return pass('firewalld is on')
  const mac = seen.text('mac')
  if (mac !== null) return pass(/enabled/i.test(mac) ? 'on' : 'off')
  const unreadable = seen.text('unreadable')
  if (unreadable !== null) {
    const command = unreadable === 'nft' ? 'nft list ruleset' : 'iptables -S'
    return skip(`${ufw === null ? '' : 'ufw is off. '}Other rules can be read by root alone: sudo ${command}`)
  }
  const filters = seen.count('nft') ?? Math.max(0, (seen.count('iptables') ?? 1) - 1)
  if (filters > 0) return pass(`rules of its own filter what comes in (${filters})`)
  return pass(ufw === 'off' ? 'ufw is off' : 'none')
}

function judgeDns(seen: Seen): Finding {
  const wanted = `${A_NAME} is found`
  const address = seen.text('address')?.split(/\s+/)[0]
  const servers = seen.text('servers')
  if (address !== undefined) return pass(`${A_NAME} is ${address}`, wanted)
  if (seen.text('tool') === 'none') return skip('There is no program that asks it (getent, nslookup).')
  const asked = servers === null ? 'no server is set in /etc/resolv.conf' : `asked: ${servers}`
  const isResolved = seen.text('resolved') === 'active'
  return warn(
    `${A_NAME} is not found; ${asked}`,
    wanted,
    isResolved ? 'sudo systemctl restart systemd-resolved' : null,
  )
}

function judgeNetwork(seen: Seen): Finding {
  const name = seen.text('interface')
  if (name === null) return skip('There is no default route.')
  const speed = seen.count('speed') ?? 0
  const at = speed > 0 ? `, ${speed} Mbit/s` : ''
  const kind = seen.text('kind')
  if (kind === 'wifi') return warn(`Wi-Fi (${name}${at})`, 'Ethernet')
  return pass(kind === 'ethernet' ? `Ethernet (${name}${at})` : `${name}, a virtual interface`, 'Ethernet')
}

function judgeFilesLimit(seen: Seen, { machine }: Place): Finding {
  const limit = (name: string): number =>
    seen.text(name) === 'unlimited' ? Infinity : (seen.count(name) ?? 0)
  const [soft, hard] = [limit('soft'), limit('hard')]
  if (soft === 0) return skip('The shell does not tell its limit.')
  const measured = `${soft === Infinity ? 'unlimited' : soft}${hard > soft ? ` (can be raised to ${hard === Infinity ? 'any' : hard})` : ''}`
  if (soft >= FILES) return pass(measured, String(FILES))
  if (machine.isMac) return warn(measured, String(FILES), `sudo launchctl limit maxfiles ${FILES} ${FILES}`)
  const user = machine.user ?? '*'
  const tee = asRoot(machine, 'tee /etc/security/limits.d/90-nofile.conf')
  const lines = `'${user} soft nofile ${FILES}' '${user} hard nofile ${FILES}'`
  return warn(measured, String(FILES), `printf '%s\\n' ${lines} | ${tee}`)
}

function kernelCheck(name: string, most: number): NodeCheck {
  return {
    id: name.replaceAll('_', '-'),
    group: 'system',
    name: `vm.${name}`,
    look: 'drydock_look_kernel',
    args: () => [`vm/${name}`],
    judge(seen, { machine }) {
      const value = seen.count('value')
      if (value === null) return skip('This system has no such setting.')
      const wanted = `${most} or less`
      if (value <= most) return pass(String(value), wanted)
      const file = `/etc/sysctl.d/90-${name}.conf`
      const tee = asRoot(machine, `tee ${file}`)
      const load = asRoot(machine, `sysctl -p ${file}`)
      return warn(String(value), wanted, `echo 'vm.${name} = ${most}' | ${tee} && ${load}`)
    },
  }
}

/** logind spares root by default, so root's runs live on in any case. */
function judgeLinger(seen: Seen, { machine }: Place): Finding {
  const kills = /^(true|yes|1)$/i.test(seen.text('kill') ?? '')
  const lingers = seen.text('linger') === 'yes'
  if (seen.text('kill') === null && seen.text('linger') === null) {
    return skip('There is no systemd-logind that could end what a login leaves behind.')
  }
  if (!kills) return pass(`logind ends no processes at logout${lingers ? '; linger is on' : ''}`)
  if (lingers) return pass('logind ends processes at logout, but linger is on')
  if (machine.isRoot) return pass('logind ends processes at logout, but not those of root')
  return fail(
    'logind ends all processes at logout: a lost link would end the runs',
    'linger, or KillUserProcesses=no',
    asRoot(machine, `loginctl enable-linger ${machine.user ?? ''}`.trim()),
  )
}

function folderCheck(id: string, name: string, folder: (place: Place) => string): NodeCheck {
  return {
    id,
    group: 'system',
    name,
    look: 'drydock_look_folder',
    args: place => [folder(place)],
    judge(seen, place) {
      const wanted = 'can be written, and programs in it run'
      const path = folder(place)
      const why = seen.text('unwritable')
      if (why !== null) return fail(`${path} cannot be written: ${why}`, wanted)
      if (seen.text('runs') === 'yes') return pass(`${path} can be written, and programs in it run`, wanted)
      if (seen.text('runs') === null) return skip(`${path} could not be looked at.`)
      const mount = seen.text('mount') ?? path
      return warn(
        `no program in ${path} can be run: ${mount} is mounted with noexec`,
        wanted,
        asRoot(place.machine, `mount -o remount,exec ${mount}`),
      )
    },
  }
}
