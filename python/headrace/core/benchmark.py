"""Benchmarks: classes whose methods `benchmark...` time operations and report what they found."""

import os
import re
import sys
import time

_classes = []  # all benchmarks that can be run


class Benchmark:
    """Base of benchmarks: each method whose name begins with `benchmark` is one."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        _classes.append(cls)

    def __init__(self):
        """Makes the benchmark."""
        super().__init__()

    @classmethod
    def is_abstract(cls):
        """Whether the class has nothing to run itself: it is a base of others."""
        return not any(name.startswith('benchmark') for name in dir(cls))

    def evaluate(self, tensors):
        """The values of tensors, in the default session or one of its own.

        Args:
          tensors: a tensor or a structure of tensors.

        Returns:
          NumPy arrays in the same structure.
        """
        import headrace as tf

        session = tf.get_default_session()
        if session is not None:
            return session.run(tensors)
        with tf.Session() as session:
            return session.run(tensors)

    def _name(self, name):
        """The name to report: that of the method being run, unless one is given."""
        if name is None:
            frame = sys._getframe(2)
            while frame is not None and not frame.f_code.co_name.startswith('benchmark'):
                frame = frame.f_back
            if frame is None:
                raise ValueError('Unable to determine calling Benchmark class: call this in a method named '
                                 'benchmark..., or give a name')
            name = frame.f_code.co_name
        return f'{type(self).__name__}.{name}'

    def report_benchmark(self, iters=None, cpu_time=None, wall_time=None, throughput=None, extras=None, name=None,
                         metrics=None):
        """Reports one result: logs it and prints it as an `entry` in protobuf's text form.

        Args:
          iters: how often it was run.
          cpu_time: seconds of processor time for one.
          wall_time: seconds for one.
          throughput: megabytes a second.
          extras: a dict of further numbers and texts.
          name: the name; by default that of the method.
          metrics: a list of dicts with 'name', 'value', and, if wanted, 'min_value' and 'max_value'.
        """
        from headrace import logging

        name = self._name(name)
        number = {key: -1 if value is None else value for key, value in
                  (('iters', iters), ('wall_time', wall_time), ('cpu_time', cpu_time), ('throughput', throughput))}
        logging.info('Benchmark [%s] iters: %d, wall_time: %g, cpu_time: %g,throughput: %g, extras: %s, metrics: %s',
                     name, number['iters'], number['wall_time'], number['cpu_time'], number['throughput'], extras,
                     metrics)
        entry = _entry(name, iters, cpu_time, wall_time, throughput, extras or {}, metrics or [])
        prefix = os.environ.get('TEST_REPORT_FILE_PREFIX')
        if prefix:
            with open(prefix + name.replace('/', '__'), 'w', encoding='utf-8') as file:
                file.write(entry)
        else:
            sys.stdout.write(entry)

    def run_op_benchmark(self, sess, op_or_tensor, feed_dict=None, burn_iters=2, min_iters=10, store_trace=False,
                         store_memory_usage=True, name=None, extras=None, mbs=0):
        """Times runs of an operation and reports the median.

        Args:
          sess: a `tf.Session`.
          op_or_tensor: what to run; tensors are computed, not fetched.
          feed_dict: values to feed.
          burn_iters: runs that are not timed, before the others.
          min_iters: runs that are timed.
          store_trace: whether to add a Chrome trace of one run to the extras, as 'full_trace_chrome_format'.
          store_memory_usage: whether to add the most that each allocator held to the extras.
          name: the name to report; by default that of the method.
          extras: a dict of further numbers and texts to report.
          mbs: megabytes that a run moves, for the throughput.

        Returns:
          A dict with 'iters', 'wall_time', 'extras', 'name', 'throughput'.
        """
        target = getattr(op_or_tensor, 'op', op_or_tensor)
        for _ in range(burn_iters):
            sess.run(target, feed_dict=feed_dict)
        times = []
        for _ in range(min_iters):
            start = time.perf_counter()
            sess.run(target, feed_dict=feed_dict)
            times.append(time.perf_counter() - start)
        extras = dict(extras or {})
        if store_trace or store_memory_usage:
            extras.update(_traced(sess, target, feed_dict, store_trace, store_memory_usage))
        wall_time = sorted(times)[len(times) // 2] if len(times) % 2 else sum(
            sorted(times)[len(times) // 2 - 1:len(times) // 2 + 1]) / 2
        throughput = mbs / wall_time
        self.report_benchmark(iters=min_iters, wall_time=wall_time, name=name, extras=extras,
                              throughput=throughput if mbs else None)
        return {'iters': min_iters, 'wall_time': wall_time, 'extras': extras, 'name': name, 'throughput': throughput}


def _traced(session, target, feed_dict, store_trace, store_memory_usage):
    """What one traced run tells, as extras."""
    from headrace.core import protos
    from headrace.python.client import timeline

    metadata = protos.RunMetadata()
    options = protos.RunOptions(trace_level=protos.RunOptions.FULL_TRACE)
    session.run(target, feed_dict=feed_dict, options=options, run_metadata=metadata)
    picture = timeline.Timeline(metadata.step_stats)
    extras = {}
    if store_trace:
        extras['full_trace_chrome_format'] = picture.generate_chrome_trace_format()
    if store_memory_usage:
        for allocator, maximum in picture.analyze_step_stats(show_memory=True).allocator_maximums.items():
            extras[f'allocator_maximum_num_bytes_{allocator}'] = maximum.num_bytes
    return extras


def _field(name, value):
    text = '"' + value.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"' if isinstance(
        value, str) else repr(value)
    return f'{name}: {text}\n'


def _block(name, lines):
    inner = ''.join(lines)
    return f'{name} {{\n' + ''.join(f'  {line}\n' for line in inner.splitlines()) + '}\n'


def _value(name, value):
    return _field('string_value', value) if isinstance(value, str) else _field('double_value', float(value))


def _entry(name, iters, cpu_time, wall_time, throughput, extras, metrics):
    """A result as a `BenchmarkEntry` in protobuf's text form."""
    lines = [_field('name', name)]
    lines += [_field('iters', iters)] if iters is not None else []
    lines += [_field(key, float(value)) for key, value in
              (('cpu_time', cpu_time), ('wall_time', wall_time), ('throughput', throughput)) if value is not None]
    lines += [_block('extras', [_field('key', key), _block('value', [_value(key, extras[key])])])
              for key in sorted(extras)]
    for metric in metrics:
        bounds = [_block(key, [_field('value', float(metric[key]))]) for key in ('min_value', 'max_value')
                  if metric.get(key) is not None]
        value = [_field('name', metric['name']), _field('value', float(metric['value']))]
        lines.append(_block('metrics', value + bounds))
    return _block('entry', lines)


def run_benchmarks(pattern):
    """Runs all benchmarks whose names match a regular expression; 'all' stands for any.

    Args:
      pattern: the expression, for names such as `module.Class.benchmarkName`.
    """
    pattern = '.' if pattern == 'all' else pattern
    for cls in _classes:
        for name in sorted(dir(cls)):
            if name.startswith('benchmark') and re.search(pattern, f'{cls.__module__}.{cls.__name__}.{name}'):
                getattr(cls(), name)()
