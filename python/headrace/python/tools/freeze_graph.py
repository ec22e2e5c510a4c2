"""Writes a graph with the values of a checkpoint in place of its variables:

    python -m headrace.python.tools.freeze_graph --input_graph=graph.pbtxt --input_checkpoint=model.ckpt \\
        --output_node_names=y --output_graph=frozen.pb
"""

import argparse

import headrace as tf
from headrace.core.meta_graphs import parse_file


def freeze_graph(input_graph, input_saver, input_binary, input_checkpoint, output_node_names, restore_op_name,
                 filename_tensor_name, output_graph, clear_devices, initializer_nodes, variable_names_whitelist='',
                 variable_names_blacklist='', input_meta_graph=None, input_saved_model_dir=None, saved_model_tags='serve',
                 checkpoint_version=2):
    """Freezes a graph and writes it to a file.

    Args:
      input_graph: the path of a GraphDef.
      input_saver: the path of a SaverDef; '' makes a new Saver.
      input_binary: whether these files are bytes; text otherwise. Both are recognised.
      input_checkpoint: the prefix of the checkpoint.
      output_node_names: names of nodes, with commas between.
      restore_op_name, filename_tensor_name: not used.
      output_graph: the path of the result; '' writes nothing.
      clear_devices: without device names.
      initializer_nodes: names of nodes that run first, with commas between.
      variable_names_whitelist, variable_names_blacklist: names with commas between; see
        tf.graph_util.convert_variables_to_constants.
      input_meta_graph: the path of a MetaGraphDef in place of the GraphDef.
      input_saved_model_dir: a SavedModel in place of all of that.
      saved_model_tags: the tags of its graph, with commas between.
      checkpoint_version: of a new Saver.

    Returns:
      The GraphDef.

    Raises:
      ValueError: a file or a name is missing.
    """
    if not output_node_names:
        raise ValueError('The names of the output nodes are missing')
    if not input_saved_model_dir and not tf.train.checkpoint_exists(input_checkpoint):
        raise ValueError(f"Input checkpoint '{input_checkpoint}' doesn't exist!")

    def names(text):
        return [name.strip() for name in text.split(',')] if text else None

    with tf.Graph().as_default() as graph, tf.Session() as session:
        if input_saved_model_dir:
            tf.saved_model.load(session, names(saved_model_tags), input_saved_model_dir)
        elif input_meta_graph:
            tf.train.import_meta_graph(input_meta_graph, clear_devices=clear_devices).restore(session, input_checkpoint)
        else:
            _restore(session, parse_file(tf.GraphDef, input_graph), input_saver, input_checkpoint, clear_devices,
                     checkpoint_version)
        if initializer_nodes:
            session.run(names(initializer_nodes))
        definition = graph.as_graph_def()
        if clear_devices:
            for node in definition.node:
                node.device = ''
        frozen = tf.graph_util.convert_variables_to_constants(session, definition, names(output_node_names),
                                                              names(variable_names_whitelist),
                                                              names(variable_names_blacklist))
    if output_graph:
        with open(output_graph, 'wb') as file:
            file.write(frozen.SerializeToString())
    return frozen


def _restore(session, definition, input_saver, checkpoint, clear_devices, version):
    if clear_devices:
        for node in definition.node:
            node.device = ''
    tf.import_graph_def(definition, name='')
    if input_saver:
        saver = tf.train.Saver(saver_def=parse_file(tf.train.SaverDef, input_saver), write_version=version)
    else:
        found = set(tf.train.load_checkpoint(checkpoint).get_variable_to_shape_map())
        saver = tf.train.Saver({node.name: _variable(session.graph, node.name) for node in definition.node
                                if node.op in ('Variable', 'VariableV2') and node.name in found}, write_version=version)
    saver.restore(session, checkpoint)


def _variable(graph, name):
    """The variable whose nodes are in a graph."""
    from headrace.core.protos import VariableDef
    assign = graph.get_operation_by_name(name + '/Assign')
    return tf.Variable.from_proto(VariableDef(
        variable_name=name + ':0', initializer_name=assign.name, initial_value_name=assign.inputs[1].name,
        snapshot_name=name + '/read:0', trainable=True))


def main():
    """Freezes the graph that the command line names."""
    parser = argparse.ArgumentParser(description='Writes a graph with constants in place of its variables.')
    for name in ('input_graph', 'input_saver', 'input_checkpoint', 'output_graph', 'output_node_names',
                 'initializer_nodes', 'variable_names_whitelist', 'variable_names_blacklist', 'input_meta_graph',
                 'input_saved_model_dir'):
        parser.add_argument('--' + name, default='')
    parser.add_argument('--saved_model_tags', default='serve')
    parser.add_argument('--checkpoint_version', type=int, default=2)
    parser.add_argument('--restore_op_name', default='save/restore_all')
    parser.add_argument('--filename_tensor_name', default='save/Const:0')
    parser.add_argument('--input_binary', action='store_true')
    parser.add_argument('--clear_devices', action='store_true')
    freeze_graph(**vars(parser.parse_args()))


if __name__ == '__main__':
    main()
