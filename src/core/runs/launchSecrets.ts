import type { RunId, WorkerId } from '../../contract/ids'
import { AppError } from '../kernel/appError'
import type { PlanSecrets } from './planSecrets'
import type { RunBook } from './runBook'

/** The values of secrets on their way to a worker: in memory and in its environment, nowhere else. */
export function createLaunchSecrets(secrets: Pick<PlanSecrets, 'get'>, book: Pick<RunBook, 'record'>) {
  /** By `<run> <worker>`: the values that it was launched with. */
  const launched = new Map<string, readonly string[]>()

  return {
    /** Errors: `refused`, naming the first secret that has no value. */
    async valuesFor(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const values = new Map<string, string>()
      for (const name of new Set(names)) {
        const value = await secrets.get(name)
        if (value === null) {
          throw new AppError('refused', `The secret ${name} has no value.`, {
            hint: `Set ${name} under the plan's secrets; it is kept in the keychain of this PC.`,
          })
        }
        values.set(name, value)
      }
      return values
    },

    /** To be called before the worker is launched: from then on its log may repeat them. */
    remember(run: RunId, worker: WorkerId, values: Iterable<string>): void {
      launched.set(`${run} ${worker}`, [...values])
    },

    /** What must not be seen in anything that a run prints: `secretValuesOf` of all its workers. */
    async secretValuesOfRun(run: RunId): Promise<readonly string[]> {
      const all = book.record(run).workers.map(({ worker }) => this.secretValuesOf(run, worker.id))
      return [...new Set((await Promise.all(all)).flat())]
    },

    /**
     * What must not be seen in anything that this worker prints: the values that it was launched with; for one that an
     * earlier Drydock launched, the present values of the secrets that it was given. Empty when it was given none.
     */
    async secretValuesOf(run: RunId, worker: WorkerId): Promise<readonly string[]> {
      const known = launched.get(`${run} ${worker}`)
      if (known !== undefined) return known
      const record = book.record(run).workers.find(one => one.worker.id === worker)
      const values = await Promise.all((record?.secretNames ?? []).map(name => secrets.get(name)))
      return values.flatMap(value => (value === null || value === '' ? [] : [value]))
    },
  }
}

export type LaunchSecrets = ReturnType<typeof createLaunchSecrets>

/** `text` without these values. */
export function masked(text: string, values: readonly string[]): string {
  return values.filter(value => value !== '').reduce((rest, value) => rest.replaceAll(value, '••••'), text)
}
