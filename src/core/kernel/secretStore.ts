import type { SecretsPlace } from '../../contract/keys'

/** Secrets by name. A name is no secret. */
export interface SecretStore {
  place(): Promise<SecretsPlace>
  /** Null when there is none, or when it cannot be read any more: then it is to be asked for again. */
  get(name: string): Promise<string | null>
  /** Errors: `refused` when the keychain does not take it. */
  set(name: string, value: string): Promise<void>
  remove(name: string): Promise<void>
}

/** Keeps secrets until the process ends. `detail` says why there is nothing better. */
export function createMemorySecrets(detail: string): SecretStore {
  const secrets = new Map<string, string>()
  return {
    place: async () => ({ place: 'memory', detail }),
    get: async name => secrets.get(name) ?? null,
    async set(name, value) {
      secrets.set(name, value)
    },
    async remove(name) {
      secrets.delete(name)
    },
  }
}
