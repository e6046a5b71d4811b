import { createStore, useStore } from 'zustand'
import type { NodeName, PlanName, RunId, WorkerId } from '../../contract/ids'
import type { ModeFlags } from '../../contract/mode'

/** `node` is one node of the fleet, with a place of its own under it; `plan` is one plan in the editor. */
export type Screen = 'fleet' | 'node' | 'runs' | 'plan' | 'results' | 'logs' | 'settings'
export type NodeTab = 'overview' | 'diagnosis'
/** How far back a node's charts go. */
export type NodeSpan = 'recent' | 'hour' | 'day'

/** Why something the person asked for did not happen. */
export interface ActionProblem {
  readonly what: string
  readonly fix: string | null
}

/** The stop dialog: `choose` asks for the scope, `watch` shows how far the stop of these runs is. */
type StopDialogStep =
  | {
      readonly step: 'choose'
      /** Everything on this node, whatever run it is of. */
      readonly node?: NodeName
      /** This one worker of the run. */
      readonly worker?: { readonly run: RunId; readonly id: WorkerId }
    }
  | {
      readonly step: 'watch'
      readonly runs: readonly RunId[]
      /** When an earlier stop of the same run was asked for (epoch ms): its report is not this one's. */
      readonly earlier: Readonly<Record<RunId, number>>
    }

/** What the person chose on this screen. Nothing of it reaches the engine by itself. */
export interface ScreenState {
  readonly screen: Screen
  /** Whose screen is open, or was last. */
  readonly node: NodeName | null
  readonly nodeTab: NodeTab
  readonly nodeSpan: NodeSpan
  /** The plan in the editor, or that was there last; null: a new one. */
  readonly editedPlan: PlanName | null
  /** The plan START would start; null until one was picked: the first one. */
  readonly plan: PlanName | null
  /** The run whose results and logs are shown; null: the newest. */
  readonly run: RunId | null
  /** null: the stop dialog is closed. */
  readonly stop: StopDialogStep | null
  /** The switches as they would stand after leaving SAFE; null: nobody asked. */
  readonly leavingFor: ModeFlags | null
  /** Nodes whose host key question was put off with Escape. */
  readonly postponedKeys: readonly NodeName[]
  /** Problems that were read and closed; they come from the state, so the engine cannot forget them for us. */
  readonly closedProblems: readonly string[]
  /** The last thing that did not work. */
  readonly problem: ActionProblem | null
}

export const initialScreen: ScreenState = {
  screen: 'fleet',
  node: null,
  nodeTab: 'overview',
  nodeSpan: 'recent',
  editedPlan: null,
  plan: null,
  run: null,
  stop: null,
  leavingFor: null,
  postponedKeys: [],
  closedProblems: [],
  problem: null,
}

export const screenStore = createStore<ScreenState>(() => initialScreen)
export const useScreen = <T>(select: (state: ScreenState) => T): T => useStore(screenStore, select)
