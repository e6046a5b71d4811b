import { createStore, useStore } from 'zustand'
import type { NodeName } from '../../contract/ids'
import type { ActionProblem } from '../views/screenStore'
import type { AddressDraft } from './address'
import { type AddState, EMPTY_ADD } from './addState'

/** What is changed about a node before it is saved. */
export interface NodeDraft {
  readonly name: string
  /** This PC has no address. */
  readonly way: 'address' | 'alias' | 'local'
  readonly address: AddressDraft
  readonly alias: string
  readonly roles: readonly string[]
  readonly isDisabled: boolean
}

/** How far a login is: asked for, under way, proved, or refused with a reason. Never the secret itself. */
export type LoginPhase =
  | { readonly at: 'ask' }
  | { readonly at: 'working'; readonly words: string }
  | { readonly at: 'done'; readonly words: string }
  | { readonly at: 'refused'; readonly problem: ActionProblem }

/** The one dialog of these that is open. */
export type JoinDialog =
  | { readonly kind: 'add' }
  | { readonly kind: 'login'; readonly node: NodeName; readonly phase: LoginPhase }
  | {
      readonly kind: 'edit'
      readonly node: NodeName
      readonly draft: NodeDraft
      readonly isSaving: boolean
      readonly problem: ActionProblem | null
    }
  | {
      readonly kind: 'remove'
      readonly node: NodeName
      readonly isRemoving: boolean
      readonly problem: ActionProblem | null
    }

/** A change that was made and can be taken back. */
export interface Undo {
  /** Tells one from the next, so that each has its own time. */
  readonly id: number
  /** What was done, as a sentence. */
  readonly words: string
  /** null when there is nothing to take back. */
  readonly undo: (() => Promise<void>) | null
}

export interface JoinState {
  readonly dialog: JoinDialog | null
  readonly add: AddState
  readonly undo: Undo | null
  /** The node that was moved last: it keeps the keyboard when it has a new place. */
  readonly moved: NodeName | null
  /** The first offer to add machines was taken or dismissed. It never comes again on this computer. */
  readonly isOfferOver: boolean
}

const KEY = 'drydock.join'

export const initialJoin: JoinState = {
  dialog: null,
  add: EMPTY_ADD,
  undo: null,
  moved: null,
  isOfferOver: false,
}

/** The state of these screens; that the offer is over is kept in `storage`. */
export function createJoinStore(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const store = createStore<JoinState>(() => ({
    ...initialJoin,
    isOfferOver: storage.getItem(KEY) === 'offered',
  }))
  store.subscribe((now, before) => {
    if (now.isOfferOver && !before.isOfferOver) storage.setItem(KEY, 'offered')
  })
  return store
}

export const joinStore = createJoinStore(localStorage)
export const useJoin = <T>(select: (state: JoinState) => T): T => useStore(joinStore, select)

export const changeAdd = (change: (state: AddState) => AddState): void =>
  joinStore.setState(({ add }) => ({ add: change(add) }))
