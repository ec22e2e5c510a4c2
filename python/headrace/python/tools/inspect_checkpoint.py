"""Shows what a checkpoint holds:

    python -m headrace.python.tools.inspect_checkpoint --file_name=model.ckpt --all_tensors
"""

import argparse

import headrace as tf


def print_tensors_in_checkpoint_file(file_name, tensor_name, all_tensors, all_tensor_names=False,
                                     count_exclude_pattern=''):
    """Prints the tensors of a checkpoint.

    Args:
      file_name: the checkpoint's prefix.
      tensor_name: prints this one; '' for a list of all.
      all_tensors: prints the values of all.
      all_tensor_names: prints the names of all.
      count_exclude_pattern: a regular expression of names that are not counted.
    """
    import re
    reader = tf.train.NewCheckpointReader(file_name)
    shapes = reader.get_variable_to_shape_map()
    if all_tensors or all_tensor_names:
        for name in sorted(shapes):
            print('tensor_name: ', name)
            if all_tensors:
                print(reader.get_tensor(name))
    elif not tensor_name:
        print(reader.debug_string().decode('utf-8', errors='ignore'))
    else:
        print('tensor_name: ', tensor_name)
        print(reader.get_tensor(tensor_name))
    counted = [shape for name, shape in shapes.items()
               if not count_exclude_pattern or not re.search(count_exclude_pattern, name)]
    total = 0
    for shape in counted:
        elements = 1
        for size in shape:
            elements *= size
        total += elements
    print(f'# Total number of params: {total}')


def main():
    """Prints what the checkpoint holds that the command line names."""
    parser = argparse.ArgumentParser(description='Shows what a checkpoint holds.')
    parser.add_argument('--file_name', required=True, help='the prefix of the checkpoint')
    parser.add_argument('--tensor_name', default='', help='the tensor to print')
    parser.add_argument('--all_tensors', action='store_true', help='print all values')
    parser.add_argument('--all_tensor_names', action='store_true', help='print all names')
    parser.add_argument('--count_exclude_pattern', default='', help='names that are not counted')
    print_tensors_in_checkpoint_file(**vars(parser.parse_args()))


if __name__ == '__main__':
    main()
