"""What all parts share: how a figure is taken and printed."""

import resource
import time

REPEATS, SECONDS = 5, 0.5


def report(name, value, unit):
    print(f'{name}\t{value:.6g}\t{unit}', flush=True)


def best(function):
    """Seconds a call takes: the least of several rounds."""
    function()
    start = time.perf_counter()
    function()
    count = max(1, min(100000, int(SECONDS / REPEATS / max(time.perf_counter() - start, 1e-7))))
    least = float('inf')
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(count):
            function()
        least = min(least, (time.perf_counter() - start) / count)
    return least


def resident():
    """Bytes in memory now."""
    with open('/proc/self/statm') as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def config(tf, threads):
    return tf.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)


def variable(tf, np, values):
    """A variable that starts as `values`: what is in one is never folded away, and no run pays for feeding it."""
    values = np.asarray(values)
    return tf.Variable(tf.placeholder_with_default(values, values.shape))


def time_targets(tf, threads, targets, scale=1e6, unit='us'):
    """Reports what a run of each of `targets` costs, {name: tensor or operation}; nothing is fetched."""
    with tf.Session(config=config(tf, threads)) as session:
        session.run(tf.global_variables_initializer())
        for name, target in targets.items():
            run = session.make_callable(getattr(target, 'op', target))
            report(name, best(run) * scale, unit)
