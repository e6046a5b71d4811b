import type { SecretStore } from '../kernel/secretStore'

/** Values of the secrets that plans name, each under `plan secret <name>` in the keychain. */
export function createPlanSecrets(store: SecretStore, onChange: () => void) {
  const keyOf = (name: string): string => `plan secret ${name}`
  return {
    /** Null when it has none. */
    get: (name: string): Promise<string | null> => store.get(keyOf(name)),
    async set(name: string, value: string): Promise<void> {
      await store.set(keyOf(name), value)
      onChange()
    },
    async remove(name: string): Promise<void> {
      await store.remove(keyOf(name))
      onChange()
    },
  }
}

export type PlanSecrets = ReturnType<typeof createPlanSecrets>
