import { expect, it } from 'vitest'
import { ARCH, BARE, FEDORA, MAC, place, ROOT, said, UBUNTU } from './verdictTestkit'
import { WORK_CHECKS } from './workChecks'

it.each([
  ['python', 'path /usr/bin/python3\nsaid Python 3.10.12', 'PASS 3.10.12 (/usr/bin/python3) | 3.8 or newer'],
  [
    'python',
    'path /usr/bin/python3\nsaid Python 3.7.3',
    'FAIL 3.7.3 (/usr/bin/python3) | 3.8 or newer | sudo apt-get install -y python3',
  ],
  ['python', '', 'FAIL python3 is not installed | 3.8 or newer | sudo apt-get install -y python3'],
  [
    'pip',
    'path /usr/bin/python3\nsaid pip 23.0.1 from /usr/lib (python 3.11)',
    'PASS 23.0.1 (/usr/bin/python3)',
  ],
  [
    'pip',
    'path /usr/bin/python3\nsaid No module named pip',
    'FAIL /usr/bin/python3 has no pip | pip | sudo apt-get install -y python3-pip',
  ],
  [
    'pip',
    'path /b/.venv/bin/python\nsaid No module named pip',
    'FAIL /b/.venv/bin/python has no pip | pip | /b/.venv/bin/python -m ensurepip',
  ],
  [
    'imports',
    'path /usr/bin/python3\nhas numpy 1.26.4\nhas pandas 2.2.0',
    'PASS numpy 1.26.4, pandas 2.2.0 (/usr/bin/python3) | numpy and pandas',
  ],
  [
    'imports',
    "path /usr/bin/python3\nhas numpy 1.26.4\nlacks pandas No module named 'pandas'",
    "FAIL pandas: No module named 'pandas' (/usr/bin/python3) | numpy and pandas | sudo apt-get install -y python3-pandas",
  ],
  [
    'imports',
    "path /b/.venv/bin/python\nlacks numpy No module named 'numpy'\nlacks pandas No module named 'pandas'",
    "FAIL numpy: No module named 'numpy'; pandas: No module named 'pandas' (/b/.venv/bin/python) | numpy and pandas | /b/.venv/bin/python -m pip install numpy pandas",
  ],
  ['imports', 'path /usr/bin/python3', 'FAIL /usr/bin/python3 does not run | numpy and pandas'],
  [
    'poetry',
    'path /home/w1/.local/bin/poetry\nsaid Poetry (version 1.8.2)\noffPath yes',
    'PASS 1.8.2 (/home/w1/.local/bin/poetry, which is not on the PATH of runs)',
  ],
  ['git', 'path /usr/bin/git\nsaid git version 2.43.0', 'PASS 2.43.0 (/usr/bin/git)'],
  ['git', '', 'WARN not installed | git, where a plan uses it | sudo apt-get install -y git'],
  [
    'redis',
    'listens yes\nowner Redis\ncli /usr/bin/redis-cli\nping PONG\nversion 7.0.15',
    'PASS PONG from Redis 7.0.15 | PONG, where a plan uses it',
  ],
  ['redis', 'listens yes\nowner Ray', 'WARN Ray answers on 6379, not Redis | PONG, where a plan uses it'],
  [
    'redis',
    'listens yes\nowner Redis',
    'PASS Redis listens; there is no redis-cli to ask it | PONG, where a plan uses it',
  ],
  [
    'redis',
    'listens yes\ncli /usr/bin/redis-cli\nping NOAUTH Authentication required.',
    'PASS Redis answers, and asks for a password | PONG, where a plan uses it',
  ],
  ['redis', 'listens yes', 'WARN something else answers on 6379 | PONG, where a plan uses it'],
  [
    'redis',
    'cli /usr/bin/redis-cli\nping Could not connect to Redis at 127.0.0.1:6379: Connection refused',
    'WARN nothing answers on 127.0.0.1:6379 | PONG, where a plan uses it | sudo systemctl enable --now redis-server',
  ],
  [
    'redis',
    '',
    'WARN not installed, and nothing answers on 127.0.0.1:6379 | PONG, where a plan uses it | sudo apt-get install -y redis-server',
  ],
])('of %s that prints %j it says %j', (id, printed, sentence) => {
  expect(said(id, printed)).toBe(sentence)
})

const inBots = place(UBUNTU, { workdir: '~/ai trading' })
const ALL_SCRIPTS = [
  'cluster/cluster_scheduler.py',
  'cluster/cluster_worker.py',
  'start_cluster.sh',
  'stop_cluster.sh',
  'monitor_cluster.sh',
  'submit_job.sh',
]

it.each([
  ['scripts', 'missing yes', "FAIL there is no folder ~/ai trading | ~/ai trading | mkdir -p ~/'ai trading'"],
  ['scripts', '', 'SKIP None of them is in ~/ai trading.'],
  [
    'scripts',
    ALL_SCRIPTS.map(path => `file -rwxr-xr-x ${path}`).join('\n'),
    `PASS 6 found, ${ALL_SCRIPTS.join(', ')} | readable, executable, and not writable by everyone`,
  ],
  [
    'scripts',
    'file -rw-r--r-- cluster/cluster_worker.py\nfile -rwxrwxrwx start_cluster.sh\nfile -rwx------ stop_cluster.sh',
    "FAIL cluster/cluster_worker.py is -rw-r--r--, start_cluster.sh is -rwxrwxrwx; not there: cluster_scheduler.py, monitor_cluster.sh, submit_job.sh | readable, executable, and not writable by everyone | chmod u+rx,go-w ~/'ai trading/cluster/cluster_worker.py' ~/'ai trading/start_cluster.sh'",
  ],
  ['main-script', '', 'SKIP run_local_backtest.py is not in ~/ai trading.'],
  [
    'main-script',
    'code 0\nfile a/run_local_backtest.py\nsaid --end-date D',
    'PASS a/run_local_backtest.py answers | exit code 0',
  ],
  [
    'main-script',
    "code 1\nfile run_local_backtest.py\nsaid ModuleNotFoundError: No module named 'yaml'",
    "FAIL run_local_backtest.py ends with code 1: ModuleNotFoundError: No module named 'yaml' | exit code 0",
  ],
])('of %s that prints %j it says %j', (id, printed, sentence) => {
  expect(said(id, printed, inBots)).toBe(sentence)
})

it('has nothing to look for in a node without a work folder', () => {
  expect(WORK_CHECKS.map(check => check.args?.(place(UBUNTU)))).toEqual([
    { skip: 'pc2 has no workdir in fleet.yaml.' },
    { skip: 'pc2 has no workdir in fleet.yaml.' },
  ])
})

it.each([
  [FEDORA, 'redis', 'sudo dnf install -y redis'],
  [ARCH, 'redis', 'sudo pacman -S --needed --noconfirm valkey'],
  [MAC, 'redis', 'brew install redis'],
  [ROOT, 'redis', 'apt-get install -y redis-server'],
  [FEDORA, 'poetry', 'sudo dnf install -y poetry'],
  [ARCH, 'python', 'sudo pacman -S --needed --noconfirm python'],
  [MAC, 'python', 'brew install python'],
  [BARE, 'redis', 'PONG, where a plan uses it'],
])('offers the command that fits the machine: %j %s', (system, id, fix) => {
  expect(said(id, '', place(system)).split(' | ').at(-1)).toBe(fix)
})

it('knows what is different on a Mac', () => {
  expect(said('swap', 'freeName /swapfile', place(MAC))).toBe('SKIP macOS makes its swap by itself.')
  expect(said('files-limit', 'soft 256\nhard unlimited', place(MAC))).toBe(
    'WARN 256 (can be raised to any) | 65536 | sudo launchctl limit maxfiles 65536 65536',
  )
})
