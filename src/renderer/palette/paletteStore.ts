import { createStore, useStore } from 'zustand'

/** Which of the two overlays is open: the commands, or the sheet of keys. */
export type PaletteState = { readonly open: 'commands' | 'shortcuts' | null }

const paletteStore = createStore<PaletteState>(() => ({ open: null }))
export const usePalette = <T>(select: (state: PaletteState) => T): T => useStore(paletteStore, select)

export const openPalette = (): void => paletteStore.setState({ open: 'commands' })
export const openShortcuts = (): void => paletteStore.setState({ open: 'shortcuts' })
export const closePalette = (): void => paletteStore.setState({ open: null })
