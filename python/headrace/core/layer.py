"""`tf.layers.Layer`: what all layers are, and what programs subclass."""

import functools
import inspect
import re

import numpy as np

from headrace import _headrace as _c
from headrace.core import dtypes, nest
from headrace.core.deprecation import deprecated
from headrace.core.graph import GraphKeys, Operation, Tensor, convert_to_tensor, get_default_graph, name_scope
from headrace.core.input_spec import InputSpec, check_inputs
from headrace.core.partitions import PartitionedVariable
from headrace.core.shapes import TensorShape
from headrace.core.type_specs import TensorSpec
from headrace.core.variable_scope import get_variable, variable_scope
from headrace.core.variables import VariableAggregation, VariableSynchronization


def _snake_case(name):
    name = re.sub('(.)([A-Z][a-z0-9]+)', r'\1_\2', name)
    name = re.sub('([a-z])([A-Z])', r'\1_\2', name).lower()
    return 'private' + name if name[0] == '_' else name


@functools.lru_cache(maxsize=256)
def _takes_scope(kind):
    """Whether the `call` of a class of layers wants to know the variable scope."""
    return 'scope' in inspect.signature(kind.call).parameters


def _listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _add_to_collection(element, name):
    graph = get_default_graph()
    if not any(element is known for known in graph.get_collection(name)):
        graph.add_to_collection(name, element)


def _reachable(inputs):
    """The operations and tensors that depend on inputs."""
    found, open_tensors = set(), [x for x in nest.flatten(inputs)]
    while open_tensors:
        tensor = open_tensors.pop()
        if id(tensor) in found:
            continue
        found.add(id(tensor))
        for op in [] if isinstance(tensor, Operation) else tensor.consumers():
            found.add(id(op))
            open_tensors += op.outputs
    return found


def _serialized(value):
    if hasattr(value, 'get_config'):
        return {'class_name': type(value).__name__, 'config': value.get_config()}
    return getattr(value, '__name__', value)


def _deserialized(name, value):
    from headrace.keras import initializers, regularizers
    kinds = {'initializer': initializers, 'regularizer': regularizers}
    kind = kinds.get(name.rpartition('_')[2])
    return kind.deserialize(value) if kind and isinstance(value, dict) else value



class Layer:
    """A function with variables of its own.

    A subclass makes its variables in `build(input_shape)`, by `add_weight`, and its operations in `call(inputs)`. It is
    used by calling it: the first call builds, all calls share the variables. Operations stand in the name scope of the
    layer, variables in its variable scope; both have the layer's name, or that of the class, made unique.

    Args of the constructor:
      trainable: whether the variables are trained.
      name: the layer's name.
      dtype: the dtype of its variables; that of the first input where left out.
    """

    _use_resource_variables = False  # set for layers that models hold

    def __init__(self, trainable=True, name=None, dtype=None, **kwargs):
        scope, self._reuse = kwargs.pop('_scope', None), kwargs.pop('_reuse', None)
        regularizer = kwargs.pop('activity_regularizer', None)
        for argument in kwargs:
            if argument not in ('input_shape', 'batch_input_shape', 'batch_size', 'weights', 'autocast', 'dynamic'):
                raise TypeError('Keyword argument not understood:', argument)
        self._trainable, self.built, self.stateful, self._input_spec = trainable, False, False, None
        self.supports_masking, self._activity_regularizer = False, regularizer
        self._dtype = None if dtype is None else dtypes.as_dtype(dtype).name
        self._name, self._base_name = (name, name) if name else self._unique_name()
        self._trainable_weights, self._non_trainable_weights = [], []
        self._losses, self._callable_losses, self._updates = [], [], []
        self._scope = self._current_scope = None
        if scope:
            with variable_scope(scope) as captured:
                self._scope = captured

    def _unique_name(self):
        counts = get_default_graph().__dict__.setdefault('_layer_counts', {})
        base = _snake_case(type(self).__name__)
        counts[base] = counts.get(base, 0) + 1
        return f'{base}_{counts[base]}', base

    # ---- what subclasses define

    def build(self, input_shape):
        """Makes the variables, given the TensorShape of the input (or a structure of them)."""
        self.built = True

    def call(self, inputs, **kwargs):
        """Makes the operations and gives their outputs."""
        return inputs

    def compute_output_shape(self, input_shape):
        """The shape of what `call` gives for inputs of a shape."""
        raise NotImplementedError

    def compute_mask(self, inputs, mask=None):
        """None: layers of this kind have no masks."""
        return mask

    def get_config(self):
        """The arguments of the constructor that make an equal layer."""
        return {'name': self.name, 'trainable': self.trainable, 'dtype': self.dtype}

    _keras_config = {}  # what the configuration has besides, because Keras's class has it

    def _config_of(self, *names):
        """Arguments by their names; initializers and the like as dicts of their class and arguments, functions as names."""
        return {name: _serialized(getattr(self, name)) for name in names}

    @classmethod
    def from_config(cls, config):
        """The layer of such arguments."""
        return cls(**{name: _deserialized(name, value) for name, value in config.items() if name not in cls._keras_config})

    def compute_output_signature(self, input_signature):
        """The TensorSpecs of what `call` gives for inputs of a TensorSpec (or a structure of them)."""
        for spec in nest.flatten(input_signature):
            if not isinstance(spec, TensorSpec):
                raise TypeError('Only TensorSpec signature types are supported, but saw signature signature entry: '
                                f'{spec}.')
        shapes = self.compute_output_shape(nest.map_structure(lambda spec: spec.shape, input_signature))
        dtype = self._dtype or [spec.dtype for spec in nest.flatten(input_signature)][0]
        return nest.map_structure(lambda shape: TensorSpec(shape, dtype), shapes)

    @property
    def input_spec(self):
        """What the inputs must be, an `InputSpec` or a list of them, or None."""
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value):
        for spec in nest.flatten(value):
            if spec is not None and not isinstance(spec, InputSpec):
                raise TypeError(f'Layer input_spec must be an instance of InputSpec. Got: {spec}')
        self._input_spec = value

    # ---- calling

    def __call__(self, inputs, *args, **kwargs):
        """What the layer makes of `inputs`. Further arguments are those of `call`; `scope` is the variable scope, or
        the name of one, of a layer that has not been called yet."""
        scope = kwargs.pop('scope', None)
        self._set_scope(scope)
        with self._open_scope() as scope:
            self._current_scope = scope
            if _takes_scope(type(self)):
                kwargs['scope'] = scope
            inputs = self._as_tensors(inputs)
            with name_scope(self._name_scope()):
                check_inputs(self.input_spec, inputs, self.name)
                self._build_once(inputs)
                outputs = self.call(inputs, *args, **kwargs)
                if outputs is None:
                    raise ValueError("A layer's `call` method should return a Tensor or a list of Tensors, not None "
                                     f'(layer: {self.name}).')
                if self._activity_regularizer is not None:
                    for output in nest.flatten(outputs):
                        self.add_loss(_c.activity_penalty(self._activity_regularizer, output), inputs=inputs)
                get_default_graph()._make_collection(GraphKeys.UPDATE_OPS)
                for update in self.updates:
                    _add_to_collection(update, GraphKeys.UPDATE_OPS)
                return outputs

    @deprecated(None, 'Please use `layer.__call__` method instead.')
    def apply(self, inputs, *args, **kwargs):
        """The same as calling the layer."""
        return self(inputs, *args, **kwargs)

    def _as_tensors(self, inputs):
        if any(isinstance(x, (np.ndarray, float, int)) for x in nest.flatten(inputs)):
            return nest.map_structure(
                lambda x: convert_to_tensor(x) if isinstance(x, (np.ndarray, float, int)) else x, inputs)
        return inputs

    def _build_once(self, inputs):
        if self.built:
            return
        flat = nest.flatten(inputs)
        if self._dtype is None and flat and hasattr(flat[0], 'dtype'):
            self._dtype = flat[0].dtype.base_dtype.name
        shapes = None
        if all(hasattr(x, 'shape') for x in flat):
            shapes = nest.map_structure(lambda x: x.shape, inputs)
        self.build(shapes)
        self.built = True

    def _set_scope(self, scope=None):
        """Finds the variable scope at the first use."""
        if self._scope is not None:
            return
        if self._reuse:
            with variable_scope(scope if scope is not None else self._base_name) as captured:
                self._scope = captured
        else:
            with variable_scope(scope, default_name=self._base_name) as captured:
                self._scope = captured

    def _open_scope(self):
        return variable_scope(self._scope, reuse=True if self.built else self._reuse, auxiliary_name_scope=False)

    def _name_scope(self):
        return self._current_scope.original_name_scope

    # ---- variables

    def add_weight(self, name, shape, dtype=None, initializer=None, regularizer=None, trainable=None, constraint=None,
                   use_resource=None, synchronization=VariableSynchronization.AUTO,
                   aggregation=VariableAggregation.NONE, partitioner=None, **kwargs):
        """A variable of the layer: made, or shared where the layer reuses those of another.

        Args are those of `tf.get_variable`. The penalty of `regularizer` becomes a loss of the layer.
        """
        for argument in kwargs:
            if argument not in ('getter', 'collections', 'experimental_autocast', 'overwrite'):
                raise TypeError('Unknown keyword argument:', argument)
        if synchronization == VariableSynchronization.ON_READ:
            if trainable:
                raise ValueError('Synchronization value can be set to VariableSynchronization.ON_READ only for '
                                 'non-trainable variables. You have specified trainable=True and '
                                 'synchronization=VariableSynchronization.ON_READ.')
            trainable = False
        trainable = bool(True if trainable is None else trainable) and self.trainable
        self._set_scope(None)
        if dtype is None:
            dtype = self.dtype or 'float32'
        graph = get_default_graph()
        with self._open_scope() as scope:
            self._current_scope = scope
            with name_scope(self._name_scope()):
                nodes = graph._node_count
                variable = (kwargs.get('getter') or get_variable)(
                    name, shape=() if shape is None else shape, dtype=dtype, initializer=initializer_of(initializer),
                    trainable=trainable, collections=kwargs.get('collections'), partitioner=partitioner,
                    use_resource=use_resource or self._use_resource_variables or None, constraint=constraint, synchronization=synchronization,
                    aggregation=aggregation)
                for part in variable if isinstance(variable, PartitionedVariable) else [variable]:
                    if regularizer and part.op._id >= nodes:
                        self.add_loss(functools.partial(_c.layer_penalty, name, regularizer, part))
        (self._trainable_weights if trainable else self._non_trainable_weights).append(variable)
        return variable

    @deprecated(None, 'Please use `layer.add_weight` method instead.')
    def add_variable(self, *args, **kwargs):
        """The same as `add_weight`."""
        return self.add_weight(*args, **kwargs)

    @property
    def trainable(self):
        """Whether the layer's variables are trained."""
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = value

    @property
    def trainable_weights(self):
        """The variables that are trained: none where the layer is not trainable."""
        return list(self._trainable_weights) if self.trainable else []

    @property
    def non_trainable_weights(self):
        """The other variables."""
        return ([] if self.trainable else list(self._trainable_weights)) + self._non_trainable_weights

    @property
    def weights(self):
        """All variables, the trained ones first."""
        return self.trainable_weights + self.non_trainable_weights

    trainable_variables, non_trainable_variables, variables = trainable_weights, non_trainable_weights, weights

    def count_params(self):
        """How many numbers the variables hold. ValueError for a layer that is not built."""
        if not self.built:
            raise ValueError(f"You tried to call `count_params` on {self.name}, but the layer isn't built. You can "
                             f'build it manually via: `{self.name}.build(batch_input_shape)`.')
        return int(sum(np.prod(weight.shape.as_list()) for weight in self.weights))

    def get_weights(self):
        """The values of the variables in the default session, as a list of arrays."""
        return _session().run(self.weights)

    def set_weights(self, weights):
        """Gives the variables values, a list as `get_weights` gives it, in the default session."""
        if len(weights) != len(self.weights):
            raise ValueError(f'You called `set_weights(weights)` on layer "{self.name}" with a  weight list of length '
                             f'{len(weights)}, but the layer was expecting {len(self.weights)} weights.')
        for variable, value in zip(self.weights, weights):
            if variable.shape.as_list() != list(np.shape(value)):
                raise ValueError(f'Layer weight shape {variable.shape} not compatible with provided weight shape '
                                 f'{np.shape(value)}')
            variable.load(value, _session())

    # ---- losses and updates

    def add_loss(self, losses, inputs=None):
        """Adds losses: tensors, or functions without arguments that make them.

        Args:
          losses: one or a list.
          inputs: what they depend on; None for losses that depend on no input.
        """
        for loss in nest.flatten(losses):
            if loss is None:
                continue
            if callable(loss) and not isinstance(loss, Tensor):
                self._callable_losses.append(loss)
                loss = loss()
            else:
                loss = convert_to_tensor(loss)
                loss._unconditional_loss = inputs is None
                self._losses.append(loss)
            if loss is not None:
                _add_to_collection(loss, GraphKeys.REGULARIZATION_LOSSES)

    def add_update(self, updates, inputs=None):
        """Adds operations that a training step must run. Once the layer was called they go to the collection UPDATE_OPS,
        but for those of a layer that is not trained.

        Args:
          updates: operations or tensors.
          inputs: what they depend on; None for updates that depend on no input.
        """
        for update in _listed(updates):
            update = update() if callable(update) and not isinstance(update, (Operation, Tensor)) else update
            if update is None:
                continue
            update = update if isinstance(update, Operation) else convert_to_tensor(update).op \
                if not hasattr(update, 'op') else update.op
            update._unconditional_update = inputs is None
            self._updates.append(update)

    @property
    def losses(self):
        """The losses so far. Those that functions make are made anew."""
        made = [loss() for loss in self._callable_losses]
        return self._losses + [loss for loss in made if loss is not None]

    @property
    def updates(self):
        """The updates so far; none of a layer that is not trained."""
        return list(self._updates) if self.trainable or self.stateful else []

    def get_losses_for(self, inputs):
        """The losses that depend on `inputs`; with None, those that depend on no input."""
        losses = self.losses
        if inputs is None:
            return [loss for loss in losses if getattr(loss, '_unconditional_loss', True)]
        reachable = _reachable(inputs)
        return [loss for loss in losses if not getattr(loss, '_unconditional_loss', True) and id(loss) in reachable]

    def get_updates_for(self, inputs):
        """The updates that depend on `inputs`; with None, those that depend on no input."""
        if inputs is None:
            return [update for update in self.updates if update._unconditional_update]
        reachable = _reachable(inputs)
        return [u for u in self.updates if not u._unconditional_update and id(u) in reachable]

    @property
    def metrics(self):
        """Keras metrics; none here."""
        return []

    @property
    def activity_regularizer(self):
        """The penalty on what the layer gives, or None."""
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, regularizer):
        self._activity_regularizer = regularizer

    # ---- what it is

    @property
    def name(self):
        """The layer's name."""
        return self._name

    @property
    def dtype(self):
        """The name of the dtype of the variables; None before the first call where none was given."""
        return self._dtype

    @property
    def scope_name(self):
        """The name of the variable scope. ValueError before the first use."""
        if not self._scope:
            raise ValueError(f'No name available for layer scope because the layer "{self._name}" has not been used '
                             'yet. The scope name  is determined the first time the layer instance is called. You must '
                             'therefore call the layer before querying `scope_name`.')
        return self._scope.name

    @property
    def graph(self):
        """None: a layer is not bound to a graph, its variables are."""
        return None

    @property
    def dynamic(self):
        """False: layers build graphs."""
        return False

    @property
    def submodules(self):
        """The layers among the attributes, and theirs."""
        found = []
        for value in nest.flatten([v for _, v in sorted(vars(self).items())]):
            if isinstance(value, Layer) and value not in found:
                found += [value] + [layer for layer in value.submodules if layer not in found]
        return tuple(found)

    @property
    def inbound_nodes(self):
        """Keras nodes; none here."""
        return []

    outbound_nodes = inbound_nodes

    @property
    def name_scope(self):
        """TensorFlow 1.15 has this name for modules alone, and refuses it to layers."""
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '_scope_name'")

    @classmethod
    def with_name_scope(cls, method):
        """Decorates a method that runs in `name_scope`."""

        @functools.wraps(method)
        def inside(self, *args, **kwargs):
            with self.name_scope:
                return method(self, *args, **kwargs)

        return inside


def _unconnected(what):
    """A property of Keras layers that are connected to others; these are not."""

    def refuse(self):
        raise AttributeError(what.format(self.name))

    return property(refuse, doc='Known of Keras layers alone, which are connected to others.')


def _never_called(what):
    """A method of Keras layers that are connected to others; these are not."""

    def refuse(self, node_index):
        raise RuntimeError(f'The layer has never been called and thus has no defined {what}.')

    refuse.__doc__ = 'Known of Keras layers alone, which are connected to others.'
    return refuse


for _end, _refusal in (('input', 'Layer {} is not connected, no input to return.'),
                       ('output', 'Layer {} has no inbound nodes.')):
    for _what in (_end, _end + '_mask'):
        setattr(Layer, _what, _unconnected(_refusal))
        setattr(Layer, f'get_{_what}_at', _never_called(_end))
    setattr(Layer, _end + '_shape',
            _unconnected(f'The layer has never been called and thus has no defined {_end} shape.'))
    setattr(Layer, f'get_{_end}_shape_at', _never_called(_end + ' shape'))


def _session():
    from headrace.core.session import get_default_session
    session = get_default_session()
    if session is None:
        raise ValueError("A layer's weights live in a session: none is the default one")
    return session


def initializer_of(identifier):
    """The initializer of a name, as Keras has them; anything else as it is."""
    if not isinstance(identifier, str):
        return identifier
    from headrace import initializers
    found = getattr(initializers, _snake_case(identifier), None)
    if found is None:
        raise ValueError('Unknown initializer: ' + identifier)
    return found() if isinstance(found, type) or identifier.startswith(('he_', 'lecun_')) else found


def output_shape(input_shape, last):
    """A TensorShape with another last size."""
    shape = TensorShape(input_shape)
    return shape[:-1].concatenate(last)
