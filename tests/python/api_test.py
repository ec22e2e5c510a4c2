"""Public names exist under TensorFlow's names with TensorFlow's signatures; see api.py and record_api.py."""

import api


def test_names_and_signatures():
    wrong = [f'{row[0]} {problem}' for row in api.read() if (problem := api.problem(*row))]
    assert not wrong, '\n' + '\n'.join(wrong)


def test_the_check_sees_differences():
    assert api.problem('tf.gfile.Copy', 'function', '(oldpath, newpath, overwrite=False)') is None
    assert 'takes' in api.problem('tf.gfile.Copy', 'function', '(oldpath, newpath, overwrite=True)')
    assert 'takes' in api.problem('tf.gfile.Copy', 'function', '(source, newpath, overwrite=False)')
    assert 'missing' in api.problem('tf.gfile.Coppy', 'function', '()')
    assert 'not 11' in api.problem('tf.errors.ABORTED', 'value', '11')
    assert 'takes' in api.problem('tf.gfile.GFile.read', 'method', '(self, count=-1)')
    assert 'takes' in api.problem('tf.errors.NotFoundError', 'class', '(self, op, message)')
