import type {
  ContainerRemoval,
  EndedContainer,
  FolderPreview,
  FolderRemoval,
  FolderRule,
  RunFolder,
} from '../contract/folders'
import type { LogId, NodeName, PlanName, RunId } from '../contract/ids'
import type { LogLines, LogQuery, LogSearchEvent } from '../contract/logs'
import type { PlanDraft, PlanPreview, RemovedPlan, TrackChoice } from '../contract/plans'
import type { PidFileFinding, Run } from '../contract/runs'
import type { Implementation } from './router'
import type { StopRequest } from './runs/stopRuns'

/** What the routes of runs, their plans, logs and folders need from the engine. */
export interface RunRouteDeps {
  readonly runs: {
    start(plan: PlanName, tracks: readonly TrackChoice[] | null): Promise<Run>
    stop(request: StopRequest, signal: AbortSignal): Promise<Run>
    killSurvivor(run: RunId, node: NodeName, pid: number, startTicks: number): Promise<Run>
    takeOver(run: RunId): Promise<Run>
    findPidFile(node: NodeName, pidFile: string): Promise<PidFileFinding>
    adoptPidFile(finding: PidFileFinding, plan: PlanName, logs: readonly string[]): Promise<Run>
  }
  readonly plans: {
    read(plan: PlanName): Promise<PlanDraft>
    check(draft: PlanDraft, replaces: PlanName | null): Promise<PlanPreview>
    save(draft: PlanDraft, replaces: PlanName | null): Promise<void>
    duplicate(plan: PlanName): Promise<PlanName>
    remove(plan: PlanName): Promise<RemovedPlan>
    restore(removed: RemovedPlan): Promise<void>
  }
  readonly secrets: {
    set(name: string, value: string): Promise<void>
    remove(name: string): Promise<void>
  }
  readonly folders: {
    list(node: NodeName): Promise<RunFolder[]>
    preview(node: NodeName, rule: FolderRule): Promise<FolderPreview>
    remove(node: NodeName, runs: readonly RunId[]): Promise<FolderRemoval>
  }
  readonly containers: {
    list(node: NodeName): Promise<EndedContainer[]>
    remove(node: NodeName, ids: readonly string[]): Promise<ContainerRemoval>
  }
  readonly logs: {
    read(run: RunId, log: LogId, fromLine: number, count: number): Promise<LogLines>
    follow(run: RunId, log: LogId, fromLine: number, signal: AbortSignal): AsyncGenerator<LogLines>
  }
  readonly logSearch: {
    search(
      run: RunId,
      logs: readonly LogId[] | null,
      query: LogQuery,
      signal: AbortSignal,
    ): AsyncGenerator<LogSearchEvent>
    lineAt(run: RunId, log: LogId, atMs: number): Promise<number>
  }
}

const never = new AbortController().signal

/** Runs, and what belongs to them. */
export function runRoutes(os: Implementation, deps: RunRouteDeps) {
  const { runs, secrets } = deps
  return {
    runs: {
      start: os.runs.start.handler(({ input }) => runs.start(input.plan, input.tracks)),
      stop: os.runs.stop.handler(({ input, signal }) => runs.stop(input, signal ?? never)),
      killSurvivor: os.runs.killSurvivor.handler(({ input }) =>
        runs.killSurvivor(input.run, input.node, input.pid, input.startTicks),
      ),
      takeOver: os.runs.takeOver.handler(({ input }) => runs.takeOver(input.run)),
      findPidFile: os.runs.findPidFile.handler(({ input }) => runs.findPidFile(input.node, input.pidFile)),
      adoptPidFile: os.runs.adoptPidFile.handler(({ input }) =>
        runs.adoptPidFile(input.finding, input.plan, input.logs),
      ),
    },
    plans: planRoutes(os, deps),
    secrets: {
      set: os.secrets.set.handler(({ input }) => secrets.set(input.name, input.value)),
      remove: os.secrets.remove.handler(({ input }) => secrets.remove(input.name)),
    },
    folders: folderRoutes(os, deps),
    logs: logRoutes(os, deps),
  }
}

function planRoutes(os: Implementation, { plans }: RunRouteDeps) {
  return {
    read: os.plans.read.handler(({ input }) => plans.read(input.plan)),
    check: os.plans.check.handler(({ input }) => plans.check(input.draft, input.replaces)),
    save: os.plans.save.handler(({ input }) => plans.save(input.draft, input.replaces)),
    duplicate: os.plans.duplicate.handler(({ input }) => plans.duplicate(input.plan)),
    remove: os.plans.remove.handler(({ input }) => plans.remove(input.plan)),
    restore: os.plans.restore.handler(({ input }) => plans.restore(input)),
  }
}

function folderRoutes(os: Implementation, { folders, containers }: RunRouteDeps) {
  return {
    list: os.folders.list.handler(({ input }) => folders.list(input.node)),
    preview: os.folders.preview.handler(({ input }) => folders.preview(input.node, input.rule)),
    remove: os.folders.remove.handler(({ input }) => folders.remove(input.node, input.runs)),
    containers: os.folders.containers.handler(({ input }) => containers.list(input.node)),
    removeContainers: os.folders.removeContainers.handler(({ input }) =>
      containers.remove(input.node, input.ids),
    ),
  }
}

function logRoutes(os: Implementation, { logs, logSearch }: RunRouteDeps) {
  return {
    follow: os.logs.follow.handler(({ input, signal }) =>
      logs.follow(input.run, input.log, input.fromLine, signal ?? never),
    ),
    read: os.logs.read.handler(({ input }) => logs.read(input.run, input.log, input.fromLine, input.count)),
    search: os.logs.search.handler(({ input, signal }) =>
      logSearch.search(input.run, input.logs, input.query, signal ?? never),
    ),
    lineAt: os.logs.lineAt.handler(({ input }) => logSearch.lineAt(input.run, input.log, input.atMs)),
  }
}
