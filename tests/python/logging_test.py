"""Log messages: their form, and which are dropped."""

import logging
import os
import subprocess
import sys

import headrace as tf

FOLDER = os.path.dirname(os.path.abspath(__file__))


def stderr_of(program, *options):
    done = subprocess.run([sys.executable, *options, '-c', program], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_messages():
    program = ('import headrace as tf\n'
               'exec(compile(open("logging_program.py").read(), "logging_program.py", "exec"))')
    with open(os.path.join(FOLDER, 'recorded', 'logging.txt'), encoding='utf-8') as recorded:
        assert stderr_of(program) == recorded.read()


def test_levels():
    levels = tf.logging.DEBUG, tf.logging.INFO, tf.logging.WARN, tf.logging.ERROR, tf.logging.FATAL
    assert levels == (10, 20, 30, 40, 50)
    assert stderr_of('import headrace as tf; assert tf.logging.get_verbosity() == 30') == ''


def test_records_name_the_line_of_the_program(caplog):
    tf.logging.error('one')
    tf.logging.log_if(tf.logging.ERROR, 'two', True)
    assert [record.funcName for record in caplog.records] == ['test_records_name_the_line_of_the_program'] * 2
    assert caplog.records[1].lineno == caplog.records[0].lineno + 1
    assert {record.name for record in caplog.records} == {'tensorflow'}


def test_counts_are_those_of_a_line(caplog):
    for i in range(5):
        tf.logging.log_first_n(tf.logging.ERROR, 'first %d', 2, i)
        tf.logging.log_every_n(tf.logging.ERROR, 'every %d', 3, i)
    assert caplog.messages == ['first 0', 'every 0', 'first 1', 'every 3']


def test_a_root_handler_is_enough():
    program = 'import logging; logging.basicConfig(); import headrace as tf; tf.logging.warn("once")'
    assert stderr_of(program) == 'WARNING:tensorflow:once\n'


def test_flush():
    class Handler(logging.Handler):
        flushed = 0

        def flush(self):
            self.flushed += 1

    handler = Handler()
    logging.getLogger('tensorflow').addHandler(handler)
    try:
        tf.logging.flush()
    finally:
        logging.getLogger('tensorflow').removeHandler(handler)
    assert handler.flushed == 1
