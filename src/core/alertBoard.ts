import type { Alert } from '../contract/events'
import type { Clock } from './kernel/clock'

export interface AlertBoardDeps {
  readonly clock: Clock
  readonly onRaised: (alert: Alert) => void
  readonly onCleared: (id: string) => void
}

/** What is wrong right now. An alert stays until its cause is gone or a person dismisses it. */
export function createAlertBoard({ clock, onRaised, onCleared }: AlertBoardDeps) {
  const alerts = new Map<string, Alert>()

  return {
    list: (): Alert[] => [...alerts.values()],

    /** The same id again replaces the alert. */
    raise(alert: Omit<Alert, 'atMs'>): void {
      const raised = { ...alert, atMs: clock.nowMs() }
      alerts.set(alert.id, raised)
      onRaised(raised)
    },

    clear(id: string): void {
      if (alerts.delete(id)) onCleared(id)
    },
  }
}

export type AlertBoard = ReturnType<typeof createAlertBoard>
