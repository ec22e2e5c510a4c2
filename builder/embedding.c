/* tf.nn.embedding_lookup. */
#include "builder/builder.h"
#include "headrace/nn.h"
#include "headrace/variables.h"

/* The operation that a table's rows stand beside: a variable's reference. */
static hr_node *home_of(hr_operand table) {
  return table.kind == HR_OPERAND_VARIABLE ? hr_var_ref(table.variable).node : table.output.node;
}

static const hr_partial_shape *static_shape(hr_operand table) {
  return table.kind == HR_OPERAND_VARIABLE ? hr_var_shape(table.variable) : hr_output_shape(table.output);
}

/* Rows, scaled down to a norm; ids have lost their dimensions to them. */
static hr_output clip_rows(hr_scope s, hr_output rows, hr_output ids, hr_operand max_norm) {
  if (!hr_operand_is_given(max_norm) || !hr_scope_ok(s)) return rows;
  int ids_rank = hr_output_rank(ids), rank = hr_output_rank(rows);
  if (ids_rank < 0 || rank < 0) {
    hr_output axes = hr_tf_range(s, hr_tf_rank(s, ids), hr_tf_rank(s, rows), 1);
    return hr_clip_by_norm(s, rows, max_norm, .axes = hr_operand_output(axes));
  }
  int64_t axes[HR_MAX_RANK];
  for (int i = ids_rank; i < rank; ++i)
    axes[i - ids_rank] = i;
  return hr_clip_by_norm(s, rows, max_norm, .axes = hr_operand_ints((hr_ints){rank - ids_rank, axes}));
}

static hr_output one_table(hr_scope s, hr_operand table, hr_output ids, hr_operand max_norm) {
  hr_output rows = HR_NO_OUTPUT;
  HR_WITH (beside, hr_colocate_with(s, home_of(table), false)) {
    rows = clip_rows(beside, hr_tf_gather(beside, table, ids, .name = hr_scope_name(s)), ids, max_norm);
  }
  /* Which is free of the table's place. */
  return hr_identity(s, rows);
}

/* How many rows all tables have, of the ids' dtype. */
static hr_output count_rows(hr_scope s, hr_operands tables, hr_dtype dtype) {
  int64_t total = 0;
  hr_operand *sizes = hr_keep_bytes(s, sizeof *sizes * (size_t)tables.count);
  bool known = true;
  for (int32_t i = 0; sizes && i < tables.count; ++i) {
    const hr_partial_shape *shape = static_shape(hr_operands_at(tables, i));
    if (shape->rank > 0 && shape->dims[0] >= 0)
      total += shape->dims[0];
    else
      known = false;
  }
  if (known) return hr_constant(s, total, .dtype = dtype);
  for (int32_t i = 0; sizes && i < tables.count; ++i) {
    hr_operand table = hr_operands_at(tables, i);
    const hr_partial_shape *shape = static_shape(table);
    sizes[i] = hr_operand_int(shape->rank > 0 ? shape->dims[0] : -1);
    if (sizes[i].i >= 0) continue;
    HR_WITH (beside, hr_colocate_with(s, home_of(table), false)) {
      sizes[i] = hr_operand_output(hr_at(beside, hr_tf_shape(beside, table), HR_INDEX(0)));
    }
  }
  if (!sizes || !hr_scope_ok(s)) return HR_NO_OUTPUT;
  return hr_reduce_sum(s, hr_tf_cast(s, hr_stack(s, ((hr_operands){tables.count, sizes, NULL})), dtype));
}

/* Which table has each id, and which of its rows it is. */
static void assign(hr_scope s, hr_operands tables, hr_output ids, bool in_blocks, hr_output *table, hr_output *row) {
  int32_t count = tables.count;
  if (!in_blocks) {
    *table = hr_modulo(s, ids, count);
    *row = hr_floordiv(s, ids, count);
    return;
  }
  hr_output total = count_rows(s, tables, hr_output_base_dtype(ids));
  hr_output block = hr_floordiv(s, total, count), extras = hr_modulo(s, total, count);
  hr_output by_longer = hr_floordiv(s, ids, hr_plus(s, block, 1));
  *table = hr_maximum(s, by_longer, hr_floordiv(s, hr_minus(s, ids, extras), block));
  hr_output is_longer = hr_less(s, *table, extras);
  hr_output in_longer = hr_modulo(s, ids, hr_plus(s, block, 1));
  *row = hr_select(s, is_longer, in_longer, hr_modulo(s, hr_minus(s, ids, extras), block));
}

/* The shape of a row, as far as all tables tell. */
static bool row_shape(hr_scope s, hr_operands tables, hr_partial_shape *out) {
  *out = HR_SHAPE_UNKNOWN;
  for (int32_t i = 0; i < tables.count; ++i) {
    hr_partial_shape shape = *static_shape(hr_operands_at(tables, i));
    if (shape.rank < 1) continue;
    memmove(shape.dims, shape.dims + 1, sizeof *shape.dims * (size_t)--shape.rank);
    hr_status status = hr_partial_shape_merge(out, &shape, out);
    if (!status) continue;
    hr_scope_fail(s, status);
    return false;
  }
  return true;
}

/* The rows in the shape of the ids. */
static hr_output in_shape(hr_scope s, hr_output rows, hr_output ids, hr_operands tables) {
  hr_partial_shape row;
  if (!hr_scope_ok(s) || !row_shape(s, tables, &row)) return HR_NO_OUTPUT;
  hr_output shape = HR_NO_OUTPUT;
  if (hr_partial_shape_is_full(&row)) {
    shape = hr_tf_concat(s, HR_OPERANDS(hr_tf_shape(s, ids), ((hr_ints){row.rank, row.dims})), 0);
  } else {
    hr_operand first = hr_operands_at(tables, 0);
    HR_WITH (beside, hr_colocate_with(s, home_of(first), false)) {
      shape = hr_tf_shape(beside, first);
    }
    hr_output ids_shape = hr_tf_shape(s, ids);
    hr_output tail = hr_call_one(s, "Slice", NULL, HR_OPERANDS(shape, HR_AXES(1), HR_AXES(-1)), HR_NO_ATTRS);
    shape = hr_tf_concat(s, HR_OPERANDS(ids_shape, tail), 0);
  }
  hr_output result = hr_reshape(s, rows, shape);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape whole = *hr_output_shape(ids);
  if (whole.rank < 0 || row.rank < 0 || whole.rank + row.rank > HR_MAX_RANK) return result;
  memcpy(whole.dims + whole.rank, row.dims, sizeof *row.dims * (size_t)row.rank);
  whole.rank += row.rank;
  hr_know_shape(s, result, &whole);
  return result;
}

static hr_output several_tables(hr_scope s, hr_operands tables, hr_output ids, const hr_embedding_lookup_options *o) {
  hr_output flat = hr_tf_reshape(s, ids, HR_SHAPE(-1));
  hr_output places = hr_tf_range(s, 0, hr_tf_size(s, flat), 1);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output table, row;
  assign(s, tables, flat, o->div_strategy, &table, &row);
  table = hr_tf_cast(s, table, HR_INT32);
  hr_outputs rows = hr_dynamic_partition(s, row, table, tables.count);
  hr_outputs parts = hr_dynamic_partition(s, places, table, tables.count);
  hr_output *found = hr_keep_bytes(s, sizeof *found * (size_t)tables.count);
  if (!found || !hr_scope_ok(s)) return HR_NO_OUTPUT;
  for (int32_t i = 0; i < tables.count; ++i) {
    hr_operand from = hr_operands_at(tables, i);
    HR_WITH (beside, hr_colocate_with(s, home_of(from), false)) {
      found[i] = hr_tf_gather(beside, from, rows.items[i]);
    }
  }
  hr_output stitched =
      hr_parallel_dynamic_stitch(s, parts, ((hr_outputs){tables.count, found}), .name = hr_scope_name(s));
  return clip_rows(s, in_shape(s, stitched, ids, tables), ids, o->max_norm);
}

hr_output hr_embedding_lookup_with(hr_scope scope, hr_operands params, hr_operand ids,
                                   const hr_embedding_lookup_options *options) {
  hr_embedding_lookup_options o = options ? *options : (hr_embedding_lookup_options){0};
  if (params.count == 0) return hr_refuse(scope, "Need at least one param");
  hr_scope s = hr_name_scope_or(scope, o.name, "embedding_lookup");
  hr_operand *tables = hr_keep_bytes(s, sizeof *tables * (size_t)params.count);
  for (int32_t i = 0; tables && i < params.count; ++i) {
    tables[i] = hr_operands_at(params, i);
    if (tables[i].kind != HR_OPERAND_VARIABLE)
      tables[i] = hr_operand_output(hr_convert(s, tables[i], HR_INVALID, "params"));
  }
  hr_output picks = hr_convert(s, ids, HR_INVALID, "ids");
  if (!tables || !hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (params.count == 1) return one_table(s, tables[0], picks, o.max_norm);
  return several_tables(s, (hr_operands){params.count, tables, NULL}, picks, &o);
}
