import { z } from 'zod'

const Row = z.object({ body: z.string() })

/** The bodies of some rows, parsed; one of another shape is left out, not fatal. */
export function bodies<T>(schema: z.ZodType<T>, rows: readonly unknown[]): T[] {
  return rows.flatMap(row => {
    const parsed = schema.safeParse(parseBody(Row.parse(row).body))
    return parsed.success ? [parsed.data] : []
  })
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null // left out by the schema
  }
}
