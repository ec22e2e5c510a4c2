/* Gradients of patches: a sparse matrix says which places of the input each place of a patch was taken from. */
#include "headrace/arrays.h"
#include "headrace/sparse.h"
#include "ops/gradients/window.h"

/* 1, 2, 3 ... or 0, 1, 2 ..., below `limit`. */
static hr_output counted(hr_scope s, int64_t first, hr_operand limit) {
  return hr_tf_range(s, hr_operand_int(first), limit, hr_operand_int(1), .dtype = HR_INT64);
}

/* The sparse matrix [places of an image, places of its patches] of ones, of what stands in the patches of an image
 * whose elements are their own numbers from 1; 0 is padding, whose row is cut off. */
static hr_sparse_tensor sources(hr_scope s, hr_dtype dtype, hr_output inside, hr_output outside, hr_operand in_count,
                                hr_operand out_count) {
  hr_output row = hr_tf_expand_dims(s, inside, -1), column = hr_tf_expand_dims(s, outside, -1);
  hr_output pairs = hr_tf_reshape(s, hr_tf_concat(s, HR_LIST(row, column), -1), HR_SHAPE(-1, 2));
  hr_output ones = out_count.kind == HR_OPERAND_INT ? hr_ones(s, HR_SHAPE(out_count.i), .dtype = dtype)
                                                    : hr_ones(s, HR_OPERANDS(out_count), .dtype = dtype);
  hr_sparse_tensor all = hr_make_sparse_tensor(s, pairs, ones, HR_OPERANDS(in_count, out_count));
  hr_operand rest =
      in_count.kind == HR_OPERAND_INT ? hr_operand_int(in_count.i - 1) : hr_operand_output(hr_minus(s, in_count, 1));
  return hr_tf_sparse_slice(s, all, HR_OPERAND(HR_OPERANDS(1, 0)), HR_OPERAND(HR_OPERANDS(rest, out_count)));
}

/* Permutation of a shape of so many spatial dimensions, twice: [batch, out..., taps..., channels] with the batch before
 * the channels. */
static hr_operand batch_behind(int spatial, int64_t *perm) {
  int rank = 2 * spatial + 2;
  for (int i = 0; i < rank - 2; ++i)
    perm[i] = i + 1;
  perm[rank - 2] = 0;
  perm[rank - 1] = rank - 1;
  return hr_operand_ints((hr_ints){rank, perm});
}

hr_status hr_gradient_extract_image_patches(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output in[4], out[2], gradient = hr_dy(c, 0);
  const int64_t *sizes = hr_node_attr(c->node, "ksizes")->ints;
  hr_output shape = hr_tf_shape(s, hr_x(c, 0), .out_type = HR_INT64);
  for (int i = 0; i < 4; ++i)
    in[i] = hr_at(s, shape, HR_INDEX(i));
  hr_output in_count = hr_plus(s, 1, hr_times(s, in[1], in[2]));
  hr_output numbers = counted(s, 1, hr_operand_output(in_count));
  hr_output image = hr_tf_reshape(s, numbers, HR_OPERANDS(1, in[1], in[2], 1));
  hr_output inside = hr_window_node(c, "ExtractImagePatches", 1, &image);
  hr_output out_shape = hr_tf_shape(s, hr_y(c, 0), .out_type = HR_INT64);
  for (int i = 0; i < 2; ++i)
    out[i] = hr_at(s, out_shape, HR_INDEX(i + 1));
  hr_output out_count = hr_times(s, hr_times(s, hr_times(s, out[0], out[1]), sizes[1]), sizes[2]);
  numbers = counted(s, 0, hr_operand_output(out_count));
  hr_output outside = hr_tf_reshape(s, numbers, HR_OPERANDS(1, out[0], out[1], sizes[1] * sizes[2]));
  hr_sparse_tensor matrix = sources(s, hr_output_base_dtype(hr_x(c, 0)), inside, outside, hr_operand_output(in_count),
                                    hr_operand_output(out_count));
  hr_output expanded = hr_tf_reshape(s, gradient, HR_OPERANDS(in[0], out[0], out[1], sizes[1], sizes[2], in[3]));
  int64_t perm[6];
  expanded = hr_tf_transpose(s, expanded, .perm = batch_behind(2, perm));
  hr_output flat = hr_tf_reshape(s, expanded, HR_OPERANDS(-1, hr_times(s, in[0], in[3])));
  hr_output sums = hr_tf_sparse_tensor_dense_matmul(s, matrix, flat);
  sums = hr_tf_reshape(s, sums, HR_OPERANDS(in[1], in[2], in[0], in[3]));
  hr_dx(c, 0, hr_tf_transpose(s, sums, .perm = hr_operand_ints((hr_ints){4, (int64_t[]){2, 0, 1, 3}})));
  return HR_SUCCESS;
}

/* The product of dims 1 to 3; false where one is not known. */
static bool places(const hr_partial_shape *shape, int64_t *out) {
  *out = 1;
  for (int i = 1; i < 4; ++i)
    if (shape->rank != 5 || shape->dims[i] < 0 || __builtin_mul_overflow(*out, shape->dims[i], out)) return false;
  return true;
}

hr_status hr_gradient_extract_volume_patches(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output gradient = hr_dy(c, 0);
  const int64_t *sizes = hr_node_attr(c->node, "ksizes")->ints;
  const hr_partial_shape *in = hr_output_shape(hr_x(c, 0)), *out = hr_output_shape(hr_y(c, 0));
  int64_t in_count, out_count, taps = sizes[1] * sizes[2] * sizes[3];
  if (!places(in, &in_count) || !places(out, &out_count) || __builtin_mul_overflow(out_count, taps, &out_count))
    return hr_error(HR_INVALID_ARGUMENT, "The gradient of ExtractVolumePatches needs to know the size of the volumes");
  hr_output shape = hr_tf_shape(s, hr_x(c, 0));
  hr_output batch = hr_at(s, shape, HR_INDEX(0)), channels = hr_at(s, shape, HR_INDEX(4));
  hr_operand rows = hr_operand_int(in_count + 1), columns = hr_operand_int(out_count);
  hr_output numbers = counted(s, 1, rows);
  const int64_t *n = in->dims, *m = out->dims;
  hr_output volume = hr_tf_reshape(s, numbers, HR_SHAPE(1, n[1], n[2], n[3], 1));
  hr_output inside = hr_window_node(c, "ExtractVolumePatches", 1, &volume);
  numbers = counted(s, 0, columns);
  hr_output outside = hr_tf_reshape(s, numbers, HR_SHAPE(1, m[1], m[2], m[3], taps));
  hr_sparse_tensor matrix = sources(s, hr_output_base_dtype(hr_x(c, 0)), inside, outside, rows, columns);
  hr_output expanded =
      hr_tf_reshape(s, gradient, HR_OPERANDS(batch, m[1], m[2], m[3], sizes[1], sizes[2], sizes[3], channels));
  int64_t perm[8];
  expanded = hr_tf_transpose(s, expanded, .perm = batch_behind(3, perm));
  hr_output flat = hr_tf_reshape(s, expanded, HR_OPERANDS(-1, hr_times(s, batch, channels)));
  hr_output sums = hr_tf_sparse_tensor_dense_matmul(s, matrix, flat);
  sums = hr_tf_reshape(s, sums, HR_OPERANDS(n[1], n[2], n[3], batch, channels));
  hr_dx(c, 0, hr_tf_transpose(s, sums, .perm = hr_operand_ints((hr_ints){5, (int64_t[]){3, 0, 1, 2, 4}})));
  return HR_SUCCESS;
}
