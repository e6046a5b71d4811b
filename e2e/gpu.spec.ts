import { expect, test } from './fleetApp'

test('a GPU is drawn as reported, and greys alone when its driver hangs', async ({
  trusted: fleetScreen,
  nodes,
}) => {
  const card = fleetScreen.node('pc2')
  await expect(fleetScreen.gauge('pc2', 'GPU 0')).toHaveAttribute('aria-valuenow', /\d/)
  await expect(card).toContainText('RTX 3070')
  await nodes.pc2.gpu?.setMode('hang')
  await expect(fleetScreen.gauge('pc2', 'GPU 0')).toHaveAttribute('aria-valuetext', 'not reported', {
    timeout: 30_000,
  })
  await expect(fleetScreen.gauge('pc2', 'GPU 0')).not.toHaveAttribute('aria-valuenow', /.*/)
  await expect(fleetScreen.gauge('pc2', 'CPU')).toHaveAttribute('aria-valuenow', /\d/)
  await expect(fleetScreen.link('pc2')).toContainText('Online')
})
