#!/usr/bin/env python3
"""Monte Carlo of Kelly bets on the S&P 500, from Python's standard library alone.

One iteration draws `--paths` paths of `--days` trading days out of the real daily returns in sp500.csv and
follows each Kelly fraction along them. README.md says what the figures mean. It sends no orders.

The same seed gives the same numbers, whatever the number of processes and however fast each of them is: every
iteration has a random generator of its own, and outcomes are added up in the order of the iterations.

Exit codes: 0 complete, 143 stopped by TERM and 130 by INT (both with a partial result), 1 failed, 2 bad arguments.
"""
import argparse
import json
import math
import multiprocessing
import os
import signal
import sys
import time
from multiprocessing import connection

sys.dont_write_bytecode = True  # the folder stays as it was shipped
from bootstrap import (  # noqa: E402
    TRADING_DAYS_PER_YEAR, Setup, Totals, daily_returns, full_kelly, load_closes, log_growth_table,
    simulate_iteration)

DUTY = 0.75  # share of its thread that a process keeps busy
PROGRESS_EVERY_S, METRICS_EVERY_S, LINE_EVERY_S = 0.1, 0.5, 1.0
STOP_SIGNALS = [getattr(signal, name) for name in ('SIGTERM', 'SIGINT', 'SIGBREAK') if hasattr(signal, name)]


class Pacer:
    """Keeps one process at `duty` of its thread, by what it really worked (CPU time) and then sleeps."""

    def __init__(self, duty):
        self.duty = duty
        self.parent = os.getppid()
        self.began()

    def began(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def rest(self):
        if os.getppid() != self.parent:
            os._exit(1)  # the parent was killed: nobody waits for this any more
        owed = (time.process_time() - self.cpu) / self.duty - (time.perf_counter() - self.wall)
        if owed > 0.01:
            time.sleep(owed)
        elif owed < -0.25:
            self.began()  # others had the processor: what was missed is not caught up at full speed


def work(link, inherited, setup):
    """A child: simulates the iterations it is sent, until its link closes. It keeps nothing worth saving, so the
    parent alone answers TERM and INT, which reach the whole process group."""
    for other in inherited:
        other.close()  # else this child would keep the link of an older one open after the parent's death
    for name in STOP_SIGNALS:
        signal.signal(name, signal.SIG_IGN)
    pacer = Pacer(DUTY)
    try:
        while True:
            iteration = link.recv()
            link.send((iteration, simulate_iteration(setup, iteration, pacer.rest)))
    except (EOFError, OSError):
        pass


class ChildDied(Exception):
    pass


class Children:
    """The processes and their links. `with` ends every one of them, whatever happened."""

    def __init__(self, count, setup):
        # Forking starts in a millisecond and needs no helper process; elsewhere it is not safe or not there.
        forks = sys.platform.startswith('linux')
        context = multiprocessing.get_context('fork' if forks else 'spawn')
        self.processes = {}
        try:
            for _ in range(count):
                ours, theirs = context.Pipe()
                inherited = list(self.processes) + [ours] if forks else []
                process = context.Process(target=work, args=(theirs, inherited, setup), daemon=True)
                process.start()
                theirs.close()
                self.processes[ours] = process
        except OSError:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for link, process in self.processes.items():
            process.kill()  # KILL: a child holds nothing, and it must not linger in the middle of an iteration
            link.close()
        for process in self.processes.values():
            process.join()

    def outcomes(self, iterations, timeout):
        """Hands out `iterations` and yields (iteration, outcomes) as they come, (None, None) when none came."""
        for link in list(self.processes) * 2:  # one in work and one waiting, so that no child idles
            self.hand_out(link, iterations)
        while True:
            ready = connection.wait(list(self.processes), timeout)
            for link in ready:
                try:
                    received = link.recv()
                except (EOFError, OSError):
                    process = self.processes[link]
                    process.join(1)
                    raise ChildDied('process %d ended unexpectedly (exit code %s)' % (process.pid, process.exitcode))
                self.hand_out(link, iterations)
                yield received
            if not ready:
                yield None, None

    def hand_out(self, link, iterations):
        iteration = next(iterations, None)
        if iteration is not None:
            try:
                link.send(iteration)
            except OSError:
                pass  # its death is reported where its outcome is awaited


class Reporter:
    """Drydock's line protocol, and a line for people now and then."""

    def __init__(self, total, watched):
        self.total, self.watched = total, watched
        self.started = time.perf_counter()
        self.due = {'progress': 0.0, 'metrics': METRICS_EVERY_S, 'line': LINE_EVERY_S}

    def is_due(self, what, every_s, force):
        elapsed = time.perf_counter() - self.started
        if not force and elapsed < self.due[what]:
            return False
        self.due[what] = elapsed + every_s
        return True

    def tell(self, step, totals, force=False):
        if self.is_due('progress', PROGRESS_EVERY_S, force):
            emit('progress', step=step, total=self.total)
        if step == 0:
            return
        rate = step / max(time.perf_counter() - self.started, 1e-9)
        watched = totals[self.watched]
        if self.is_due('metrics', METRICS_EVERY_S, force):
            emit('metric', name='equity', step=step, value=round(watched.median_wealth(), 2))
            emit('metric', name='drawdown', step=step, value=round(watched.median_drawdown(), 5))
            emit('metric', name='iterationsPerS', step=step, value=round(rate, 2))
        if self.is_due('line', LINE_EVERY_S, force):
            say('step %d  eq %s  dd %.3f  %.1f it/s'
                % (step, format(watched.median_wealth(), ',.1f'), watched.median_drawdown(), rate))


def emit(kind, **fields):
    say(json.dumps(dict(drydock=kind, **fields), separators=(',', ':'), allow_nan=False))


def say(line):
    sys.stdout.write(line + '\n')
    sys.stdout.flush()


def thread_count(asked, environment=os.environ):
    """OMP_NUM_THREADS, else `--threads`, else every thread that this process may run on."""
    given = environment.get('OMP_NUM_THREADS', '').split(',')[0].strip()
    if given.isdigit() and int(given) > 0:
        return int(given)
    if asked is not None:
        return asked
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1


def simulate(setup, fractions, iterations, threads, stopped_by):
    """Runs until all iterations are added up or `stopped_by` holds a signal. Returns (iterations, totals)."""
    totals = [Totals() for _ in fractions]
    full = min(range(len(fractions)), key=lambda index: abs(fractions[index] - 1.0))
    reporter = Reporter(iterations, full)
    waiting, done = {}, 0
    with Children(min(threads, iterations), setup) as children:
        reporter.tell(0, totals)
        for iteration, outcomes in children.outcomes(iter(range(iterations)), PROGRESS_EVERY_S):
            if iteration is not None:
                waiting[iteration] = outcomes
            while done in waiting:
                for total, outcome in zip(totals, waiting.pop(done)):
                    total.add(outcome)
                done += 1
            if stopped_by or done == iterations:
                break
            reporter.tell(done, totals)
    reporter.tell(done, totals, force=True)
    return done, totals


def positive(kind):
    def parse(text):
        value = kind(text)
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError('%s is not above 0' % text)
        return value

    return parse


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description='Monte Carlo of Kelly bets on real S&P 500 days.')
    parser.add_argument('--iterations', type=positive(int), default=2000)
    parser.add_argument('--paths', type=positive(int), default=20, help='paths in one iteration')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--threads', type=positive(int), help='processes, unless OMP_NUM_THREADS says')
    parser.add_argument('--fractions', type=positive(float), nargs='+', default=[0.25, 0.5, 0.75, 1.0, 1.5, 2.0],
                        help='shares of the full Kelly leverage')
    parser.add_argument('--days', type=positive(int), default=10 * TRADING_DAYS_PER_YEAR, help='length of a path')
    parser.add_argument('--block', type=positive(int), default=21, help='consecutive real days drawn together')
    parser.add_argument('--ruin-share', type=positive(float), default=0.25,
                        help='a path is ruined when its wealth falls below this share of its start')
    parser.add_argument('--data', default=os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sp500.csv'))
    return parser.parse_args(arguments)


def main(arguments=None):
    stopped_by = []
    for name in STOP_SIGNALS:
        signal.signal(name, lambda number, _frame: stopped_by.append(number))
    options = parse_arguments(arguments)
    rows = load_closes(options.data)
    returns = daily_returns([close for _, close in rows])
    kelly = full_kelly(returns)
    tables = [log_growth_table(returns, fraction * kelly, options.block) for fraction in options.fractions]
    threads = thread_count(options.threads)
    setup = Setup(options.seed, options.paths, options.days, options.block, tables, options.ruin_share)
    flags = ' '.join('%s=%s' % (name, os.environ.get(name, 'unset')) for name in ('DRY_RUN', 'ALLOW_ORDERS'))
    say('S&P 500, %s to %s, %s daily returns; full Kelly leverage %.3f'
        % (rows[0][0], rows[-1][0], format(len(returns), ','), kelly))
    say('seed %d, %d iterations of %d paths of %d days, %d processes at %d %% duty; %s, no orders in here'
        % (options.seed, options.iterations, options.paths, options.days, threads, DUTY * 100, flags))
    try:
        done, totals = simulate(setup, options.fractions, options.iterations, threads, stopped_by)
    except ChildDied as error:
        say('FAILED  %s; no result' % error)
        return 1
    is_partial = done < options.iterations
    if is_partial:
        say('stopped by signal %d after %d of %d iterations: partial result'
            % (stopped_by[0], done, options.iterations))
    for fraction, total in zip(options.fractions, totals if done else []):
        name = 'SPX kelly %.2f%s' % (fraction, ' (partial)' if is_partial else '')
        emit('result', name=name, values=total.values(options.days))
    return 128 + stopped_by[0] if is_partial else 0


if __name__ == '__main__':
    sys.exit(main())
