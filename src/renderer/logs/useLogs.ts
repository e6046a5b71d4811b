import { useSyncExternalStore } from 'react'
import type { LogSnapshot, LogStore } from '../state/logStore'

/**
 * What `select` makes of what is drawn now. Lines come with every frame: draws again only when that changes, so return
 * what stays the same from one snapshot to the next.
 */
export const useLogs = <T>(store: LogStore, select: (snapshot: LogSnapshot) => T): T =>
  useSyncExternalStore(store.subscribe, () => select(store.getSnapshot()))
