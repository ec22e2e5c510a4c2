"""Sessions: `tf.Session` and `tf.InteractiveSession`."""

import threading
import warnings

from headrace import _headrace as _c
from headrace.core import process_config
from headrace.core.graph import IndexedSlices, get_default_graph

__all__ = ['Session', 'InteractiveSession', 'get_default_session']


class _Stack(threading.local):
    def __init__(self):
        self.sessions = []


_stack = _Stack()


def get_default_session():
    """The innermost session that a `with` block or `as_default` made the default in this thread, or None."""
    return _stack.sessions[-1] if _stack.sessions else None


def session_for(session, graph, what):
    """The session of an eval or run: the one given, else the default one, over the same graph. ValueError otherwise."""
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(f'Cannot {what} using `{"run" if "operation" in what else "eval"}()`: No default session is '
                             'registered. Use `with sess.as_default()` or pass an explicit session to '
                             f'`{"run(session=sess)" if "operation" in what else "eval(session=sess)"}`')
        if session.graph is not graph:
            raise ValueError(f'Cannot use the default session to {what}: the {"operation" if "operation" in what else "tensor"}'
                             "'s graph is different from the session's graph. Pass an explicit session to "
                             f'`{"run(session=sess)" if "operation" in what else "eval(session=sess)"}`.')
    elif session.graph is not graph:
        raise ValueError(f'Cannot use the given session to {what}: the {"operation" if "operation" in what else "tensor"}'
                         "'s graph is different from the session's graph.")
    return session


class _Default:
    """A block in which a session is the default one."""

    __slots__ = ('_session',)

    def __init__(self, session):
        self._session = session

    def __enter__(self):
        _stack.sessions.append(self._session)
        return self._session

    def __exit__(self, *exception):
        _pop(self._session)


def _pop(session):
    if not _stack.sessions or _stack.sessions[-1] is not session:
        raise AssertionError(f'Nesting violated for default stack of {type(session)} objects')
    _stack.sessions.pop()


class DeviceAttributes:
    """A device of a session."""

    __slots__ = ('name', 'device_type', 'memory_limit_bytes', 'incarnation')

    def __init__(self, name, device_type, memory_limit_bytes, incarnation):
        """`name`: the full name; `incarnation`: a random number that tells a restarted device from the one before."""
        self.name, self.device_type = name, device_type
        self.memory_limit_bytes, self.incarnation = memory_limit_bytes, incarnation

    def __repr__(self):
        return f'_DeviceAttributes({self.name}, {self.device_type}, {self.memory_limit_bytes}, {self.incarnation})'


class BaseSession(_c.Session):
    """What both kinds of session share."""

    def __init__(self, target='', graph=None, config=None):
        """`target`: '' for a session in this process; `graph`: None for the default graph; `config`: a ConfigProto."""
        if graph is None:
            graph = get_default_graph()
        elif not isinstance(graph, _c.Graph):
            raise TypeError(f'graph must be a tf.Graph, but got {type(graph)}')
        if target is None:
            target = ''
        if isinstance(target, bytes):
            target = target.decode()
        if not isinstance(target, str):
            raise TypeError(f'target must be a string, but got {type(target)}')
        if config is not None and not hasattr(config, 'SerializeToString'):
            raise TypeError(f'config must be a tf.ConfigProto, but got {type(config)}')
        if config is None:
            config = process_config.state.message()
        self._config, self._target, self._closed = config, target, False
        self._open(graph, target, None if config is None else config.SerializeToString())

    @property
    def graph_def(self):
        """The graph as a GraphDef."""
        return self.graph.as_graph_def()

    @property
    def sess_str(self):
        """The target as bytes."""
        return self._target.encode()

    def close(self):
        """Ends what runs and drops the variables. Running it afterwards is a RuntimeError."""
        self._closed = True
        self._close()

    def as_default(self):
        """A block in which this session is the default one; it is not closed at the end."""
        return _Default(self)

    def list_devices(self):
        """The devices of the session: a list of objects with `name`, `device_type`, `memory_limit_bytes`, `incarnation`."""
        if self._closed:
            raise RuntimeError('Attempted to use a closed Session.')
        return [DeviceAttributes(*device[:4]) for device in self._devices()]


class Session(BaseSession):
    """Runs the operations of a graph and holds the values of its variables.

    As a `with` block it is the default session, its graph is the default graph, and it is closed at the end.
    """

    def __enter__(self):
        _c.push_default_graph(self.graph)
        _stack.sessions.append(self)
        return self

    def __exit__(self, exec_type, exec_value, exec_tb):
        _pop(self)
        _c.pop_default_graph(self.graph)
        self.close()

    @staticmethod
    def reset(target, containers=None, config=None):
        """Ends all sessions at a target ('' for those of this process) and drops their variables.

        Args:
          target: the target of the sessions.
          containers: names of the resource containers to empty; all if there are none.
          config: not used.
        """
        _c.session_reset(target or '', list(containers or ()))


class InteractiveSession(BaseSession):
    """A session that is the default one from its making until `close`, for shells and notebooks."""

    _open_sessions = 0

    def __init__(self, target='', graph=None, config=None):
        super().__init__(target, graph, config)
        if InteractiveSession._open_sessions:
            warnings.warn('An interactive session is already active. This can cause out-of-memory errors in some cases. '
                          'You must explicitly call `InteractiveSession.close()` to release resources held by the other '
                          'session(s).')
        InteractiveSession._open_sessions += 1
        self._explicit_graph = graph
        if graph is not None:
            _c.push_default_graph(graph)
        _stack.sessions.append(self)

    def close(self):
        """Ends the session and its being the default."""
        if self._closed:
            return
        super().close()
        InteractiveSession._open_sessions -= 1
        if self in _stack.sessions:
            _stack.sessions.remove(self)
        if self._explicit_graph is not None:
            _c.pop_default_graph(self._explicit_graph)


# ---- fetches and feeds with parts

def _fetch_fallback(fetch):
    """(parts, function of their values) of a fetch that the extension does not know."""
    from headrace.core.values import IndexedSlicesValue
    if fetch is None:
        raise TypeError(f'Fetch argument {fetch!r} has invalid type {type(fetch)!r}')
    if isinstance(fetch, IndexedSlices):
        parts = [fetch.values, fetch.indices] + ([] if fetch.dense_shape is None else [fetch.dense_shape])
        return parts, lambda v: IndexedSlicesValue(v[0], v[1], v[2] if len(v) > 2 else None)
    for kind, expand, _ in _expansions:
        if isinstance(fetch, kind):
            parts, contract = expand(fetch)
            return list(parts), contract
    if isinstance(fetch, dict):
        keys = list(fetch)
        return [fetch[k] for k in keys], lambda v: _like_dict(fetch, keys, v)
    if isinstance(fetch, tuple) and hasattr(fetch, '_fields'):
        return list(fetch), lambda v: type(fetch)(*v)
    if isinstance(fetch, (list, tuple)):
        return list(fetch), lambda v: v if isinstance(fetch, list) else type(fetch)(v)
    if hasattr(type(fetch), '__attrs_attrs__'):
        names = [a.name for a in type(fetch).__attrs_attrs__]
        return [getattr(fetch, n) for n in names], lambda v: type(fetch)(*v)
    if hasattr(fetch, '_as_graph_element'):
        return [fetch._as_graph_element()], lambda v: v[0]
    raise TypeError(f'Fetch argument {fetch!r} has invalid type {type(fetch)!r}, must be a string or Tensor. (Can not '
                    f'convert a {type(fetch).__name__} into a Tensor or Operation.)')


def _like_dict(fetch, keys, values):
    pairs = zip(keys, values)
    return type(fetch)(pairs) if type(fetch) is not dict and not hasattr(fetch, 'default_factory') else dict(pairs)


def _feed_fallback(key, value):
    """[(tensor, value)] of a feed whose key is no single tensor."""
    if isinstance(key, IndexedSlices):
        parts = [key.values, key.indices] + ([] if key.dense_shape is None else [key.dense_shape])
        return list(zip(parts, value))
    for kind, _, feed in _expansions:
        if isinstance(key, kind) and feed is not None:
            return list(feed(key, value))
    if isinstance(key, (list, tuple)):
        pairs = []
        for k, v in zip(key, value):
            pairs += _feed_fallback(k, v) if isinstance(k, (list, tuple)) else [(k, v)]
        return pairs
    if hasattr(key, '_as_graph_element'):
        return [(key._as_graph_element(), value)]
    raise TypeError(f'Cannot interpret feed_dict key as Tensor: Can not convert a {type(key).__name__} into a Tensor.')


_expansions = []


def register_session_run_conversion_functions(tensor_type, fetch_function, feed_function=None,
                                              feed_function_for_partial_run=None):
    """Says how runs take objects of a type that stand for several tensors.

    Args:
      tensor_type: the type.
      fetch_function: gives, for an object, the fetches that it stands for and a function that makes its value of theirs.
      feed_function: gives, for an object and its value, pairs of a tensor and what to feed it.
      feed_function_for_partial_run: gives the tensors that a partial run may feed for an object.

    Raises:
      ValueError: the type, or one that it derives from, is known already.
    """
    for kind, _, _ in _expansions:
        if issubclass(tensor_type, kind):
            raise ValueError(f'{tensor_type} has already been registered so ignore it.')
    _expansions.insert(0, (tensor_type, fetch_function, feed_function))


_c.register_class('fetch_fallback', _fetch_fallback)
_c.register_class('feed_fallback', _feed_fallback)
