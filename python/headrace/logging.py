"""TensorFlow's logger: messages at levels, written to standard error through Python's logger 'tensorflow'."""

import functools
import sys

from headrace.core.public import export

DEBUG = 10
INFO = 20
WARN = 30
ERROR = 40
FATAL = 50

_calls = {}  # how often each line of the program has asked to log, for log_every_n and log_first_n


@functools.lru_cache(maxsize=None)
def _logger():
    """The logger, set up on first use: warnings and worse, unless a person types, who sees everything on the screen."""
    import logging

    logger = logging.getLogger('tensorflow')
    if logger.level == logging.NOTSET:
        logger.setLevel(INFO if _interactive() else WARN)
    if not logging.getLogger().handlers and not logger.handlers:
        handler = logging.StreamHandler(sys.stdout if _interactive() else sys.stderr)
        handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
        logger.addHandler(handler)
    return logger


def _interactive():
    return hasattr(sys, 'ps1') or bool(sys.flags.interactive)


def _log(level, msg, args, kwargs):
    kwargs['stacklevel'] = kwargs.get('stacklevel', 1) + 2  # the record names the line of the program
    _logger().log(level, msg, *args, **kwargs)


def log(level, msg, *args, **kwargs):
    """Logs `msg % args`.

    Args:
      level: `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL` or any number.
      msg: the message, with the places of the arguments as in `%`.
      *args: the arguments.
      **kwargs: what Python's `Logger.log` takes, such as `exc_info=True`.
    """
    _log(level, msg, args, kwargs)


def debug(msg, *args, **kwargs):
    """Logs `msg % args` at level `DEBUG`."""
    _log(DEBUG, msg, args, kwargs)


def info(msg, *args, **kwargs):
    """Logs `msg % args` at level `INFO`."""
    _log(INFO, msg, args, kwargs)


def warn(msg, *args, **kwargs):
    """Logs `msg % args` at level `WARN`."""
    _log(WARN, msg, args, kwargs)


def warning(msg, *args, **kwargs):
    """Logs `msg % args` at level `WARN`."""
    _log(WARN, msg, args, kwargs)


def error(msg, *args, **kwargs):
    """Logs `msg % args` at level `ERROR`."""
    _log(ERROR, msg, args, kwargs)


def fatal(msg, *args, **kwargs):
    """Logs `msg % args` at level `FATAL`. The program goes on."""
    _log(FATAL, msg, args, kwargs)


def vlog(level, msg, *args, **kwargs):
    """Logs `msg % args` at a level that is a number, as `log` does."""
    _log(level, msg, args, kwargs)


def TaskLevelStatusMessage(msg):
    """Logs a message at level `ERROR`."""
    _log(ERROR, msg, (), {})


def _count(frame):
    """How often the line of a frame has been here before."""
    place = (frame.f_code.co_filename, frame.f_lineno)
    before = _calls.get(place, 0)
    _calls[place] = before + 1
    return before


def log_every_n(level, msg, n, *args):
    """Logs `msg % args` at the 1st, (n+1)th, (2n+1)th ... time that this line of the program is run."""
    if _count(sys._getframe(1)) % n == 0:
        _log(level, msg, args, {})


def log_first_n(level, msg, n, *args):
    """Logs `msg % args` the first n times that this line of the program is run."""
    if _count(sys._getframe(1)) < n:
        _log(level, msg, args, {})


def log_if(level, msg, condition, *args):
    """Logs `msg % args` where the condition holds."""
    if condition:
        _log(level, msg, args, {})


def get_verbosity():
    """The level below which messages are dropped."""
    return _logger().getEffectiveLevel()


def set_verbosity(v):
    """Drops messages below the level `v`: `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL` or any number."""
    _logger().setLevel(v)


def flush():
    """Writes out what handlers of the logger still hold."""
    for handler in _logger().handlers:
        handler.flush()


export(globals())
