"""Optimizers: `tf.train.Optimizer` and the kinds that it comes in.

The C library builds what they build. A method that a program overrides takes the place of the C function, and its
`super()` calls it.
"""

from headrace import _headrace as _c
from headrace.core.graph import (GraphKeys, IndexedSlices, Tensor, control_dependencies,
                                 convert_to_tensor_or_indexed_slices, get_default_graph, name_scope)
from headrace.core import dtypes

__all__ = ['Optimizer', 'GradientDescentOptimizer', 'MomentumOptimizer', 'AdamOptimizer', 'AdagradOptimizer',
           'AdagradDAOptimizer', 'AdadeltaOptimizer', 'RMSPropOptimizer', 'FtrlOptimizer',
           'ProximalGradientDescentOptimizer', 'ProximalAdagradOptimizer']

# Methods that C functions stand behind.
_REPLACEABLE = ('_create_slots', '_prepare', '_apply_dense', '_apply_sparse', '_apply_sparse_duplicate_indices',
                '_finish')


class Optimizer:
    """What all optimizers share: gradients of a loss, and one operation that moves the variables against them.

    Subclasses override `_apply_dense` and `_apply_sparse`, and where they keep state `_create_slots` and `_prepare`.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    _KIND = None  # of the C library
    _TENSORS = {}  # attribute of a hyperparameter's tensor -> name of the hyperparameter
    _INITIAL = ()  # hyperparameters that variables of the optimizer begin with

    def __init__(self, use_locking, name):
        """`use_locking`: updates of a variable exclude each other; `name`: of the training operation and the slots."""
        if not name:
            raise ValueError('Must specify the optimizer name')
        self._use_locking, self._name = use_locking, name
        self._options, self._hyperparameters = {'use_locking': bool(use_locking)}, {}
        self._natives = {}  # graph -> C optimizer
        self._non_slot_dict = {}

    def _native(self, graph):
        """The C optimizer of a graph."""
        native = self._natives.get(graph)
        if native is None:
            native = _c.optimizer(self, graph, self._KIND, self._name, self._options,
                                  self.__dict__.get('_global_step'))
            self._natives[graph] = native
            for name, value in self._hyperparameters.items():
                if callable(value):
                    native.replace('_prepare')
                if not callable(value) or name in self._INITIAL:
                    native.set(name, value() if callable(value) else value)
            for method in _REPLACEABLE:
                if getattr(type(self), method) is not getattr(Optimizer, method):
                    native.replace(method)
        return native

    def __getattr__(self, name):
        hyperparameter = type(self)._TENSORS.get(name)
        if hyperparameter is None:
            raise AttributeError(f'{type(self).__name__!r} object has no attribute {name!r}')
        return self._native(get_default_graph()).prepared(hyperparameter)

    def get_name(self):
        """The optimizer's name."""
        return self._name

    # ---- training

    def minimize(self, loss, global_step=None, var_list=None, gate_gradients=GATE_OP, aggregation_method=None,
                 colocate_gradients_with_ops=False, name=None, grad_loss=None):
        """The operation that makes `loss` smaller: compute_gradients and apply_gradients.

        Args:
          loss: a tensor.
          global_step: a variable that each run counts up by one.
          var_list: the variables to move; all trainable ones by default.
          gate_gradients: GATE_NONE, GATE_OP or GATE_GRAPH: how far gradients wait for each other.
          aggregation_method: how gradient terms are summed, one of `tf.AggregationMethod`.
          colocate_gradients_with_ops: places gradients beside the operations that they are of.
          name: of the operation; the optimizer's by default.
          grad_loss: a tensor, the gradient of the loss.

        Returns:
          An operation.

        Raises:
          ValueError: no variable has a gradient.
        """
        pairs = self.compute_gradients(loss, var_list=var_list, gate_gradients=gate_gradients,
                                       aggregation_method=aggregation_method,
                                       colocate_gradients_with_ops=colocate_gradients_with_ops, grad_loss=grad_loss)
        if all(gradient is None for gradient, _ in pairs):
            raise ValueError('No gradients provided for any variable, check your graph for ops that do not support '
                             f'gradients, between variables {[str(v) for _, v in pairs]} and loss {loss}.')
        return self.apply_gradients(pairs, global_step=global_step, name=name)

    def compute_gradients(self, loss, var_list=None, gate_gradients=GATE_OP, aggregation_method=None,
                          colocate_gradients_with_ops=False, grad_loss=None):
        """[(gradient, variable)] of a loss; a gradient is a tensor, IndexedSlices, or None. See `minimize`.

        Raises:
          TypeError: `var_list` holds something that is no variable.
          ValueError: there is no variable, or a dtype is not floating.
        """
        if callable(loss):
            loss = loss()
        if gate_gradients not in (Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH):
            raise ValueError('gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH.'
                             f'  Not {gate_gradients}')
        loss.dtype.base_dtype  # what is no tensor has none
        if var_list is None:
            graph = loss.graph if isinstance(loss, _c.Tensor) else get_default_graph()
            variables = graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)
        else:
            from headrace.core.nest import flatten
            variables = flatten(var_list)
        if not variables:
            raise ValueError('No variables to optimize.')
        for variable in variables:
            if not isinstance(variable, (_c.Variable, _c.Tensor)):
                raise NotImplementedError('Trying to optimize unsupported type ', variable)
        aggregation = 0 if aggregation_method is None else aggregation_method
        if all(isinstance(variable, _c.Variable) for variable in variables):
            gate = (1, 0, 2)[gate_gradients]  # as hr_gate counts
            gradients = self._native(variables[0].graph).compute_gradients(
                loss, variables, gate, aggregation, colocate_gradients_with_ops, grad_loss)
        else:
            gradients = _c.gradients([loss], variables, None if grad_loss is None else [grad_loss], None,
                                     colocate_gradients_with_ops, gate_gradients == Optimizer.GATE_OP, aggregation, [],
                                     False)
        return list(zip(gradients, variables))

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """The operation that applies gradients to variables.

        Args:
          grads_and_vars: [(gradient, variable)] as compute_gradients gives them; pairs without a gradient are left out.
          global_step: a variable that each run counts up by one.
          name: of the operation; the optimizer's by default.

        Returns:
          An operation, also added to the collection TRAIN_OP.

        Raises:
          TypeError: a gradient is neither a tensor nor IndexedSlices, nor None.
          ValueError: no variable has a gradient.
        """
        pairs = tuple(grads_and_vars)
        if not pairs:
            raise ValueError('No variables provided.')
        gradients, variables = [], []
        for gradient, variable in pairs:
            if gradient is not None:
                try:
                    gradient = convert_to_tensor_or_indexed_slices(gradient)
                except TypeError:
                    raise TypeError('Gradient must be convertible to a Tensor or IndexedSlices, or None: '
                                    f'{gradient}') from None
                if not isinstance(variable, (_c.Variable, _c.Tensor)):
                    raise NotImplementedError('Trying to optimize unsupported type ', variable)
                gradients.append(gradient)
                variables.append(variable)
        if not variables:
            raise ValueError(f'No gradients provided for any variable: {[str(v) for _, v in pairs]}.')
        for variable in variables:
            if isinstance(variable, _c.Tensor):
                with variable.graph.as_default(), name_scope(name, self._name):
                    self._prepare()
                raise NotImplementedError('Trying to update a Tensor ', variable)
        native = self._native(variables[0].graph)
        if any(variable.constraint is not None for variable in variables):
            native.replace('_constrain')
        return native.apply_gradients(gradients, variables, global_step, name)

    # ---- slots

    def get_slot(self, var, name):
        """The slot `name` that goes with a variable, or None."""
        native = self._natives.get(var.graph)
        return None if native is None else native.slot(var, name)

    def get_slot_names(self):
        """The names of the slots, sorted."""
        return sorted({name for native in self._natives.values() for name in native.slot_names()})

    def variables(self):
        """The optimizer's own variables in the default graph, sorted by name."""
        graph = get_default_graph()
        native = self._natives.get(graph)
        kept = [] if native is None else native.variables()
        kept += [v for (_, of), v in self._non_slot_dict.items() if of is graph]
        return sorted(kept, key=lambda variable: variable.name)

    def _get_or_make_slot(self, var, val, slot_name, op_name):
        """The slot of a variable, made with the tensor `val`: a variable 'VAR/OP_NAME'."""
        return self._kept_slot(var, slot_name, lambda: _c.create_slot(var, op_name, value=val))

    def _get_or_make_slot_with_initializer(self, var, initializer, shape, dtype, slot_name, op_name):
        """The same with an initializer, a shape and a dtype."""
        return self._kept_slot(var, slot_name, lambda: _c.create_slot(var, op_name, initializer=initializer,
                                                                      shape=shape, dtype=dtype))

    def _zeros_slot(self, var, slot_name, op_name):
        """The same with zeros."""
        return self._kept_slot(var, slot_name, lambda: _c.create_slot(var, op_name,
                                                                      initializer=_c.zeros_initializer()))

    def _kept_slot(self, var, slot_name, make):
        native = self._native(var.graph)
        slot = native.slot(var, slot_name)
        if slot is None:
            slot = make()
            native.set_slot(slot_name, var, slot)
        return slot

    def _create_non_slot_variable(self, initial_value, name, colocate_with):
        """A variable of the optimizer that goes with no other; made once a graph."""
        key = name, colocate_with.graph
        if key not in self._non_slot_dict:
            from headrace.core.variables import Variable
            with colocate_with.graph.colocate_with(colocate_with):
                self._non_slot_dict[key] = Variable(initial_value, name=name, trainable=False)
        return self._non_slot_dict[key]

    def _get_non_slot_variable(self, name, graph=None):
        return self._non_slot_dict.get((name, graph))

    def _non_slot_variables(self):
        return self._non_slot_dict.values()

    # ---- what subclasses override

    def _call_if_callable(self, param):
        """A hyperparameter, or what it answers where it is a function."""
        return param() if callable(param) else param

    def _valid_dtypes(self):
        return {dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64}

    def _assert_valid_dtypes(self, tensors):
        """ValueError where a tensor's dtype is none of _valid_dtypes."""
        for tensor in tensors:
            if tensor.dtype.base_dtype not in self._valid_dtypes():
                raise ValueError(f'Invalid type {tensor.dtype.base_dtype!r} for {tensor.name}, expected: '
                                 f'{[dtype.name for dtype in self._valid_dtypes()]}.')

    def _create_slots(self, var_list):
        """Makes the slots of the variables that have gradients."""
        self._native(var_list[0].graph).native('_create_slots', var_list)

    def _prepare(self):
        """Makes the tensors of the hyperparameters, inside the scope of the training operation."""
        native = self._native(get_default_graph())
        for name, value in self._hyperparameters.items():
            if callable(value):
                native.set(name, value())
        native.native('_prepare')

    def _apply_dense(self, grad, var):
        """The operation that applies a tensor to a variable."""
        return self._native(var.graph).native('_apply_dense', grad, var)

    def _apply_sparse(self, grad, var):
        """The operation that applies IndexedSlices, in which no index comes twice."""
        return self._native(var.graph).native('_apply_sparse', grad, var)

    def _apply_sparse_duplicate_indices(self, grad, var):
        """The same where indices may come twice: sums their rows and calls _apply_sparse."""
        return self._native(var.graph).native('_apply_sparse_duplicate_indices', grad, var)

    def _resource_apply_dense(self, grad, handle):
        raise NotImplementedError()

    def _resource_apply_sparse(self, grad, handle, indices):
        raise NotImplementedError()

    def _finish(self, update_ops, name_scope):
        """The operation that runs after all updates."""
        return self._native(update_ops[0].graph).native('_finish', update_ops, name_scope)

    def _constrain(self, var):
        """What the constraint of a variable makes of its new value, or None."""
        return None if var.constraint is None else _c.convert(var.constraint(var), None, None)


class GradientDescentOptimizer(Optimizer):
    """variable -= learning_rate * gradient"""

    _KIND = 'GradientDescent'
    _TENSORS = {'_learning_rate_tensor': 'learning_rate'}

    def __init__(self, learning_rate, use_locking=False, name='GradientDescent'):
        """`learning_rate`: a number, a tensor, or a function that answers one, here and below."""
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._hyperparameters = {'learning_rate': learning_rate}


class MomentumOptimizer(Optimizer):
    """accumulation = momentum * accumulation + gradient; variable -= learning_rate * accumulation. Slot 'momentum'.

    With `use_nesterov` the gradient counts once more, where the step would end (Sutskever et al., 2013).
    """

    _KIND = 'Momentum'
    _TENSORS = {'_learning_rate_tensor': 'learning_rate', '_momentum_tensor': 'momentum'}

    def __init__(self, learning_rate, momentum, use_locking=False, name='Momentum', use_nesterov=False):
        super().__init__(use_locking, name)
        self._learning_rate, self._momentum, self._use_nesterov = learning_rate, momentum, use_nesterov
        self._options['use_nesterov'] = bool(use_nesterov)
        self._hyperparameters = {'learning_rate': learning_rate, 'momentum': momentum}


class AdamOptimizer(Optimizer):
    """Adam (Kingma and Ba, 2014): steps by running means of gradients and of their squares. Slots 'm' and 'v'."""

    _KIND = 'Adam'
    _TENSORS = {'_lr_t': 'learning_rate', '_beta1_t': 'beta1', '_beta2_t': 'beta2', '_epsilon_t': 'epsilon'}
    _INITIAL = ('beta1', 'beta2')

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-08, use_locking=False, name='Adam'):
        """`beta1`, `beta2`: how slowly the means move; `epsilon` stands beside the root in the divisor."""
        super().__init__(use_locking, name)
        self._lr, self._beta1, self._beta2, self._epsilon = learning_rate, beta1, beta2, epsilon
        self._hyperparameters = {'learning_rate': learning_rate, 'beta1': beta1, 'beta2': beta2, 'epsilon': epsilon}


class AdagradOptimizer(Optimizer):
    """Adagrad (Duchi et al., 2011): each element has a rate of its own. Slot 'accumulator'."""

    _KIND = 'Adagrad'
    _TENSORS = {'_learning_rate_tensor': 'learning_rate'}

    def __init__(self, learning_rate, initial_accumulator_value=0.1, use_locking=False, name='Adagrad'):
        """ValueError where the initial value is not positive."""
        if initial_accumulator_value <= 0.0:
            raise ValueError(f'initial_accumulator_value must be positive: {initial_accumulator_value}')
        super().__init__(use_locking, name)
        self._learning_rate, self._initial_accumulator_value = learning_rate, initial_accumulator_value
        self._options['initial_accumulator_value'] = initial_accumulator_value
        self._hyperparameters = {'learning_rate': learning_rate}


class AdagradDAOptimizer(Optimizer):
    """Adagrad by dual averaging, for sparse linear models.

    Slots 'gradient_accumulator' and 'gradient_squared_accumulator'.
    """

    _KIND = 'AdagradDA'
    _TENSORS = {'_learning_rate_tensor': 'learning_rate'}

    def __init__(self, learning_rate, global_step, initial_gradient_squared_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0, use_locking=False, name='AdagradDA'):
        """`global_step`: the variable that counts the training steps. ValueError for an initial value below or at 0."""
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError('initial_gradient_squared_accumulator_value must be positive: '
                             f'{initial_gradient_squared_accumulator_value}')
        super().__init__(use_locking, name)
        self._learning_rate, self._global_step = learning_rate, global_step
        self._options.update(initial_accumulator_value=initial_gradient_squared_accumulator_value,
                             l1_regularization_strength=l1_regularization_strength,
                             l2_regularization_strength=l2_regularization_strength)
        self._hyperparameters = {'learning_rate': learning_rate}


class AdadeltaOptimizer(Optimizer):
    """Adadelta (Zeiler, 2012). Slots 'accum' and 'accum_update'."""

    _KIND = 'Adadelta'
    _TENSORS = {'_lr_t': 'lr', '_rho_t': 'rho', '_epsilon_t': 'epsilon'}

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-08, use_locking=False, name='Adadelta'):
        """`rho`: how slowly the means move."""
        super().__init__(use_locking, name)
        self._lr, self._rho, self._epsilon = learning_rate, rho, epsilon
        self._hyperparameters = {'lr': learning_rate, 'rho': rho, 'epsilon': epsilon}


class RMSPropOptimizer(Optimizer):
    """RMSProp (Tieleman and Hinton): gradients over the root of the mean of their squares.

    Slots 'rms' and 'momentum', and 'mg' where `centered`.
    """

    _KIND = 'RMSProp'
    _TENSORS = {'_learning_rate_tensor': 'learning_rate', '_decay_tensor': 'decay', '_momentum_tensor': 'momentum',
                '_epsilon_tensor': 'epsilon'}

    def __init__(self, learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, use_locking=False, centered=False,
                 name='RMSProp'):
        """`decay`: how slowly the mean moves; `centered`: the variance in place of the mean of squares."""
        super().__init__(use_locking, name)
        self._learning_rate, self._decay, self._momentum, self._epsilon = learning_rate, decay, momentum, epsilon
        self._centered = centered
        self._options['centered'] = bool(centered)
        self._hyperparameters = {'learning_rate': learning_rate, 'decay': decay, 'momentum': momentum,
                                 'epsilon': epsilon}


class FtrlOptimizer(Optimizer):
    """Follow the regularized leader (McMahan et al., 2013). Slots 'accum' and 'linear'."""

    _KIND = 'Ftrl'
    _TENSORS = {'_learning_rate_tensor': 'learning_rate', '_learning_rate_power_tensor': 'learning_rate_power',
                '_l1_regularization_strength_tensor': 'l1_regularization_strength',
                '_l2_regularization_strength_tensor': 'l2_regularization_strength',
                '_l2_shrinkage_regularization_strength_tensor': 'l2_shrinkage_regularization_strength'}

    def __init__(self, learning_rate, learning_rate_power=-0.5, initial_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0, use_locking=False, name='Ftrl',
                 accum_name=None, linear_name=None, l2_shrinkage_regularization_strength=0.0):
        """ValueError for a value below 0, and for a `learning_rate_power` above 0.

        `accum_name` and `linear_name`: names of the slots' variables, behind that of the variable they go with.
        """
        super().__init__(use_locking, name)
        for what, value in (('initial_accumulator_value', initial_accumulator_value),
                            ('l1_regularization_strength', l1_regularization_strength),
                            ('l2_regularization_strength', l2_regularization_strength),
                            ('l2_shrinkage_regularization_strength', l2_shrinkage_regularization_strength)):
            if value < 0.0:
                raise ValueError(f'{what} {value:f} needs to be positive or zero')
        if learning_rate_power > 0.0:
            raise ValueError(f'learning_rate_power {learning_rate_power:f} needs to be negative or zero')
        self._learning_rate, self._accum_name, self._linear_name = learning_rate, accum_name, linear_name
        self._options.update(initial_accumulator_value=initial_accumulator_value, accum_name=accum_name or None,
                             linear_name=linear_name or None,
                             l2_shrinkage_regularization_strength=l2_shrinkage_regularization_strength)
        self._hyperparameters = {
            'learning_rate': learning_rate, 'l1_regularization_strength': l1_regularization_strength,
            'l2_regularization_strength': l2_regularization_strength,
            'l2_shrinkage_regularization_strength': l2_shrinkage_regularization_strength,
            'learning_rate_power': learning_rate_power}


class ProximalGradientDescentOptimizer(Optimizer):
    """Gradient descent with l1 and l2 penalties applied by proximal steps (Duchi and Singer, 2009)."""

    _KIND = 'ProximalGradientDescent'
    _TENSORS = {'_learning_rate_tensor': 'learning_rate'}

    def __init__(self, learning_rate, l1_regularization_strength=0.0, l2_regularization_strength=0.0,
                 use_locking=False, name='ProximalGradientDescent'):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._hyperparameters = {'learning_rate': learning_rate,
                                 'l1_regularization_strength': l1_regularization_strength,
                                 'l2_regularization_strength': l2_regularization_strength}


class ProximalAdagradOptimizer(Optimizer):
    """Adagrad with l1 and l2 penalties applied by proximal steps. Slot 'accumulator'."""

    _KIND = 'ProximalAdagrad'
    _TENSORS = {'_learning_rate_tensor': 'learning_rate'}

    def __init__(self, learning_rate, initial_accumulator_value=0.1, l1_regularization_strength=0.0,
                 l2_regularization_strength=0.0, use_locking=False, name='ProximalAdagrad'):
        """ValueError where the initial value is not positive."""
        if initial_accumulator_value <= 0.0:
            raise ValueError(f'initial_accumulator_value must be positive: {initial_accumulator_value}')
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._options['initial_accumulator_value'] = initial_accumulator_value
        self._hyperparameters = {'learning_rate': learning_rate,
                                 'l1_regularization_strength': l1_regularization_strength,
                                 'l2_regularization_strength': l2_regularization_strength}
