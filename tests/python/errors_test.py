"""Errors with operations: what their text tells, what they cost, and how they travel."""

import pickle

import headrace as tf
from headrace.core import protos


class Operation:
    """What an error wants of an operation."""

    def __init__(self, name, traceback, original=None):
        self.name = name
        self.traceback = traceback
        self._original_op = original
        self.asked = 0

    @property
    def node_def(self):
        self.asked += 1
        return protos.NodeDef(name=self.name, op='Add')


STACK = [('/home/me/program.py', 3, '<module>', 'b = f(a)'), ('/home/me/program.py', 2, 'f', 'return a + 1')]


def test_text_tells_where_the_program_made_the_node():
    error = tf.errors.InvalidArgumentError(None, Operation('b', STACK), 'bad value')
    assert str(error) == '''bad value

Original stack trace for 'b':
  File "/home/me/program.py", line 3, in <module>
    b = f(a)
  File "/home/me/program.py", line 2, in f
    return a + 1
'''
    assert error.message == 'bad value'


def test_text_of_a_gradient_tells_of_its_original():
    original = Operation('sq', [('/home/me/program.py', 1, '<module>', 'sq = tf.square(a)')])
    error = tf.errors.InternalError(None, Operation('gradients/sq_grad/Mul', STACK, original), 'bad')
    text = str(error)
    assert text.index("Original stack trace for 'gradients/sq_grad/Mul'") < text.index('return a + 1')
    assert text.index('return a + 1') < text.index("...which was originally created as op 'sq', defined at:")
    assert text.rstrip().endswith('sq = tf.square(a)')


def test_without_a_stack_the_text_is_the_message():
    assert str(tf.errors.AbortedError(None, Operation('b', None), 'bad')) == 'bad'


def test_node_def_is_made_when_it_is_asked_for():
    op = Operation('b', STACK)
    error = tf.errors.InvalidArgumentError(None, op, 'bad')
    str(error)
    assert op.asked == 0
    assert error.node_def.name == 'b'
    assert error.node_def is error.node_def
    assert op.asked == 1


def test_pickle_leaves_the_operation_behind():
    error = pickle.loads(pickle.dumps(tf.errors.InvalidArgumentError(None, Operation('b', STACK), 'bad')))
    assert (type(error), error.message, error.op) == (tf.errors.InvalidArgumentError, 'bad', None)
    assert error.node_def.name == 'b'
    assert error.error_code == tf.errors.INVALID_ARGUMENT


def test_subclasses_keep_their_code():
    class Mine(tf.errors.NotFoundError):
        pass

    assert Mine(None, None, 'm').error_code == tf.errors.NOT_FOUND
    assert pickle.loads(pickle.dumps(tf.errors.UnknownError(None, None, 'm', 99))).error_code == 99
