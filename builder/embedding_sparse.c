/* Embeddings of sparse ids, those of an example combined. */
#include "builder/builder.h"
#include "builder/variable.h"
#include "headrace/sparse.h"

/* A weight for each row, as what is broadcast to the rows. */
static hr_output broadcast_weights(hr_scope s, hr_output weights, hr_output rows) {
  hr_output rank = hr_tf_rank(s, rows);
  hr_output tail = hr_tf_fill(s, hr_tf_expand_dims(s, hr_minus(s, rank, 1), 0), 1);
  hr_output shape = hr_tf_concat(s, HR_LIST(hr_tf_shape(s, weights), tail), 0);
  hr_output result = hr_reshape(s, weights, shape);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape known = *hr_output_shape(weights);
  if (known.rank < 0 || hr_output_rank(rows) < 0) return result;
  while (known.rank < hr_output_rank(rows))
    known.dims[known.rank++] = 1;
  hr_know_shape(s, result, &known);
  return result;
}

static hr_output combine_weighted(hr_scope s, hr_output rows, hr_output places, hr_output segments,
                                  const hr_embedding_lookup_sparse_options *o) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output weights = hr_tf_cast(s, o->weights, hr_output_base_dtype(rows));
  rows = hr_tf_gather(s, rows, places);
  weights = broadcast_weights(s, weights, rows);
  rows = hr_times(s, rows, weights);
  const char *name = hr_scope_name(s);
  if (o->combiner == HR_COMBINER_SUM) return hr_segment_sum(s, rows, segments, .name = name);
  rows = hr_segment_sum(s, rows, segments);
  if (o->combiner == HR_COMBINER_SQRTN) weights = hr_binary(s, "Pow", weights, 2);
  hr_output total = hr_segment_sum(s, weights, segments);
  if (o->combiner == HR_COMBINER_SQRTN) total = hr_sqrt(s, total);
  return hr_real_div(s, rows, total, .name = name);
}

/* In the scope of the whole, whose name is that of the result. */
static hr_output look_up(hr_scope s, hr_operands params, hr_sparse_tensor ids,
                         const hr_embedding_lookup_sparse_options *o) {
  hr_output segments = hr_at(s, ids.indices, HR_ALL, HR_INDEX(0));
  segments = hr_tf_cast(s, segments, HR_INT32);
  hr_unique_outputs unique = hr_unique(s, ids.values);
  hr_output rows = hr_embedding_lookup_with(
      s, params, hr_operand_output(unique.y),
      &(hr_embedding_lookup_options){.div_strategy = o->div_strategy, .max_norm = o->max_norm});
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(rows);
  if (dtype == HR_HALF || dtype == HR_BFLOAT16) rows = hr_tf_cast(s, rows, HR_FLOAT);
  if (o->weights.node) return combine_weighted(s, rows, unique.idx, segments, o);
  const char *name = hr_scope_name(s);
  switch (o->combiner) {
  case HR_COMBINER_SUM: return hr_sparse_segment_sum(s, rows, unique.idx, segments, .name = name);
  case HR_COMBINER_SQRTN: return hr_sparse_segment_sqrt_n(s, rows, unique.idx, segments, .name = name);
  default: return hr_sparse_segment_mean(s, rows, unique.idx, segments, .name = name);
  }
}

hr_output hr_embedding_lookup_sparse_with(hr_scope scope, hr_operands params, hr_sparse_tensor ids,
                                          const hr_embedding_lookup_sparse_options *options) {
  hr_embedding_lookup_sparse_options o = options ? *options : (hr_embedding_lookup_sparse_options){0};
  if (params.count == 0) return hr_refuse(scope, "Need at least one param");
  return look_up(hr_name_scope_or(scope, o.name, "embedding_lookup_sparse"), params, ids, &o);
}

/* ---- safe ------------------------------------------------------------------------------------------------------ */

/* The rank of the ids less one: a number where it is known. */
static hr_operand last_axis(hr_scope s, hr_output shape, hr_output size) {
  if (!hr_scope_ok(s)) return HR_NO_OPERAND;
  if (!size.node) return hr_operand_int(hr_output_shape(shape)->dims[0] - 1);
  return hr_operand_output(hr_minus(s, size, 1));
}

/* Elements [0, last axis) of a vector. */
static hr_output leading(hr_scope s, hr_output vector, hr_operand count) {
  hr_operand size = hr_operand_items(1, &count);
  return hr_call_one(s, "Slice", NULL, HR_OPERANDS(hr_operand_output(vector), HR_AXES(0), size), HR_NO_ATTRS);
}

/* Ids (and the weights beside them) that are in order, in a matrix. */
typedef struct features {
  hr_sparse_tensor ids, weights;
} features;

static void keep(hr_scope s, features *f, hr_output which) {
  f->ids = hr_sparse_retain(s, f->ids, hr_operand_output(which));
  if (f->weights.values.node) f->weights = hr_sparse_retain(s, f->weights, hr_operand_output(which));
}

static void prune(hr_scope s, features *f, hr_combiner combiner) {
  hr_output valid = hr_binary(s, "GreaterEqual", f->ids.values, 0);
  bool weighted = f->weights.values.node;
  if (weighted) valid = hr_logical_and(s, valid, hr_tf_ones_like(s, f->weights.values, .dtype = HR_BOOL));
  keep(s, f, valid);
  if (weighted && combiner != HR_COMBINER_SUM) keep(s, f, hr_binary(s, "Greater", f->weights.values, 0));
}

/* Zeros for the examples without ids. */
static hr_output hide_empty(hr_scope s, hr_output rows, hr_output empty) {
  hr_output column = hr_tf_reshape(s, empty, HR_SHAPE(-1, 1));
  hr_output width = hr_at(s, hr_tf_shape(s, rows), HR_INDEX(1));
  hr_output tiles = hr_stack(s, HR_OPERANDS(1, width));
  hr_output hidden = hr_tile(s, column, tiles);
  return hr_select(s, hidden, hr_tf_zeros_like(s, rows), rows, .name = hr_scope_name(s));
}

/* What embedding_lookup's tables are: values of variables, of the weights' dtype. */
static hr_operand *tables_of(hr_scope scope, hr_operands params, hr_output weights) {
  hr_operand *tables = hr_keep_bytes(scope, sizeof *tables * (size_t)(params.count + 1));
  hr_dtype dtype = weights.node ? hr_output_base_dtype(weights) : HR_INVALID;
  for (int32_t i = 0; tables && i < params.count && hr_scope_ok(scope); ++i) {
    tables[i] = hr_operands_at(params, i);
    bool as_is = tables[i].kind == HR_OPERAND_VARIABLE && hr_var_is_resource(tables[i].variable) &&
                 (!dtype || hr_var_dtype(tables[i].variable) == dtype);
    if (!as_is) tables[i] = hr_operand_output(hr_convert(scope, tables[i], dtype, NULL));
  }
  return hr_scope_ok(scope) ? tables : NULL;
}

hr_output hr_safe_embedding_lookup_sparse_with(hr_scope scope, hr_operands params, hr_sparse_tensor ids,
                                               const hr_safe_embedding_lookup_sparse_options *options) {
  hr_safe_embedding_lookup_sparse_options o = options ? *options : (hr_safe_embedding_lookup_sparse_options){0};
  if (params.count == 0) return hr_refuse(scope, "Missing embedding_weights");
  hr_operand *tables = tables_of(scope, params, o.weights);
  hr_scope s = hr_name_scope_or(scope, o.name, "embedding_lookup");
  if (!tables || !hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output shape = ids.dense_shape, size = HR_NO_OUTPUT;
  int64_t rank = hr_output_rank(shape) == 1 ? hr_output_shape(shape)->dims[0] : -1;
  if (rank < 0) size = hr_tf_size(s, shape);
  hr_output examples = hr_reduce_prod(s, leading(s, shape, last_axis(s, shape, size)));
  hr_operand width = hr_operand_output(hr_tf_gather(s, shape, last_axis(s, shape, size)));
  hr_operand matrix[] = {hr_operand_output(examples), width};
  features f = {.ids = hr_tf_sparse_reshape(s, ids, hr_operand_items(2, matrix))};
  if (o.weights.node) f.weights = hr_make_sparse_tensor(s, f.ids.indices, o.weights, f.ids.dense_shape);
  prune(s, &f, o.combiner);
  hr_filled_rows filled = hr_tf_sparse_fill_empty_rows_with(
      s, f.ids, hr_operand_is_given(o.default_id) ? o.default_id : hr_operand_int(0), NULL);
  hr_embedding_lookup_sparse_options lookup = {
      .combiner = o.combiner, .div_strategy = o.div_strategy, .max_norm = o.max_norm};
  if (o.weights.node) lookup.weights = hr_tf_sparse_fill_empty_rows(s, f.weights, 1.0).values;
  hr_sparse_tensor all = {filled.indices, filled.values, filled.dense_shape};
  bool zeros = !hr_operand_is_given(o.default_id);
  hr_scope inside = zeros ? hr_name_scope(s, "embedding_lookup_sparse") : s;
  hr_output rows = look_up(inside, (hr_operands){params.count, tables, NULL}, all, &lookup);
  if (zeros) rows = hide_empty(s, rows, filled.empty_rows);
  hr_output outer = leading(s, hr_tf_cast(s, shape, HR_INT32), last_axis(s, shape, size));
  hr_output inner = hr_call_one(
      s, "Slice", NULL, HR_OPERANDS(hr_operand_output(hr_tf_shape(s, rows)), HR_AXES(1), HR_AXES(-1)), HR_NO_ATTRS);
  hr_output result = hr_reshape(s, rows, hr_tf_concat(s, HR_LIST(outer, inner), 0));
  if (!hr_scope_ok(s) || rank < 0 || hr_output_rank(rows) < 1) return result;
  hr_partial_shape known = {.rank = (int)rank - 1};
  for (int i = 0; i < known.rank; ++i)
    known.dims[i] = -1;
  for (int i = 1; i < hr_output_rank(rows); ++i)
    known.dims[known.rank++] = hr_output_shape(rows)->dims[i];
  hr_know_shape(s, result, &known);
  return result;
}
