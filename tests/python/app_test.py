"""Programs with flags, run by tf.app.run."""

import subprocess
import sys

PROGRAM = '''"""Fits a model."""
import headrace as tf
tf.app.flags.DEFINE_integer('steps', 10, 'How many steps.', lower_bound=1)
tf.app.flags.DEFINE_boolean('fast', False, 'Whether to hurry.')
FLAGS = tf.app.flags.FLAGS

def main(argv):
    print(argv[1:], FLAGS.steps, FLAGS.fast)
    return 3 if FLAGS.fast else None

if __name__ == '__main__':
    tf.app.run()
'''


def run(tmp_path, *arguments):
    program = tmp_path / 'program.py'
    program.write_text(PROGRAM)
    return subprocess.run([sys.executable, str(program), *arguments], capture_output=True, text=True)


def test_flags_are_parsed_and_the_rest_is_left(tmp_path):
    done = run(tmp_path, '--steps=4', 'file', '--unknown=1', '--fast')
    assert done.stdout == "['file', '--unknown=1'] 4 True\n"
    assert done.returncode == 3


def test_defaults(tmp_path):
    done = run(tmp_path)
    assert (done.stdout, done.returncode) == ('[] 10 False\n', 0)


def test_bad_values(tmp_path):
    done = run(tmp_path, '--steps=0')
    assert done.returncode == 1
    assert 'flag --steps=0: 0 is not a positive integer' in done.stderr


def test_help(tmp_path):
    done = run(tmp_path, '--help')
    assert done.returncode == 1
    assert done.stdout == f'''Fits a model.
flags:

{tmp_path}/program.py:
  --[no]fast: Whether to hurry.
    (default: 'false')
  --steps: How many steps.
    (default: '10')
    (a positive integer)

Try --helpfull to get a list of all flags.
'''
    assert '--flagfile' in run(tmp_path, '--helpfull').stdout


def test_main_and_arguments_may_be_given():
    program = 'import headrace as tf\ntf.app.run(main=lambda argv: print(argv), argv=["p", "--x=1", "y"])'
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("['p', '--x=1', 'y']\n", 0)


def test_exceptions_pass():
    program = 'import headrace as tf\ndef main(_): raise KeyError("z")\ntf.app.run(main)'
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert done.returncode == 1 and "KeyError: 'z'" in done.stderr


def test_misspelt_flags_get_a_suggestion():
    program = ('import headrace as tf\nF = tf.flags\nF.DEFINE_string("name", "x", "A name.")\n'
               'try: F.FLAGS(["p", "--nmae=1"])\nexcept F.UnrecognizedFlagError as error: print(error)')
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert done.stdout == "Unknown command line flag 'nmae'. Did you mean: name ?\n"
