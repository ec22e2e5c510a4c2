"""What is measured, with which programs on which side, and which ratios are wanted."""

import os
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
C_PROGRAMS = ('executor_ops', 'session_run', 'graph_build', 'gradients', 'mnist_train')
PARTS = ('calls', 'loops', 'elementwise', 'kernels', 'products', 'training', 'regression', 'build', 'saver', 'footprint', 'input',
         'input_data', 'cluster', 'convolution')
ONE_THREAD = ('calls', 'build', 'footprint', 'cluster')  # parts in which more threads change nothing
QUESTIONS = C_PROGRAMS + PARTS

# The sides, as the table heads its columns.
HEADRACE, TF1, PINNED, TF2, TORCH, COMPILED, ORT, BY_HAND = (
    'Headrace', 'TF 1.15', 'TF 1.15 pinned', 'TF 2', 'PyTorch', 'compiled', 'ONNX RT', 'by hand')
SIDES = (HEADRACE, TF1, PINNED, TF2, TORCH, COMPILED, ORT, BY_HAND)

ALL = 'all_threads'


@dataclass
class Program:
    """A program that prints NAME<TAB>VALUE<TAB>UNIT[<TAB>WORK]; `suffix` is added to the names."""
    command: list
    suffix: str = ''
    environment: dict = field(default_factory=dict)


def interpreter(peers, name):
    path = os.path.join(peers, name, 'bin', 'python')
    return path if os.access(path, os.X_OK) else None


def part_programs(part, options):
    threads = ((1, '1_thread'),) if part in ONE_THREAD else ((1, '1_thread'), (os.cpu_count() or 1, ALL))

    def programs(python, script, *arguments, before=(), environment=None):
        return [Program([*before, python, '-W', 'ignore', os.path.join(HERE, script), *arguments, part, str(count)], suffix,
                        environment or {}) for count, suffix in threads]

    sides = {HEADRACE: programs(options.python, 'run_part.py', 'headrace',
                                environment={'PYTHONPATH': os.path.abspath(os.path.join(options.build, 'python'))})}
    tf1, tf2, torch, ort = (interpreter(options.peers, name) for name in
                            ('tensorflow115', 'tensorflow2', 'pytorch', 'onnxruntime'))
    if tf1:
        sides[TF1] = programs(tf1, 'run_part.py', 'tensorflow')
        if part in ('calls', 'regression'):  # its small calls are fastest on one core
            sides[PINNED] = programs(tf1, 'run_part.py', 'tensorflow', before=('taskset', '-c', '0'))[:1]
    if tf2:
        sides[TF2] = programs(tf2, 'run_part.py', 'tensorflow.compat.v1')
    if torch and os.path.exists(os.path.join(HERE, 'peer_torch', 'torch_%s.py' % part)):
        sides[TORCH] = programs(torch, 'peer_torch/run_part.py', 'eager')
        if part in ('elementwise', 'training'):
            sides[COMPILED] = programs(torch, 'peer_torch/run_part.py', 'compiled')
    if ort and part == 'calls':
        sides[ORT] = [Program([ort, os.path.join(HERE, 'peer_onnxruntime', 'predict.py')], '1_thread')]
    return sides


def c_programs(question, options):
    sides = {HEADRACE: [Program([os.path.join(options.build, 'benchmarks', question)])]}
    tf1 = interpreter(options.peers, 'tensorflow115')
    if tf1:
        sides[TF1] = [Program([tf1, '-W', 'ignore', os.path.join(HERE, 'peer_tensorflow', question + '.py')])]
    if question == 'mnist_train':
        sides[BY_HAND] = [Program([os.path.join(options.build, 'benchmarks', 'mnist_loop')])]
    return sides


def programs(question, options):
    """{side: programs} of what is there."""
    return c_programs(question, options) if question in C_PROGRAMS else part_programs(question, options)


# (question, figure, peer, peer's figure or None for the same, times faster that are wanted)
WANTED = (
    ('executor_ops', 'scalar_add_chain/1_thread', TF1, None, 15),
    ('executor_ops', 'random_dag/1_thread', TF1, None, 20),
    ('executor_ops', 'random_dag/2_threads', TF1, None, 20),
    ('executor_ops', 'random_dag/2_threads', HEADRACE, 'random_dag/1_thread', 1),
    ('executor_ops', 'no_op_chain/1_thread', TF1, None, 8),
    ('session_run', 'caller/constant/1_thread', TF1, None, 5),
    ('session_run', 'caller/feed_fetch/1_thread', TF1, None, 5),
    ('session_run', 'caller/constant/2_threads', TF1, None, 5),
    ('session_run', 'caller/feed_fetch/2_threads', TF1, None, 5),
    ('graph_build', 'import/10000', TF1, 'python_import/10000', 50),
    ('graph_build', 'first_run/10000', TF1, None, 40),
    ('gradients', 'gradients/10000', TF1, None, 40),
    ('mnist_train', 'batch_50/1_thread', TF1, None, 2.2),
    ('mnist_train', 'batch_50/2_threads', TF1, None, 3.5),
    ('mnist_train', 'batch_1000/2_threads', TF1, None, 1.5),
    ('mnist_train', 'batch_50/1_thread', BY_HAND, None, 0.95),
    ('mnist_train', 'batch_50/2_threads', BY_HAND, None, 0.95),
    ('mnist_train', 'batch_1000/1_thread', BY_HAND, None, 0.95),
    ('mnist_train', 'batch_1000/2_threads', BY_HAND, None, 0.95),
    ('input', 'records_read/' + ALL, TF1, None, 3),
    ('input', 'records_one_by_one/' + ALL, TF1, None, 10),
    ('input', 'records_in_batches/' + ALL, TF1, None, 5),
    ('input', 'csv_lines/' + ALL, TF1, None, 10),
    ('input', 'queue_runners/' + ALL, TF1, None, 10),
    ('calls', 'no_op/1_thread', PINNED, None, 20),
    ('calls', 'constant/1_thread', PINNED, None, 20),
    ('calls', 'scalar_feed_fetch/1_thread', PINNED, None, 17),
    ('calls', 'make_callable/1_thread', PINNED, None, 20),
    ('calls', 'predict_one_image/1_thread', ORT, None, 1),
    ('training', 'mnist/50/1_thread', TF1, None, 2.1),
    ('training', 'mnist/50/all_threads', TF1, None, 3.2),
    ('training', 'elu_batch_norm/50/1_thread', TF1, None, 2.2),
    ('training', 'elu_batch_norm/50/all_threads', TF1, None, 3),
    ('regression', 'linear_regression/optimizer/' + ALL, PINNED, 'linear_regression/optimizer/1_thread', 8),
    ('loops', 'while/count/1_thread', TF1, None, 15),
    ('loops', 'while/a_x_plus_b/1_thread', TF1, None, 15),
    ('loops', 'while/gradient/1_thread', TF1, None, 15),
    ('loops', 'cond/1_thread', TF1, None, 8),
    ('build', 'deep_model/1_thread', TF1, None, 20),
    ('cluster', 'no_op/local_master/1_thread', TF1, None, 4),
    ('cluster', 'no_op/remote_master/1_thread', TF1, None, 4),
    ('cluster', 'scalar_pull/1_thread', TF1, None, 4),
    ('cluster', 'pull/1_thread', TF1, None, 2.5),
    ('cluster', 'push/1_thread', TF1, None, 2.5),
    ('cluster', 'pull/1_thread', HEADRACE, 'plain_tcp/1_thread', 0.8),
    ('cluster', 'push/1_thread', HEADRACE, 'plain_tcp/1_thread', 0.8),
    ('cluster', 'train/1_thread', TF1, None, 3),
    ('input_data', 'read/1_thread', TF1, None, 3),
    ('input_data', 'one_by_one/1_thread', TF1, None, 10),
    ('input_data', 'in_batches/1_thread', TF1, None, 5),
    ('input_data', 'csv/1_thread', TF1, None, 10),
    ('saver', 'save/1_thread', HEADRACE, 'plain/write_synced/1_thread', 0.9),
    ('saver', 'restore/1_thread', HEADRACE, 'plain/read/1_thread', 0.6),
)
# Figures with a bar of their own: at least, and at most.
AT_LEAST = {('graph_build', 'build/10000'): 1e6, ('build', 'operators/1_thread'): 1e5, ('build', 'model/1_thread'): 1e5}
AT_MOST = {('footprint', 'import/1_thread'): 200, ('footprint', 'resident_after_import/1_thread'): 60,
           ('footprint', 'resident_beyond_data/1_thread'): 80}
