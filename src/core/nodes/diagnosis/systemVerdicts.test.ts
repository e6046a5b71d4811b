import { expect, it } from 'vitest'
import { NodeName } from '../../../contract/ids'
import type { GpuReading, GpuSample } from '../../../contract/samples'
import { judgeGpu } from './resourceChecks'
import { configOf, said } from './verdictTestkit'

it.each([
  ['memory', 'MemTotalKiB 32617884', 'PASS 31.1 GiB | 16 GiB, better 32 GiB'],
  ['memory', 'MemTotalKiB 16323412', 'WARN 15.6 GiB | 16 GiB, better 32 GiB'],
  ['memory', 'MemTotalKiB 8000000', 'FAIL 7.6 GiB | 16 GiB, better 32 GiB'],
  ['memory', 'memTotalBytes 34359738368', 'PASS 32.0 GiB | 16 GiB, better 32 GiB'],
  ['memory', '', 'SKIP This system does not tell it.'],
  ['swap', 'SwapTotalKiB 33554428', 'PASS 32.0 GiB | 32 GiB'],
  [
    'swap',
    'SwapTotalKiB 4194300\nfreeKiB 99999999\nfreeName /swapfile2',
    "WARN 4.0 GiB | 32 GiB | sudo fallocate -l 29G /swapfile2 && sudo chmod 600 /swapfile2 && sudo mkswap /swapfile2 && sudo swapon /swapfile2 && echo '/swapfile2 none swap sw 0 0' | sudo tee -a /etc/fstab",
  ],
  [
    'swap',
    'SwapTotalKiB 0\nfreeKiB 40000000\nfreeName /swapfile',
    'WARN 0.0 GiB; / has no room for more | 32 GiB',
  ],
  ['disk', 'freeKiB 386924544\nmount /', 'PASS 369 GiB free on / | 100 GiB'],
  ['disk', 'freeKiB 80531236\nmount /home', 'WARN 77 GiB free on /home | 100 GiB'],
  ['disk', 'freeKiB 9437184\nmount /', 'FAIL 9 GiB free on / | 100 GiB'],
  [
    'sensors',
    'sensors /usr/bin/sensors\npsutil 5.9.8',
    'PASS lm-sensors, psutil 5.9.8 | lm-sensors or psutil',
  ],
  [
    'sensors',
    'psutil ',
    'WARN neither is installed | lm-sensors or psutil | sudo apt-get install -y lm-sensors python3-psutil',
  ],
])('of %s that prints %j it says %j', (id, printed, sentence) => {
  expect(said(id, printed)).toBe(sentence)
})

it.each([
  [
    'sshd',
    'unit ssh.service enabled\nprocess sshd',
    'PASS ssh.service is active | active, and started at boot',
  ],
  // Ubuntu starts it at the first connection.
  [
    'sshd',
    'unit ssh.service disabled\nunit ssh.socket enabled',
    'PASS ssh.service is active | active, and started at boot',
  ],
  [
    'sshd',
    'unit sshd.service disabled',
    'WARN sshd.service is active, but does not start at boot | active, and started at boot | sudo systemctl enable sshd.service',
  ],
  ['sshd', 'process dropbear', 'PASS dropbear runs'],
  ['sshd', 'launchd yes', 'PASS launchd starts it'],
  ['firewall', 'ufw on\nunreadable nft', 'PASS ufw is on'],
  ['firewall', 'ufw on\nufwSsh 1\nnft 2', 'PASS ufw is on'],
  [
    'firewall',
    'ufw on\nufwSsh 0\nnft 2',
    'WARN ufw is on, without a rule for SSH | SSH is let in | sudo ufw allow 22/tcp',
  ],
  [
    'firewall',
    'ufw off\nunreadable nft',
    'SKIP ufw is off. Other rules can be read by root alone: sudo nft list ruleset',
  ],
  ['firewall', 'firewalld on', 'PASS firewalld is on'],
  ['firewall', 'nft 1', 'PASS rules of its own filter what comes in (1)'],
  ['firewall', 'iptables 1', 'PASS none'],
  ['firewall', 'mac Firewall is enabled. (State = 1)', 'PASS on'],
  ['firewall', '', 'PASS none'],
  [
    'dns',
    'servers 10.0.0.1 \naddress 203.0.113.80    pypi.org',
    'PASS pypi.org is 203.0.113.80 | pypi.org is found',
  ],
  [
    'dns',
    'servers 127.0.0.53 \naddress \nresolved active',
    'WARN pypi.org is not found; asked: 127.0.0.53 | pypi.org is found | sudo systemctl restart systemd-resolved',
  ],
  [
    'dns',
    'servers \naddress ',
    'WARN pypi.org is not found; no server is set in /etc/resolv.conf | pypi.org is found',
  ],
  [
    'network',
    'interface enp3s0\nkind ethernet\nspeed 2500',
    'PASS Ethernet (enp3s0, 2500 Mbit/s) | Ethernet',
  ],
  ['network', 'interface wlp2s0\nkind wifi\nspeed ', 'WARN Wi-Fi (wlp2s0) | Ethernet'],
  ['network', 'interface br0\nkind virtual\nspeed -1', 'PASS br0, a virtual interface | Ethernet'],
  ['network', 'interface ', 'SKIP There is no default route.'],
  ['files-limit', 'soft 65536\nhard 1048576', 'PASS 65536 (can be raised to 1048576) | 65536'],
  ['files-limit', 'soft unlimited\nhard unlimited', 'PASS unlimited | 65536'],
  [
    'files-limit',
    'soft 1024\nhard 1024',
    "WARN 1024 | 65536 | printf '%s\\n' 'w1 soft nofile 65536' 'w1 hard nofile 65536' | sudo tee /etc/security/limits.d/90-nofile.conf",
  ],
  ['swappiness', 'value 10', 'PASS 10 | 10 or less'],
  [
    'swappiness',
    'value 60',
    "WARN 60 | 10 or less | echo 'vm.swappiness = 10' | sudo tee /etc/sysctl.d/90-swappiness.conf && sudo sysctl -p /etc/sysctl.d/90-swappiness.conf",
  ],
  ['vfs-cache-pressure', 'value 50', 'PASS 50 | 50 or less'],
  ['vfs-cache-pressure', '', 'SKIP This system has no such setting.'],
  ['linger', 'linger no\nkill false', 'PASS logind ends no processes at logout'],
  ['linger', 'linger yes\nkill true', 'PASS logind ends processes at logout, but linger is on'],
  [
    'linger',
    'linger no\nkill true',
    'FAIL logind ends all processes at logout: a lost link would end the runs | linger, or KillUserProcesses=no | sudo loginctl enable-linger w1',
  ],
  ['linger', '', 'SKIP There is no systemd-logind that could end what a login leaves behind.'],
  [
    'home-folder',
    'mount /\nunwritable Permission denied',
    'FAIL /home/w1 cannot be written: Permission denied | can be written, and programs in it run',
  ],
  [
    'state-folder',
    'mount /home\nruns no',
    'WARN no program in /home/w1/.drydock can be run: /home is mounted with noexec | can be written, and programs in it run | sudo mount -o remount,exec /home',
  ],
])('of %s that prints %j it says %j', (id, printed, sentence) => {
  expect(said(id, printed)).toBe(sentence)
})

it('tells what the GPU watch read, and asks no nvidia-smi of its own', () => {
  const reading = (more: Partial<GpuReading>): GpuReading => ({
    node: NodeName.parse('pc2'),
    atMs: 0,
    state: 'ok',
    vendor: 'nvidia',
    gpus: [],
    holders: null,
    driver: null,
    compute: null,
    message: null,
    hint: null,
    ...more,
  })
  const gpus = [{ name: 'RTX 3070' } as GpuSample, { name: null } as GpuSample]
  const planned = configOf({ roles: ['gpu'] })
  const wanted = 'nvidia-smi answers'
  expect(judgeGpu(reading({ gpus, driver: '535.247.01' }), planned)).toEqual({
    verdict: 'PASS',
    measured: 'RTX 3070, a GPU without a name; driver 535.247.01',
    wanted,
    fix: null,
  })
  expect(judgeGpu(reading({ state: 'hung', message: 'It hangs.', hint: 'Reboot.' }), planned)).toMatchObject({
    verdict: 'FAIL',
    measured: 'It hangs. Reboot.',
  })
  expect(judgeGpu(reading({ state: 'none' }), planned).verdict).toBe('FAIL')
  expect(judgeGpu(reading({ state: 'none' }), configOf({})).verdict).toBe('SKIP')
  expect(judgeGpu(null, planned).verdict).toBe('SKIP')
})
