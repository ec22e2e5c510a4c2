"""freeze_graph and inspect_checkpoint."""

import numpy as np

import headrace as tf
from headrace.python.tools import freeze_graph, inspect_checkpoint


def saved(folder):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [2], name='x')
        w = tf.Variable([3.0, 4.0], name='scope/w')
        tf.add(x * w, tf.Variable(1.0, name='b'), name='y')
        session.run(tf.global_variables_initializer())
        tf.train.write_graph(graph, str(folder), 'graph.pbtxt')
        return tf.train.Saver().save(session, str(folder / 'model.ckpt'))


def value_of(definition):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(definition, name='')
        return session.run('y:0', {'x:0': [1.0, 2.0]})


def test_freeze_graph(tmp_path):
    path = saved(tmp_path)
    for sources in ({'input_graph': str(tmp_path / 'graph.pbtxt')}, {'input_graph': '', 'input_meta_graph': path + '.meta'}):
        output = str(tmp_path / 'frozen.pb')
        frozen = freeze_graph.freeze_graph(input_saver='', input_binary=False, input_checkpoint=path,
                                           output_node_names='y', restore_op_name='', filename_tensor_name='',
                                           output_graph=output, clear_devices=True, initializer_nodes='', **sources)
        assert not any(node.op == 'VariableV2' for node in frozen.node)
        with open(output, 'rb') as file:
            assert file.read() == frozen.SerializeToString()
        np.testing.assert_array_equal(value_of(frozen), [4.0, 9.0])


def test_inspect_checkpoint(tmp_path, capsys):
    inspect_checkpoint.print_tensors_in_checkpoint_file(saved(tmp_path), 'scope/w', False)
    assert capsys.readouterr().out == 'tensor_name:  scope/w\n[3. 4.]\n# Total number of params: 3\n'
    inspect_checkpoint.print_tensors_in_checkpoint_file(str(tmp_path / 'model.ckpt'), '', False, count_exclude_pattern='b')
    assert capsys.readouterr().out == 'b (DT_FLOAT) []\nscope/w (DT_FLOAT) [2]\n\n# Total number of params: 2\n'
