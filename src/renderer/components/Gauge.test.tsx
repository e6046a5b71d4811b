// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { Gauge, type GaugeProps } from './Gauge'

afterEach(cleanup)

const GPU: GaugeProps = {
  node: 'pc2',
  name: 'GPU 0',
  valuePct: 74.4,
  band: 'target',
  scale: { targetPct: 75, tolerancePct: 10, limitPct: 90 },
}
const meter = (): HTMLElement => screen.getByRole('meter', { name: 'pc2 GPU 0' })
const valueOf = (element: HTMLElement): readonly (string | null)[] =>
  ['aria-valuemin', 'aria-valuemax', 'aria-valuenow', 'aria-valuetext'].map(name =>
    element.getAttribute(name),
  )

test('a gauge is a meter from 0 to 100 that says where it stands', () => {
  render(<Gauge {...GPU} />)
  expect(valueOf(meter())).toEqual(['0', '100', '74', 'GPU 0, 74 percent, on target 75'])
})

test('what was not reported has no value and is never 0', () => {
  const { container } = render(<Gauge {...GPU} valuePct={null} band={null} />)
  expect(valueOf(meter())).toEqual([null, null, null, 'not reported'])
  expect(container.querySelector('.gauge-value')?.textContent).toBe('—')
  expect(container.querySelector('.gauge-track')?.hasAttribute('data-unknown')).toBe(true)
  expect(container.querySelector<HTMLElement>('.gauge-track')?.style.backgroundSize).toBe('')
})

test('an old reading keeps its value and says its age', () => {
  const { container } = render(<Gauge {...GPU} staleAge="12 s ago" />)
  expect(valueOf(meter())).toEqual(['0', '100', '74', 'GPU 0, 74 percent, on target 75, 12 s ago'])
  expect(container.querySelector('.gauge-age')?.textContent).toBe('12 s ago')
})

test('a load of more than all threads is a full bar with the true number in words', () => {
  const { container } = render(<Gauge {...GPU} valuePct={240} band="over" />)
  expect(valueOf(meter())).toEqual(['0', '100', '100', 'GPU 0, 240 percent, over limit 90'])
  expect(container.querySelector<HTMLElement>('.gauge-track')?.style.backgroundSize).toBe('100% 100%')
})

test('a target has its tick, a gauge without one has only the limit', () => {
  const { container, rerender } = render(<Gauge {...GPU} />)
  expect(container.querySelectorAll('.gauge-target, .gauge-limit')).toHaveLength(2)
  rerender(<Gauge {...GPU} scale={{ ...GPU.scale, targetPct: null }} />)
  expect(container.querySelectorAll('.gauge-target')).toHaveLength(0)
})
