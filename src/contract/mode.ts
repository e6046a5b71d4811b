import { z } from 'zod'

export const ModeName = z.enum(['SAFE', 'NO ORDERS', 'PAPER', 'LIVE', 'MIXED'])
export type ModeName = z.infer<typeof ModeName>

/** The two switches: what the next start is given. Every start of Drydock begins with on and off. */
export const ModeFlags = z.object({ dryRun: z.boolean(), allowOrders: z.boolean() })
export type ModeFlags = z.infer<typeof ModeFlags>

/** What a process really carries, read back from it. `null`: not there or not readable, treated as LIVE. */
export const ReportedFlags = z.object({ dryRun: z.string().nullable(), allowOrders: z.string().nullable() })
export type ReportedFlags = z.infer<typeof ReportedFlags>

export const Broker = z.object({ host: z.string(), port: z.number().int() })
export type Broker = z.infer<typeof Broker>

/** The run mode as the header shows it. */
export const RunMode = z.object({
  flags: ModeFlags,
  broker: Broker.nullable(),
  name: ModeName,
  /** The verdict in words, e.g. `orders WILL NOT be sent`. */
  verdict: z.string(),
  /** A remark that needs a look (flag set but ignored, workers that disagree), or null. */
  remark: z.string().nullable(),
})
export type RunMode = z.infer<typeof RunMode>
