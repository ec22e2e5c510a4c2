"""Math functions."""

from headrace import _ops
from headrace.core.math_functions import (  # noqa: F401, public names of this module
    abs, accumulate_n, add_n, angle, argmax, argmin, bessel_i0, bessel_i1, bincount, confusion_matrix, conj,
    count_nonzero, cumprod, cumsum, cumulative_logsumexp, div_no_nan, divide, equal, floordiv, imag, lbeta, log_sigmoid, logical_xor,
    multiply, multiply_no_nan, not_equal, polyval, pow, real, reciprocal_no_nan, reduce_all, reduce_any,
    reduce_euclidean_norm, reduce_logsumexp, reduce_max, reduce_mean, reduce_min, reduce_prod, reduce_std, reduce_sum,
    reduce_variance, round, scalar_mul, sigmoid, subtract, truediv, unsorted_segment_mean, unsorted_segment_sqrt_n)
from headrace.core.element_assertions import is_non_decreasing, is_strictly_increasing  # noqa: F401
from headrace.core.math_functions import div_no_nan as divide_no_nan  # noqa: F401
from headrace.core.nn_functions import (  # noqa: F401
    in_top_k, l2_normalize, log_softmax, softmax, top_k, zero_fraction)
from headrace.core.public import export

globals().update(_ops.public('math'))
export(globals())
