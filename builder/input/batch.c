#include "builder/input/batch.h"
#include "headrace/arrays.h"

static hr_output value_of(const hr_batch_call *b, int32_t source, int32_t i) {
  return b->values[source * b->count + i];
}

static hr_any_operand item_of(hr_batch_items items, int32_t i) {
  return items.items ? items.items[i] : (hr_any_operand){.value = hr_operand_output(items.outputs[i])};
}

/* ---- what goes into the queue ------------------------------------------------------------------------------------ */

/* Values become tensors: those of one source, before the next. */
static bool convert_all(hr_batch_call *b) {
  if (b->sources.count < 1 || b->sources.items[0].count < 1) {
    hr_refuse(b->s, b->sources.count < 1 ? "Expected at least one input in batch_join()."
                                         : "Expected at least one tensor in batch().");
    return false;
  }
  b->count = b->sources.items[0].count;
  size_t components = (size_t)b->count, all = components * (size_t)b->sources.count;
  b->values = hr_keep_bytes(b->s, sizeof *b->values * all);
  b->stored = hr_keep_bytes(b->s, sizeof *b->stored * components);
  b->dtypes = hr_keep_bytes(b->s, sizeof *b->dtypes * components);
  b->shapes = hr_keep_bytes(b->s, sizeof *b->shapes * components);
  if (!hr_scope_ok(b->s)) return false;
  for (int32_t source = 0; source < b->sources.count; ++source) {
    if (b->sources.items[source].count != b->count) {
      hr_refuse(b->s, "Sources have %d and %d tensors", b->count, b->sources.items[source].count);
      return false;
    }
    for (int32_t i = 0; i < b->count; ++i) {
      hr_any_operand item = item_of(b->sources.items[source], i);
      if (!item.sparse.indices.node) b->values[source * b->count + i] = hr_convert(b->s, item.value, HR_INVALID, NULL);
    }
  }
  return hr_scope_ok(b->s);
}

static bool convert_keep_input(hr_batch_call *b) {
  hr_operand keep = hr_operand_is_given(b->o.keep_input) ? b->o.keep_input : hr_operand_bool(true);
  b->keep_input = hr_convert(b->s, keep, HR_INVALID, NULL);
  if (!hr_scope_ok(b->s)) return false;
  int rank = hr_output_rank(b->keep_input);
  const char *mistake = rank < 0 ? "`keep_input` dimensions must be known at graph construction."
                        : !b->o.enqueue_many && rank == 1 ? "`keep_input` cannot be a vector when `enqueue_many=False`."
                        : rank > 1                        ? "`keep_input` must be 0 or 1 dimensions."
                                                          : NULL;
  if (mistake) hr_refuse(b->s, "%s", mistake);
  return !mistake;
}

/* Keys get a dimension more, once all components of a source are stored. */
static bool store_all(hr_batch_call *b) {
  for (int32_t source = 0; source < b->sources.count; ++source) {
    for (int32_t i = 0; i < b->count; ++i) {
      hr_any_operand item = item_of(b->sources.items[source], i);
      if (!item.sparse.indices.node) item.value = hr_operand_output(value_of(b, source, i));
      hr_stored stored;
      b->values[source * b->count + i] =
          hr_store_component(b->s, &item, b->o.enqueue_many, b->keep_input, source ? &b->stored[i] : NULL, &stored);
      if (!source) b->stored[i] = stored;
    }
    for (int32_t i = 0; i < b->count && hr_scope_ok(b->s); ++i)
      if (b->stored[i].is_sparse)
        b->values[source * b->count + i] =
            hr_tf_expand_dims_with(b->s, hr_operand_output(value_of(b, source, i)), hr_operand_ints(HR_INTS(-1)), NULL);
  }
  return hr_scope_ok(b->s);
}

/* The sources' dtypes are the same. */
static bool find_dtypes(hr_batch_call *b) {
  for (int32_t i = 0; i < b->count; ++i)
    b->dtypes[i] = hr_output_base_dtype(value_of(b, 0, i));
  for (int32_t source = 1; source < b->sources.count; ++source)
    for (int32_t i = 0; i < b->count; ++i) {
      hr_dtype other = hr_output_base_dtype(value_of(b, source, i));
      if (other == b->dtypes[i]) continue;
      hr_refuse_type(b->s, "Expected types to be consistent: %s vs. %s.", hr_dtype_python_name(b->dtypes[i]),
                     hr_dtype_python_name(other));
      return false;
    }
  return true;
}

static bool find_shape(hr_batch_call *b, int32_t i) {
  hr_partial_shape merged = HR_SHAPE_UNKNOWN;
  for (int32_t source = 0; source < b->sources.count; ++source) {
    hr_partial_shape shape = *hr_output_shape(value_of(b, source, i));
    if (shape.rank < 0) {
      hr_refuse(b->s, "Cannot infer Tensor's rank: %s", hr_node_name(value_of(b, source, i).node));
      return false;
    }
    if (b->o.enqueue_many) {
      if (shape.rank == 0) {
        hr_refuse(b->s, "Shape () must have rank at least 1");
        return false;
      }
      memmove(shape.dims, &shape.dims[1], sizeof(int64_t) * (size_t)--shape.rank);
    }
    if (source == 0) b->shapes[i] = shape; /* as TensorFlow: the others must fit, but tell nothing more */
    hr_status status = hr_partial_shape_merge(&merged, &shape, &merged);
    if (status) {
      hr_scope_fail(b->s, status);
      return false;
    }
  }
  return true;
}

static bool find_shapes(hr_batch_call *b) {
  if (b->o.shapes.count && b->o.shapes.count != b->count) {
    hr_refuse(b->s, "Queue shapes must have the same length as dtypes");
    return false;
  }
  for (int32_t i = 0; i < b->count; ++i) {
    if (b->o.shapes.count)
      b->shapes[i] = b->o.shapes.items[i];
    else if (!find_shape(b, i))
      return false;
  }
  return true;
}

bool hr_batch_prepare(hr_batch_call *b) {
  return convert_all(b) && convert_keep_input(b) && store_all(b) && find_dtypes(b) && find_shapes(b);
}
