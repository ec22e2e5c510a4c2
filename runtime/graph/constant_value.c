#include "runtime/graph/constant_value.h"

#include "runtime/graph/constant_math.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/shape_context.h"
#include <stdlib.h>

/* One question: by whose rules, and how many nodes it may still look at. */
typedef struct search {
  bool front_end;
  int budget;
} search;

static hr_status find_value(search *s, hr_output output, bool *known, hr_tensor *value);

static bool is_op(const hr_node *node, const char *op) { return strcmp(node->op->name, op) == 0; }

/* ---- what was found before ------------------------------------------------------------------------------------- */

typedef struct hr_cached_constant {
  hr_output output; /* node NULL: a free place */
  hr_tensor value;
} hr_cached_constant;

static hr_cached_constant *place_of(hr_cached_constant *entries, uint32_t capacity, hr_output output) {
  uint32_t i = (uint32_t)output.node->id * 0x9e3779b9u + (uint32_t)output.index;
  while (entries[i & (capacity - 1)].output.node && !hr_output_equal(entries[i & (capacity - 1)].output, output))
    ++i;
  return &entries[i & (capacity - 1)];
}

static const hr_tensor *find_cached(const hr_constant_cache *cache, hr_output output) {
  if (!cache->entries) return NULL;
  const hr_cached_constant *place = place_of(cache->entries, cache->capacity, output);
  return place->output.node ? &place->value : NULL;
}

static hr_status keep(hr_constant_cache *cache, hr_output output, const hr_tensor *value) {
  if (cache->count >= cache->capacity / 2) {
    uint32_t capacity = cache->capacity ? cache->capacity * 2 : 64;
    hr_cached_constant *entries = calloc(capacity, sizeof *entries);
    if (!entries) return hr_error_out_of_memory(capacity * sizeof *entries, "constant values");
    for (uint32_t i = 0; i < cache->capacity; ++i)
      if (cache->entries[i].output.node) *place_of(entries, capacity, cache->entries[i].output) = cache->entries[i];
    free(cache->entries);
    cache->entries = entries;
    cache->capacity = capacity;
  }
  hr_cached_constant *place = place_of(cache->entries, cache->capacity, output);
  place->output = output;
  hr_tensor_copy(value, &place->value);
  ++cache->count;
  return HR_SUCCESS;
}

void hr_constant_cache_free(hr_constant_cache *cache) {
  for (uint32_t i = 0; i < cache->capacity; ++i)
    if (cache->entries[i].output.node) hr_tensor_clear(&cache->entries[i].value);
  free(cache->entries);
  *cache = (hr_constant_cache){0};
}

/* ---- values from shapes ---------------------------------------------------------------------------------------- */

/* An int32 or int64 vector, or scalar for rank 0. */
static hr_status make_ints(hr_dtype dtype, int rank, int64_t count, const int64_t *values, bool *known,
                           hr_tensor *out) {
  if (dtype != HR_INT32 && dtype != HR_INT64) return HR_SUCCESS;
  for (int64_t i = 0; i < count; ++i)
    if (dtype == HR_INT32 && values[i] > INT32_MAX) return HR_SUCCESS; /* the kernel fails */
  hr_shape shape = {.rank = rank, .dims = {count}};
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, out));
  void *data = hr_tensor_data(out);
  for (int64_t i = 0; i < count; ++i)
    if (dtype == HR_INT32)
      ((int32_t *)data)[i] = (int32_t)values[i];
    else
      ((int64_t *)data)[i] = values[i];
  *known = true;
  return HR_SUCCESS;
}

/* Shape, Size, Rank of an input whose shape is known; `*applies` false for other ops. What ShapeN gives counts as a
 * shape alone, as in TensorFlow. */
static hr_status value_from_shape(hr_output output, bool *applies, bool *known, hr_tensor *value) {
  const hr_node *node = output.node;
  bool shape = is_op(node, "Shape");
  bool size = is_op(node, "Size"), rank = is_op(node, "Rank");
  *applies = shape || size || rank;
  if (!*applies || node->num_inputs < 1) return HR_SUCCESS;
  const hr_partial_shape *input = hr_output_shape(node->inputs[0]);
  hr_dtype dtype = hr_node_output_dtype(node, output.index);
  if (rank) {
    int64_t value_of_rank = input->rank;
    return input->rank == HR_UNKNOWN_RANK ? HR_SUCCESS : make_ints(dtype, 0, 1, &value_of_rank, known, value);
  }
  if (!hr_partial_shape_is_full(input)) return HR_SUCCESS;
  if (shape) return make_ints(dtype, 1, input->rank, input->dims, known, value);
  int64_t elements = 1;
  for (int i = 0; i < input->rank; ++i)
    if (__builtin_mul_overflow(elements, input->dims[i], &elements)) return HR_SUCCESS;
  return make_ints(dtype, 0, 1, &elements, known, value);
}

/* ---- values from values ---------------------------------------------------------------------------------------- */

static hr_status apply_rule(search *s, const hr_constant_rule *rule, hr_output output, bool *known, hr_tensor *value) {
  const hr_node *node = output.node;
  int32_t count = node->num_inputs, have = 0;
  if (count > s->budget) return HR_SUCCESS;
  hr_tensor few[4], *inputs = few;
  if (count > 4) inputs = malloc((size_t)count * sizeof *inputs);
  if (!inputs) return hr_error_out_of_memory((size_t)count * sizeof *inputs, "constant values");
  hr_status status = HR_SUCCESS;
  for (bool go_on = true; go_on && !status && have < count; have += go_on) {
    /* Fill takes its size from the inferred shape, which may be known where the value is not. */
    if (have == 0 && is_op(node, "Fill")) {
      inputs[0] = (hr_tensor){0};
      continue;
    }
    status = find_value(s, node->inputs[have], &go_on, &inputs[have]);
    if (status) go_on = false;
  }
  if (!status && have == count) status = rule->compute(node, output.index, inputs, known, value);
  for (int32_t i = 0; i < have; ++i)
    hr_tensor_clear(&inputs[i]);
  if (inputs != few) free(inputs);
  return status;
}

enum { SEEN = 2 * HR_CONSTANT_MAX_NODES }; /* a power of two: room for all nodes of a question */

/* True where everything behind the output is stateless and starts from constants. Control inputs do not count. `seen`
 * are the nodes that were looked at, each once; one that is not constant ends the search. */
static bool is_constant(search *s, const hr_node **seen, hr_output output) {
  const hr_node *node = output.node;
  if (!node) return false;
  uint32_t place = (uint32_t)node->id * 0x9e3779b9u & (SEEN - 1);
  while (seen[place] && seen[place] != node)
    place = (place + 1) & (SEEN - 1);
  if (seen[place]) return true;
  if (--s->budget < 0) return false;
  seen[place] = node;
  if (is_op(node, "Const")) return true;
  if ((node->op->flags & HR_OP_STATEFUL) || node->num_inputs == 0 || is_op(node, "PlaceholderWithDefault"))
    return false;
  /* Control flow, calls, and functions that the host expects to be called by runs only. */
  static const char *const others[] = {"Enter", "Exit", "Merge", "NextIteration", "LoopCond", "PyFuncStateless"};
  for (size_t i = 0; i < sizeof others / sizeof *others; ++i)
    if (is_op(node, others[i])) return false;
  if (node->op->control == HR_CONTROL_CALL) return false;
  for (int32_t i = 0; i < node->num_inputs; ++i)
    if (!is_constant(s, seen, node->inputs[i])) return false;
  return true;
}

static hr_status run_evaluator(search *s, hr_output output, bool *known, hr_tensor *value) {
  hr_constant_evaluator evaluator = hr_constant_evaluator_registered();
  if (!evaluator) return HR_SUCCESS;
  const hr_node *seen[SEEN] = {0};
  return is_constant(s, seen, output) ? evaluator(output, known, value) : HR_SUCCESS;
}

static hr_status compute_value(search *s, hr_output output, bool *known, hr_tensor *value) {
  bool from_shape;
  HR_TRY(value_from_shape(output, &from_shape, known, value));
  if (*known || (from_shape && s->front_end)) return HR_SUCCESS;
  if (from_shape) return run_evaluator(s, output, known, value); /* the shape of what depends on constants' values */
  const hr_constant_rule *rule = hr_constant_rule_find(output.node->op->name);
  if (!rule) return s->front_end ? HR_SUCCESS : run_evaluator(s, output, known, value);
  if (s->front_end) return rule->front_end ? apply_rule(s, rule, output, known, value) : HR_SUCCESS;
  HR_TRY(apply_rule(s, rule, output, known, value));
  return *known ? HR_SUCCESS : run_evaluator(s, output, known, value); /* dtypes that no rule computes */
}

static hr_status find_value(search *s, hr_output output, bool *known, hr_tensor *value) {
  *known = false;
  const hr_node *node = output.node;
  if (!node || --s->budget < 0) return HR_SUCCESS;
  if (is_op(node, "Const")) {
    const hr_attr_value *attr = hr_node_attr(node, "value");
    if (!attr || attr->kind != HR_ATTR_TENSOR) return HR_SUCCESS;
    hr_tensor_copy(attr->tensor, value);
    *known = true;
    return HR_SUCCESS;
  }
  if (node->num_inputs == 0) return HR_SUCCESS; /* a placeholder, a variable */
  hr_constant_cache *cache = &node->graph->constants;
  const hr_tensor *cached = s->front_end ? NULL : find_cached(cache, output);
  if (cached) {
    hr_tensor_copy(cached, value);
    *known = true;
    return HR_SUCCESS;
  }
  hr_tensor found;
  HR_TRY(compute_value(s, output, known, &found));
  if (!*known) return HR_SUCCESS;
  hr_status status = s->front_end ? HR_SUCCESS : keep(cache, output, &found);
  if (status)
    hr_tensor_clear(&found);
  else
    *value = found;
  return status;
}

/* TensorFlow's shape refiner does not know a Size or a Rank by the shape alone, only where something is computed from
 * it. */
static bool is_count_of_unknown(hr_output output, hr_status *status) {
  if (!is_op(output.node, "Size") && !is_op(output.node, "Rank")) return false;
  bool known = false;
  hr_tensor value;
  *status = find_value(&(search){.budget = HR_CONSTANT_MAX_NODES}, output.node->inputs[0], &known, &value);
  if (known) hr_tensor_clear(&value);
  return !known;
}

hr_status hr_evaluate_constant(hr_output output, bool *known, hr_tensor *value) {
  hr_status status = HR_SUCCESS;
  *known = false;
  if (is_count_of_unknown(output, &status)) return status;
  return find_value(&(search){.budget = HR_CONSTANT_MAX_NODES}, output, known, value);
}

hr_status hr_constant_value(hr_output output, bool *known, hr_tensor *value) {
  return find_value(&(search){.front_end = true, .budget = HR_CONSTANT_MAX_NODES}, output, known, value);
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

static int64_t int_at(const hr_tensor *value, int64_t i) {
  const void *data = hr_tensor_data(value);
  return value->dtype == HR_INT32 ? ((const int32_t *)data)[i] : ((const int64_t *)data)[i];
}

static bool is_index_dtype(hr_dtype dtype) { return dtype == HR_INT32 || dtype == HR_INT64; }

static hr_status unknown_of_rank(int64_t rank, hr_partial_shape *out) {
  *out = HR_SHAPE_UNKNOWN;
  if (rank < 0) return HR_SUCCESS;
  if (rank > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A tensor of rank %lld is not supported: the largest rank is %d", (long long)rank,
                    HR_MAX_RANK);
  out->rank = (int)rank;
  for (int i = 0; i < out->rank; ++i)
    out->dims[i] = HR_UNKNOWN_DIM;
  return HR_SUCCESS;
}

hr_status hr_shape_from_tensor(const hr_tensor *value, hr_partial_shape *out) {
  if (!is_index_dtype(hr_tensor_dtype(value)))
    return hr_error(HR_INVALID_ARGUMENT, "Input tensor must be int32 or int64, but was %s",
                    hr_dtype_name(hr_tensor_dtype(value)));
  if (value->rank == 0 && int_at(value, 0) == HR_UNKNOWN_DIM) {
    *out = HR_SHAPE_UNKNOWN;
    return HR_SUCCESS;
  }
  if (value->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Input tensor must be rank 1, but was rank %d", value->rank);
  HR_TRY(unknown_of_rank(value->elements, out));
  for (int i = 0; i < out->rank; ++i) {
    out->dims[i] = int_at(value, i);
    if (out->dims[i] < HR_UNKNOWN_DIM)
      return hr_error(HR_INVALID_ARGUMENT, "Invalid value in tensor used for shape: %lld", (long long)out->dims[i]);
  }
  return HR_SUCCESS;
}

static hr_status find_shape(search *s, hr_output output, hr_partial_shape *out);

/* The inputs' scalars, -1 for those that are not known. */
static hr_status shape_of_pack(search *s, const hr_node *node, hr_partial_shape *out) {
  HR_TRY(unknown_of_rank(node->num_inputs, out));
  for (int i = 0; i < out->rank; ++i) {
    bool known;
    hr_tensor scalar;
    HR_TRY(find_value(s, node->inputs[i], &known, &scalar));
    if (!known) continue;
    if (is_index_dtype(hr_tensor_dtype(&scalar)) && scalar.elements == 1 && int_at(&scalar, 0) >= 0)
      out->dims[i] = int_at(&scalar, 0);
    hr_tensor_clear(&scalar);
  }
  return HR_SUCCESS;
}

static hr_status shape_of_concat(search *s, const hr_node *node, hr_partial_shape *out) {
  int32_t axis_input = is_op(node, "Concat") ? 0 : node->num_inputs - 1;
  hr_partial_shape joined = {.rank = 0};
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    if (i == axis_input) continue;
    hr_partial_shape part;
    HR_TRY(find_shape(s, node->inputs[i], &part));
    if (part.rank == HR_UNKNOWN_RANK) {
      *out = HR_SHAPE_UNKNOWN;
      return HR_SUCCESS;
    }
    if (joined.rank + part.rank > HR_MAX_RANK) return unknown_of_rank((int64_t)joined.rank + part.rank, out);
    memcpy(joined.dims + joined.rank, part.dims, (size_t)part.rank * sizeof *part.dims);
    joined.rank += part.rank;
  }
  *out = joined;
  return HR_SUCCESS;
}

/* The single element of a known index vector. */
static hr_status find_bound(search *s, hr_output output, bool *known, int64_t *bound) {
  hr_tensor value;
  HR_TRY(find_value(s, output, known, &value));
  if (!*known) return HR_SUCCESS;
  *known = value.elements == 1 && is_index_dtype(hr_tensor_dtype(&value));
  if (*known) *bound = int_at(&value, 0);
  hr_tensor_clear(&value);
  return HR_SUCCESS;
}

static bool mask_is(const hr_node *node, const char *name, int64_t most) {
  const hr_attr_value *value = hr_node_attr(node, name);
  return value && value->kind == HR_ATTR_INT && value->i >= 0 && value->i <= most;
}

/* A slice of a partially known shape; `*applies` false where it is more than begin:end:stride. TensorFlow 1.15 refuses
 * to build with bounds outside the shape and with open ends of backward slices, which run well: they are sliced here.
 */
static hr_status shape_of_slice(search *s, const hr_node *node, bool *applies, hr_partial_shape *out) {
  int64_t begin, end, stride;
  *applies = node->num_inputs == 4 && mask_is(node, "begin_mask", 1) && mask_is(node, "end_mask", 1) &&
             mask_is(node, "ellipsis_mask", 0) && mask_is(node, "new_axis_mask", 0) &&
             mask_is(node, "shrink_axis_mask", 0);
  if (*applies) HR_TRY(find_bound(s, node->inputs[1], applies, &begin));
  if (*applies) HR_TRY(find_bound(s, node->inputs[2], applies, &end));
  if (*applies) HR_TRY(find_bound(s, node->inputs[3], applies, &stride));
  if (*applies) *applies = stride != 0;
  if (!*applies) return HR_SUCCESS;
  hr_partial_shape all;
  HR_TRY(find_shape(s, node->inputs[0], &all));
  *applies = all.rank != HR_UNKNOWN_RANK;
  if (!*applies) return HR_SUCCESS;
  int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? all.rank : all.rank - 1;
  begin = begin < 0 ? begin + all.rank : begin;
  end = end < 0 ? end + all.rank : end;
  begin = begin < low ? low : begin > high ? high : begin;
  end = end < low ? low : end > high ? high : end;
  if (mask_is(node, "begin_mask", 0) == false) begin = stride > 0 ? low : high;
  if (mask_is(node, "end_mask", 0) == false) end = stride > 0 ? high : low;
  out->rank = 0;
  for (int64_t i = begin; stride > 0 ? i < end : i > end;) {
    out->dims[out->rank++] = all.dims[i];
    if (__builtin_add_overflow(i, stride, &i)) break;
  }
  return HR_SUCCESS;
}

/* From the value if it is known, else as many unknown sizes as the vector has elements. */
static hr_status shape_from_value(search *s, hr_output output, int64_t length, hr_partial_shape *out) {
  bool known;
  hr_tensor value;
  HR_TRY(find_value(s, output, &known, &value));
  if (!known) return unknown_of_rank(length, out);
  hr_status status = hr_shape_from_tensor(&value, out);
  hr_tensor_clear(&value);
  return status;
}

static hr_status shape_of_scalar(search *s, hr_output output, hr_partial_shape *out) {
  bool known;
  hr_tensor value;
  HR_TRY(find_value(s, output, &known, &value));
  if (!known)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Received a shape scalar with unknown static value.  A static value of '-1' is "
                    "required to represent an unknown shape.");
  bool is_unknown = is_index_dtype(hr_tensor_dtype(&value)) && value.rank == 0 && int_at(&value, 0) == HR_UNKNOWN_DIM;
  hr_tensor_clear(&value);
  if (!is_unknown)
    return hr_error(HR_INVALID_ARGUMENT, "Received an invalid shape scalar with a static value that is not '-1'");
  *out = HR_SHAPE_UNKNOWN;
  return HR_SUCCESS;
}

static hr_status find_shape(search *s, hr_output output, hr_partial_shape *out) {
  const hr_node *node = output.node;
  const hr_partial_shape *own = hr_output_shape(output);
  if (!node || --s->budget < 0) return unknown_of_rank(own->rank == 1 ? own->dims[0] : -1, out);
  if (own->rank == 0) return shape_of_scalar(s, output, out);
  if (own->rank > 1) return hr_error(HR_INVALID_ARGUMENT, "Shape must be rank 1 but is rank %d", own->rank);
  int64_t length = own->rank == 1 ? own->dims[0] : -1;
  if (length == 0) {
    *out = HR_SHAPE();
    return HR_SUCCESS;
  }
  if (is_op(node, "Shape") || (!s->front_end && is_op(node, "ShapeN"))) {
    *out = *hr_output_shape(node->inputs[is_op(node, "Shape") ? 0 : output.index]);
    return HR_SUCCESS;
  }
  if (is_op(node, "Pack")) return shape_of_pack(s, node, out);
  if (is_op(node, "Concat") || is_op(node, "ConcatV2")) return shape_of_concat(s, node, out);
  if (is_op(node, "StridedSlice")) {
    bool applies;
    HR_TRY(shape_of_slice(s, node, &applies, out));
    if (applies) return HR_SUCCESS;
  }
  return shape_from_value(s, output, length, out);
}

hr_status hr_evaluate_shape(hr_output output, hr_partial_shape *out) {
  return find_shape(&(search){.budget = HR_CONSTANT_MAX_NODES}, output, out);
}

hr_status hr_constant_value_as_shape(hr_output output, hr_partial_shape *out) {
  return find_shape(&(search){.front_end = true, .budget = HR_CONSTANT_MAX_NODES}, output, out);
}
