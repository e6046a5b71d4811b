import type { Notice } from '../../contract/nodes'
import { AppError } from '../kernel/appError'

/** The server allows no further session on this connection; what is asked of the control shell still works. */
export class SessionLimitError extends AppError {
  constructor(label: string, cause: unknown) {
    super('refused', `${label} allows no further session on this connection.`, { hint: fix(label), cause })
    this.name = 'SessionLimitError'
  }
}

export function fewSessions(label: string): Notice {
  return {
    kind: 'few-sessions',
    message: `${label} allows few sessions on a connection, so readings and logs take a slower way.`,
    hint: fix(label),
  }
}

function fix(label: string): string {
  return `Set MaxSessions to 10 in /etc/ssh/sshd_config on ${label}, then restart its SSH server.`
}
