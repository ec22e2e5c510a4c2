"""Random tensors."""

from headrace.core.public import export
from headrace.core.random_functions import (  # noqa: F401, public names of this module
    categorical, get_seed, multinomial, random_normal as normal, random_shuffle as shuffle, random_uniform as uniform,
    set_random_seed, truncated_normal)

export(globals())
