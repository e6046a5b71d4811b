import { createContext, use } from 'react'
import type { DiagnosisEvent } from '../../contract/diagnosis'
import type { HistorySpan, NodeHistory } from '../../contract/history'
import type { NodeName, PlanName, RunId, WorkerId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'
import type { TrackChoice } from '../../contract/plans'
import type { JoinActions } from '../join/joinActions'
import type { PlanActions } from '../plans/planActions'

/**
 * What a view may ask for. A promise that rejects carries an Error: `message` is a sentence for the trader,
 * `data.hint` names the fix. Views show both as an alert and never swallow them.
 */
export interface FleetActions extends JoinActions, PlanActions {
  /** `tracks`: only these, with so many workers; without it, or null, the whole plan. */
  startTraining(plan: PlanName, tracks?: readonly TrackChoice[] | null): Promise<void>
  /** Settles with the proof (`run.stop`), so it may take as long as the grace. `nodes: null` is every node of the run. */
  stopTraining(ask: StopAsk): Promise<void>
  /** Kills one process that the last stop of the run has named. */
  killSurvivor(ask: { run: RunId; node: NodeName; pid: number; startTicks: number }): Promise<void>
  /** Makes another Drydock's run this one's: it can be stopped from here then, and no longer from there. */
  takeOver(run: RunId): Promise<void>
  /** `typed` is the name of the mode it leads to when that is further from SAFE, else null. */
  setMode(flags: ModeFlags, typed: string | null): Promise<void>
  trustHostKey(node: NodeName, fingerprint: string): Promise<void>
  refuseHostKey(node: NodeName, fingerprint: string): Promise<void>
  reconnect(node: NodeName): Promise<void>
  dismissAlert(id: string): Promise<void>
  readHistory(node: NodeName, span: HistorySpan): Promise<NodeHistory>
  /** Looks at a node until all is seen or `signal` aborts. */
  diagnose(node: NodeName, signal: AbortSignal): Promise<AsyncIterable<DiagnosisEvent>>
  copyText(text: string): Promise<void>
  /** Asks where to save a text. */
  saveText(fileName: string, text: string): void
  /** Shows the log of one worker, or of every worker of the run, and gives it the keyboard. */
  showLogs(run: RunId, worker: WorkerId | null): void
  /** Asks where to save the log (of one worker, or of every worker of the run). */
  openDownload(run: RunId, worker: WorkerId | null): void
}

export interface StopAsk {
  readonly run: RunId
  readonly force: boolean
  readonly nodes: readonly NodeName[] | null
  /** Only these; absent: all of the run's on those nodes. */
  readonly workers?: readonly WorkerId[]
  /** Lets them finish what they have first. */
  readonly drain?: boolean
}

const ActionsContext = createContext<FleetActions | null>(null)
export const ActionsProvider = ActionsContext.Provider

export function useActions(): FleetActions {
  const actions = use(ActionsContext)
  if (actions === null) throw new Error('A view was drawn outside of ActionsProvider.')
  return actions
}
