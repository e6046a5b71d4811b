import { fireEvent, screen, within } from '@testing-library/react'
import type { TestResult } from '../../contract/machines'
import type { SCENES } from '../gallery/scenes'
import { type Asked, showScene } from '../gallery/showScene'

/** For tests: the dialog "Add machines" by its names. */
export const dialog = (): HTMLElement => screen.getByRole('dialog', { name: 'Add machines' })
export const button = (name: string): HTMLElement => within(dialog()).getByRole('button', { name })
export const press = (name: string): void => void fireEvent.click(button(name))
export const tick = (name: string): void =>
  void fireEvent.click(within(dialog()).getByRole('checkbox', { name }))
export const write = (name: string, value: string): void =>
  void fireEvent.change(within(dialog()).getByRole('textbox', { name }), { target: { value } })

/** The row of a machine that can be picked. */
export function row(name: string): HTMLElement {
  const found = within(dialog()).getByRole('checkbox', { name }).closest('li')
  if (found === null) throw new Error(`${name} has no row.`)
  return found
}
export const testOf = (name: string): void =>
  void fireEvent.click(within(row(name)).getByRole('button', { name: 'Test' }))

/** A machine among keys and names. */
export const machine = (name: string): HTMLElement => within(dialog()).getByRole('region', { name })

/** Why a button cannot be pressed; null when it can. */
export function reason(name: string): string | null {
  const id = button(name).getAttribute('aria-describedby')
  return id === null ? null : (document.querySelector(`[id="${id}"]`)?.textContent ?? null)
}

/** A scene whose engine answers each test of a machine with the next of these. */
export function showAnswering(scene: keyof typeof SCENES, results: readonly TestResult[]): Asked {
  const waiting = [...results]
  return showScene(scene, {
    async testMachine() {
      const next = waiting.shift()
      if (next === undefined) throw new Error('Nobody said what comes of this test.')
      return next
    },
  })
}
