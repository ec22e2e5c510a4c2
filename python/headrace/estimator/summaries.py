"""Results of evaluations in event files."""

import numpy

from headrace.core.constants import make_tensor_proto
from headrace.core.event_files import FileWriterCache
from headrace.core.graph import GraphKeys


def write_results(folder, results, step):
    """Writes the values of an evaluation's metrics, and logs them."""
    from headrace import logging
    from headrace.core.protos import Summary
    logging.info('Saving dict for global step %d: %s', step,
                 ', '.join(f'{key} = %s' % value for key, value in sorted(results.items())
                           if not isinstance(value, bytes)))
    summary = Summary()
    for key, value in results.items():
        if value is not None and key != GraphKeys.GLOBAL_STEP:
            _add(summary, key, value)
    _write(folder, summary, step)


def _add(summary, key, value):
    from headrace import logging
    if isinstance(value, (numpy.floating, float)):
        summary.value.add(tag=key, simple_value=float(value))
    elif isinstance(value, (numpy.integer, int)):
        summary.value.add(tag=key, simple_value=int(value))
    elif isinstance(value, bytes):
        _add_parsed(summary, key, value)
    elif isinstance(value, numpy.ndarray):
        summary.value.add(tag=key, node_name=key, tensor=make_tensor_proto(value))
        logging.info('Summary for np.ndarray %s is not shown by TensorBoard without a plugin for it.', key)
    else:
        logging.warning('Skipping summary for %s, must be a float, np.float32, np.int64, np.int32 or int or np.ndarray or a '
                        'serialized string of Summary.', key)


def _add_parsed(summary, key, serialized):
    """Adds the values of a serialized Summary, under new tags."""
    from google.protobuf.message import DecodeError
    try:
        parsed = type(summary).FromString(serialized)
    except DecodeError:
        from headrace import logging
        logging.warning('Skipping summary for %s, cannot parse string to Summary.', key)
        return
    for index, value in enumerate(parsed.value):
        value.tag = f'{key}/{index}'
    summary.value.extend(parsed.value)


def write_checkpoint_path(folder, path, step):
    """Writes which checkpoint was evaluated."""
    from headrace import logging
    from headrace.core.protos import Summary
    logging.info("Saving 'checkpoint_path' summary for global step %d: %s", step, path)
    _write(folder, Summary(value=[Summary.Value(tag='checkpoint_path', tensor=make_tensor_proto(path))]), step)


def _write(folder, summary, step):
    writer = FileWriterCache.get(folder)
    writer.add_summary(summary, step)
    writer.flush()
