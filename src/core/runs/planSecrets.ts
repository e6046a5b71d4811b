import type { SecretStore } from '../kernel/secretStore'

/**
 * Values of the secrets that plans name, each under `plan secret <name>` in the keychain. Which of them have a value
 * is known without asking it again: `look` asks, and `onChange` says that an answer is another than before.
 */
export function createPlanSecrets(store: SecretStore, onChange: () => void) {
  const set = new Set<string>()
  let changes = 0
  const keyOf = (name: string): string => `plan secret ${name}`

  /** True when it was otherwise before. */
  function note(name: string, isSet: boolean): boolean {
    if (set.has(name) === isSet) return false
    if (isSet) set.add(name)
    else set.delete(name)
    return true
  }

  /** A value that is given while the keychain is slow to answer is newer than its answer. */
  async function ask(name: string): Promise<boolean> {
    for (;;) {
      const asked = changes
      const isSet = (await store.get(keyOf(name))) !== null
      if (asked === changes) return note(name, isSet)
    }
  }

  function changed(name: string, isSet: boolean): void {
    changes += 1
    note(name, isSet)
    onChange()
  }

  return {
    /** Null when it has none. */
    get: (name: string): Promise<string | null> => store.get(keyOf(name)),
    async set(name: string, value: string): Promise<void> {
      await store.set(keyOf(name), value)
      changed(name, true)
    },
    async remove(name: string): Promise<void> {
      await store.remove(keyOf(name))
      changed(name, false)
    },
    /** As far as it was looked at: false for a secret that nobody has asked about yet. */
    isSet: (name: string): boolean => set.has(name),
    /** Asks the keychain about these. One that it cannot read has no value. */
    async look(names: readonly string[]): Promise<void> {
      const found = await Promise.all(names.map(name => ask(name)))
      if (found.includes(true)) onChange()
    },
  }
}

export type PlanSecrets = ReturnType<typeof createPlanSecrets>
