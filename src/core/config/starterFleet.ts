/** Paths in one iteration of the sample that keep one thread at its 75 % for about 40 seconds in 2,000 iterations. */
const PATHS_PER_THREAD = 4

/** The first `fleet.yaml`: this PC and the sample plan, as long as about 40 seconds on a PC with so many threads. */
export function starterFleet(pc: { readonly cpuThreads: number }): string {
  const paths = Math.max(1, Math.round(pc.cpuThreads * PATHS_PER_THREAD))
  return `# Drydock's fleet: the machines and what can be started on them.
# Change it here or in Drydock; it is read again as soon as it is saved. A mistake is shown with its line and its
# fix, and until it is mended the last good fleet stays.
version: 1

nodes:
  - name: this-pc
    local: true
    # The band that you want, in percent: 65 to 85.
    target: { cpu: 75, gpu: 75, vram: 75, tolerance: 10 }

  # Another machine: a working SSH login is enough, nothing is installed on it. Take the leading # away.
  # - name: pc2
  #   ssh: { host: 192.168.1.11, user: w1 }   # or { alias: pc2 }, to take all from ~/.ssh/config
  #   roles: [gpu]
  #   target: { cpu: 75, gpu: 75, vram: 75, tolerance: 10 }

# Where orders would go. 4002 and 7497 are paper accounts, 4001 and 7496 live ones. Drydock starts SAFE every time:
# whether orders may leave is switched in its header, never here.
broker: { host: 127.0.0.1, port: 4002 }

plans:
  # The sample: a Monte Carlo of Kelly bets on twenty years of real S&P 500 days. It needs Python 3.8 or newer,
  # takes about 40 seconds on this PC, and sends no orders.
  - name: kelly-monte-carlo
    engine: process
    tracks:
      - name: bots
        on: all # or a list of node names, or { role: gpu }
        workers: 1 # on each node
        # {{worker}} {{workers}} {{node}} {{run}} are replaced; all else is a line of shell.
        command: python3 kelly.py --iterations 2000 --paths ${paths} --seed {{worker}}
        workdir: sample:kelly-monte-carlo # Drydock copies the sample to each node at START
        progress: { json: true } # or { match: 'iteration (\\d+)/(\\d+)' } or { count: '✅', total: 28 }
        stop: { signal: TERM, graceSeconds: 20 }
`
}
