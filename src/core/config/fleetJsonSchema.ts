import { z } from 'zod'
import { FleetFile } from './fleetSchema'

/**
 * The JSON Schema of `fleet.yaml` for editors, as it is shipped in `resources/fleet.schema.json`. Draft 7, because
 * that is what the YAML support of editors reads; what has a default may be left out.
 */
export function fleetJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(FleetFile, { io: 'input', target: 'draft-7' })
  return {
    $schema,
    title: 'Drydock fleet, version 1',
    description: 'The machines of a fleet and the plans that can be started on them.',
    ...schema,
  }
}
