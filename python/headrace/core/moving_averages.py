"""Averages in which the past fades: `tf.train.ExponentialMovingAverage`, `moving_averages.assign_moving_average`."""

from headrace import _headrace as _c
from headrace.core.graph import GraphKeys, get_collection, get_default_graph

__all__ = ['ExponentialMovingAverage']


def assign_moving_average(variable, value, decay, zero_debias=True, name=None):
    """variable = decay * variable + (1 - decay) * value.

    Args:
      variable: the average.
      value: a tensor of its shape.
      decay: a number or a scalar tensor.
      zero_debias: undoes that the average started at zero, by two more variables.
      name: of the operation.

    Returns:
      The average after the update.
    """
    return _c.assign_moving_average(variable, value, decay, zero_debias=zero_debias, name=name)


class ExponentialMovingAverage:
    """Averages of variables, or of tensors, in which each update counts for 1 - decay.

    Averages of trained variables often predict better than the variables: `apply` gives an operation to run after each
    step, `variables_to_restore` what a Saver loads for evaluation.

    Args of the constructor:
      decay: a number close to 1, or a scalar tensor.
      num_updates: a step, by which early averages follow faster: decay is at most (1 + n) / (10 + n).
      zero_debias: undoes that averages of tensors start at zero.
      name: what averages are called: '<variable>/<name>'.
    """

    def __init__(self, decay, num_updates=None, zero_debias=False, name='ExponentialMovingAverage'):
        self._decay, self._num_updates, self._zero_debias, self._name = decay, num_updates, zero_debias, name
        self._averages = {}  # the id of a variable or tensor -> (itself, its average)

    @property
    def name(self):
        """The name."""
        return self._name

    def apply(self, var_list=None):
        """The operation that takes present values into the averages, which are made at the first time.

        Args:
          var_list: variables, and tensors that stand for them; the trainable variables by default.

        Raises:
          TypeError: a dtype is not half, float or double.
        """
        items = get_collection(GraphKeys.TRAINABLE_VARIABLES) if var_list is None else list(var_list)
        for item in items:
            if item.dtype.base_dtype.name not in ('float16', 'float32', 'float64'):
                raise TypeError(f'The variables must be half, float, or double: {item.name}')
            if id(item) not in self._averages:
                self._averages[id(item)] = item, _c.make_average(item, self._name)
        return _c.move_averages([self.average(item) for item in items], items, self._decay,
                                num_updates=self._num_updates, zero_debias=self._zero_debias, name=self._name)

    def average(self, var):
        """The variable that averages `var`; None before `apply`."""
        return self._averages.get(id(var), (None, None))[1]

    def average_name(self, var):
        """The name of the average of `var`, which need not be there yet."""
        average = self.average(var)
        if average is not None:
            return average.op.name
        return get_default_graph().unique_name(f'{var.op.name}/{self._name}', mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables=None):
        """A dict for `tf.train.Saver` that restores averages into the variables they are of.

        Args:
          moving_avg_variables: the variables that have averages; by default the trainable ones, and those that `apply`
            was given.

        Returns:
          A dict from names in the checkpoint to variables. Those without an average keep their names.
        """
        if moving_avg_variables is None:
            moving_avg_variables = (get_collection(GraphKeys.TRAINABLE_VARIABLES) +
                                    get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES))
        averaged = {variable.name: variable for variable in moving_avg_variables}
        names = {self.average_name(variable): variable for variable in averaged.values()}
        for variable in get_collection(GraphKeys.GLOBAL_VARIABLES):
            if variable.name not in averaged:
                names.setdefault(variable.op.name, variable)
        return names
