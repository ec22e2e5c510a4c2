"""Linear algebra."""

from headrace import _ops
from headrace.core.arrays import (  # noqa: F401, public names of this module
    eye, matrix_diag as diag, matrix_diag_part as diag_part, matrix_set_diag as set_diag, matrix_transpose)
from headrace.core.arrays import matrix_transpose as transpose  # noqa: F401
from headrace.core.linear_algebra import (  # noqa: F401
    adjoint, cholesky_solve, einsum, logdet, matrix_exponential as expm, matrix_rank,
    matrix_solve_ls as lstsq, matvec, norm, normalize, pinv,
    self_adjoint_eig as eigh, self_adjoint_eigvals as eigvalsh, svd, tensordot, tridiagonal_matmul, tridiagonal_solve,
    trace)
from headrace.core.math_functions import global_norm, matmul  # noqa: F401
from headrace.core.nn_functions import l2_normalize  # noqa: F401
from headrace.core.public import export

globals().update(_ops.public('linalg'))
export(globals())
