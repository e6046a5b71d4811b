import { lazy, Suspense } from 'react'
import { useStore } from 'zustand'
import type { Run } from '../../contract/runs'
import type { LogHitsProps } from './LogHits'

const LogHits = lazy(async () => ({ default: (await import('./LogHits')).LogHits }))

type LogSearchPartProps = Omit<LogHitsProps, 'search' | 'run'> & { readonly run: Run | null }

/** The search over whole logs, while there is one of the shown run. It is read in when there is. */
export function LogSearchPart({ run, ...rest }: LogSearchPartProps) {
  const search = useStore(rest.searches.store, state => state.search)
  if (search === null || run === null || search.run !== run.id) return null
  return (
    <Suspense fallback={<span hidden data-pending />}>
      <LogHits search={search} run={run} {...rest} />
    </Suspense>
  )
}
