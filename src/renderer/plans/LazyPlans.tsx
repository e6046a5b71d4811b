import { useEffect, useState } from 'react'
import type * as AllParts from './planParts'
import { PlanSkeleton } from './PlanSkeleton'
import { usePlans } from './planStore'

type Parts = typeof AllParts

let parts: Parts | null = null

/** Hands the parts in, for pages that have them at hand. */
export function providePlanParts(given: Parts): void {
  parts = given
}

/** They are read after the screen. */
function useParts(): Parts | null {
  const [shown, setShown] = useState(parts)
  useEffect(() => {
    async function read(): Promise<void> {
      providePlanParts(await import('./planParts'))
      setShown(parts)
    }
    if (parts === null) void read()
  }, [])
  return shown
}

/** The editor of one plan. */
export function PlanEditorScreen() {
  const shown = useParts()
  return shown === null ? <PlanSkeleton /> : <shown.PlanScreen />
}

/** The plans, on the screen of the runs. */
export function PlanList() {
  const shown = useParts()
  return shown === null ? null : <shown.PlansPanel />
}

/** "Start <plan>", when somebody wants to choose. */
export function StartChooser() {
  const shown = useParts()
  const isOpen = usePlans(state => state.start !== null)
  return shown === null || !isOpen ? null : <shown.StartDialog />
}
