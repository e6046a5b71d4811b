import type { Fleet } from './config/fleetSchema'
import type { Closers } from './kernel/closers'
import type { Log } from './kernel/log'
import type { SecretStore } from './kernel/secretStore'
import { createTaskGroup } from './kernel/taskGroup'
import { createPlanSecrets } from './runs/planSecrets'
import { secretsOf } from './views'

/** The secrets that plans name; which of them have a value is looked up whenever the fleet changes. */
export function openSecrets(store: SecretStore, closers: Closers, log: Log, onChange: () => void) {
  const secrets = createPlanSecrets(store, onChange)
  const looking = closers.use(
    createTaskGroup((name, error) => void log.error(`the look for ${name} broke`, error)),
  )
  return {
    ...secrets,
    lookAt(fleet: Fleet): void {
      looking.start('secrets', () => secrets.look(secretsOf(fleet)))
    },
  }
}
