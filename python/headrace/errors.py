"""Exceptions that running and building graphs raises: one class for each of TensorFlow's error codes."""

from headrace.core.public import export

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """Base of all errors of graphs, sessions and files."""

    def __init__(self, node_def, op, message, error_code):
        """Makes the error of one node.

        Args:
          node_def: the `NodeDef` of the node at fault, or None, which stands for that of `op`.
          op: the `tf.Operation` at fault, or None where there is none: an error of a file, or a node that the graph
            of the program does not hold.
          message: what is wrong.
          error_code: one of this module's constants.
        """
        super().__init__()
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code

    @property
    def message(self):
        """What is wrong, without the place where the program made the node."""
        return self._message

    @property
    def op(self):
        """The `tf.Operation` at fault, or None."""
        return self._op

    @property
    def node_def(self):
        """The `NodeDef` of the node at fault, or None. That of an operation is made when it is asked for."""
        if self._node_def is None and self._op is not None:
            self._node_def = self._op.node_def
        return self._node_def

    @property
    def error_code(self):
        """The error's code: one of this module's constants."""
        return self._error_code

    def __str__(self):
        if self._op is None:
            return self._message
        parts = [self._message, _creation(self._op, 'Original stack trace for {!r}:\n')]
        original = self._op
        while (original := getattr(original, '_original_op', None)) is not None:
            parts.append(_creation(original, '...which was originally created as op {!r}, defined at:\n'))
        return '\n\n'.join([parts[0], '\n'.join(filter(None, parts[1:]))]) if any(parts[1:]) else self._message

    def __reduce__(self):
        # An operation belongs to the process that made it.
        return _restore, (type(self), self.node_def, self._message, self._error_code)


def _creation(op, heading):
    """Where the program created an operation, or nothing where that is not known."""
    import traceback

    stack = getattr(op, 'traceback', None)
    return heading.format(op.name) + ''.join(traceback.format_list([entry[:4] for entry in stack])) if stack else ''


def _restore(cls, node_def, message, error_code):
    error = cls.__new__(cls)
    OpError.__init__(error, node_def, None, message, error_code)
    return error


class _CodedError(OpError):
    """Base of the classes that stand for one code each."""

    _code = None

    def __init__(self, node_def, op, message):
        """Makes the error of one node; see `OpError` for the arguments."""
        super().__init__(node_def, op, message, self._code)


class CancelledError(_CodedError):
    """The run was cancelled, by closing the session or its queue."""

    _code = CANCELLED


class UnknownError(OpError):
    """An error that tells no more, such as an exception of a Python function in the graph."""

    def __init__(self, node_def, op, message, error_code=UNKNOWN):
        """Makes the error; see `OpError` for the arguments."""
        super().__init__(node_def, op, message, error_code)


class InvalidArgumentError(_CodedError):
    """A value, shape or dtype that the operation does not take."""

    _code = INVALID_ARGUMENT


class DeadlineExceededError(_CodedError):
    """The time limit of the run had passed before it was done."""

    _code = DEADLINE_EXCEEDED


class NotFoundError(_CodedError):
    """A file, a key of a checkpoint, or a device that is not there."""

    _code = NOT_FOUND


class AlreadyExistsError(_CodedError):
    """What was to be made is there already."""

    _code = ALREADY_EXISTS


class PermissionDeniedError(_CodedError):
    """The caller may not do this, for example write to a file."""

    _code = PERMISSION_DENIED


class ResourceExhaustedError(_CodedError):
    """Memory, or another resource, has run out."""

    _code = RESOURCE_EXHAUSTED


class FailedPreconditionError(_CodedError):
    """The state that the operation needs is not there, such as a variable's value before its initializer has run."""

    _code = FAILED_PRECONDITION


class AbortedError(_CodedError):
    """The run was given up by another's doing; trying again may help."""

    _code = ABORTED


class OutOfRangeError(_CodedError):
    """Past the end: of the input data, or of a range of valid values."""

    _code = OUT_OF_RANGE


class UnimplementedError(_CodedError):
    """The operation is not there for these dtypes, shapes or devices."""

    _code = UNIMPLEMENTED


class InternalError(_CodedError):
    """An invariant of the runtime does not hold: a defect of the library."""

    _code = INTERNAL


class UnavailableError(_CodedError):
    """A server that cannot be reached; trying again later may help."""

    _code = UNAVAILABLE


class DataLossError(_CodedError):
    """Data that is lost or damaged, such as a file whose checksum is wrong."""

    _code = DATA_LOSS


class UnauthenticatedError(_CodedError):
    """The request comes without valid credentials."""

    _code = UNAUTHENTICATED


_CLASSES = {
    CANCELLED: CancelledError,
    UNKNOWN: UnknownError,
    INVALID_ARGUMENT: InvalidArgumentError,
    DEADLINE_EXCEEDED: DeadlineExceededError,
    NOT_FOUND: NotFoundError,
    ALREADY_EXISTS: AlreadyExistsError,
    PERMISSION_DENIED: PermissionDeniedError,
    RESOURCE_EXHAUSTED: ResourceExhaustedError,
    FAILED_PRECONDITION: FailedPreconditionError,
    ABORTED: AbortedError,
    OUT_OF_RANGE: OutOfRangeError,
    UNIMPLEMENTED: UnimplementedError,
    INTERNAL: InternalError,
    UNAVAILABLE: UnavailableError,
    DATA_LOSS: DataLossError,
    UNAUTHENTICATED: UnauthenticatedError,
}
_CODES = {cls: code for code, cls in _CLASSES.items()}


def exception_type_from_error_code(error_code):
    """The exception class of an error code.

    Args:
      error_code: one of this module's constants but `OK`.

    Returns:
      A subclass of `OpError`.

    Raises:
      KeyError: there is no such code.
    """
    return _CLASSES[error_code]


def error_code_from_exception_type(cls):
    """The error code of an exception class.

    Args:
      cls: a subclass of `OpError` from this module.

    Returns:
      The code. For any other class, as in TensorFlow, an error is logged and the answer is an `UnknownError`.
    """
    if cls in _CODES:
        return _CODES[cls]
    from headrace import logging

    logging.error('Unknown class exception')
    return UnknownError(None, None, f'Unknown class exception {cls}')


export(globals())
