"""Linear algebra on the last two dimensions of tensors."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.deprecation import deprecated_args, renamed_argument

__all__ = ['cholesky_solve', 'einsum', 'matrix_solve_ls', 'norm', 'self_adjoint_eig', 'self_adjoint_eigvals', 'svd',
           'tensordot', 'trace']


def tensordot(a, b, axes, name=None):
    """Sums of products over pairs of dimensions of two tensors.

    Args:
      a: a tensor.
      b: a tensor of the same dtype.
      axes: how many of the last of `a` and the first of `b`, or two lists of dimensions.
      name: the name scope.

    Returns:
      A tensor of the dimensions that are left, those of `a` first.

    Raises:
      ValueError: such axes are not there.
    """
    return _c.tensordot(a, b, axes, name=name)


def einsum(equation, *inputs, **kwargs):
    """Sums of products in Einstein's notation: einsum('ij,jk->ik', a, b, name='c').

    Args:
      equation: the dimensions of each input as letters, and behind '->' those of the result; those that appear once, in
        alphabetical order, where that is left out.
      *inputs: tensors.
      **kwargs: `name`, of the name scope.

    Returns:
      A tensor.

    Raises:
      ValueError: the equation has another form, or does not fit the inputs.
      TypeError: an unknown keyword.
    """
    name = kwargs.pop('name', None)
    if kwargs:
        raise TypeError('invalid keyword arguments for this function: ' + ', '.join(sorted(kwargs)))
    return _c.einsum(equation, list(inputs), name=name)


def trace(x, name=None):
    """The sums of the main diagonals."""
    return _c.trace(x, name=name)


def matvec(a, b, transpose_a=False, adjoint_a=False, a_is_sparse=False, b_is_sparse=False, name=None):
    """The products of matrices and vectors; arguments as of `matmul`."""
    return _c.matvec(a, b, transpose_a=transpose_a, adjoint_a=adjoint_a, a_is_sparse=a_is_sparse, b_is_sparse=b_is_sparse,
                     name=name)


def adjoint(matrix, name=None):
    """The transposed and conjugated matrices."""
    return _c.adjoint(matrix, name=name)


def matrix_exponential(input, name=None):
    """The exponentials of square matrices."""
    return _c.expm(input, name=name)


def logdet(matrix, name=None):
    """The logarithms of the determinants of positive definite matrices."""
    return _c.logdet(matrix, name=name)


@deprecated_args(None, 'keep_dims is deprecated, use keepdims instead', 'keep_dims')
def norm(tensor, ord='euclidean', axis=None, keepdims=None, name=None, keep_dims=None):
    """The norm of vectors or matrices.

    Args:
      tensor: floats.
      ord: 'euclidean', 1, 2, infinity or any positive number; of matrices also 'fro'.
      axis: the dimension of vectors, or the two of matrices; all elements as one vector where left out.
      keepdims: whether reduced dimensions stay, with size 1.
      name: the name scope.
      keep_dims: the old name of `keepdims`.

    Returns:
      A tensor.

    Raises:
      ValueError: another `ord` or `axis`.
    """
    keep = renamed_argument('keepdims', keepdims, 'keep_dims', keep_dims)
    return _c.norm(tensor, ord=_order(ord, axis), axis=axis, keepdims=keep, name=name)


def _order(ord, axis):
    """The order of a norm as C knows it."""
    is_matrix = isinstance(axis, (list, tuple)) and len(axis) == 2
    if ord == 'euclidean' or ord == 'fro' and is_matrix:
        return 0
    if isinstance(ord, str) or not ord > 0:
        raise ValueError(f"'ord' must be a supported {'matrix' if is_matrix else 'vector'} norm, got {ord}")
    return ord


def normalize(tensor, ord='euclidean', axis=None, name=None):
    """A tensor divided by its norm, and the norm: (normalized, norm); arguments as of `norm`."""
    return tuple(_c.normalize(tensor, ord=_order(ord, axis), axis=axis, name=name))


def pinv(a, rcond=None, validate_args=False, name=None):
    """The pseudo-inverses of matrices.

    Args:
      a: [..., m, n].
      rcond: singular values below `rcond` times the greatest one count as 0; left out: by the dtype and the size.
      validate_args: whether the rank is checked at run where it is not known.
      name: the name scope.

    Returns:
      [..., n, m].

    Raises:
      ValueError: `a` has fewer than two dimensions.
    """
    return _c.pinv(a, rcond=rcond, validate_args=validate_args, name=name)


def matrix_rank(a, tol=None, validate_args=False, name=None):
    """How many singular values of each matrix are greater than `tol`; arguments as of `pinv`."""
    return _c.matrix_rank(a, tol=tol, validate_args=validate_args, name=name)


_FORMATS = {'compact': 0, 'sequence': 1, 'matrix': 2}


def _diagonals(diagonals, diagonals_format):
    if diagonals_format not in _FORMATS:
        raise ValueError(f'Unrecognized diagonals_format: {diagonals_format}')
    if diagonals_format != 'sequence':
        return [diagonals]
    if not isinstance(diagonals, (tuple, list)) or len(diagonals) != 3:
        raise ValueError('Expected diagonals to be a sequence of length 3.')
    return list(diagonals)


def tridiagonal_solve(diagonals, rhs, diagonals_format='compact', transpose_rhs=False, conjugate_rhs=False, name=None,
                      partial_pivoting=True):
    """The solutions of A x = rhs, where A has three diagonals.

    Args:
      diagonals: 'compact': [..., 3, n], what is above, on and below the main diagonal, of which the last and the first
        number do not count; 'sequence': three tensors of them, those beside the main one with n numbers or n - 1;
        'matrix': [..., n, n], of which the rest is not looked at.
      rhs: [..., n] or [..., n, k].
      diagonals_format: which of them.
      transpose_rhs: whether `rhs` and the result are [..., k, n].
      conjugate_rhs: whether `rhs` is conjugated first.
      name: of the node.
      partial_pivoting: whether rows are exchanged, for the sake of accuracy.

    Returns:
      A tensor of the shape of `rhs`.

    Raises:
      ValueError: another format, or shapes that do not fit.
    """
    return _c.tf_tridiagonal_solve(_diagonals(diagonals, diagonals_format), rhs, format=_FORMATS[diagonals_format],
                                   transpose_rhs=transpose_rhs, conjugate_rhs=conjugate_rhs,
                                   partial_pivoting=partial_pivoting, name=name)


def tridiagonal_matmul(diagonals, rhs, diagonals_format='compact', name=None):
    """The products of matrices with three diagonals and of `rhs`; arguments as of `tridiagonal_solve`."""
    return _c.tf_tridiagonal_matmul(_diagonals(diagonals, diagonals_format), rhs, format=_FORMATS[diagonals_format],
                                    name=name)


def cholesky_solve(chol, rhs, name=None):
    """The solutions of A x = rhs where `chol` is the Cholesky factor of A."""
    return _c.cholesky_solve(chol, rhs, name=name)


def self_adjoint_eig(tensor, name=None):
    """The eigenvalues, in order, and eigenvectors of self-adjoint matrices."""
    return tuple(_ops.self_adjoint_eig_v2(tensor, True, name))


def self_adjoint_eigvals(tensor, name=None):
    """The eigenvalues, in order, of self-adjoint matrices."""
    return _ops.self_adjoint_eig_v2(tensor, False, name)[0]


def svd(tensor, full_matrices=False, compute_uv=True, name=None):
    """The singular value decompositions of matrices: (s, u, v), or s alone without `compute_uv`."""
    s, u, v = _ops.svd(tensor, compute_uv, full_matrices, name)
    return (s, u, v) if compute_uv else s


def matrix_solve_ls(matrix, rhs, l2_regularizer=0.0, fast=True, name=None):
    """The solutions of matrix x = rhs that have the least squared error.

    Args:
      matrix: [..., m, n].
      rhs: [..., m, k].
      l2_regularizer: the weight of |x|^2.
      fast: whether to solve the normal equations, which is quicker and less exact.
      name: the node's name.

    Returns:
      A tensor [..., n, k].
    """
    return _c.lstsq(matrix, rhs, l2_regularizer=l2_regularizer, fast=fast, name=name)
