"""What the executor costs a scalar op: peer of benchmarks/executor_ops.c."""

import sys

import graphs
from tensorflow_c import CALLER, Session, config, own_process, report

SECONDS = 1.0


def nanoseconds_an_op(definition, inter_op):
    with Session(definition, config(inter_op)) as session:
        once = min(session.time_runs(1, target="last") for _ in range(3))
        runs = max(3, int(SECONDS / once))
        return min(session.time_runs(runs, target="last") / runs for _ in range(3)) * 1e9 / graphs.NODES


def measure(inter_op):
    for name, definition in (("scalar_add_chain", graphs.add_chain()), ("random_dag", graphs.random_dag()),
                             ("no_op_chain", graphs.no_op_chain())):
        report(name, nanoseconds_an_op(definition, inter_op), "ns/op")


def main():
    """One thread is the better of the caller's thread and a pool of one."""
    caller, one, two = (own_process(__file__, inter_op) for inter_op in (CALLER, 1, 2))
    for name in caller:
        report(name + "/1_thread", min(caller[name], one[name]), "ns/op")
        report(name + "/2_threads", two[name], "ns/op")


if len(sys.argv) > 1:
    measure(int(sys.argv[1]))
else:
    main()
