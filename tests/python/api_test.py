"""Public names exist under TensorFlow's names with TensorFlow's signatures; see api.py."""

import api

# Modules, classes and names of which all is there.
COMPLETE = ('tf.DeviceSpec', 'tf.Graph', 'tf.InteractiveSession', 'tf.Session', 'tf.errors', 'tf.gfile', 'tf.io.gfile',
            'tf.logging', 'tf.name_scope', 'tf.nest', 'tf.random_gamma', 'tf.random_poisson', 'tf.resource_loader',
            'tf.sysconfig', 'tf.test', 'tf.variable_scope')
# But these, and why.
ABSENT = {
    'tf.errors.raise_exception_on_not_ok_status': "looks into a status of TensorFlow's own extension",
}


def is_within(symbol, prefixes):
    return any(symbol == prefix or symbol.startswith(prefix + '.') for prefix in prefixes)


def test_names_and_signatures():
    rows = [row for row in api.read() if is_within(row[0], COMPLETE) and not is_within(row[0], ABSENT)]
    wrong = [f'{row[0]} {problem}' for row in rows if (problem := api.problem(*row))]
    assert len(rows) > 300 and not wrong, '\n' + '\n'.join(wrong)


def test_absent_names_are_absent():
    assert [name for name in ABSENT if not api.missing(api.find(name))] == []


def test_messages():
    rows = [row for row in api.read() if row[1] == 'message']
    from headrace.core import protos

    assert {row[0] for row in rows} == set(protos.PUBLIC)


def test_the_check_sees_differences():
    assert api.problem('tf.gfile.Copy', 'function', '(oldpath, newpath, overwrite=False)') is None
    assert 'takes' in api.problem('tf.gfile.Copy', 'function', '(oldpath, newpath, overwrite=True)')
    assert 'takes' in api.problem('tf.gfile.Copy', 'function', '(source, newpath, overwrite=False)')
    assert 'missing' in api.problem('tf.gfile.Coppy', 'function', '()')
    assert 'not 11' in api.problem('tf.errors.ABORTED', 'value', '11')
    assert 'takes' in api.problem('tf.gfile.GFile.read', 'method', '(self, count=-1)')
    assert 'takes' in api.problem('tf.errors.NotFoundError', 'class', '(self, op, message)')


def test_methods_of_the_extension_take_keywords():
    import headrace as tf

    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, name='x')
        x.set_shape(shape=[None, 2])
        assert x.shape.as_list() == [None, 2]
        assert x.op.get_attr(name='dtype') == tf.float32
        with tf.variable_scope('scope') as scope:
            scope.set_use_resource(use_resource=True)
            v = scope.get_variable(None, 'v', shape=[], initializer=tf.zeros_initializer())
        assert v.op.type == 'VarHandleOp' and v.name == 'scope/v:0'
        assert scope.get_variable(None, 'v', shape=[], reuse=True) is v
        graph.finalize()
