"""python3 -m unittest (in this folder): the statistics against closed forms, and the program as it is started."""
import json
import math
import os
import random
import signal
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from bootstrap import (  # noqa: E402
    BIN, START_WEALTH, Outcome, Setup, Totals, daily_returns, follow_path, full_kelly, load_closes,
    log_growth_table, simulate_iteration)

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, 'sp500.csv')
QUICK = ['--iterations', '12', '--paths', '3', '--days', '252', '--seed', '7']


def setup_of(returns, leverages, seed=1, paths=200, days=252, block=1, ruin_share=0.5):
    tables = [log_growth_table(returns, leverage, block) for leverage in leverages]
    return Setup(seed, paths, days, block, tables, ruin_share)


def rows_of(setup, iterations=1):
    totals = [Totals() for _ in setup.tables]
    for iteration in range(iterations):
        for total, outcome in zip(totals, simulate_iteration(setup, iteration)):
            total.add(outcome)
    return [total.values(setup.days) for total in totals]


class Data(unittest.TestCase):
    def test_holds_every_trading_day_from_2000_to_april_2020(self):
        rows = load_closes(DATA)
        self.assertEqual(len(rows), 5105)
        self.assertEqual(rows[0], ('2000-01-03', 1455.219971))
        self.assertEqual(rows[-1], ('2020-04-17', 2874.560059))
        self.assertEqual(sorted({date for date, _ in rows}), [date for date, _ in rows])

    def test_returns_lead_from_the_first_close_to_the_last(self):
        closes = [close for _, close in load_closes(DATA)]
        product = math.exp(math.fsum(math.log1p(r) for r in daily_returns(closes)))
        self.assertAlmostEqual(product, closes[-1] / closes[0], places=12)


class KellyLeverage(unittest.TestCase):
    def test_is_the_closed_form_for_a_coin_that_wins_six_times_in_ten(self):
        # win and lose 10 % of the stake: f* = p/a - q/b = 0.6/0.1 - 0.4/0.1
        self.assertAlmostEqual(full_kelly([0.1] * 6 + [-0.1] * 4), 2.0, places=9)

    def test_is_the_closed_form_for_unequal_odds(self):
        # win 2 %, lose 1 %, evenly likely: f* = 0.5/0.01 - 0.5/0.02
        self.assertAlmostEqual(full_kelly([0.02, -0.01]), 25.0, places=6)

    def test_is_zero_without_an_edge(self):
        self.assertEqual(full_kelly([0.1, -0.1]), 0.0)

    def test_does_not_exist_when_nothing_ever_loses(self):
        with self.assertRaises(ValueError):
            full_kelly([0.01, 0.0])

    def test_growth_rises_to_full_kelly_and_falls_after_it_on_the_real_days(self):
        returns = daily_returns([close for _, close in load_closes(DATA)])
        kelly = full_kelly(returns)

        def growth(fraction):
            return math.fsum(log_growth_table(returns, fraction * kelly, 0)) / len(returns)

        rising = [growth(fraction) for fraction in (0, 0.25, 0.5, 0.75, 0.99, 1.0)]
        falling = [growth(fraction) for fraction in (1.0, 1.01, 1.5, 2.0)]
        self.assertEqual(rising, sorted(rising))
        self.assertEqual(falling, sorted(falling, reverse=True))


class Paths(unittest.TestCase):
    def test_growth_fall_and_lowest_point_of_a_known_path(self):
        # 1 -> 2 -> 0.5 -> 1: ends where it began, fell to a quarter of its peak, never below a half
        table = [math.log(2), math.log(0.25), math.log(2)]
        growth, fall, lowest = follow_path(table, [0], 3, 3)
        self.assertAlmostEqual(growth, 0.0)
        self.assertAlmostEqual(math.exp(fall), 0.25)
        self.assertAlmostEqual(math.exp(lowest), 0.5)

    def test_a_fall_from_the_start_counts(self):
        _, fall, _ = follow_path([math.log(0.9)], [0, 0], 1, 2)
        self.assertAlmostEqual(math.expm1(fall), -0.19)

    def test_a_block_runs_on_at_the_beginning_of_the_data_and_is_cut_at_the_last_day(self):
        table = log_growth_table([0.1, 0.2, 0.3], 1.0, 2)
        growth, _, _ = follow_path(table, [2, 1], 2, 3)
        self.assertAlmostEqual(math.exp(growth), 1.3 * 1.1 * 1.2)

    def test_a_day_that_takes_everything_leaves_nothing(self):
        row, = rows_of(setup_of([0.5, -0.5], [2.0], paths=50, days=300))
        self.assertEqual(row, {'medianWealth': 0.0, 'cagr': -1.0, 'sharpe': None, 'maxDrawdown': -1.0, 'ruin': 1.0})


class Statistics(unittest.TestCase):
    def test_constant_returns_compound_without_risk(self):
        row, = rows_of(setup_of([0.0003], [1.0], days=2520))
        self.assertAlmostEqual(row['medianWealth'], START_WEALTH * 1.0003 ** 2520, delta=START_WEALTH * BIN * 2)
        self.assertAlmostEqual(row['cagr'], 1.0003 ** 252 - 1, delta=BIN)
        self.assertEqual((row['sharpe'], row['maxDrawdown'], row['ruin']), (None, 0.0, 0.0))

    def test_constant_losses_draw_down_by_all_that_they_lose(self):
        row, = rows_of(setup_of([-0.001], [1.0], days=252))
        self.assertAlmostEqual(row['maxDrawdown'], 0.999 ** 252 - 1, delta=BIN)
        self.assertEqual(row['ruin'], 0.0)
        row, = rows_of(setup_of([-0.001], [1.0], days=2520))
        self.assertEqual(row['ruin'], 1.0)  # 0.999 ** 2520 is 0.08: below a half, on every path

    def test_without_leverage_nothing_happens(self):
        row, = rows_of(setup_of([0.1, -0.1], [0.0]))
        self.assertEqual(row, {'medianWealth': START_WEALTH, 'cagr': 0.0, 'sharpe': None, 'maxDrawdown': 0.0, 'ruin': 0.0})

    def test_sharpe_is_annual_mean_over_annual_deviation_of_log_growth(self):
        source = random.Random(3)
        returns = [math.expm1(source.gauss(0.0004, 0.01)) for _ in range(4000)]
        logs = [math.log1p(r) for r in returns]
        mean = math.fsum(logs) / len(logs)
        deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in logs) / len(logs))
        row, = rows_of(setup_of(returns, [1.0], paths=4000, days=252))
        self.assertAlmostEqual(row['sharpe'], mean / deviation * math.sqrt(252), delta=0.06)

    def test_ruin_at_full_kelly_is_the_closed_form(self):
        # In continuous time a full-Kelly bettor ever falls to the share x of the start with probability x.
        # Steps are small and the horizon is long, so that a daily path comes close to it from below.
        returns = [0.0105, -0.0095] * 50
        row, = rows_of(setup_of(returns, [full_kelly(returns)], paths=400, days=6000))
        self.assertAlmostEqual(row['ruin'], 0.5, delta=0.07)

    def test_more_leverage_means_deeper_falls_and_more_ruin(self):
        returns = daily_returns([close for _, close in load_closes(DATA)])
        rows = rows_of(setup_of(returns, [0.3, 0.6, 1.2, 2.4], paths=200, days=2520, block=21))
        falls, ruins = [row['maxDrawdown'] for row in rows], [row['ruin'] for row in rows]
        self.assertEqual(falls, sorted(falls, reverse=True))
        self.assertEqual(ruins, sorted(ruins))

    def test_median_is_the_middle_or_between_the_two_middle_ones(self):
        total = Totals()
        total.add(Outcome([0.1, 0.2, 0.9], [-0.1, -0.2, -0.9], 0))
        self.assertAlmostEqual(total.median_wealth(), START_WEALTH * math.exp(0.2))
        total.add(Outcome([0.4], [-0.4], 1))
        self.assertAlmostEqual(total.median_wealth(), START_WEALTH * math.exp(0.3))
        self.assertAlmostEqual(total.median_drawdown(), -0.3)
        self.assertEqual(total.values(252)['ruin'], 0.25)


def start(*arguments, **environment):
    environment = dict(os.environ, **environment)
    environment.setdefault('OMP_NUM_THREADS', '')
    return subprocess.Popen([sys.executable, os.path.join(HERE, 'kelly.py'), *arguments], env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)


def reports(output):
    return [json.loads(line) for line in output.splitlines() if line.startswith('{')]


def wait_for_step(process, step):
    """Reads its output up to a progress report of at least `step`; fails if it ends before."""
    for line in process.stdout:
        if line.startswith('{"drydock":"progress"') and json.loads(line)['step'] >= step:
            return
    raise AssertionError('it ended before step %d' % step)


class Program(unittest.TestCase):
    def results(self, *arguments, **environment):
        with start(*arguments, **environment) as process:
            output, _ = process.communicate()
        self.assertEqual(process.returncode, 0, output)
        return [report for report in reports(output) if report['drydock'] == 'result']

    def test_same_seed_same_numbers_with_one_process_and_with_three(self):
        one = self.results(*QUICK, '--threads', '1')
        self.assertEqual(one, self.results(*QUICK, '--threads', '3'))
        self.assertEqual(one, self.results(*QUICK, '--threads', '9', OMP_NUM_THREADS='2'))
        self.assertEqual([row['name'] for row in one][:3], ['SPX kelly 0.25', 'SPX kelly 0.50', 'SPX kelly 0.75'])

    def test_another_seed_gives_other_numbers(self):
        self.assertNotEqual(self.results(*QUICK), self.results(*QUICK[:-1], '8'))

    def test_the_environment_decides_how_many_processes_work(self):
        with start(*QUICK, '--threads', '3', OMP_NUM_THREADS='2') as process:
            self.assertIn(' 2 processes ', process.communicate()[0])

    def test_progress_ends_at_the_total(self):
        with start(*QUICK, '--threads', '2') as process:
            steps = [report for report in reports(process.communicate()[0]) if report['drydock'] == 'progress']
        self.assertEqual(steps[-1], {'drydock': 'progress', 'step': 12, 'total': 12})
        self.assertEqual(steps, sorted(steps, key=lambda report: report['step']))

    @unittest.skipIf(os.name == 'nt', 'Windows has no TERM')
    def test_term_and_int_give_a_marked_partial_result_of_whole_iterations(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number), start('--iterations', '100000', '--paths', '2') as process:
                wait_for_step(process, 5)
                process.send_signal(number)
                output = process.stdout.read()
                self.assertEqual(process.wait(), 128 + number)
                rows = [report for report in reports(output) if report['drydock'] == 'result']
                self.assertEqual(len(rows), 6)
                self.assertTrue(all(row['name'].endswith(' (partial)') for row in rows), rows)
                done = [report['step'] for report in reports(output) if report['drydock'] == 'progress'][-1]
                self.assertIn('after %d of 100000 iterations: partial result' % done, output)
            again = self.results('--iterations', str(done), '--paths', '2')
            self.assertEqual([row['values'] for row in rows], [row['values'] for row in again])

    @unittest.skipUnless(os.path.exists('/proc/self/stat'), 'reads children from /proc')
    def test_a_killed_child_is_a_failure_and_no_result(self):
        with start('--iterations', '100000', '--paths', '2', '--threads', '2') as process:
            wait_for_step(process, 2)
            victim, other = children_of(process.pid)
            os.kill(victim, signal.SIGKILL)  # not reaped by its parent yet, so its number is still its own
            output = process.stdout.read()
            self.assertEqual(process.wait(), 1)
            self.assertIn('FAILED  process %d ended unexpectedly (exit code -9); no result' % victim, output)
            self.assertEqual([report for report in reports(output) if report['drydock'] == 'result'], [])
            self.assertFalse(os.path.exists('/proc/%d' % other))


def children_of(pid):
    with open('/proc/%d/task/%d/children' % (pid, pid), encoding='ascii') as file:
        return [int(child) for child in file.read().split()]


if __name__ == '__main__':
    unittest.main()
