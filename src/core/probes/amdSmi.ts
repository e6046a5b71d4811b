import { z } from 'zod'
import type { GpuSample } from '../../contract/samples'
import { AppError } from '../kernel/appError'
import type { GpuFailure } from './gpuFailures'
import type { GpuRow } from './nvidiaSmi'

const BYTES_PER_MIB = 1024 * 1024

/** What does not change while the machine runs, by the card's number. */
export interface AmdAbout {
  readonly cards: ReadonlyMap<number, { readonly name: string | null; readonly uuid: string | null }>
  readonly driver: string | null
  /** Version of ROCm. */
  readonly compute: string | null
}

const NOTHING_KNOWN: AmdAbout = { cards: new Map(), driver: null, compute: null }

/** amd-smi: a number with its unit, or `N/A` in its place; early versions wrote `"42 %"`. */
const Measured = z
  .union([z.object({ value: z.union([z.number(), z.string()]) }), z.number(), z.string()])
  .optional()
  .catch(undefined)

const Group = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape).optional().catch(undefined)

const Metric = z.object({
  gpu: z.number().int().nonnegative(),
  usage: Group({ gfx_activity: Measured }),
  power: Group({ socket_power: Measured, average_socket_power: Measured, power_limit: Measured }),
  clock: Group({ gfx_0: Group({ clk: Measured, cur_clk: Measured }) }),
  temperature: Group({ edge: Measured, hotspot: Measured }),
  fan: Group({ usage: Measured }),
  mem_usage: Group({ total_vram: Measured, used_vram: Measured }),
})

const Static = z.object({
  gpu: z.number().int().nonnegative(),
  asic: Group({ market_name: z.string().optional(), asic_serial: z.string().optional() }),
  driver: Group({ version: z.string().optional(), driver_version: z.string().optional() }),
})

/** A list of cards, which ROCm 7 wraps into an object. */
const listOf = <Card extends z.ZodType>(card: Card) =>
  z.union([z.array(card), z.object({ gpu_data: z.array(card) }).transform(({ gpu_data }) => gpu_data)])

/** rocm-smi: `card0` and so on, all values as text; `system` stands beside them. */
const RocmCards = z.record(z.string(), z.record(z.string(), z.unknown()))

/**
 * Reads what `amd-smi metric --json`, or `rocm-smi … --json`, printed.
 *
 * Shape:  amd-smi: a list of cards, bare or in `gpu_data`, with groups of `{value, unit}`. rocm-smi: an object of
 *         `cardN` with names and values as text. Lines before and after the document (warnings) are left out.
 * Units:  amd-smi: VRAM in MB, which are MiB (amdsmi.h: `vram_total`, "in MB", counted by 1024 × 1024); W, MHz, °C, %.
 *         rocm-smi: VRAM in bytes.
 * Absent: `N/A`, a missing group or name, and what is no number are null, never 0.
 * Errors: `probe-unreadable` for anything that is neither of the two documents, or has no card.
 * Source: the manuals "amd-smi CLI tool" and "ROCm SMI", and documents that users of both published.
 */
export function parseAmdCards(text: string, about: AmdAbout | null): readonly GpuRow[] {
  const document = documentIn(text)
  const metrics = listOf(Metric).safeParse(document)
  const cards = metrics.success ? metrics.data.map(ofAmdSmi) : ofRocmSmi(document)
  if (cards.length === 0) throw unreadable(text)
  const { cards: known, driver } = about ?? NOTHING_KNOWN
  return cards.map(gpu => ({
    driver,
    gpu: { ...gpu, ...known.get(gpu.index), name: known.get(gpu.index)?.name ?? gpu.name },
  }))
}

/**
 * Reads what `amd-smi version` and `amd-smi static --asic --driver --json`, or rocm-smi with `--showproductname
 * --showuniqueid --showdriverversion --json`, printed. What cannot be read is not known: it never fails.
 */
export function parseAmdAbout(text: string): AmdAbout {
  const compute = /ROCm version: *(\d[\d.]*)/i.exec(text)?.[1] ?? null
  let document: unknown
  try {
    document = documentIn(text)
  } catch (error) {
    if (error instanceof AppError) return { ...NOTHING_KNOWN, compute }
    throw error
  }
  const found = listOf(Static).safeParse(document)
  if (found.success) {
    const driver =
      found.data.map(card => word(card.driver?.version ?? card.driver?.driver_version))[0] ?? null
    const cards = found.data.map(({ gpu, asic }) => {
      return [gpu, { name: word(asic?.market_name), uuid: word(asic?.asic_serial) }] as const
    })
    return { cards: new Map(cards), driver, compute }
  }
  const rocm = RocmCards.safeParse(document)
  if (!rocm.success) return { ...NOTHING_KNOWN, compute }
  const cards = cardsOf(rocm.data).map(([index, card]) => {
    const name = word(card['Card Series']) ?? word(card['Card series']) ?? word(card['Device Name'])
    return [index, { name, uuid: word(card['Unique ID']) }] as const
  })
  return { cards: new Map(cards), driver: word(rocm.data['system']?.['Driver version']), compute }
}

function ofAmdSmi(card: z.infer<typeof Metric>): GpuSample {
  const { usage, power, clock, temperature, fan, mem_usage: memory } = card
  return {
    ...NO_READING,
    index: card.gpu,
    utilPct: measured(usage?.gfx_activity),
    memUsedMiB: measured(memory?.used_vram),
    memTotalMiB: measured(memory?.total_vram),
    // Some cards have no sensor at the edge.
    tempC: measured(temperature?.edge) ?? measured(temperature?.hotspot),
    powerW: measured(power?.socket_power) ?? measured(power?.average_socket_power),
    powerLimitW: measured(power?.power_limit),
    fanPct: measured(fan?.usage),
    clockMHz: measured(clock?.gfx_0?.clk) ?? measured(clock?.gfx_0?.cur_clk),
  }
}

function ofRocmSmi(document: unknown): readonly GpuSample[] {
  const parsed = RocmCards.safeParse(document)
  if (!parsed.success) return []
  return cardsOf(parsed.data).map(([index, card]) => {
    const number = (name: string): number | null => measured(card[name])
    const mib = (name: string): number | null => {
      const bytes = number(name)
      return bytes === null ? null : bytes / BYTES_PER_MIB
    }
    return {
      ...NO_READING,
      index,
      utilPct: number('GPU use (%)'),
      memUsedMiB: mib('VRAM Total Used Memory (B)'),
      memTotalMiB: mib('VRAM Total Memory (B)'),
      tempC: number('Temperature (Sensor edge) (C)') ?? number('Temperature (Sensor junction) (C)'),
      powerW:
        number('Average Graphics Package Power (W)') ?? number('Current Socket Graphics Package Power (W)'),
      powerLimitW: number('Max Graphics Package Power (W)'),
      fanPct: number('Fan speed (%)'),
      clockMHz: measured(/^\((\d+)Mhz\)$/i.exec(String(card['sclk clock speed:']))?.[1]),
    }
  })
}

const NO_READING = { uuid: null, name: null, isMig: false } as const

function cardsOf(
  document: z.infer<typeof RocmCards>,
): readonly (readonly [number, Readonly<Record<string, unknown>>])[] {
  return Object.entries(document).flatMap(([key, card]) => {
    const [, index] = /^card(\d{1,3})$/.exec(key) ?? []
    return index === undefined ? [] : [[Number(index), card] as const]
  })
}

function measured(cell: unknown): number | null {
  const value = typeof cell === 'object' && cell !== null && 'value' in cell ? cell.value : cell
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  const [, digits] = /^(-?\d{1,15}(?:\.\d{1,9})?)(?: ?(?:%|W|MHz|C|MB))?$/.exec(String(value)) ?? []
  return digits === undefined ? null : Number(digits)
}

function word(cell: unknown): string | null {
  return typeof cell === 'string' && cell !== '' && !/^(N\/A|None|Unknown)$/i.test(cell) ? cell : null
}

/** The JSON among the lines: it begins and ends at the start of a line. */
function documentIn(text: string): unknown {
  const [found] = /^[[{][^]*[\]}]\s*$/m.exec(text) ?? []
  try {
    if (found !== undefined) return JSON.parse(found)
  } catch {
    // Said below: half a document is none.
  }
  throw unreadable(text)
}

function unreadable(text: string): AppError {
  return new AppError('probe-unreadable', 'The AMD tool printed something that cannot be read.', {
    hint: 'Run amd-smi or rocm-smi by hand on that machine and check the driver.',
    cause: text.slice(0, 200),
  })
}

/**
 * What it means that amd-smi or rocm-smi ended without cards, by its exit code and its words. Source: the messages of
 * both tools' own scripts.
 */
export function amdFailureOf(code: number | null, text: string): GpuFailure {
  const said = text.replaceAll(/\s+/g, ' ').trim().slice(0, 300)
  const message = said === '' ? `The AMD tool ended with code ${code} and no readings.` : said
  if (/driver not (initialized|found|loaded)|amdgpu not found|not initialized/i.test(said)) {
    const hint =
      'The driver is not loaded: run "sudo modprobe amdgpu"; after a kernel update reinstall the driver.'
    return { state: 'driver-broken', message, hint }
  }
  if (/permission|render group|video group/i.test(said)) {
    const hint = 'This user may not ask the driver: add it to the groups "render" and "video".'
    return { state: 'unreadable', message, hint }
  }
  if (/no (AMD )?(GPUs?|devices?|supported devices)( were)? (found|detected|available)/i.test(said)) {
    return { state: 'none', message, hint: null }
  }
  return {
    state: 'unreadable',
    message,
    hint: 'Run amd-smi or rocm-smi by hand on that machine and check the driver.',
  }
}
