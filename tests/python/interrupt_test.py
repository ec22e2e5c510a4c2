"""Ctrl-C, and signals of a program's own, end a run in its middle; the session is as good as before."""

import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import signal
import headrace as tf

def alarm(number, frame):
    raise TimeoutError("enough")

signal.signal(signal.SIGUSR1, alarm)
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background jobs lack
x = tf.ones([1200, 1200])
tenth = tf.fill([1200, 1200], 1.0 / 1200.0)
for _ in range(2000):  # minutes of work
    x = tf.matmul(x, tenth)
total = tf.reduce_sum(x)
count = tf.Variable(0)
step = count.assign_add(1)
with tf.Session() as session:
    session.run(count.initializer)
    run = RUN
    try:
        print("running", flush=True)
        run()
    except BaseException as error:
        print(type(error).__name__, session.run(step), session.run(count), flush=True)
"""


@pytest.mark.parametrize("number, name", [(signal.SIGINT, "KeyboardInterrupt"), (signal.SIGUSR1, "TimeoutError")])
@pytest.mark.parametrize("run", ["lambda: session.run(total)", "session.make_callable(total)",
                                 "lambda: session.run([total, x], {tenth: [[1e-3] * 1200] * 1200})"])
def test_a_signal_ends_a_run(number, name, run):
    program = subprocess.Popen([sys.executable, "-c", PROGRAM.replace("RUN", run)], stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout.readline() == "running\n"
        time.sleep(0.5)
        program.send_signal(number)
        assert program.stdout.read() == name + " 1 1\n"  # a run that came to its end says nothing
        assert program.wait() == 0
    finally:
        program.kill()
        program.wait()


MANY_SIGNALS = """
import signal
import headrace as tf

signal.signal(signal.SIGALRM, lambda number, frame: None)
x = tf.ones([1200, 1200])
w = tf.placeholder(tf.float32, [1200, 1200])
for _ in range(40):
    x = tf.matmul(x, w)
total = tf.reduce_sum(x)
with tf.Session() as session:
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    value, _ = session.run([total, x], {w: [[1.0 / 1200.0] * 1200] * 1200})
    signal.setitimer(signal.ITIMER_REAL, 0)
assert abs(value / 1200.0 ** 2 - 1.0) < 1e-3, value
"""


@pytest.mark.parametrize("attempt", range(2))
def test_many_signals_leave_everything_whole(attempt):
    """Handlers that run while a product does (oneDNN's kernels do not bear it) damaged the heap every other time."""
    done = subprocess.run([sys.executable, "-c", MANY_SIGNALS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
