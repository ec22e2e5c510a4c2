"""tf.config: each program in a process of its own, as what it says holds for the whole process."""

import os
import subprocess
import sys
import textwrap

import pytest


def run(program, **environment):
    """What a program prints, line by line."""
    variables = dict(os.environ, HEADRACE_MIN_LOG_LEVEL='1', **environment)
    text = 'import headrace as tf\nc = tf.config\n' + textwrap.dedent(program)
    done = subprocess.run([sys.executable, '-c', text], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


GUARD = '''
def refused(call):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print('fine')
'''


def test_nothing_said():
    assert run('''
        print(c.experimental.list_physical_devices(), c.experimental.list_physical_devices('GPU'))
        print(c.get_soft_device_placement(), c.threading.get_intra_op_parallelism_threads(), c.optimizer.get_jit(),
              c.experimental.get_synchronous_execution(), c.experimental.get_device_policy(),
              tf.debugging.get_log_device_placement())
        print(c.optimizer.get_experimental_options())
        print(tf.Session()._config)
    ''') == ["[PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')] []",
             "False 0 False True silent False",
             "{'disable_model_pruning': False, 'disable_meta_optimizer': False}",
             'None']


def test_sessions_follow():
    """As TensorFlow 1.15 answers."""
    assert run('''
        c.set_soft_device_placement(True)
        c.threading.set_inter_op_parallelism_threads(3)
        cpu, = c.experimental.list_physical_devices('CPU')
        c.experimental.set_virtual_device_configuration(cpu, [c.experimental.VirtualDeviceConfiguration()] * 2)
        print(c.experimental.get_virtual_device_configuration(cpu))
        with tf.device('/gpu:0'):
            x = tf.identity(1.0, name='x')
        session = tf.Session()
        print(session._config.inter_op_parallelism_threads, session._config.allow_soft_placement,
              [device.name[-5:] for device in session.list_devices()], session.run(x))
        print(tf.Session(config=tf.ConfigProto())._config.allow_soft_placement)
        print(c.experimental.list_logical_devices('GPU'), c.experimental_list_devices()[1])
    ''') == ['[VirtualDeviceConfiguration(memory_limit=None), VirtualDeviceConfiguration(memory_limit=None)]',
             "3 True ['CPU:0', 'CPU:1'] 1.0", 'False', '[] /job:localhost/replica:0/task:0/device:CPU:1']


def test_refusals():
    """The errors of TensorFlow 1.15."""
    assert run(GUARD + '''
e = c.experimental
cpu, = e.list_physical_devices('CPU')
gpu = type(cpu)('/physical_device:GPU:0', 'GPU')
refused(lambda: e.get_memory_growth(cpu))
refused(lambda: e.set_memory_growth(cpu, True))
refused(lambda: e.set_memory_growth(gpu, True))
refused(lambda: e.set_visible_devices('x'))
refused(lambda: e.set_virtual_device_configuration(cpu, [e.VirtualDeviceConfiguration(5)]))
refused(lambda: e.set_device_policy('foo'))
e.list_logical_devices()
refused(lambda: c.threading.set_intra_op_parallelism_threads(2))
refused(lambda: e.set_visible_devices([]))
refused(lambda: c.set_soft_device_placement(True))
''') == ["KeyError PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')",
         'ValueError Cannot set memory growth on non-GPU devices',
         "ValueError Unrecognized device: PhysicalDevice(name='/physical_device:GPU:0', device_type='GPU')",
         "ValueError Unrecognized device: 'x'",
         'ValueError Setting memory limit on CPU virtual devices is currently not supported',
         "ValueError Not a valid device policy: 'foo'",
         'RuntimeError Intra op parallelism cannot be modified after initialization.',
         'RuntimeError Visible devices cannot be modified after initialization.', 'fine']


def test_options_of_rewriting():
    assert run('''
        c.optimizer.set_experimental_options({'constant_folding': True, 'min_graph_nodes': -1, 'debug_stripper': False,
                                              'disable_meta_optimizer': True})
        c.optimizer.set_experimental_options({'nonsense': True})
        print(c.optimizer.get_experimental_options())
        c.optimizer.set_jit(True)
        options = tf.Session()._config.graph_options
        rewrite = options.rewrite_options
        print(c.optimizer.get_jit(), options.optimizer_options.global_jit_level == options.optimizer_options.ON_1,
              rewrite.constant_folding == rewrite.ON, rewrite.debug_stripper == rewrite.OFF,
              rewrite.remapping == rewrite.DEFAULT, rewrite.disable_meta_optimizer)
    ''') == ["{'constant_folding': True, 'debug_stripper': False, 'disable_model_pruning': False, "
             "'disable_meta_optimizer': True, 'min_graph_nodes': -1}", 'True True True True True True']


def test_gpus():
    assert run('''
        gpus = c.experimental.list_physical_devices('GPU')
        print([device.name for device in gpus])
        c.experimental.set_visible_devices(gpus[1], 'GPU')
        c.experimental.set_memory_growth(gpus[1], True)
        print(c.experimental.get_memory_growth(gpus[1]), [device.name for device in c.experimental.get_visible_devices()])
        print(tf.Session()._config.gpu_options)
        print([device.name[-5:] for device in c.experimental.list_logical_devices()])
        x = tf.add(1.0, 2.0)
        print(tf.Session().run(x))
    ''', HEADRACE_SIM_GPUS='2') == [
        "['/physical_device:GPU:0', '/physical_device:GPU:1']",
        "True ['/physical_device:CPU:0', '/physical_device:GPU:1']", 'allow_growth: true', 'visible_device_list: "1"', '',
        "['CPU:0', 'GPU:0']", '3.0']


def test_names_of_gpus():
    program = '''
        from headrace.python.client import device_lib
        print(tf.test.gpu_device_name(), tf.test.is_gpu_available(), tf.test.is_gpu_available(True, (99, 0)))
        print([device.physical_device_desc for device in device_lib.list_local_devices()])
    '''
    assert run(program) == [' False False', "['']"]
    assert run(program, HEADRACE_SIM_GPUS='1') == [
        '/device:GPU:0 True False',
        "['', 'device: 0, name: simulated accelerator, pci bus id: 0000:00:00.0, compute capability: 7.0']"]


@pytest.mark.parametrize('visible, count', [('0,1', 2), ('1', 1), ('', 0)])
def test_visible_devices(visible, count):
    assert run('print(len(c.experimental.list_physical_devices("GPU")))', HEADRACE_SIM_GPUS='2',
               CUDA_VISIBLE_DEVICES=visible) == [str(count)]


def test_log_of_placement():
    """The book's example; the second run tells nothing new."""
    lines = run('''
        with tf.device('/gpu:0'):
            a = tf.Variable(3.0, name='a')
            b = tf.constant(4, name='b')
        c = a * tf.cast(b, tf.float32, name='cast')
        session = tf.Session(config=tf.ConfigProto(log_device_placement=True, allow_soft_placement=True))
        session.run(a.initializer)
        print('--')
        print(session.run(c))
        print('--')
        session.run(c)
    ''', HEADRACE_SIM_GPUS='1')
    assert lines[:2] == ['Device mapping:',
                         '/job:localhost/replica:0/task:0/device:GPU:0 -> device: 0, name: simulated accelerator, '
                         'pci bus id: 0000:00:00.0, compute capability: 7.0']
    assert 'a: (VariableV2): /job:localhost/replica:0/task:0/device:GPU:0' in lines
    assert lines[-3:] == ['--', '12.0', '--']
