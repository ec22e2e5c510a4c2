"""Random tensors."""

from headrace.core.candidates import (  # noqa: F401
    all_candidate_sampler, fixed_unigram_candidate_sampler, learned_unigram_candidate_sampler,
    log_uniform_candidate_sampler, uniform_candidate_sampler)
from headrace.core.public import export
from headrace.core.random_functions import (  # noqa: F401, public names of this module
    categorical, get_seed, multinomial, random_gamma as gamma, random_normal as normal, random_poisson as poisson,
    random_shuffle as shuffle, random_uniform as uniform, set_random_seed, stateless_categorical,
    stateless_multinomial, stateless_normal, stateless_truncated_normal, stateless_uniform, truncated_normal)

export(globals())
