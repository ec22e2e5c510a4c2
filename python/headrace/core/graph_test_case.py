"""`tf.test.TestCase`: tests of graphs with seeds, sessions and assertions about arrays."""

import contextlib
import os
import random
import re
import tempfile
import threading

import numpy as np

from headrace import errors
from headrace.core import assertions

SEED = 87654321  # of the graph, of Python and of NumPy in each test


class _CheckedThread:
    """A thread whose exceptions fail the test."""

    def __init__(self, test, target, args, kwargs):
        self._test = test
        self._error = None

        def run():
            try:
                target(*args, **kwargs)
            except Exception as error:  # raised again in the test's own thread
                self._error = error

        self._thread = threading.Thread(target=run, daemon=True)
        self._joined = False

    def start(self):
        """Starts the thread."""
        self._thread.start()

    def join(self):
        """Waits until the thread has ended, and fails the test where it raised an exception."""
        self._joined = True
        self._thread.join()
        if self._error is not None:
            self._test.fail(f'Error in checkedThread: {self._error}')

    def is_alive(self):
        """Whether the thread runs."""
        return self._thread.is_alive()

    def check_termination(self):
        """Fails the test where nobody has joined the thread."""
        if self._joined:
            return
        if self.is_alive():
            self._test.fail('Thread was not joined with main thread, and is still running when the test finished.')
        self._test.fail('A checked thread was not joined.')


class _CapturedWrites:
    """What a stream was given."""

    def __init__(self, path):
        self._path = path

    def contents(self):
        """All that was written."""
        with open(self._path, encoding='utf-8') as file:
            return file.read()


def _is_tensor(value):
    return hasattr(value, 'dtype') and (hasattr(value, 'graph') or hasattr(value, 'dense_shape'))


class TestCase(assertions.Assertions):
    """Base of tests of graphs.

    Each test starts with an empty default graph and with fixed seeds for the graph, Python's `random` and NumPy.
    """

    def __init__(self, methodName='runTest'):
        """Makes the test of one method."""
        super().__init__(methodName)
        self._threads = []
        self._temporary = None
        self._cached = None

    def setUp(self):
        """Resets the default graph and all seeds."""
        super().setUp()
        self._clear_cached_session()
        import headrace as tf

        random.seed(SEED)
        np.random.seed(SEED)
        tf.reset_default_graph()
        tf.get_default_graph().seed = SEED

    def tearDown(self):
        """Closes the cached session and looks after threads."""
        for thread in self._threads:
            thread.check_termination()
        self._clear_cached_session()
        super().tearDown()

    # Files, threads, output -------------------------------------------------------------------------------------------

    def get_temp_dir(self):
        """An empty folder for this test."""
        if self._temporary is None:
            from headrace import test

            self._temporary = tempfile.mkdtemp(dir=test.get_temp_dir())
        return self._temporary

    def create_tempdir(self, name=None, cleanup=None):
        """Makes a folder for this test.

        Args:
          name: its name; by default one of its own.
          cleanup: not used: the folder is deleted when the process ends.

        Returns:
          An object with `full_path`, `create_file` and `mkdir`.
        """
        return assertions.TemporaryDirectory(self.get_temp_dir()).mkdir(name)

    def create_tempfile(self, file_path=None, content=None, mode='w', encoding='utf8', errors='strict', cleanup=None):
        """Makes a file for this test.

        Args:
          file_path: its path in the test's folder; by default one of its own.
          content: text or bytes.
          mode: 'w' or 'wb'.
          encoding: of the text.
          errors: what to do with text that cannot be encoded.
          cleanup: not used: the file is deleted when the process ends.

        Returns:
          An object with `full_path`, `read_text`, `read_bytes`, `write_text`, `write_bytes`.
        """
        folder = assertions.TemporaryDirectory(self.get_temp_dir())
        return folder.create_file(file_path, content, mode, encoding, errors)

    def enter_context(self, manager):
        """Enters a context manager and leaves it when the test ends; returns what it gives."""
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def checkedThread(self, target, args=None, kwargs=None):
        """Makes a thread whose exceptions fail the test.

        Args:
          target: the function to run.
          args: its arguments.
          kwargs: its keyword arguments.

        Returns:
          An object with `start`, `join` and `is_alive`. It must be joined.
        """
        thread = _CheckedThread(self, target, args or (), kwargs or {})
        self._threads.append(thread)
        return thread

    @contextlib.contextmanager
    def captureWritesToStream(self, stream):
        """Catches, in a `with` block, what is written to a stream that has a file descriptor, by C code, too.

        Args:
          stream: for example `sys.stderr`.

        Yields:
          An object whose `contents()` are what was written so far.
        """
        descriptor = stream.fileno()
        handle, path = tempfile.mkstemp(dir=self.get_temp_dir())
        stream.flush()
        kept = os.dup(descriptor)
        os.dup2(handle, descriptor)
        os.close(handle)
        try:
            yield _CapturedWrites(path)
        finally:
            stream.flush()
            os.dup2(kept, descriptor)
            os.close(kept)

    # Sessions ---------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """A new session for a `with` block, in which its graph and it itself are the default ones.

        Args:
          graph: the graph; by default the default graph.
          config: a `tf.ConfigProto`; graph optimisations are switched off in a copy of it.
          use_gpu: whether nodes may be placed on a GPU; if not, they are made for the CPU.
          force_gpu: whether nodes are made for the first GPU.

        Yields:
          The `tf.Session`.
        """
        with self._new_session(graph, config, force_gpu) as session:
            with self._devices(session, use_gpu, force_gpu):
                yield session

    @contextlib.contextmanager
    def cached_session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """Like `session`, but all blocks of one test get the same session, which stays open.

        Raises:
          ValueError: an argument is not the one of the first call.
        """
        if self._cached is None:
            session = self._new_session(graph, config, force_gpu)
            self._cached = session, graph, config, force_gpu
        session, first_graph, first_config, first_force_gpu = self._cached
        for what, first, now in (('graph', first_graph, graph), ('config', first_config, config),
                                 ('force_gpu value', first_force_gpu, force_gpu)):
            if first is not now and first != now:
                raise ValueError(f'The {what} used to get the cached session is different than the one that was used '
                                 f'to create the session. Maybe create a new session with self.session()')
        with session.graph.as_default(), session.as_default(), self._devices(session, use_gpu, force_gpu):
            yield session

    def test_session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """The old name of `cached_session`, and of `session` where a graph is given."""
        if self.id().endswith('.test_session'):
            self.skipTest('Not a test.')
        get = self.cached_session if graph is None else self.session
        return get(graph, config, use_gpu, force_gpu)

    def _new_session(self, graph, config, force_gpu):
        import headrace as tf

        prepared = tf.ConfigProto()
        if config is None:
            prepared.allow_soft_placement = not force_gpu
            prepared.device_count['CPU'] = 1
        else:
            prepared.CopyFrom(config)
        options = prepared.graph_options
        options.optimizer_options.opt_level = tf.OptimizerOptions.L0
        options.rewrite_options.constant_folding = options.rewrite_options.OFF
        options.rewrite_options.pin_to_host_optimization = options.rewrite_options.OFF
        return tf.Session(graph=graph, config=prepared)

    @contextlib.contextmanager
    def _devices(self, session, use_gpu, force_gpu):
        from headrace import test

        if force_gpu:
            name = test.gpu_device_name()
            with session.graph.device(name or '/device:GPU:0'):
                yield
        elif use_gpu:
            yield
        else:
            with session.graph.device('/device:CPU:0'):
                yield

    def _clear_cached_session(self):
        if self._cached is not None:
            self._cached[0].close()
            self._cached = None

    def evaluate(self, tensors):
        """The values of tensors, in the default session or the test's own.

        Args:
          tensors: a tensor or a structure of tensors.

        Returns:
          NumPy arrays in the same structure.
        """
        import headrace as tf

        session = tf.get_default_session()
        if session is not None:
            return session.run(tensors)
        with self.cached_session() as session:
            return session.run(tensors)

    # Arrays -----------------------------------------------------------------------------------------------------------

    def _array(self, a):
        """A NumPy array of anything; tensors are evaluated."""
        if _is_tensor(a) and not isinstance(a, (np.ndarray, np.generic)):
            a = self.evaluate(a)
        return a if isinstance(a, np.ndarray) else np.array(a)

    def assertAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """Checks that numbers agree: |a - b| <= atol + rtol |b|.

        Args:
          a: numbers, arrays, tensors, or nests of them in dictionaries, named tuples, lists and tuples.
          b: the same.
          rtol: the relative tolerance.
          atol: the absolute tolerance.
          msg: text to add to the error.

        Raises:
          ValueError: only one of both is a dictionary.
          AssertionError: numbers, shapes or keys differ.
        """
        self._close(a, b, rtol, atol, '', msg)

    def _close(self, a, b, rtol, atol, path, msg):
        msg = '' if msg is None else msg
        a, b = (each._asdict() if hasattr(each, '_asdict') else each for each in (a, b))
        if isinstance(a, dict) != isinstance(b, dict):
            raise ValueError(f"Can't compare dict to non-dict, a{path} vs b{path}. {msg}")
        if isinstance(a, dict):
            self.assertCountEqual(a, b, f'mismatched keys: a{path} has keys {list(a)}, but b{path} has keys {list(b)}. '
                                        f'{msg}')
            for key in a:
                self._close(a[key], b[key], rtol, atol, f'{path}[{key}]', msg)
        elif isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
            try:
                a, b = self._array(a), self._array(b)
                nested = a.dtype == object or b.dtype == object
            except (ValueError, TypeError, NotImplementedError):  # rows of different lengths, or tensors
                nested = True
            if not nested:
                self._close_arrays(a, b, rtol, atol, path, msg)
                return
            if len(a) != len(b):
                self.fail(f'Mismatched length: a{path} has {len(a)} items, but b{path} has {len(b)} items. {msg}')
            for i, (each, other) in enumerate(zip(a, b)):
                self._close(each, other, rtol, atol, f'{path}[{i}]', msg)
        else:
            try:
                self._close_arrays(self._array(a), self._array(b), rtol, atol, path, msg)
            except TypeError as error:
                raise TypeError(f'{error} : Error: a{path} has {type(a)}, but b{path} has {type(b)}. {msg}') from error

    def _close_arrays(self, a, b, rtol, atol, path, msg):
        # The difference of small unsigned integers and of float16 must not wrap or round.
        if a.dtype.kind == 'u' or b.dtype.kind == 'u':
            a, b = (each.astype(np.int64) if each.dtype.kind == 'u' and each.dtype.itemsize < 8 else each
                    for each in (a, b))
        self.assertEqual(a.shape, b.shape,
                         f'Shape mismatch: expected {a.shape}, got {b.shape} with contents {b}. {msg}')
        if np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True):
            return
        difference = np.abs(a - b)
        far = difference > atol + rtol * np.abs(b)
        far |= np.isnan(a) != np.isnan(b)
        far |= (np.isinf(a) | np.isinf(b)) & (a != b)
        lines = [f'Mismatched value: a{path} is different from b{path}. {msg}']
        with np.errstate(invalid='ignore'):
            lines += [f'not close where = {np.where(far)}'] if a.ndim else []
            lines += [f'not close lhs = {a[far]}', f'not close rhs = {b[far]}', f'not close dif = {difference[far]}',
                      f'not close tol = {(atol + rtol * np.abs(b))[far]}', f'dtype = {a.dtype}, shape = {a.shape}']
            lines.append(f'Mismatched elements: {far.sum()} / {far.size}, max absolute difference: {difference.max()}')
        self.fail('\n'.join([f'\nNot equal to tolerance rtol={rtol}, atol={atol}', *lines, f' x: {a!r}', f' y: {b!r}']))

    def assertAllCloseAccordingToType(self, a, b, rtol=1e-6, atol=1e-6, float_rtol=1e-6, float_atol=1e-6,
                                      half_rtol=1e-3, half_atol=1e-3, bfloat16_rtol=1e-2, bfloat16_atol=1e-2, msg=None):
        """Like `assertAllClose` with tolerances for the less exact of both dtypes.

        Args:
          a: numbers, an array or a tensor.
          b: the same.
          rtol: the relative tolerance of float64 and others.
          atol: the absolute tolerance of float64 and others.
          float_rtol: at least this for float32.
          float_atol: at least this for float32.
          half_rtol: at least this for float16.
          half_atol: at least this for float16.
          bfloat16_rtol: at least this for bfloat16.
          bfloat16_atol: at least this for bfloat16.
          msg: text to add to the error.
        """
        a, b = self._array(a), self._array(b)
        names = {a.dtype.name, b.dtype.name}
        for affected, relative, absolute in ((('float32', 'complex64'), float_rtol, float_atol),
                                             (('float16',), half_rtol, half_atol),
                                             (('bfloat16',), bfloat16_rtol, bfloat16_atol)):
            if names.intersection(affected):
                rtol, atol = max(rtol, relative), max(atol, absolute)
        self.assertAllClose(a, b, rtol, atol, msg)

    def assertNotAllClose(self, a, b, **kwargs):
        """Checks that numbers do not agree; see `assertAllClose`."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        self.fail('The two values are close at all elements')

    def assertAllEqual(self, a, b, msg=None):
        """Checks that arrays have the same shape and the same elements; NaN is equal to NaN.

        Args:
          a: numbers, texts, an array or a tensor.
          b: the same.
          msg: text to add to the error.
        """
        msg = '' if msg is None else msg
        a, b = self._array(a), self._array(b)
        self.assertEqual(a.shape, b.shape,
                         f'Shape mismatch: expected {a.shape}, got {b.shape}. Contents: {b}. \n{msg}.')
        if {a.dtype.kind, b.dtype.kind} == {'S', 'U'}:  # bytes and text, which NumPy does not compare
            same = np.zeros(a.shape, bool)
        else:
            same = np.asarray(a == b)
        if all(each.dtype.kind in 'fc' for each in (a, b)):
            same = same | (np.isnan(a) & np.isnan(b))
        if not same.all():
            lines = ['\nArrays are not equal', msg]
            lines += [f'not equal where = {np.where(~same)}'] if a.ndim else []
            lines += [f'not equal lhs = {a[~same]}', f'not equal rhs = {b[~same]}',
                      f'Mismatched elements: {(~same).sum()} / {same.size}', f' x: {a!r}', f' y: {b!r}']
            self.fail('\n'.join(lines))

    def assertNotAllEqual(self, a, b, msg=None):
        """Checks that arrays differ in shape or elements."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        self._fail('The two values are equal at all elements', msg)

    def assertAllGreater(self, a, comparison_target):
        """Checks that all elements are greater than a number."""
        self.assertGreater(np.min(self._array(a)), comparison_target)

    def assertAllLess(self, a, comparison_target):
        """Checks that all elements are less than a number."""
        self.assertLess(np.max(self._array(a)), comparison_target)

    def assertAllGreaterEqual(self, a, comparison_target):
        """Checks that all elements are a number or greater."""
        self.assertGreaterEqual(np.min(self._array(a)), comparison_target)

    def assertAllLessEqual(self, a, comparison_target):
        """Checks that all elements are a number or less."""
        self.assertLessEqual(np.max(self._array(a)), comparison_target)

    def assertAllInRange(self, target, lower_bound, upper_bound, open_lower_bound=False, open_upper_bound=False):
        """Checks that all elements lie between two numbers.

        Args:
          target: an array of numbers or a tensor.
          lower_bound: the least number.
          upper_bound: the greatest number.
          open_lower_bound: whether the least number itself is refused.
          open_upper_bound: whether the greatest number itself is refused.
        """
        values = self._array(target)
        if values.dtype.kind not in 'iuf':
            self.fail(f'The value of {target} does not have an ordered numeric type, instead it has type: '
                      f'{values.dtype}')
        if np.isnan(values).any():
            self.fail(f'{np.isnan(values).sum()} of the {values.size} element(s) are NaN. Subscripts(s) and value(s) '
                      f'of the NaN element(s):\n{_listing(values, np.isnan(values))}')
        outside = (values <= lower_bound) if open_lower_bound else (values < lower_bound)
        outside |= (values >= upper_bound) if open_upper_bound else (values > upper_bound)
        if outside.any():
            bounds = f'{"(" if open_lower_bound else "["}{lower_bound}, {upper_bound}{")" if open_upper_bound else "]"}'
            self.fail(f'{outside.sum()} of the {values.size} element(s) are outside the range {bounds}. Subscript(s) '
                      f'and value(s) of the offending elements:\n{_listing(values, outside)}')

    def assertAllInSet(self, target, expected_set):
        """Checks that all elements occur in a collection."""
        strangers = [value for value in np.unique(self._array(target)).tolist() if value not in expected_set]
        if strangers:
            self.fail(f'{len(strangers)} unique element(s) are not in the set {expected_set}: {strangers}')

    def assertDTypeEqual(self, target, expected_dtype):
        """Checks the dtype of an array or tensor; a NumPy dtype or class, or a `tf.DType`."""
        expected = getattr(expected_dtype, 'as_numpy_dtype', expected_dtype)
        dtype = getattr(getattr(target, 'dtype', None), 'as_numpy_dtype', None)
        self.assertEqual(np.dtype(dtype) if dtype else self._array(target).dtype, np.dtype(expected))

    def assertNear(self, f1, f2, err, msg=None):
        """Checks that two numbers differ by at most `err`."""
        if not (f1 == f2 or abs(f1 - f2) <= err):
            self.fail(f'{f1:f} != {f2:f} +/- {err:f}' + (f' ({msg})' if msg is not None else ''))

    def assertArrayNear(self, farray1, farray2, err, msg=None):
        """Checks that the numbers of two lists differ by at most `err`."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for f1, f2 in zip(farray1, farray2):
            self.assertNear(float(f1), float(f2), err, msg)

    def assertNDArrayNear(self, ndarray1, ndarray2, err, msg=None):
        """Checks that the distance of two arrays, the root of the sum of squares, is less than `err`."""
        distance = float(np.linalg.norm(np.asarray(ndarray1) - np.asarray(ndarray2)))
        if not distance < err:
            self._fail(f'the arrays are {distance} apart, not less than {err}', msg)

    def assertShapeEqual(self, np_array, tf_tensor, msg=None):
        """Checks that an array has the static shape of a tensor.

        Raises:
          TypeError: the arguments are something else.
        """
        if not isinstance(np_array, (np.ndarray, np.generic)):
            raise TypeError('np_array must be a Numpy ndarray or Numpy scalar')
        if not _is_tensor(tf_tensor) or isinstance(tf_tensor, np.ndarray):
            raise TypeError('tf_tensor must be a Tensor')
        self.assertAllEqual(np_array.shape, tf_tensor.get_shape().as_list(), msg)

    def assertDeviceEqual(self, device1, device2, msg=None):
        """Checks that two names, texts or functions' results, mean the same device."""
        import headrace as tf

        first, second = (tf.DeviceSpec.from_string(device or '').to_string() for device in (device1, device2))
        self.assertEqual(first, second, f'Devices {first} and {second} are not equal. {msg}')

    # Protos and errors ------------------------------------------------------------------------------------------------

    def assertProtoEquals(self, expected_message_maybe_ascii, message, msg=None):
        """Checks that two messages are equal.

        Args:
          expected_message_maybe_ascii: a message, or its text form.
          message: a message.
          msg: text to add to the error.
        """
        from google.protobuf import text_format

        expected = expected_message_maybe_ascii
        if isinstance(expected, (str, bytes)):
            expected = text_format.Parse(expected, type(message)())
        if type(expected) is not type(message):
            self.fail(f"Can't compare protos of type {type(expected)} and {type(message)}. {msg or ''}")
        if expected != message:
            self.assertMultiLineEqual(str(expected), str(message), msg)
            self._fail('the messages differ in what their text form does not show', msg)

    def assertProtoEqualsVersion(self, expected, actual, producer=134, min_consumer=0, msg=None):
        """Checks that a GraphDef is that of a text form, with these versions."""
        versions = f'versions {{ producer: {producer} min_consumer: {min_consumer} }}'
        self.assertProtoEquals(f'{versions} {expected}', actual, msg)

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type, expected_err_re_or_predicate):
        """Checks that a `with` block raises a certain exception.

        Args:
          exception_type: its class.
          expected_err_re_or_predicate: a function of the exception that returns whether it is the one, or a regular
            expression that must occur in its message, or, for a `tf.errors.OpError`, in the description of its node
            and of those that it was made from.
        """
        if callable(expected_err_re_or_predicate):
            accept = expected_err_re_or_predicate
        else:

            def accept(error):
                text = error.message if isinstance(error, errors.OpError) else str(error)
                op = error.op if isinstance(error, errors.OpError) else None
                while op is not None:
                    text += f'\nCaused by: {op.name}'
                    op = getattr(op, '_original_op', None)
                return re.search(expected_err_re_or_predicate, text)

        try:
            yield
        except Exception as error:
            if not isinstance(error, exception_type) or not accept(error):
                raise AssertionError(f'Exception of type {type(error)}: {error}') from error
        else:
            self.fail(f'{exception_type.__name__} not raised')

    def assertRaisesOpError(self, expected_err_re_or_predicate):
        """Checks that a `with` block raises a `tf.errors.OpError`; see `assertRaisesWithPredicateMatch`."""
        return self.assertRaisesWithPredicateMatch(errors.OpError, expected_err_re_or_predicate)


def _listing(values, chosen):
    """Lines with the subscripts and values of chosen elements, the first ten."""
    places = np.argwhere(chosen)
    lines = [f'  {list(place)} : {values[tuple(place)]}' for place in places.tolist()[:10]]
    return '\n'.join(lines + ['  ...'] * (len(places) > 10))
