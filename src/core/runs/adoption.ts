import type { AdoptPidFileDeps } from './adoptPidFile'
import { createAdoptPidFile } from './adoptPidFile'
import type { DiscoveryDeps } from './discovery'
import { createDiscovery } from './discovery'
import type { TakeOverDeps } from './takeOver'
import { createTakeOver } from './takeOver'

export type AdoptionDeps = DiscoveryDeps & TakeOverDeps & AdoptPidFileDeps

/** Runs that this Drydock did not start: those of others, and programs that nobody started with a Drydock. */
export function createAdoption(deps: AdoptionDeps) {
  const discovery = createDiscovery(deps)
  return {
    ...createTakeOver(deps),
    ...createAdoptPidFile(deps),
    [Symbol.asyncDispose]: () => discovery[Symbol.asyncDispose](),
  }
}

export type Adoption = ReturnType<typeof createAdoption>
