import type { DiagnosisEvent, DiagnosisRow } from '../../contract/diagnosis'
import type { NodeName } from '../../contract/ids'
import { NOW_MS } from './builders'

const row = (
  id: string,
  group: DiagnosisRow['group'],
  name: string,
  verdict: DiagnosisRow['verdict'],
  measured: string,
  wanted: string | null = null,
  fix: string | null = null,
  tookMs = 12,
): DiagnosisRow => ({ id, group, name, verdict, measured, wanted, fix, tookMs })

/** A machine that is well but for four things. */
const ROWS: readonly DiagnosisRow[] = [
  row('ssh-port', 'connection', 'SSH port', 'PASS', 'pc2.lan:22 answers in 4.1 ms', 'within 2 s', null, 4),
  row('ssh-auth', 'connection', 'Login', 'PASS', 'w1 by an ed25519 key of the agent', null, null, 61),
  row(
    'ssh-sessions',
    'connection',
    'Sessions of one link',
    'WARN',
    'MaxSessions 4',
    'at least 10',
    "echo 'MaxSessions 20' | sudo tee /etc/ssh/sshd_config.d/drydock.conf && sudo systemctl reload ssh",
    88,
  ),
  row('os', 'system', 'System', 'PASS', 'Ubuntu 22.04.4 LTS, kernel 6.8.0-45', null, null, 2),
  row('clock', 'system', 'Clock', 'PASS', '3 ms ahead of this PC', 'within 2 s', null, 5),
  row(
    'state-dir',
    'system',
    'State folder',
    'PASS',
    '/home/w1/.drydock can be written by its owner alone',
    'mode 700',
    null,
    9,
  ),
  row('disk', 'resources', 'Room on the disk', 'PASS', '1.4 TiB of 1.8 TiB free', 'at least 10 GiB', null, 7),
  row(
    'open-files',
    'resources',
    'Open files',
    'WARN',
    '1,024 a process',
    'at least 65,536',
    "echo 'w1 - nofile 65536' | sudo tee /etc/security/limits.d/drydock.conf",
    3,
  ),
  row('python', 'software', 'Python', 'PASS', '3.10.12', 'at least 3.9', null, 31),
  row(
    'nvidia-driver',
    'software',
    'NVIDIA driver',
    'FAIL',
    'Driver/library version mismatch: the module is 550.90, the library 550.107',
    'the same version of both',
    'sudo reboot',
    1_840,
  ),
  row('docker', 'software', 'Docker', 'SKIP', 'No plan of this fleet uses it', null, null, 0),
  row('survivors', 'work', 'Left-over processes', 'PASS', 'none', 'none', null, 44),
]

/** All of it, or only the first rows of it and no end. */
export async function* scriptedDiagnosis(
  node: NodeName,
  rowsSeen = ROWS.length,
): AsyncGenerator<DiagnosisEvent> {
  yield { type: 'begin', node, atMs: NOW_MS, rows: ROWS.map(({ id, group, name }) => ({ id, group, name })) }
  for (const seen of ROWS.slice(0, rowsSeen)) yield { type: 'row', row: seen }
  if (rowsSeen < ROWS.length) await new Promise<never>(() => {})
}
