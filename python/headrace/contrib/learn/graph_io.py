"""Input from files of examples: names, readers, parsing and queues put together."""

from headrace import errors, gfile, summary
from headrace.core import dtypes
from headrace.core.constants import constant
from headrace.core.deprecation import deprecated
from headrace.core.graph import Tensor, name_scope
from headrace.core.input_pipelines import batch_join, shuffle_batch_join, string_input_producer
from headrace.core.math_functions import cast
from headrace.core.parsing import parse_example
from headrace.core.queue_runners import QueueRunner, add_queue_runner
from headrace.core.queues import FIFOQueue
from headrace.core.readers import TFRecordReader
from headrace.core.sparse import SparseTensor

__all__ = ['queue_parsed_features', 'read_batch_examples', 'read_batch_features', 'read_batch_record_features',
           'read_keyed_batch_examples', 'read_keyed_batch_features']

_KEYS = '__key__'  # of the records' keys among parsed features


def _names_of_files(file_pattern, in_any_order):
    patterns = file_pattern if isinstance(file_pattern, list) else [file_pattern]
    if not patterns:
        raise ValueError('No files given to dequeue_examples.')
    names = [name for pattern in patterns for name in gfile.Glob(pattern)]
    if not names:
        raise ValueError(f'No files match {file_pattern}.')
    return names if in_any_order else sorted(names)


def _check_sizes(batch_size, num_epochs, queue_capacity, num_threads, read_batch_size):
    if not queue_capacity or queue_capacity <= 0:
        raise ValueError(f'Invalid queue_capacity {queue_capacity}.')
    if batch_size is None or not isinstance(batch_size, Tensor) and not 0 < batch_size < queue_capacity:
        raise ValueError(f'Invalid batch_size {batch_size}, with queue_capacity {queue_capacity}.')
    if read_batch_size is None or not isinstance(read_batch_size, Tensor) and read_batch_size <= 0:
        raise ValueError(f'Invalid read_batch_size {read_batch_size}.')
    if not num_threads or num_threads <= 0:
        raise ValueError(f'Invalid num_threads {num_threads}.')
    if num_epochs is not None and num_epochs <= 0:
        raise ValueError(f'Invalid num_epochs {num_epochs}.')


def _sources(queue, reader, num_threads, read_batch_size, parse_fn):
    """What each thread reads: keys and records, or what became of them."""
    sources = []
    with name_scope('read'):
        for _ in range(num_threads):
            made = reader()
            keys, records = made.read_up_to(queue, read_batch_size) if read_batch_size > 1 else made.read(queue)
            parsed = parse_fn(records) if parse_fn else records
            sources.append(dict(parsed, **{_KEYS: keys}) if isinstance(parsed, dict) else (keys, parsed))
    return sources


@deprecated(None, 'Use tf.data.')
def read_keyed_batch_examples(file_pattern, batch_size, reader, randomize_input=True, num_epochs=None,
                              queue_capacity=10000, num_threads=1, read_batch_size=1, parse_fn=None, name=None,
                              seed=None):
    """Batches of records, with their keys.

    Args:
      file_pattern: a pattern for the names of files, or a list of them.
      batch_size: how many records make a batch.
      reader: a function that makes a reader, such as `tf.TFRecordReader`.
      randomize_input: whether files and records come in random order.
      num_epochs: how often all files are read; without end for None.
      queue_capacity: how many records wait.
      num_threads: how many threads read.
      read_batch_size: how many records each reads at once.
      parse_fn: a function of the records: a tensor, or a dict of tensors, of as many.
      name: the name scope.
      seed: of the order.

    Returns:
      Keys [batch_size], and records [batch_size] or what `parse_fn` made of them.
    """
    names = _names_of_files(file_pattern, randomize_input)
    _check_sizes(batch_size, num_epochs, queue_capacity, num_threads, read_batch_size)
    with name_scope(name, 'read_batch_examples', [file_pattern]) as scope:
        with name_scope('file_name_queue') as queue_scope:
            queue = string_input_producer(constant(names, name='input'), shuffle=randomize_input, num_epochs=num_epochs,
                                          name=queue_scope, seed=seed)
        sources = _sources(queue, reader, num_threads, read_batch_size, parse_fn)
        how = dict(capacity=queue_capacity, enqueue_many=read_batch_size > 1, name=scope,
                   allow_smaller_final_batch=num_epochs is not None)
        if randomize_input:
            left = (int(queue_capacity * 0.4) if isinstance(batch_size, Tensor)
                    else max(queue_capacity - 3 * batch_size, batch_size))
            batch = shuffle_batch_join(sources, batch_size, min_after_dequeue=left, seed=seed, **how)
        else:
            batch = batch_join(sources, batch_size, **how)
        return (batch.pop(_KEYS), batch) if isinstance(batch, dict) else batch


@deprecated(None, 'Use tf.data.')
def read_batch_examples(file_pattern, batch_size, reader, randomize_input=True, num_epochs=None, queue_capacity=10000,
                        num_threads=1, read_batch_size=1, parse_fn=None, name=None, seed=None):
    """Batches of records. The arguments are those of `read_keyed_batch_examples`."""
    return read_keyed_batch_examples(
        file_pattern, batch_size, reader, randomize_input=randomize_input, num_epochs=num_epochs,
        queue_capacity=queue_capacity, num_threads=num_threads, read_batch_size=read_batch_size, parse_fn=parse_fn,
        name=name, seed=seed)[1]


@deprecated(None, 'Use tf.data.')
def queue_parsed_features(parsed_features, keys=None, feature_queue_capacity=100, num_enqueue_threads=2, name=None):
    """Parsed features behind one more queue, so that they wait ready.

    Args:
      parsed_features: a dict of tensors and SparseTensors.
      keys: their records' keys.
      feature_queue_capacity: how many such dicts wait.
      num_enqueue_threads: how many threads parse.
      name: the name scope.

    Returns:
      Keys (None where there are none), and a dict as it was given.
    """
    keyed = list(parsed_features.values()) + ([] if keys is None else [keys])
    with name_scope(name, 'queue_parsed_features', keyed):
        parts = []
        for key in sorted(parsed_features):
            tensor = parsed_features[key]
            parts += ([tensor.indices, tensor.values, tensor.dense_shape] if isinstance(tensor, SparseTensor)
                      else [tensor])
        parts += [] if keys is None else [keys]
        queue = FIFOQueue(feature_queue_capacity, [part.dtype for part in parts])
        summary.scalar(f'queue/parsed_features/{queue.name}/fraction_of_{feature_queue_capacity}_full',
                       cast(queue.size(), dtypes.float32) * (1.0 / feature_queue_capacity))
        enqueue_ops = [queue.enqueue(parts) for _ in range(num_enqueue_threads)]
        add_queue_runner(QueueRunner(queue, enqueue_ops, queue_closed_exception_types=(errors.OutOfRangeError,
                                                                                       errors.CancelledError)))
        taken = queue.dequeue()
        taken = taken if isinstance(taken, list) else [taken]
        for part, given in zip(taken, parts):
            part.set_shape(given.get_shape())
        rest, features = iter(taken), {}
        for key in sorted(parsed_features):
            is_sparse = isinstance(parsed_features[key], SparseTensor)
            features[key] = SparseTensor(next(rest), next(rest), next(rest)) if is_sparse else next(rest)
        return None if keys is None else next(rest), features


@deprecated(None, 'Use tf.data.')
def read_keyed_batch_features(file_pattern, batch_size, features, reader, randomize_input=True, num_epochs=None,
                              queue_capacity=10000, reader_num_threads=1, feature_queue_capacity=100,
                              num_enqueue_threads=2, parse_fn=None, name=None, read_batch_size=None):
    """Batches of parsed Example messages, with their keys.

    Args:
      features: what is to be read of them, as of `tf.parse_example`.
      reader_num_threads, num_enqueue_threads: how many threads read, and parse.
      feature_queue_capacity: how many batches wait parsed.
      file_pattern, batch_size, reader, randomize_input, num_epochs, queue_capacity, parse_fn, name, read_batch_size: as
        of `read_keyed_batch_examples`.

    Returns:
      Keys, and a dict of tensors and SparseTensors.
    """
    with name_scope(name, 'read_batch_features', [file_pattern]) as scope:
        keys, examples = read_keyed_batch_examples(
            file_pattern, batch_size, reader, randomize_input=randomize_input, num_epochs=num_epochs,
            queue_capacity=queue_capacity, num_threads=reader_num_threads,
            read_batch_size=batch_size if read_batch_size is None else read_batch_size, parse_fn=parse_fn, name=scope)
        return queue_parsed_features(parse_example(examples, features), keys=keys, name=scope,
                                     feature_queue_capacity=feature_queue_capacity,
                                     num_enqueue_threads=num_enqueue_threads)


@deprecated(None, 'Use tf.data.')
def read_batch_features(file_pattern, batch_size, features, reader, randomize_input=True, num_epochs=None,
                        queue_capacity=10000, feature_queue_capacity=100, reader_num_threads=1, num_enqueue_threads=2,
                        parse_fn=None, name=None, read_batch_size=None):
    """Batches of parsed Example messages. The arguments are those of `read_keyed_batch_features`."""
    return read_keyed_batch_features(
        file_pattern, batch_size, features, reader, randomize_input=randomize_input, num_epochs=num_epochs,
        queue_capacity=queue_capacity, reader_num_threads=reader_num_threads,
        feature_queue_capacity=feature_queue_capacity, num_enqueue_threads=num_enqueue_threads,
        read_batch_size=read_batch_size, parse_fn=parse_fn, name=name)[1]


@deprecated(None, 'Use tf.data.')
def read_batch_record_features(file_pattern, batch_size, features, randomize_input=True, num_epochs=None,
                               queue_capacity=10000, reader_num_threads=1, name='dequeue_record_examples'):
    """The same of TFRecord files."""
    return read_batch_features(file_pattern, batch_size, features, TFRecordReader, randomize_input=randomize_input,
                               num_epochs=num_epochs, queue_capacity=queue_capacity,
                               reader_num_threads=reader_num_threads, name=name)
