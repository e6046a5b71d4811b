import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'
import { fleetJsonSchema } from './fleetJsonSchema'

const shipped = fileURLToPath(new URL('../../../resources/fleet.schema.json', import.meta.url))

it('is what stands in resources/fleet.schema.json (write it anew with vitest -u)', async () => {
  const style = await resolveConfig(shipped)
  const text = await format(JSON.stringify(fleetJsonSchema()), { ...style, filepath: shipped })
  await expect(text).toMatchFileSnapshot(shipped)
})

it('asks for what has no default and refuses unknown keys', () => {
  expect(fleetJsonSchema()).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['version', 'nodes'],
    additionalProperties: false,
  })
})
