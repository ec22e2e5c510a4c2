"""Python's logger behind tf.logging."""

__all__ = ['get_logger']


def get_logger():
    """The logger 'tensorflow' of Python's logging module, which tf.logging writes through."""
    from headrace.logging import _logger
    return _logger()
