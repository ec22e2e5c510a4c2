#include "builder/input/batch.h"
#include "builder/python_text.h"
#include "headrace/arrays.h"

static hr_output value_of(const hr_batch_call *b, int32_t source, int32_t i) {
  return b->values[source * b->stride + i];
}

static hr_any_operand item_of(hr_batch_items items, int32_t i) {
  return items.items ? items.items[i] : (hr_any_operand){.value = hr_operand_output(items.outputs[i])};
}

static const char *text_of(const hr_text *text) { return text->failed || !text->data ? "" : text->data; }

/* ---- what goes into the queue ------------------------------------------------------------------------------------ */

/* Values become tensors: those of one source, before the next. What a source has beyond the first one's components is
 * converted and left. */
static bool convert_all(hr_batch_call *b) {
  if (b->sources.count < 1 || (!b->joins && b->sources.items[0].count < 1)) {
    hr_refuse(b->s, b->sources.count < 1 ? "Expected at least one input in batch_join()."
                                         : "Expected at least one tensor in batch().");
    return false;
  }
  b->count = b->stride = b->sources.items[0].count;
  for (int32_t source = 1; source < b->sources.count; ++source)
    if (b->sources.items[source].count > b->stride) b->stride = b->sources.items[source].count;
  size_t components = (size_t)b->count + 1, all = ((size_t)b->stride + 1) * (size_t)b->sources.count;
  b->values = hr_keep_bytes(b->s, sizeof *b->values * all);
  b->stored = hr_keep_bytes(b->s, sizeof *b->stored * components);
  b->dtypes = hr_keep_bytes(b->s, sizeof *b->dtypes * components);
  b->shapes = hr_keep_bytes(b->s, sizeof *b->shapes * components);
  if (!hr_scope_ok(b->s)) return false;
  for (int32_t source = 0; source < b->sources.count; ++source) {
    for (int32_t i = 0; i < b->sources.items[source].count; ++i) {
      hr_any_operand item = item_of(b->sources.items[source], i);
      if (item.sparse.indices.node) continue;
      hr_output value = hr_convert(b->s, item.value, HR_INVALID, NULL);
      b->values[source * b->stride + i] = value;
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

/* The tensors of a source, as Python prints a list of them. */
static void list_source(hr_batch_call *b, int32_t source, hr_text *text) {
  for (int32_t i = 0; i < b->sources.items[source].count; ++i) {
    hr_any_operand item = item_of(b->sources.items[source], i);
    const char *told =
        item.sparse.indices.node ? "<tf.SparseTensor>" : hr_tensor_python_item(b->s, value_of(b, source, i));
    hr_text_printf(text, i > 0 ? ", %s" : "%s", told ? told : "");
  }
}

/* A later source has what the first one has: as many components, sparse where those are, of their ranks. */
static bool fits_first(hr_batch_call *b, int32_t source, const hr_stored *stored) {
  bool fits = b->sources.items[source].count >= b->count && (b->count || !b->sources.items[source].count);
  for (int32_t i = 0; fits && i < b->count; ++i) {
    bool ranks_fit = b->stored[i].rank < 0 || stored[i].rank < 0 || b->stored[i].rank == stored[i].rank;
    fits = b->stored[i].is_sparse == stored[i].is_sparse && ranks_fit;
  }
  if (fits) return true;
  hr_text first = {0}, other = {0};
  list_source(b, 0, &first);
  list_source(b, source, &other);
  hr_refuse(b->s, "Inconsistent SparseTensors list: [%s] vs. [%s]", text_of(&first), text_of(&other));
  hr_text_free(&first);
  hr_text_free(&other);
  return false;
}

/* Keys get a dimension more, once all components of a source are stored. */
static bool store_all(hr_batch_call *b) {
  hr_stored *later = hr_keep_bytes(b->s, sizeof *later * ((size_t)b->count + 1));
  for (int32_t source = 0; later && source < b->sources.count; ++source) {
    hr_stored *stored = source ? later : b->stored;
    for (int32_t i = 0; i < b->count && i < b->sources.items[source].count; ++i) {
      hr_any_operand item = item_of(b->sources.items[source], i);
      if (!item.sparse.indices.node) item.value = hr_operand_output(value_of(b, source, i));
      hr_output value = hr_store_component(b->s, &item, b->o.enqueue_many, b->keep_input,
                                           source ? b->stored[i].map : NULL, &stored[i]);
      b->values[source * b->stride + i] = value;
    }
    if (!hr_scope_ok(b->s) || (source && !fits_first(b, source, stored))) return false;
    for (int32_t i = 0; i < b->count && hr_scope_ok(b->s); ++i)
      if (stored[i].is_sparse)
        b->values[source * b->stride + i] =
            hr_tf_expand_dims_with(b->s, hr_operand_output(value_of(b, source, i)), hr_operand_ints(HR_INTS(-1)), NULL);
  }
  return hr_scope_ok(b->s);
}

static void refuse_dtypes(hr_batch_call *b, int32_t source) {
  hr_text first = {0}, other = {0};
  for (int32_t i = 0; i < b->count; ++i) {
    hr_text_printf(&first, i > 0 ? ", %s" : "%s", hr_dtype_python_name(b->dtypes[i]));
    hr_text_printf(&other, i > 0 ? ", %s" : "%s", hr_dtype_python_name(hr_output_base_dtype(value_of(b, source, i))));
  }
  hr_refuse_type(b->s, "Expected types to be consistent: %s vs. %s.", text_of(&first), text_of(&other));
  hr_text_free(&first);
  hr_text_free(&other);
}

/* The sources' dtypes are the same. */
static bool find_dtypes(hr_batch_call *b) {
  for (int32_t i = 0; i < b->count; ++i)
    b->dtypes[i] = hr_output_base_dtype(value_of(b, 0, i));
  for (int32_t source = 1; source < b->sources.count; ++source)
    for (int32_t i = 0; i < b->count; ++i)
      if (hr_output_base_dtype(value_of(b, source, i)) != b->dtypes[i]) return refuse_dtypes(b, source), false;
  return true;
}

static bool check_ranks(hr_batch_call *b) {
  for (int32_t source = 0; source < b->sources.count; ++source)
    for (int32_t i = 0; i < b->count; ++i) {
      if (hr_output_rank(value_of(b, source, i)) >= 0) continue;
      const char *text = hr_tensor_python_text(b->s, value_of(b, source, i));
      hr_refuse(b->s, "Cannot infer Tensor's rank: %s", text ? text : "");
      return false;
    }
  return true;
}

/* The shape of an element; the rank must be known. */
static bool element_shape(hr_batch_call *b, hr_output x, hr_partial_shape *shape) {
  *shape = *hr_output_shape(x);
  if (!b->o.enqueue_many) return true;
  if (shape->rank == 0) {
    hr_refuse(b->s, "Shape () must have rank at least 1");
    return false;
  }
  memmove(shape->dims, &shape->dims[1], sizeof(int64_t) * (size_t)--shape->rank);
  return true;
}

/* It is the first source's: the others must fit, but tell nothing more. */
static bool find_shape(hr_batch_call *b, int32_t i) {
  hr_partial_shape shape, merged;
  for (int32_t source = b->sources.count; source-- > 0;)
    if (!element_shape(b, value_of(b, source, i), &b->shapes[i])) return false;
  for (int32_t source = 1; source < b->sources.count; ++source) {
    element_shape(b, value_of(b, source, i), &shape);
    hr_status status = hr_partial_shape_merge(&b->shapes[i], &shape, &merged);
    if (!status) continue;
    hr_status_free(status);
    char one[HR_SHAPE_TEXT], other[HR_SHAPE_TEXT];
    hr_refuse(b->s, "Shapes %s and %s are not compatible", hr_partial_shape_tuple_text(&b->shapes[i], one),
              hr_partial_shape_tuple_text(&shape, other));
    return false;
  }
  return true;
}

static bool find_shapes(hr_batch_call *b) {
  if (b->o.shapes.count && b->o.shapes.count != b->count) {
    hr_refuse(b->s, "Queue shapes must have the same length as dtypes");
    return false;
  }
  if (!b->o.shapes.count && !check_ranks(b)) return false;
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
