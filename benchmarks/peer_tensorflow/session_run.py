"""What one small session run costs: peer of benchmarks/session_run.c."""

import sys

import graphs
from tensorflow_c import CALLER, Session, config, own_process, report

SECONDS = 1.0
CASES = (("constant", {"fetch": "one"}), ("feed_fetch", {"feed": "x", "fetch": "sum"}))


def microseconds_a_run(session, threads, **what):
    session.time_runs(200, threads=threads, **what)
    once = session.time_runs(1000, threads=threads, **what) / 1000
    runs = max(1000, int(SECONDS / once))
    return min(session.time_runs(runs, threads=threads, **what) / runs for _ in range(3)) * 1e6


def measure(inter_op):
    with Session(graphs.scalar_feed(), config(inter_op)) as session:
        for threads, suffix in ((1, "1_thread"), (2, "2_threads"), (4, "4_threads"), (8, "8_threads")):
            for name, what in CASES:
                report("%s/%s" % (name, suffix), microseconds_a_run(session, threads, **what), "us/run")


def main():
    for where, inter_op in (("caller", CALLER), ("pool", 2)):
        for name, value in own_process(__file__, inter_op).items():
            report("%s/%s" % (where, name), value, "us/run")


if len(sys.argv) > 1:
    measure(int(sys.argv[1]))
else:
    main()
