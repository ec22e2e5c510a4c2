"""Batches of data frames, as text: `batches(tf)` for either module."""

import numpy as np


def _run(tf, pandas_input_fn, **options):
    with tf.Graph().as_default():
        given = pandas_input_fn(**options)()
        lines = []
        features, targets = given if isinstance(given, tuple) else (given, {})
        fetches = {key: features[key] for key in features}
        fetches.update({'y ' + key: targets[key] for key in targets} if isinstance(targets, dict) else {'y': targets})
        for key in sorted(fetches):
            lines.append('%s %s %s' % (key, fetches[key].dtype.name, fetches[key].shape))
        with tf.train.MonitoredSession() as session:
            for _ in range(4):
                if session.should_stop():
                    break
                try:
                    values = session.run(fetches)
                except tf.errors.OutOfRangeError:
                    lines.append('end')
                    break
                lines.append(' | '.join('%s %s' % (key, np.asarray(values[key]).tolist()) for key in sorted(values)))
        return lines


def batches(tf):
    """A list of lines."""
    import pandas as pd
    index = [10, 11, 12, 13, 14]
    x = pd.DataFrame({'a': [1.0, 2.0, 3.0, 4.0, 5.0], 'b': np.arange(5, dtype=np.int32), 'c': list('vwxyz')}, index=index)
    y = pd.Series([0.5, 1.5, 2.5, 3.5, 4.5], index=index)
    many = pd.DataFrame({'a': [7, 6, 5, 4, 3], 'd': [1.0, 0.0, 1.0, 0.0, 1.0]}, index=index)
    make = tf.estimator.inputs.pandas_input_fn
    lines = []
    for name, options in (('features', dict(x=x)), ('series', dict(x=x, y=y)), ('frame', dict(x=x, y=many)),
                          ('epochs', dict(x=x[['a']], y=y, num_epochs=2)),
                          ('without end', dict(x=x[['b']], num_epochs=None, queue_capacity=None))):
        lines.append(name)
        lines += _run(tf, make, batch_size=2, shuffle=False, **options)
    for mistake in (lambda: make(x, y, shuffle=None), lambda: make(x, y, shuffle=False, target_column=3),
                    lambda: make(x, y, shuffle=False, target_column='a'),
                    lambda: make(x, pd.Series([1.0], index=[3]), shuffle=False)):
        try:
            mistake()
            lines.append('none')
        except Exception as error:
            text = str(error).split('\n')[0]
            lines.append('%s: %s' % (type(error).__name__, text.split('dtype=')[0]))  # that of texts depends on pandas
    return lines


if __name__ == '__main__':
    import tensorflow
    print('\n'.join(batches(tensorflow.compat.v1)))
