import { useEffect } from 'react'
import { useFleet } from '../state/fleetStore'

/** Puts the chosen theme on the page; `system` follows the computer, also when that changes. */
export function useTheme(): void {
  const theme = useFleet(state => state.settings.theme)
  useEffect(() => {
    const darkness = window.matchMedia('(prefers-color-scheme: dark)')
    const apply = (): void => {
      const system = darkness.matches ? 'dark' : 'light'
      document.documentElement.dataset['theme'] = theme === 'system' ? system : theme
    }
    apply()
    darkness.addEventListener('change', apply)
    return () => darkness.removeEventListener('change', apply)
  }, [theme])
}
