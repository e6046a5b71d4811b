import type { DockerDraft, PlanDraft, TrackDraft } from '../../contract/plans'
import type { DockerConfig, PlanConfig, TrackConfig } from './planSchema'

/** How long a worker is asked to drain, where nobody has said it yet. */
const DRAIN_SECONDS = 60

/** A plan as the editor holds it. */
export function draftOf(plan: PlanConfig): PlanDraft {
  const { prerequisite, cleanup } = plan
  return {
    name: plan.name,
    engine: plan.engine,
    prerequisite:
      prerequisite === undefined
        ? null
        : {
            command: prerequisite.command,
            on: prerequisite.on ?? null,
            limitSeconds: prerequisite.limitSeconds ?? null,
          },
    tracks: plan.tracks.map(trackDraftOf),
    cleanup:
      cleanup === undefined
        ? null
        : 'remove' in cleanup
          ? { remove: [...cleanup.remove] }
          : { command: cleanup.command },
    preflight: [...plan.preflight],
  }
}

function trackDraftOf(track: TrackConfig): TrackDraft {
  const { on, progress, needs, stop } = track
  return {
    name: track.name,
    on: on === 'all' || 'role' in on ? on : [...on],
    workers: track.workers,
    command: track.command ?? null,
    workdir: track.workdir ?? null,
    env: Object.entries(track.env).map(([name, value]) => ({ name, value })),
    needs: {
      cpu: needs?.cpu ?? null,
      gpu: needs?.gpu ?? null,
      memGiB: needs?.memGiB ?? null,
      diskGiB: needs?.diskGiB ?? null,
    },
    progress:
      'count' in progress ? { count: progress.count, total: progress.total ?? null } : { ...progress },
    stopSignal: stop.signal,
    graceSeconds: stop.graceSeconds,
    drainSignal: stop.drain?.signal ?? null,
    drainSeconds: stop.drain?.seconds ?? DRAIN_SECONDS,
    secrets: [...track.secrets],
    clientId: track.clientId ?? null,
    after: [...track.after],
    limitSeconds: track.limitSeconds ?? null,
    aliveSeconds: track.aliveSeconds,
    onFailure: track.onFailure,
    logs: [...track.logs],
    docker: track.docker === undefined ? null : dockerDraftOf(track.docker),
  }
}

function dockerDraftOf(docker: DockerConfig): DockerDraft {
  return {
    image: docker.image,
    pull: docker.pull,
    build: docker.build ?? null,
    containerName: docker.containerName ?? null,
    onConflict: docker.onConflict,
    network: docker.network ?? null,
    mounts: [...docker.mounts],
    envFile: docker.envFile ?? null,
    gpus: docker.gpus ?? null,
    cpus: docker.cpus ?? null,
    memory: docker.memory ?? null,
    shm: docker.shm ?? null,
    init: docker.init,
  }
}

export type WrittenFields = Readonly<Record<string, unknown>>

/**
 * A draft as it stands in `fleet.yaml`, right or wrong, keys in the order in which they are written; what has its
 * default is not written. `base` is the plan that is edited: it keeps what the editor does not show.
 */
export function writtenPlan(draft: PlanDraft, base: PlanConfig | null): WrittenFields {
  return withoutAbsent({
    name: draft.name,
    engine: unless('process', draft.engine),
    prerequisite: writtenPrerequisite(draft, base),
    cleanup: writtenCleanup(draft, base),
    tracks: draft.tracks.map(writtenTrack),
    preflight: unlessEmpty(draft.preflight),
  })
}

function writtenPrerequisite({ prerequisite }: PlanDraft, base: PlanConfig | null) {
  if (prerequisite === null) return undefined
  return withoutAbsent({
    command: prerequisite.command,
    on: prerequisite.on ?? undefined,
    workdir: base?.prerequisite?.workdir,
    limitSeconds: prerequisite.limitSeconds ?? undefined,
  })
}

function writtenCleanup({ cleanup }: PlanDraft, base: PlanConfig | null) {
  if (cleanup === null) return undefined
  if ('remove' in cleanup) return { remove: cleanup.remove }
  const before = base?.cleanup !== undefined && 'command' in base.cleanup ? base.cleanup : undefined
  return withoutAbsent({
    command: cleanup.command,
    workdir: before?.workdir,
    limitSeconds: unless(300, before?.limitSeconds),
  })
}

function writtenTrack(track: TrackDraft): WrittenFields {
  const { needs, progress } = track
  return withoutAbsent({
    name: track.name,
    on: track.on,
    after: unlessEmpty(track.after),
    workers: unless(1, track.workers),
    command: track.command ?? undefined,
    docker: track.docker === null ? undefined : writtenDocker(track.docker),
    workdir: track.workdir ?? undefined,
    env: unlessBare(Object.fromEntries(track.env.map(({ name, value }) => [name, value]))),
    secrets: unlessEmpty(track.secrets),
    needs: unlessBare(
      withoutAbsent({
        cpu: needs.cpu ?? undefined,
        gpu: needs.gpu ?? undefined,
        memGiB: needs.memGiB ?? undefined,
        diskGiB: needs.diskGiB ?? undefined,
      }),
    ),
    progress:
      'json' in progress
        ? undefined
        : 'match' in progress
          ? progress
          : withoutAbsent({ count: progress.count, total: progress.total ?? undefined }),
    stop: unlessBare(
      withoutAbsent({
        signal: unless('TERM', track.stopSignal),
        graceSeconds: unless(20, track.graceSeconds),
        drain:
          track.drainSignal === null ? undefined : { signal: track.drainSignal, seconds: track.drainSeconds },
      }),
    ),
    limitSeconds: track.limitSeconds ?? undefined,
    aliveSeconds: unless(2, track.aliveSeconds),
    onFailure: unless('warn', track.onFailure),
    logs: unlessEmpty(track.logs),
    clientId: track.clientId ?? undefined,
  })
}

function writtenDocker(docker: DockerDraft): WrittenFields {
  return withoutAbsent({
    image: docker.image,
    pull: unless('missing', docker.pull),
    build: docker.build ?? undefined,
    containerName: docker.containerName ?? undefined,
    onConflict: unless('suffix', docker.onConflict),
    network: docker.network ?? undefined,
    mounts: unlessEmpty(docker.mounts),
    envFile: docker.envFile ?? undefined,
    gpus: docker.gpus ?? undefined,
    cpus: docker.cpus ?? undefined,
    memory: docker.memory ?? undefined,
    shm: docker.shm ?? undefined,
    init: unless(true, docker.init),
  })
}

function unless<T>(standard: T, value: T): T | undefined {
  return value === standard ? undefined : value
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}

function unlessBare(fields: WrittenFields): WrittenFields | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields
}

function withoutAbsent(fields: WrittenFields): WrittenFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
