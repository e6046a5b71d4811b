import type { Notice } from '../../contract/nodes'

/** What is told of a session while it lives, each kind of notice once. */
export function createSessionNews() {
  const notices = new Map<Notice['kind'], Notice>()
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    tell,
    notices: (): readonly Notice[] => [...notices.values()],
    add(notice: Notice): void {
      if (notices.has(notice.kind)) return
      notices.set(notice.kind, notice)
      tell()
    },
    listen(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
