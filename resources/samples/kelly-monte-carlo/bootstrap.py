"""The arithmetic of the sample: returns, Kelly leverage, bootstrapped paths, statistics. No processes, no output."""
import csv
import math
import random
from array import array
from collections import Counter, namedtuple
from itertools import accumulate
from operator import sub

TRADING_DAYS_PER_YEAR = 252
START_WEALTH = 10_000.0
BIN = 0.0005  # width of a bin of log wealth or of drawdown: medians are exact to 0.05 %

Setup = namedtuple('Setup', 'seed paths days block tables ruin_share')
Outcome = namedtuple('Outcome', 'growths drawdowns ruined')  # of one fraction in one iteration


def load_closes(path):
    with open(path, newline='', encoding='utf-8') as file:
        return [(row['date'], float(row['adjclose'])) for row in csv.DictReader(file)]


def daily_returns(closes):
    return [today / before - 1.0 for before, today in zip(closes, closes[1:])]


def full_kelly(returns):
    """The leverage with the highest mean log growth of `returns` (cash earns nothing, borrowing costs nothing).

    Mean log growth is concave in leverage, so its one maximum is where its slope passes zero. Leverage is never
    below 0 (no short selling) and never reaches the point where the worst day takes everything.
    """
    worst = min(returns)
    if worst >= 0:
        raise ValueError('these returns never lose: no leverage is too much, so there is no Kelly fraction')

    def slope(leverage):
        return math.fsum(r / (1.0 + leverage * r) for r in returns)

    low, high = 0.0, -1.0 / worst * (1 - 1e-9)
    if slope(low) <= 0:
        return 0.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return low


def log_growth_table(returns, leverage, block):
    """Log growth of each day at this leverage, with the first `block` days again at the end, so that a block that
    starts near the end of the data runs on at its beginning. A day that takes everything is minus infinity."""
    growth = [math.log1p(leverage * r) if leverage * r > -1.0 else -math.inf for r in returns]
    return growth + [growth[i % len(growth)] for i in range(block)]


def follow_path(table, starts, block, days):
    """(log growth at the end, deepest fall from a peak, lowest point), all in log wealth, start = 0."""
    steps = []
    for start in starts:
        steps += table[start:start + block]
    del steps[days:]
    wealth = list(accumulate(steps, initial=0.0))
    return wealth[-1], min(map(sub, wealth, accumulate(wealth, max))), min(wealth)


def simulate_iteration(setup, iteration, rest=lambda: None):
    """One `Outcome` per fraction. Every fraction meets the same days, so that rows differ by leverage alone."""
    draw = random.Random('%d:%d' % (setup.seed, iteration)).random
    sources = len(setup.tables[0]) - setup.block
    blocks = -(-setup.days // setup.block)
    floor = math.log(setup.ruin_share)
    growths, drawdowns = [array('d') for _ in setup.tables], [array('d') for _ in setup.tables]
    ruined = [0] * len(setup.tables)
    for _ in range(setup.paths):
        starts = [int(draw() * sources) for _ in range(blocks)]
        for index, table in enumerate(setup.tables):
            growth, fall, lowest = follow_path(table, starts, setup.block, setup.days)
            growths[index].append(growth)
            drawdowns[index].append(math.expm1(fall))
            ruined[index] += lowest < floor
        rest()
    return [Outcome(*parts) for parts in zip(growths, drawdowns, ruined)]


class Totals:
    """What all iterations so far add up to for one fraction. Memory does not grow with the number of paths."""

    def __init__(self):
        self.paths = self.ruined = 0
        self.growth_sum = self.growth_squares = 0.0
        self.growth_bins, self.drawdown_bins = Counter(), Counter()

    def add(self, outcome):
        self.paths += len(outcome.growths)
        self.ruined += outcome.ruined
        for growth in outcome.growths:
            self.growth_sum += growth
            self.growth_squares += growth * growth
            self.growth_bins[-math.inf if growth == -math.inf else round(growth / BIN)] += 1
        for drawdown in outcome.drawdowns:
            self.drawdown_bins[round(drawdown / BIN)] += 1

    def median_wealth(self):
        return START_WEALTH * math.exp(median_of_bins(self.growth_bins) * BIN)

    def median_drawdown(self):
        return median_of_bins(self.drawdown_bins) * BIN

    def values(self, days):
        """One row of the result table. A figure that does not exist (no volatility, ruined paths) is None."""
        years = days / TRADING_DAYS_PER_YEAR
        mean = self.growth_sum / self.paths
        variance = self.growth_squares / self.paths - mean * mean if math.isfinite(mean) else math.nan
        deviation = math.sqrt(variance) if variance > 1e-12 else math.nan
        sharpe = mean / (deviation * math.sqrt(years))
        return {
            'medianWealth': round(self.median_wealth(), 2),
            'cagr': round((self.median_wealth() / START_WEALTH) ** (1 / years) - 1, 5),
            'sharpe': round(sharpe, 4) if math.isfinite(sharpe) else None,
            'maxDrawdown': round(self.median_drawdown(), 5),
            'ruin': round(self.ruined / self.paths, 5),
        }


def median_of_bins(bins):
    """Middle bin, or the mean of the two middle ones."""
    count, seen, lower = sum(bins.values()), 0, None
    for key in sorted(bins):
        seen += bins[key]
        if lower is None and 2 * seen >= count:
            lower = key
        if 2 * seen > count:
            return (lower + key) / 2
    raise ValueError('no values')
