"""Initializers: what variables start as."""

from headrace.core.initializers import (  # noqa: F401, public names of this module
    Constant as constant, GlorotNormal as glorot_normal, GlorotUniform as glorot_uniform, Identity as identity,
    Ones as ones, Orthogonal as orthogonal, RandomNormal as random_normal, RandomUniform as random_uniform,
    TruncatedNormal as truncated_normal, UniformUnitScaling as uniform_unit_scaling,
    VarianceScaling as variance_scaling, Zeros as zeros, he_normal, he_uniform, lecun_normal, lecun_uniform)
from headrace.core.public import export
from headrace.core.variable_lists import (  # noqa: F401
    global_variables_initializer as global_variables, local_variables_initializer as local_variables,
    tables_initializer, variables_initializer as variables)

export(globals())
