"""What is public says what it is: docstrings of functions, classes and their members; stubs that editors can read; a
suggestion for an argument that is misspelt."""

import ast
import builtins
import inspect
import os
import types

import pytest

import headrace as tf

STUBS = os.path.join(os.path.dirname(os.path.dirname(tf.__file__)), 'stubs')


def public_names(module, path, seen):
    """(path, value) of all public functions and classes that are the package's own, each once."""
    if id(module) in seen:
        return
    seen.add(id(module))
    for name in dir(module):
        if name.startswith('_'):
            continue
        value = getattr(module, name)
        if isinstance(value, types.ModuleType):
            if value.__name__.startswith('headrace') and '.core' not in value.__name__:
                yield from public_names(value, f'{path}.{name}', seen)
        elif callable(value) and getattr(value, '__module__', '').startswith('headrace') and id(value) not in seen:
            seen.add(id(value))
            yield f'{path}.{name}', value


def members(cls):
    for name, value in vars(cls).items():
        function = value.fget if isinstance(value, property) else getattr(value, '__func__', value)
        if not name.startswith('_') and callable(function) and not inspect.isclass(function):
            yield name


def test_modules_are_listed():
    assert {'nn', 'train', 'layers', 'contrib', 'matmul', 'GraphDef'} <= set(dir(tf))


def test_docstrings():
    names = list(public_names(tf, 'tf', set()))
    names = [(path, value) for path, value in names if not hasattr(value, 'DESCRIPTOR')]  # protobuf's, not ours
    bare = [path for path, value in names if not value.__doc__]
    bare += [f'{path}.{name}' for path, value in names if inspect.isclass(value)
             for name in members(value) if not inspect.getdoc(getattr(value, name))]
    assert len(names) > 1000 and not bare, '\n'.join(bare)


def undefined_names(tree):
    """Names in the defaults of functions that a stub neither imports nor has from Python."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                for part in ast.walk(default) if default is not None else ():
                    if isinstance(part, ast.Name) and not hasattr(builtins, part.id):
                        yield part.id


def test_stubs():
    paths = [os.path.join(folder, file) for folder, _, files in os.walk(STUBS) for file in files if file.endswith('.pyi')]
    assert len(paths) > 40
    for path in paths:
        with open(path, encoding='utf-8') as file:
            tree = ast.parse(file.read(), path)
        assert list(undefined_names(tree)) == [], path
        made = [node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
        imported = [alias.asname or alias.name for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))
                    for alias in node.names]
        assert len(made) == len(set(made)) and not set(made) & set(imported), path


# Plain functions, decorated ones (deprecated, with arguments of scopes, both), classes, and constructors that are inherited.
@pytest.mark.parametrize('call, wrong, right', [
    (lambda **a: tf.add_n([1.0], **a), 'nam', 'name'),
    (lambda **a: tf.reduce_mean(1.0, **a), 'axes', 'axis'),
    (lambda **a: tf.layers.dense(tf.ones([1, 1]), 1, **a), 'activatoin', 'activation'),
    (lambda **a: tf.contrib.layers.fully_connected(tf.ones([1, 1]), 1, **a), 'activation_fun', 'activation_fn'),
    (lambda **a: tf.contrib.layers.batch_norm(tf.ones([1, 1]), **a), 'is_traning', 'is_training'),
    (lambda **a: tf.train.AdamOptimizer(**a), 'learing_rate', 'learning_rate'),
    (lambda **a: tf.Session(**a), 'gaph', 'graph'),
])
def test_misspelt_arguments_get_a_suggestion(call, wrong, right):
    with tf.Graph().as_default(), pytest.raises(TypeError, match=f"'{wrong}'. Did you mean '{right}'"):
        call(**{wrong: None})


def test_mistakes_of_the_program_get_no_suggestion():
    """What a function of the program raises stays as it is."""
    def build(name):
        return name

    with tf.Graph().as_default(), pytest.raises(TypeError) as error:
        tf.contrib.layers.fully_connected(tf.ones([1, 1]), 1, activation_fn=lambda z: build(nam=z))
    assert 'Did you mean' not in str(error.value)
