"""Templates: functions that share the variables of their first call."""

from headrace.core.graph import get_default_graph
from headrace.core.variable_scope import variable_scope

__all__ = ['make_template']


def make_template(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None, **kwargs):
    """A function that makes its variables when it is first called and shares them from then on.

    Args:
      name_: the name of its variable scope, made unique.
      func_: the function.
      create_scope_now_: whether the scope is made now, not at the first call.
      unique_name_: the scope's name as it is, which two templates may share.
      custom_getter_: of the scope.
      **kwargs: arguments of the function.

    Returns:
      A `Template`, which takes the further arguments of the function.
    """
    if unique_name_ is None and not isinstance(name_, str):
        raise ValueError('name cannot be None.')
    return Template(name_, func_, create_scope_now_, unique_name_, custom_getter_, kwargs)


class Template:
    """What `tf.make_template` gives: call it as the function."""

    def __init__(self, name, func, create_scope_now, unique_name, custom_getter, arguments):
        self._name, self._func, self._arguments = name, func, arguments
        self._unique_name, self._custom_getter = unique_name, custom_getter
        self._variable_scope, self._called = None, False
        if create_scope_now:
            self._open_scope()

    def _open_scope(self):
        with variable_scope(self._unique_name, default_name=self._name, custom_getter=self._custom_getter) as scope:
            self._variable_scope = scope

    def __call__(self, *args, **kwargs):
        if self._variable_scope is None:
            with variable_scope(self._unique_name, default_name=self._name, custom_getter=self._custom_getter) as scope:
                self._variable_scope = scope
                return self._run(args, kwargs)
        with variable_scope(self._variable_scope, reuse=self._called or None):
            return self._run(args, kwargs)

    def _run(self, args, kwargs):
        counted = [len(get_default_graph().get_collection(key)) for key in ('variables', 'trainable_variables')]
        result = self._func(*args, **{**self._arguments, **kwargs})
        if self._called:
            now = [len(get_default_graph().get_collection(key)) for key in ('variables', 'trainable_variables')]
            if now[1] != counted[1]:
                raise ValueError('Trainable variable created when calling a template after the first time, perhaps you '
                                 'used tf.Variable when you meant tf.get_variable')
            if now[0] != counted[0]:
                from headrace import logging
                logging.info('New variables created when calling a template after the first time, perhaps you used '
                             'tf.Variable when you meant tf.get_variable')
        self._called = True
        return result

    # ---- what it is

    @property
    def name(self):
        """The name that was given."""
        return self._name

    @property
    def func(self):
        """The function."""
        return self._func

    @property
    def variable_scope(self):
        """The variable scope; None before the first call."""
        return self._variable_scope

    var_scope = variable_scope

    @property
    def variable_scope_name(self):
        """The scope's name; None before the first call."""
        return self._variable_scope.name if self._variable_scope else None

    def _collected(self, key):
        if self._variable_scope is None:
            return []
        return get_default_graph().get_collection(key, self._variable_scope.name + '/')

    @property
    def global_variables(self):
        """The template's global variables."""
        return self._collected('variables')

    @property
    def local_variables(self):
        """Its local variables."""
        return self._collected('local_variables')

    @property
    def variables(self):
        """Both."""
        return self.global_variables + self.local_variables

    weights = variables

    @property
    def trainable_variables(self):
        """The variables that are trained."""
        return self._collected('trainable_variables')

    trainable_weights = trainable_variables

    @property
    def non_trainable_variables(self):
        """The others."""
        trained = set(map(id, self.trainable_variables))
        return [variable for variable in self.variables if id(variable) not in trained]

    non_trainable_weights = non_trainable_variables
