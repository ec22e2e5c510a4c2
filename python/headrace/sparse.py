"""Sparse tensors, and sums over the rows of dense ones that lists of indices choose."""

from headrace.core.accumulators import SparseConditionalAccumulator  # noqa: F401
from headrace.core.math_functions import (  # noqa: F401, public names of this module
    sparse_segment_mean as segment_mean, sparse_segment_sqrt_n as segment_sqrt_n, sparse_segment_sum as segment_sum)
from headrace.core.public import export
from headrace.core.sparse_functions import (  # noqa: F401, public names of this module
    cross, cross_hashed, from_dense, sparse_fill_empty_rows as fill_empty_rows, sparse_merge as merge,
    sparse_reorder as reorder, sparse_reshape as reshape, sparse_retain as retain, sparse_slice as slice,
    sparse_tensor_dense_matmul as matmul, sparse_tensor_dense_matmul as sparse_dense_matmul,
    sparse_tensor_to_dense as to_dense, sparse_to_indicator as to_indicator)
from headrace.core.sparse_math import (  # noqa: F401, public names of this module
    expand_dims, eye, sparse_add as add, sparse_concat as concat, sparse_mask as mask, sparse_maximum as maximum,
    sparse_minimum as minimum, sparse_reduce_max as reduce_max, sparse_reduce_max_sparse as reduce_max_sparse,
    sparse_reduce_sum as reduce_sum, sparse_reduce_sum_sparse as reduce_sum_sparse, sparse_reset_shape as reset_shape,
    sparse_softmax as softmax, sparse_split as split, sparse_transpose as transpose)
from headrace.core.sparse import SparseTensor, sparse_placeholder as placeholder  # noqa: F401

export(globals())
