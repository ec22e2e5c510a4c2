"""Small programs whose gradients are recorded. A program is a function of `gradients`, which stands for tf.gradients."""

import tensorflow as tf

F32, F64, C64, I32 = tf.float32, tf.float64, tf.complex64, tf.int32

# Shapes of a program's inputs; a pair adds the dtype.
S, R, M, Q, B = (), (3,), (2, 3), (3, 3), (2, 3, 3)


def static(shape):
    return shape


def unknown_first(shape):
    return (None,) + shape[1:] if shape else ()


def unknown_sizes(shape):
    return (None,) * len(shape)


def unknown_rank(_):
    return None


KNOWLEDGE = {"static": static, "unknown_first": unknown_first, "unknown_sizes": unknown_sizes,
             "unknown_rank": unknown_rank}

RANKED = ("static", "unknown_first", "unknown_sizes")
ORDER_TWO = ("static", "unknown_sizes")


class Op:
    """An expression of placeholders, differentiated with respect to each of them, and again."""

    def __init__(self, name, function, *shapes, known=tuple(KNOWLEDGE), second=True):
        self.name, self.function, self.shapes, self.known, self.second = name, function, shapes, known, second

    def program(self, knowledge, second):
        def run(gradients):
            inputs = []
            for shape in self.shapes:
                shape, dtype = shape if isinstance(shape, tuple) and len(shape) == 2 and isinstance(
                    shape[1], tf.DType) else (shape, F32)
                inputs.append(tf.placeholder(dtype, KNOWLEDGE[knowledge](shape)))
            result = self.function(*inputs)
            result = list(result) if isinstance(result, (list, tuple)) else [result]
            xs = [x for x in inputs if x.dtype in (F32, F64, C64)]
            seeds = [tf.placeholder(y.dtype, y.shape) if y.dtype.is_complex or second else None for y in result]
            first = gradients(result, xs, grad_ys=seeds)
            if second:
                known = [g for g in first if isinstance(g, tf.Tensor)]
                if known:
                    gradients(known, xs + [seed for seed in seeds if seed is not None],
                              grad_ys=[g if g.dtype.is_complex else None for g in known], name="second")
        return run


def c(shape):
    return (shape, C64)


OPS = [
    Op("add", tf.add, M, M), Op("add_row", tf.add, M, R), Op("add_row_first", tf.add, R, M), Op("add_scalar", tf.add, M, S),
    Op("plus", lambda a, b: a + b, M, M), Op("add_ones", tf.add, (1, 3), (2, 1, 3)), Op("add_both_ones", tf.add, (1, 3), (1, 1)),
    Op("sub", tf.subtract, M, M), Op("sub_row", tf.subtract, M, R), Op("sub_row_first", tf.subtract, R, M),
    Op("mul", tf.multiply, M, M), Op("mul_row", tf.multiply, M, R), Op("mul_row_first", tf.multiply, R, M),
    Op("mul_scalar", lambda a: 3.0 * a, M), Op("mul_double", tf.multiply, (M, F64), (M, F64)), Op("mul_complex", tf.multiply, c(M), c(R)),
    Op("real_div", tf.realdiv, M, M), Op("real_div_row", tf.realdiv, M, R), Op("real_div_complex", tf.realdiv, c(M), c(R)),
    Op("maximum", tf.maximum, M, R), Op("minimum", tf.minimum, M, M),
    Op("squared_difference", tf.squared_difference, M, M), Op("squared_difference_row", tf.squared_difference, M, R),
    Op("neg", tf.negative, M), Op("exp", tf.exp, M), Op("log", tf.log, M), Op("square", tf.square, M), Op("sigmoid", tf.sigmoid, M),
    Op("tanh", tf.tanh, M), Op("tanh_complex", tf.tanh, c(M)), Op("sigmoid_complex", tf.sigmoid, c(M)), Op("square_complex", tf.square, c(M)),
    Op("exp_complex", tf.exp, c(M)), Op("log_complex", tf.log, c(M)),
    Op("matmul", tf.matmul, M, Q), Op("matmul_ta", lambda a, b: tf.matmul(a, b, transpose_a=True), M, M),
    Op("matmul_tb", lambda a, b: tf.matmul(a, b, transpose_b=True), M, M),
    Op("matmul_tab", lambda a, b: tf.matmul(a, b, transpose_a=True, transpose_b=True), Q, M),
    Op("matmul_complex", tf.matmul, c(M), c(Q)),
    Op("bias_add", tf.nn.bias_add, M, R), Op("bias_add_nchw", lambda a, b: tf.nn.bias_add(a, b, data_format="NCHW"), (2, 3, 4, 5), R),
    Op("relu", tf.nn.relu, M),
    Op("softmax", tf.nn.softmax, M), Op("log_softmax", tf.nn.log_softmax, M),
    Op("sparse_cross_entropy", lambda a, l: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=l, logits=a), M, ((2,), I32)),
    Op("cross_entropy", lambda a, b: tf.nn.softmax_cross_entropy_with_logits_v2(labels=b, logits=a), M, M),
    Op("cross_entropy_op", lambda a, b: tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=a, labels=b).loss, M, M),
    Op("sum", tf.reduce_sum, M, known=RANKED), Op("sum_axis", lambda a: tf.reduce_sum(a, 1), M), Op("sum_keep", lambda a: tf.reduce_sum(a, [0], keepdims=True), M),
    Op("sum_axes", lambda a: tf.reduce_sum(a, [-1, 0]), B), Op("sum_fed", lambda a, i: tf.reduce_sum(a, i), M, ((1,), I32)),
    Op("sum_scalar", tf.reduce_sum, S, known=RANKED), Op("sum_empty", lambda a: tf.reduce_sum(a, 1), (2, 0)),
    Op("mean", tf.reduce_mean, M, known=RANKED), Op("mean_axis", lambda a: tf.reduce_mean(a, 0), M), Op("mean_fed", lambda a, i: tf.reduce_mean(a, i), M, ((1,), I32)),
    Op("max", tf.reduce_max, M, known=RANKED), Op("min_axis", lambda a: tf.reduce_min(a, 1), M), Op("prod", tf.reduce_prod, M, known=RANKED),
    Op("prod_axis", lambda a: tf.reduce_prod(a, [1]), M), Op("prod_complex", lambda a: tf.reduce_prod(a, 1), c(M)),
    Op("twice_reduced", lambda a, b: tf.reduce_sum(tf.reduce_sum(a, 1) + tf.reduce_sum(b, 1)), M, M, known=RANKED),
    Op("reshape", lambda a: tf.reshape(a, [3, -1]), M), Op("squeeze", lambda a: tf.squeeze(a, [0]), (1, 3)),
    Op("expand_dims", lambda a: tf.expand_dims(a, 1), M), Op("identity", tf.identity, M),
    Op("cast", lambda a: tf.cast(a, F64), M), Op("cast_complex", lambda a: tf.cast(a, C64), M), Op("cast_int", lambda a: tf.cast(tf.cast(a, I32), F32), M),
    Op("mul_no_nan", tf.math.multiply_no_nan, M, M), Op("mul_no_nan_row", tf.math.multiply_no_nan, M, R),
    Op("div", lambda a, b: tf.raw_ops.Div(x=a, y=b), M, R), Op("div_no_nan", tf.div_no_nan, M, R),
    Op("floor_mod", tf.floormod, M, R), Op("pow", tf.pow, M, M), Op("pow_row", tf.pow, M, R), Op("pow_complex", tf.pow, c(M), c(M)),
    Op("atan2", tf.atan2, M, M), Op("xlogy", tf.math.xlogy, M, R), Op("xdivy", tf.math.xdivy, M, R), Op("next_after", tf.math.nextafter, M, R, second=False),
    Op("broadcast_to", lambda a: tf.broadcast_to(a, [2, 3]), R, second=False),
    Op("abs", tf.abs, M), Op("sign", tf.sign, M), Op("expm1", tf.math.expm1, M), Op("log1p", tf.math.log1p, M), Op("sinh", tf.sinh, M), Op("cosh", tf.cosh, M),
    Op("sin", tf.sin, M), Op("cos", tf.cos, M), Op("tan", tf.tan, M), Op("asin", tf.asin, M), Op("acos", tf.acos, M), Op("atan", tf.atan, M),
    Op("asinh", tf.asinh, M), Op("acosh", tf.acosh, M), Op("atanh", tf.atanh, M), Op("lgamma", tf.lgamma, M), Op("digamma", tf.digamma, M, second=False),
    Op("sin_complex", tf.sin, c(M)), Op("acosh_complex", tf.acosh, c(M)), Op("atan_complex", tf.atan, c(M)),
    Op("erf", tf.erf, M), Op("erfc", tf.erfc, M), Op("bessel_i0e", tf.math.bessel_i0e, M), Op("bessel_i1e", tf.math.bessel_i1e, M),
    Op("reciprocal", tf.reciprocal, M), Op("inv", lambda a: tf.raw_ops.Inv(x=a), M), Op("sqrt", tf.sqrt, M), Op("rsqrt", tf.rsqrt, M),
    Op("rsqrt_complex", tf.rsqrt, c(M)), Op("sqrt_complex", tf.sqrt, c(M)), Op("reciprocal_complex", tf.reciprocal, c(M)),
    Op("igamma", tf.igamma, M, R, second=False), Op("igammac", tf.igammac, M, R, second=False), Op("betainc", tf.betainc, M, M, M, second=False),
    Op("zeta", tf.zeta, M, R, second=False), Op("polygamma", tf.polygamma, M, R, second=False),
    Op("complex", tf.complex, M, R), Op("real", tf.real, c(M)), Op("imag", tf.imag, c(M)), Op("angle", tf.angle, c(M)), Op("conj", tf.conj, c(M)),
    Op("complex_abs", tf.abs, c(M)),
    Op("relu6", tf.nn.relu6, M), Op("leaky_relu", tf.nn.leaky_relu, M), Op("elu", tf.nn.elu, M), Op("selu", tf.nn.selu, M),
    Op("softplus", tf.nn.softplus, M), Op("softsign", tf.nn.softsign, M, second=False), Op("l2_loss", tf.nn.l2_loss, M),
    Op("bias_add_v1", lambda a, b: tf.raw_ops.BiasAddV1(value=a, bias=b), M, R),
    Op("top_k", lambda a: tf.nn.top_k(a, 2)[0], M), Op("nth_element", lambda a: tf.contrib.nn.nth_element(a, 1), M),
    Op("identity_n", lambda a, b: tf.identity_n([a, b]), M, R), Op("add_n", lambda a, b: tf.add_n([a, b, a]), M, M),
    Op("accumulate_n", lambda a, b: tf.raw_ops.AccumulateNV2(inputs=[a, b], shape=[2, 3]), M, M, known=("static",)),
    Op("check_numerics", lambda a: tf.check_numerics(a, "message"), M), Op("fill", lambda a: tf.fill([2, 3], a), S),
    Op("transpose", tf.transpose, M), Op("transpose_perm", lambda a: tf.transpose(a, [2, 0, 1]), B), Op("adjoint", lambda a: tf.transpose(a, conjugate=True), c(M)),
    Op("reverse", lambda a: tf.reverse(a, [1]), M), Op("reverse_v1", lambda a: tf.raw_ops.Reverse(tensor=a, dims=[False, True]), M),
    Op("reverse_sequence", lambda a: tf.reverse_sequence(a, [1, 2], seq_axis=1, batch_axis=0), M), Op("roll", lambda a: tf.roll(a, [1], [0]), M),
    Op("cumsum", lambda a: tf.cumsum(a, 1, exclusive=True), M), Op("cumsum_reverse", lambda a: tf.cumsum(a, 0, reverse=True), M),
    Op("cumprod", lambda a: tf.cumprod(a, 1, exclusive=True), M), Op("tile", lambda a: tf.tile(a, [2, 3]), M),
    Op("where", lambda k, a, b: tf.where(k, a, b), (M, tf.bool), M, M), Op("where_v2", lambda k, a, b: tf.where_v2(k, a, b), (M, tf.bool), M, R),
    Op("cross", tf.cross, M, M), Op("pack", lambda a, b: tf.stack([a, b], axis=1), M, M), Op("unpack", lambda a: tf.unstack(a, 2)[1], M),
    Op("concat", lambda a, b: tf.concat([a, b, a], 1), M, M),
    Op("concat_v1", lambda a, b: tf.raw_ops.Concat(concat_dim=0, values=[a, b]), M, M), Op("concat_many", lambda a, b: tf.concat([a, b] * 9, 1), M, M),
    Op("split", lambda a: tf.split(a, 3, 1)[2], M), Op("split_v", lambda a: tf.split(a, [1, 2], 1)[1], M),
    Op("slice", lambda a: tf.slice(a, [0, 1], [2, 2]), M), Op("slice_fed", lambda a, b, n: tf.slice(a, b, n), M, ((2,), I32), ((2,), I32)),
    Op("strided_slice", lambda a: a[:, 1:], M), Op("strided_slice_more", lambda a: a[1, tf.newaxis, ::2], M, known=("static", "unknown_first", "unknown_sizes")),
    Op("pad", lambda a: tf.pad(a, [[1, 0], [0, 2]]), M), Op("pad_v2", lambda a: tf.pad(a, [[1, 0], [0, 2]], constant_values=2.0), M),
    Op("mirror_pad", lambda a: tf.pad(a, [[1, 0], [0, 1]], "REFLECT"), M),
    Op("gather", lambda a: tf.gather(a, [1, 0, 1]), M), Op("gather_axis", lambda a: tf.gather(a, [2, 0], axis=1), M),
    Op("gather_batch", lambda a, i: tf.gather(a, i, batch_dims=1), M, ((2, 2), I32)), Op("gather_v1", lambda a: tf.raw_ops.Gather(params=a, indices=[1, 0]), M),
    Op("gather_fed", lambda a, i: tf.gather(a, i), B, ((2, 2), I32)),
    Op("gather_sum", lambda a: tf.gather(a, [0, 1]) * tf.gather(a, [1, 0]) + a, M, second=False),
    Op("gather_twice", lambda a: tf.gather(a, [0, 1]) * tf.gather(a, tf.constant([1, 0], tf.int64)), M, second=False),
    Op("gather_nd", lambda a: tf.gather_nd(a, [[0, 1], [1, 2]]), M), Op("gather_nd_rows", lambda a: tf.gather_nd(a, [[1], [0]]), M),
    Op("scatter_nd", lambda a: tf.scatter_nd([[4], [1]], a, [5, 3]), M), Op("scatter_add", lambda a, b: tf.tensor_scatter_add(a, [[1], [0]], b), M, M),
    Op("scatter_sub", lambda a, b: tf.tensor_scatter_sub(a, [[1], [0]], b), M, M), Op("scatter_update", lambda a, b: tf.tensor_scatter_update(a, [[1], [0]], b), M, M),
    Op("scatter_non_aliasing", lambda a, b: tf.raw_ops.ScatterNdNonAliasingAdd(input=a, indices=[[1], [0]], updates=b), M, M),
    Op("sparse_to_dense", lambda a, b: tf.raw_ops.SparseToDense(sparse_indices=[[1], [3]], output_shape=[5], sparse_values=a, default_value=b), (2,), S),
    Op("dynamic_partition", lambda a: tf.dynamic_partition(a, [1, 0], 2), M), Op("dynamic_stitch", lambda a, b: tf.dynamic_stitch([[0, 2], [1, 3]], [a, b]), M, M),
    Op("parallel_stitch", lambda a, b: tf.raw_ops.ParallelDynamicStitch(indices=[[0, 2], [1, 3]], data=[a, b]), M, M),
    Op("segment_sum", lambda a: tf.segment_sum(a, [0, 1]), M), Op("segment_mean", lambda a: tf.segment_mean(a, [0, 1]), M, second=False),
    Op("segment_max", lambda a: tf.segment_max(a, [0, 0]), M, second=False), Op("segment_min", lambda a: tf.segment_min(a, [0, 1]), M, second=False),
    Op("sparse_segment_sum", lambda a: tf.sparse.segment_sum(a, [1, 0], [0, 0]), M), Op("sparse_segment_sum_n", lambda a: tf.sparse.segment_sum(a, [1, 0], [0, 0], num_segments=3), M),
    Op("sparse_segment_mean", lambda a: tf.sparse.segment_mean(a, [1, 0], [0, 0]), M, second=False), Op("sparse_segment_mean_n", lambda a: tf.sparse.segment_mean(a, [1, 0], [0, 0], num_segments=3), M, second=False),
    Op("sparse_segment_sqrt_n", lambda a: tf.sparse.segment_sqrt_n(a, [1, 0], [0, 0]), M, second=False), Op("sparse_segment_sqrt_n_n", lambda a: tf.sparse.segment_sqrt_n(a, [1, 0], [0, 0], num_segments=3), M, second=False),
    Op("unsorted_sum", lambda a: tf.unsorted_segment_sum(a, [1, -1], 3), M, known=RANKED), Op("unsorted_max", lambda a: tf.unsorted_segment_max(a, [1, 0], 3), M, second=False, known=RANKED),
    Op("unsorted_min", lambda a: tf.unsorted_segment_min(a, [1, 0], 3), M, second=False, known=RANKED), Op("unsorted_prod", lambda a: tf.unsorted_segment_prod(a, [1, 0], 3), M, second=False, known=RANKED),
    Op("diag", tf.diag, R), Op("diag_part", tf.diag_part, Q, known=("static",)), Op("matrix_diag", tf.matrix_diag, M), Op("matrix_diag_part", tf.matrix_diag_part, B),
    Op("matrix_diag_part_wide", tf.matrix_diag_part, M), Op("matrix_set_diag", tf.matrix_set_diag, Q, R), Op("matrix_set_diag_batch", tf.matrix_set_diag, (2, 2, 3), (2, 2)),
    Op("matrix_band_part", lambda a: tf.matrix_band_part(a, 1, -1), Q),
    Op("batch_matmul", tf.matmul, B, B), Op("batch_matmul_tb", lambda a, b: tf.matmul(a, b, transpose_b=True), B, B), Op("batch_matmul_broadcast", tf.matmul, B, (1, 3, 3)),
    Op("batch_matmul_adjoint", lambda a, b: tf.matmul(a, b, adjoint_a=True, adjoint_b=True), c(B), c(B)),
    Op("batch_matmul_v1", lambda a, b: tf.raw_ops.BatchMatMul(x=a, y=b, adj_x=True), B, B), Op("sparse_matmul", lambda a, b: tf.sparse_matmul(a, b, a_is_sparse=True), M, Q),
    Op("sparse_matmul_relu", lambda a, b: tf.sparse_matmul(a, b, transpose_a=True, b_is_sparse=True), M, M),
    Op("matrix_inverse", tf.matrix_inverse, Q), Op("matrix_determinant", tf.matrix_determinant, Q), Op("matrix_determinant_batch", tf.matrix_determinant, B),
    Op("log_matrix_determinant", lambda a: tf.linalg.slogdet(a)[1], Q), Op("cholesky", tf.cholesky, Q), Op("cholesky_batch", tf.cholesky, B),
    Op("qr", tf.qr, Q, known=("static",)), Op("qr_tall", tf.qr, (4, 3), known=("static",)), Op("matrix_solve", tf.matrix_solve, Q, Q), Op("matrix_solve_adjoint", lambda a, b: tf.matrix_solve(a, b, adjoint=True), Q, Q),
    Op("matrix_solve_ls_op", lambda a, b: tf.raw_ops.MatrixSolveLs(matrix=a, rhs=b, l2_regularizer=tf.constant(0.5, F64)), (4, 3), (4, 2), known=("static",), second=False),
    Op("matrix_solve_ls_op_wide", lambda a, b: tf.raw_ops.MatrixSolveLs(matrix=a, rhs=b, l2_regularizer=tf.constant(0.5, F64)), M, (2, 2), known=("static",), second=False),
    Op("matrix_solve_ls", lambda a, b: tf.matrix_solve_ls(a, b, fast=True), (4, 3), (4, 2), known=("static",), second=False), Op("matrix_solve_ls_wide", lambda a, b: tf.matrix_solve_ls(a, b, fast=True, l2_regularizer=0.5), M, (2, 2), known=("static",), second=False),
    Op("triangular_solve", tf.matrix_triangular_solve, Q, Q), Op("triangular_solve_upper", lambda a, b: tf.matrix_triangular_solve(a, b, lower=False, adjoint=True), B, B),
    Op("eigh", tf.self_adjoint_eig, Q, known=("static",), second=False), Op("eigvalsh", tf.self_adjoint_eigvals, Q, known=("static",), second=False),
    Op("svd", tf.svd, Q, known=("static",), second=False), Op("svd_tall", tf.svd, (4, 3), known=("static",), second=False), Op("svd_wide", tf.svd, (3, 4), known=("static",), second=False),
    Op("svd_values", lambda a: tf.svd(a, compute_uv=False), M, known=("static",), second=False), Op("svd_full", lambda a: tf.svd(a, full_matrices=True), (4, 3), known=("static",), second=False),
    Op("prevent", lambda a: tf.raw_ops.PreventGradient(input=a, message="no"), M, second=False), Op("stop", lambda a: tf.stop_gradient(a) * a, M), Op("floor", lambda a: tf.floor(a) * a, M),
    Op("fft", tf.fft, c(M), second=False), Op("ifft", tf.ifft, c(M), second=False), Op("fft2d", tf.fft2d, c(B), second=False), Op("ifft2d", tf.ifft2d, c(B), second=False),
    Op("fft3d", tf.fft3d, c(B), second=False), Op("ifft3d", tf.ifft3d, c(B), second=False),
    Op("random_gamma", lambda a: tf.raw_ops.RandomGamma(shape=[2], alpha=a, seed=3), M, second=False),
    Op("unregistered", lambda a: tf.raw_ops.Asin(x=tf.raw_ops.Softsign(features=tf.raw_ops.SoftsignGrad(gradients=a, features=a))), M, second=False),
    Op("conv_2d", lambda a, w: tf.nn.conv2d(a, w, [1, 1, 2, 1], "SAME"), (2, 5, 4, 3), (3, 3, 3, 2)),
    Op("conv_2d_explicit", lambda a, w: tf.nn.conv2d(a, w, [1, 1, 1, 1], [[0, 0], [1, 0], [0, 2], [0, 0]], dilations=[1, 1, 2, 1]), (2, 5, 4, 3), (3, 3, 3, 2)),
    Op("conv_2d_transpose", lambda a, w: tf.raw_ops.Conv2DBackpropInput(input_sizes=[2, 6, 8, 2], filter=w, out_backprop=a, strides=[1, 2, 2, 1], padding="SAME"), (2, 3, 4, 3), (3, 3, 2, 3)),
    Op("conv_3d", lambda a, w: tf.nn.conv3d(a, w, [1, 1, 2, 1, 1], "VALID"), (2, 3, 5, 4, 3), (2, 3, 3, 3, 2)),
    Op("depthwise_conv", lambda a, w: tf.raw_ops.DepthwiseConv2dNative(input=a, filter=w, strides=[1, 1, 1, 1], padding="SAME"), (2, 5, 4, 3), (3, 3, 3, 2)),
    Op("max_pool", lambda a: tf.raw_ops.MaxPool(input=a, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID"), (2, 6, 4, 3)),
    Op("max_pool_v2", lambda a: tf.raw_ops.MaxPoolV2(input=a, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME"), (2, 6, 4, 3)),
    Op("max_pool_argmax", lambda a: tf.raw_ops.MaxPoolWithArgmax(input=a, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID", include_batch_in_index=True)[0], (2, 6, 4, 3), second=False),
    Op("max_pool_grad_grad", lambda a, b, g: tf.raw_ops.MaxPoolGradGrad(orig_input=a, orig_output=b, grad=g, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID"), (2, 6, 4, 3), (2, 3, 2, 3), (2, 6, 4, 3)),
    Op("avg_pool", lambda a: tf.raw_ops.AvgPool(value=a, ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding="SAME"), (2, 6, 4, 3)),
    Op("max_pool_3d", lambda a: tf.nn.max_pool3d(a, [1, 2, 2, 2, 1], [1, 1, 2, 2, 1], "VALID"), (2, 3, 6, 4, 3)),
    Op("avg_pool_3d", lambda a: tf.nn.avg_pool3d(a, [1, 2, 2, 2, 1], [1, 1, 2, 2, 1], "VALID"), (2, 3, 6, 4, 3)),
    Op("lrn", lambda a: tf.nn.lrn(a, depth_radius=2, bias=1.5, alpha=0.1, beta=0.7), (2, 3, 3, 5), second=False),
    Op("space_to_batch_nd", lambda a: tf.space_to_batch_nd(a, [2, 1], [[0, 0], [1, 0]]), (2, 4, 3, 2)), Op("batch_to_space_nd", lambda a: tf.batch_to_space_nd(a, [2, 1], [[0, 1], [0, 0]]), (4, 2, 3, 2)),
    Op("space_to_batch", lambda a: tf.raw_ops.SpaceToBatch(input=a, paddings=[[0, 0], [1, 1]], block_size=2), (2, 4, 2, 2)), Op("batch_to_space", lambda a: tf.raw_ops.BatchToSpace(input=a, crops=[[0, 1], [0, 0]], block_size=2), (4, 2, 3, 2)),
    Op("space_to_depth", lambda a: tf.raw_ops.SpaceToDepth(input=a, block_size=2), (2, 4, 2, 2)), Op("depth_to_space", lambda a: tf.raw_ops.DepthToSpace(input=a, block_size=2), (2, 2, 2, 4)),
    Op("dilation_2d", lambda a, w: tf.raw_ops.Dilation2D(input=a, filter=w, strides=[1, 1, 2, 1], rates=[1, 1, 1, 1], padding="SAME"), (2, 4, 4, 2), (3, 2, 2), second=False),
]


def options(gradients):
    """grad_ys, several ys, stop_gradients, unconnected xs, inner xs, colocation, gates."""
    x, y, z = (tf.placeholder(F32, (), name=name) for name in "xyz")
    given = tf.placeholder(F32, ())
    f = tf.add(x * x * y, y, name="f")
    g = tf.multiply(f, x, name="g")
    gradients(f, [x, y, f])
    gradients([f, g], [x, y], grad_ys=[given, None], name="given")
    gradients(g, [x, f], stops=[f], name="stopped")
    gradients(g, [f, x], name="inner", flags="c")
    gradients(f, [z], name="none")
    gradients(f, [z, x], name="zero", flags="z")
    gradients(g, [x, y, f], name="gated", flags="g")
    gradients(g, [x, y], name="both", flags="cg")


def aggregation(flags):
    def run(gradients):
        x = tf.placeholder(F32, (2,))
        three, two = tf.add_n([tf.exp(x), tf.square(x), x]), tf.exp(x) + x
        gradients(three, [x], flags=flags)
        gradients(two, [x], flags=flags, name="two")
    return run


def devices(gradients):
    """Terms on two devices are added there first."""
    x = tf.placeholder(F32, (2,))
    terms = []
    for device in ("/cpu:1", "/cpu:0", "/cpu:1"):
        with tf.device(device):
            terms.append(tf.exp(x))
    gradients(tf.add_n(terms), [x], flags="c")


WALKS = {"options": options, "aggregation.default": aggregation(""), "aggregation.tree": aggregation("t"),
         "aggregation.accumulate": aggregation("a"), "devices": devices}


def programs():
    yield from WALKS.items()
    for op in OPS:
        for knowledge in op.known:
            yield "%s.%s" % (op.name, knowledge), op.program(knowledge, False)
        for knowledge in op.known if op.second else ():
            if knowledge in ORDER_TWO:
                yield "%s.%s.second" % (op.name, knowledge), op.program(knowledge, True)
