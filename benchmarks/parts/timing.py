"""What all parts share: how a figure is taken and printed."""

import resource
import time

REPEATS, SECONDS = 5, 0.5


def report(name, value, unit, work=''):
    """`work` is what a run cannot do without, '4e6 bytes' or '1e9 flops': compare.py sets it against the machine."""
    print(f'{name}\t{value:.6g}\t{unit}\t{work}', flush=True)


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


def moved(*tensors):
    """The bytes of tensors of known shapes, as work."""
    return '%g bytes' % sum(t.shape.num_elements() * t.dtype.base_dtype.size for t in tensors)


def time_targets(tf, threads, targets, scale=1e6, unit='us'):
    """Reports what a run of each of `targets` costs, {name: tensor or operation, or that and its work}; nothing is
    fetched."""
    with tf.Session(config=config(tf, threads)) as session:
        session.run(tf.global_variables_initializer())
        for name, target in targets.items():
            target, work = target if isinstance(target, tuple) else (target, '')
            run = session.make_callable(getattr(target, 'op', target))
            report(name, best(run) * scale, unit, work)
