/* Sparse tensors from values and the indices that other ones hold. */
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "headrace/sparse.h"

static hr_sparse_tensor merge(hr_scope s, hr_sparse_tensors ids, hr_sparse_tensor values, hr_operands vocab_size,
                              bool already_sorted) {
  const hr_sparse_tensor nothing = {0};
  if (!hr_scope_ok(s)) return nothing;
  if (ids.count < 1 || ids.count != vocab_size.count) {
    hr_refuse(s, "sp_ids and vocab_size have to have equal lengths.");
    return nothing;
  }
  hr_output *columns = hr_keep_bytes(s, sizeof *columns * (size_t)(2 * ids.count + 1));
  if (!columns) return nothing;
  for (int32_t i = 0; i < ids.count && hr_scope_ok(s); ++i) {
    hr_output column = ids.items[i].values;
    if (hr_output_base_dtype(column) != HR_INT64) column = hr_tf_cast(s, column, HR_INT64);
    columns[1 + i] = hr_tf_expand_dims(s, column, 1);
  }
  hr_output *sizes = columns + 1 + ids.count;
  for (int32_t i = 0; i < ids.count; ++i)
    sizes[i] = hr_tf_cast_with(s, hr_operands_at(vocab_size, i), HR_INT64, NULL);
  columns[0] = hr_at(s, ids.items[0].indices, HR_ALL, HR_SLICE(HR_OPEN, -1));
  hr_output indices = hr_tf_concat(s, ((hr_outputs){1 + ids.count, columns}), 1);
  hr_output before = hr_at(s, ids.items[0].dense_shape, HR_SLICE(HR_OPEN, -1));
  hr_operand all_sizes = hr_operand_outputs((hr_outputs){ids.count, sizes});
  hr_output shape = hr_tf_concat(s, HR_OPERANDS(before, all_sizes), 0);
  hr_sparse_tensor result = hr_make_sparse_tensor(s, indices, values.values, shape);
  if (already_sorted) return result;
  result = hr_tf_sparse_reorder(s, result);
  return hr_make_sparse_tensor(s, result.indices, result.values, shape);
}

hr_sparse_tensor hr_sparse_merge_all_with(hr_scope scope, hr_sparse_tensors ids, hr_sparse_tensor values,
                                          hr_operands vocab_size, const hr_sparse_merge_options *options) {
  hr_sparse_merge_options o = options ? *options : (hr_sparse_merge_options){0};
  return merge(hr_name_scope_or(scope, o.name, "SparseMerge"), ids, values, vocab_size, o.already_sorted);
}

hr_sparse_tensor hr_sparse_merge_with(hr_scope scope, hr_sparse_tensor ids, hr_sparse_tensor values,
                                      hr_operand vocab_size, const hr_sparse_merge_options *options) {
  return hr_sparse_merge_all_with(scope, (hr_sparse_tensors){1, &ids}, values, (hr_operands){1, &vocab_size, NULL},
                                  options);
}

hr_output hr_sparse_to_indicator_with(hr_scope scope, hr_sparse_tensor ids, hr_operand vocab_size,
                                      const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "SparseToIndicator");
  hr_output count = hr_at(s, hr_tf_shape(s, ids.indices), HR_INDEX(0));
  hr_output yes = hr_tf_fill(s, hr_tf_expand_dims(s, count, 0), (bool)true);
  hr_sparse_tensor values = hr_make_sparse_tensor(s, ids.indices, yes, ids.dense_shape);
  hr_scope same = hr_same_name_scope(s);
  hr_sparse_tensor merged =
      merge(same, (hr_sparse_tensors){1, &ids}, values, (hr_operands){1, &vocab_size, NULL}, false);
  return hr_sparse_tensor_to_dense(s, merged, .default_value = hr_operand_bool(false), .any_order = true,
                                   .name = hr_scope_name(s));
}
