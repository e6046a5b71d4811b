import { Menu } from '@base-ui/react/menu'
import { ListFilter } from 'lucide-react'
import { lazy, Suspense } from 'react'
import type { LogChooserProps } from './LogChoices'

const LogChoices = lazy(async () => ({ default: (await import('./LogChoices')).LogChoices }))

/** Any logs of the run together: workers and files, one by one. */
export function LogChooser(props: LogChooserProps) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        className="button log-choose"
        data-look="bare"
        data-size="s"
        aria-label="Choose logs"
        data-tip="Choose logs"
      >
        <ListFilter size={16} strokeWidth={1.75} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="z-50" sideOffset={4} align="start">
          <Menu.Popup className="menu log-menu">
            <Suspense fallback={<span hidden data-pending />}>
              <LogChoices {...props} />
            </Suspense>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
