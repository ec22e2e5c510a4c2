"""What layers by functions share: how their variables are made, and what is done to their outputs at the end."""

from headrace.contrib.framework.variables import model_variable
from headrace.contrib.layers import utils


def variables_of_the_model(rename=None):
    """A custom getter whose variables are model variables, some under other names."""

    def getter_of_model_variables(getter, name, shape=None, dtype=None, initializer=None, regularizer=None,
                                  trainable=True, collections=None, caching_device=None, partitioner=None,
                                  use_resource=None, **kwargs):
        scope, _, last = name.rpartition('/')
        if rename and last in rename:
            name = (scope + '/' if scope else '') + rename[last]
        return model_variable(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
                              trainable=trainable, collections=collections, caching_device=caching_device,
                              partitioner=partitioner, custom_getter=getter, use_resource=use_resource)

    return getter_of_model_variables


def finished(outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, alias):
    """The outputs of a layer, normalized and activated, where functions for that are given, and in their collections."""
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return utils.collect_named_outputs(outputs_collections, alias, outputs)
