#include "runtime/graph/constant_math.h"

#include "runtime/graph/constant_value.h"
#include <math.h>
#include <stdlib.h>

/* ---- elements -------------------------------------------------------------------------------------------------- */

static bool is_float(hr_dtype dtype) { return dtype == HR_FLOAT || dtype == HR_DOUBLE; }
static bool is_handled(hr_dtype dtype) {
  return is_float(dtype) || dtype == HR_INT32 || dtype == HR_INT64 || dtype == HR_BOOL;
}

static int64_t get_int(const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  switch (hr_tensor_dtype(t)) {
  case HR_INT32: return ((const int32_t *)data)[i];
  case HR_INT64: return ((const int64_t *)data)[i];
  default: return ((const bool *)data)[i];
  }
}

static double get_float(const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  switch (hr_tensor_dtype(t)) {
  case HR_FLOAT: return (double)((const float *)data)[i];
  case HR_DOUBLE: return ((const double *)data)[i];
  default: return (double)get_int(t, i);
  }
}

/* Integers wrap as the kernels' do. */
static void set_int(hr_tensor *t, int64_t i, int64_t value) {
  void *data = hr_tensor_data(t);
  switch (hr_tensor_dtype(t)) {
  case HR_INT32: ((int32_t *)data)[i] = (int32_t)(uint32_t)(uint64_t)value; break;
  case HR_INT64: ((int64_t *)data)[i] = value; break;
  default: ((bool *)data)[i] = value != 0;
  }
}

static void set_float(hr_tensor *t, int64_t i, double value) {
  if (hr_tensor_dtype(t) == HR_FLOAT)
    ((float *)hr_tensor_data(t))[i] = (float)value;
  else
    ((double *)hr_tensor_data(t))[i] = value;
}

static void copy_element(hr_tensor *to, int64_t i, const hr_tensor *from, int64_t k) {
  if (is_float(hr_tensor_dtype(to)))
    set_float(to, i, get_float(from, k));
  else
    set_int(to, i, get_int(from, k));
}

/* A new tensor, if the size is within bounds: `*ok` says so. */
static hr_status create(hr_dtype dtype, int rank, const int64_t *dims, bool *ok, hr_tensor *out) {
  hr_shape shape = {.rank = rank};
  int64_t elements = 1;
  *ok = is_handled(dtype);
  for (int i = 0; i < rank && *ok; ++i) {
    shape.dims[i] = dims[i];
    *ok = dims[i] >= 0 && dims[i] <= HR_CONSTANT_MAX_ELEMENTS;
    elements *= dims[i];
    *ok = *ok && elements <= HR_CONSTANT_MAX_ELEMENTS;
  }
  return *ok ? hr_tensor_new(hr_cpu_allocator(), dtype, &shape, out) : HR_SUCCESS;
}

/* A new tensor of the inferred shape and dtype of an output, if both are known and handled. */
static hr_status create_output(const hr_node *node, int32_t index, bool *ok, hr_tensor *out) {
  hr_output output = {(hr_node *)node, index};
  const hr_partial_shape *shape = hr_output_shape(output);
  *ok = hr_partial_shape_is_full(shape);
  return *ok ? create(hr_output_dtype(output), shape->rank, shape->dims, ok, out) : HR_SUCCESS;
}

static int64_t int_attr(const hr_node *node, const char *name) {
  const hr_attr_value *value = hr_node_attr(node, name);
  return value && value->kind == HR_ATTR_INT ? value->i : 0;
}

/* ---- passing on ------------------------------------------------------------------------------------------------ */

static hr_status identity(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  (void)node;
  (void)index;
  hr_tensor_copy(&in[0], out);
  *known = true;
  return HR_SUCCESS;
}

/* Reshape, ExpandDims, Squeeze: the first input under the inferred shape. */
static hr_status reshape(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  const hr_partial_shape *inferred = hr_output_shape((hr_output){(hr_node *)node, index});
  if (!hr_partial_shape_is_full(inferred)) return HR_SUCCESS;
  hr_shape shape = {.rank = inferred->rank};
  int64_t elements = 1;
  for (int i = 0; i < shape.rank; ++i)
    if (__builtin_mul_overflow(elements, shape.dims[i] = inferred->dims[i], &elements)) return HR_SUCCESS;
  if (elements != in[0].elements) return HR_SUCCESS;
  HR_TRY(hr_tensor_reshape(&in[0], &shape, out));
  *known = true;
  return HR_SUCCESS;
}

static hr_status cast(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  hr_dtype to = hr_node_output_dtype(node, index), from = hr_tensor_dtype(&in[0]);
  bool ok;
  if (!is_handled(from)) return HR_SUCCESS;
  HR_TRY(create(to, in[0].rank, in[0].dims, &ok, out));
  for (int64_t i = 0; ok && i < in[0].elements; ++i) {
    if (is_float(to)) {
      set_float(out, i, get_float(&in[0], i));
    } else if (!is_float(from)) {
      set_int(out, i, get_int(&in[0], i));
    } else if (to == HR_BOOL) {
      set_int(out, i, get_float(&in[0], i) != 0);
    } else {
      double value = get_float(&in[0], i), limit = to == HR_INT32 ? 0x1p31 : 0x1p63;
      if (!(value > -limit - 1 && value < limit)) { /* what a kernel gives is left to the kernel */
        hr_tensor_clear(out);
        return HR_SUCCESS;
      }
      set_int(out, i, (int64_t)value);
    }
  }
  *known = ok;
  return HR_SUCCESS;
}

/* ---- filling and ranges ---------------------------------------------------------------------------------------- */

static hr_status fill_with(const hr_node *node, int32_t index, const hr_tensor *value, bool *known, hr_tensor *out) {
  if (!is_handled(hr_tensor_dtype(value)) || value->elements != 1) return HR_SUCCESS;
  HR_TRY(create_output(node, index, known, out));
  for (int64_t i = 0; *known && i < out->elements; ++i)
    copy_element(out, i, value, 0);
  return HR_SUCCESS;
}

static hr_status fill(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  return fill_with(node, index, &in[1], known, out);
}

static hr_status zeros_like(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  hr_tensor zero = hr_tensor_i32(0);
  (void)in;
  return fill_with(node, index, &zero, known, out);
}

static hr_status ones_like(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  hr_tensor one = hr_tensor_i32(1);
  (void)in;
  return fill_with(node, index, &one, known, out);
}

static hr_status range(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  hr_dtype dtype = hr_node_output_dtype(node, index);
  if (!is_handled(dtype) || in[0].elements != 1 || in[1].elements != 1 || in[2].elements != 1) return HR_SUCCESS;
  int64_t count;
  if (is_float(dtype)) {
    double start = get_float(&in[0], 0), limit = get_float(&in[1], 0), delta = get_float(&in[2], 0);
    double steps = delta == 0 ? -1 : ceil((limit - start) / delta);
    if (!(delta != 0 && steps <= HR_CONSTANT_MAX_ELEMENTS)) return HR_SUCCESS;
    count = steps > 0 ? (int64_t)steps : 0;
    HR_TRY(create(dtype, 1, &count, known, out));
    for (int64_t i = 0; *known && i < count; ++i)
      set_float(out, i, start + (double)i * delta);
    return HR_SUCCESS;
  }
  __int128 start = get_int(&in[0], 0), limit = get_int(&in[1], 0), delta = get_int(&in[2], 0);
  if (delta == 0) return HR_SUCCESS;
  __int128 span = delta > 0 ? limit - start : start - limit, step = delta > 0 ? delta : -delta;
  __int128 steps = span > 0 ? (span + step - 1) / step : 0;
  if (steps > HR_CONSTANT_MAX_ELEMENTS) return HR_SUCCESS;
  count = (int64_t)steps;
  HR_TRY(create(dtype, 1, &count, known, out));
  for (int64_t i = 0; *known && i < count; ++i)
    set_int(out, i, (int64_t)(start + i * delta));
  return HR_SUCCESS;
}

/* ---- joining --------------------------------------------------------------------------------------------------- */

/* Joins along `axis`. All inputs have the same rank. */
static hr_status concat(const hr_tensor *values, int32_t count, int64_t axis, bool *known, hr_tensor *out) {
  int rank = values[0].rank;
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return HR_SUCCESS;
  int64_t dims[HR_MAX_RANK], outer = 1, inner = 1;
  memcpy(dims, values[0].dims, sizeof dims);
  dims[axis] = 0;
  for (int32_t v = 0; v < count; ++v) {
    if (values[v].rank != rank || values[v].dtype != values[0].dtype) return HR_SUCCESS;
    for (int i = 0; i < rank; ++i)
      if (i != axis && values[v].dims[i] != dims[i]) return HR_SUCCESS;
    if (__builtin_add_overflow(dims[axis], values[v].dims[axis], &dims[axis])) return HR_SUCCESS;
  }
  HR_TRY(create(hr_tensor_dtype(&values[0]), rank, dims, known, out));
  if (!*known) return HR_SUCCESS;
  for (int i = 0; i < rank; ++i)
    *(i < axis ? &outer : &inner) *= i == axis ? 1 : dims[i];
  for (int64_t o = 0, at = 0; o < outer; ++o)
    for (int32_t v = 0; v < count; ++v) {
      int64_t piece = values[v].dims[axis] * inner;
      for (int64_t i = 0; i < piece; ++i)
        copy_element(out, at++, &values[v], o * piece + i);
    }
  return HR_SUCCESS;
}

static hr_status concat_v1(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  (void)index;
  if (node->num_inputs < 2 || in[0].elements != 1) return HR_SUCCESS;
  return concat(in + 1, node->num_inputs - 1, get_int(&in[0], 0), known, out);
}

static hr_status concat_v2(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  (void)index;
  int32_t count = node->num_inputs - 1;
  if (count < 1 || in[count].elements != 1) return HR_SUCCESS;
  return concat(in, count, get_int(&in[count], 0), known, out);
}

/* Output i: where input i begins in the joined tensor. */
static hr_status concat_offset(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  (void)node;
  const hr_tensor *shape = &in[1 + index];
  if (in[0].elements != 1 || shape->rank != 1) return HR_SUCCESS;
  int64_t axis = get_int(&in[0], 0), offset = 0;
  if (axis < -shape->elements || axis >= shape->elements) return HR_SUCCESS;
  if (axis < 0) axis += shape->elements;
  for (int32_t i = 0; i < index; ++i) {
    if (in[1 + i].elements != shape->elements) return HR_SUCCESS;
    offset += get_int(&in[1 + i], axis);
  }
  HR_TRY(create(HR_INT32, 1, &shape->elements, known, out));
  for (int64_t i = 0; *known && i < shape->elements; ++i)
    set_int(out, i, i == axis ? offset : 0);
  return HR_SUCCESS;
}

static hr_status pack(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  (void)index;
  if (node->num_inputs < 1 || int_attr(node, "axis") != 0 || in[0].rank >= HR_MAX_RANK) return HR_SUCCESS;
  int64_t dims[HR_MAX_RANK + 1] = {node->num_inputs};
  for (int i = 0; i < in[0].rank; ++i)
    dims[1 + i] = in[0].dims[i];
  for (int32_t v = 1; v < node->num_inputs; ++v)
    if (in[v].dtype != in[0].dtype || in[v].elements != in[0].elements || in[v].rank != in[0].rank) return HR_SUCCESS;
  HR_TRY(create(hr_tensor_dtype(&in[0]), in[0].rank + 1, dims, known, out));
  for (int64_t v = 0, at = 0; *known && v < node->num_inputs; ++v)
    for (int64_t i = 0; i < in[v].elements; ++i)
      copy_element(out, at++, &in[v], i);
  return HR_SUCCESS;
}

/* ---- picking from vectors -------------------------------------------------------------------------------------- */

/* One dimension, one slice: what shape arithmetic does. */
static hr_status strided_slice(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  const hr_tensor *v = &in[0];
  if (v->rank != 1 || in[1].elements != 1 || in[2].elements != 1 || in[3].elements != 1) return HR_SUCCESS;
  if (int_attr(node, "ellipsis_mask") || int_attr(node, "new_axis_mask")) return HR_SUCCESS;
  int64_t begin = get_int(&in[1], 0), end = get_int(&in[2], 0), stride = get_int(&in[3], 0), size = v->elements;
  if (stride == 0 || stride == INT64_MIN || !is_handled(hr_tensor_dtype(v))) return HR_SUCCESS;
  if (int_attr(node, "shrink_axis_mask") & 1) {
    if (begin < 0) begin += size;
    if (begin < 0 || begin >= size) return HR_SUCCESS;
    HR_TRY(create(hr_node_output_dtype(node, index), 0, NULL, known, out));
    if (*known) copy_element(out, 0, v, begin);
    return HR_SUCCESS;
  }
  /* Bounds into the range that a walk in this direction can reach. */
  int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? size : size - 1;
  begin = begin < 0 ? begin + size : begin;
  end = end < 0 ? end + size : end;
  begin = begin < low ? low : begin > high ? high : begin;
  end = end < low ? low : end > high ? high : end;
  if (int_attr(node, "begin_mask") & 1) begin = stride > 0 ? low : high;
  if (int_attr(node, "end_mask") & 1) end = stride > 0 ? high : low;
  int64_t span = stride > 0 ? end - begin : begin - end, step = stride > 0 ? stride : -stride;
  int64_t count = span > 0 ? (span - 1) / step + 1 : 0;
  HR_TRY(create(hr_node_output_dtype(node, index), 1, &count, known, out));
  for (int64_t i = 0; *known && i < count; ++i)
    copy_element(out, i, v, begin + i * stride);
  return HR_SUCCESS;
}

static hr_status slice(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  if (in[0].rank != 1 || in[1].elements != 1 || in[2].elements != 1) return HR_SUCCESS;
  int64_t begin = get_int(&in[1], 0), size = get_int(&in[2], 0);
  if (begin < 0 || begin > in[0].elements) return HR_SUCCESS;
  if (size == -1) size = in[0].elements - begin;
  if (size < 0 || size > in[0].elements - begin) return HR_SUCCESS;
  HR_TRY(create(hr_node_output_dtype(node, index), 1, &size, known, out));
  for (int64_t i = 0; *known && i < size; ++i)
    copy_element(out, i, &in[0], begin + i);
  return HR_SUCCESS;
}

static hr_status gather(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  if (in[0].rank != 1 || (node->num_inputs == 3 && (in[2].elements != 1 || get_int(&in[2], 0) != 0))) return HR_SUCCESS;
  for (int64_t i = 0; i < in[1].elements; ++i)
    if (get_int(&in[1], i) < 0 || get_int(&in[1], i) >= in[0].elements) return HR_SUCCESS;
  HR_TRY(create(hr_node_output_dtype(node, index), in[1].rank, in[1].dims, known, out));
  for (int64_t i = 0; *known && i < in[1].elements; ++i)
    copy_element(out, i, &in[0], get_int(&in[1], i));
  return HR_SUCCESS;
}

/* ---- arithmetic ------------------------------------------------------------------------------------------------ */

typedef enum arithmetic { ADD, SUB, MUL, DIV, FLOOR_DIV, FLOOR_MOD, MAXIMUM, MINIMUM } arithmetic;

/* False where the kernel would fail. Unsigned, so that integers wrap. */
static bool int_arithmetic(arithmetic what, int64_t a, int64_t b, int64_t *out) {
  if ((what == DIV || what == FLOOR_DIV || what == FLOOR_MOD) && b == 0) return false;
  bool minus_one = b == -1; /* INT64_MIN / -1 traps */
  int64_t quotient = 0, rest = 0;
  if (what == DIV || what == FLOOR_DIV || what == FLOOR_MOD) {
    quotient = minus_one ? (int64_t)(0 - (uint64_t)a) : a / b;
    rest = minus_one ? 0 : a % b;
  }
  bool round_down = rest != 0 && (rest < 0) != (b < 0);
  switch (what) {
  case ADD: *out = (int64_t)((uint64_t)a + (uint64_t)b); break;
  case SUB: *out = (int64_t)((uint64_t)a - (uint64_t)b); break;
  case MUL: *out = (int64_t)((uint64_t)a * (uint64_t)b); break;
  case DIV: *out = quotient; break;
  case FLOOR_DIV: *out = quotient - round_down; break;
  case FLOOR_MOD: *out = round_down ? rest + b : rest; break;
  case MAXIMUM: *out = a > b ? a : b; break;
  case MINIMUM: *out = a < b ? a : b; break;
  }
  return true;
}

/* Exact for float32 too: one rounding of the double result equals the float's own. */
static bool float_arithmetic(arithmetic what, double a, double b, double *out) {
  switch (what) {
  case ADD: *out = a + b; return true;
  case SUB: *out = a - b; return true;
  case MUL: *out = a * b; return true;
  case DIV: *out = a / b; return true;
  default: return false;
  }
}

/* Equal shapes, or one of them a single element. */
static hr_status binary(const hr_node *node, int32_t index, const hr_tensor *in, arithmetic what, bool *known,
                        hr_tensor *out) {
  if (in[0].dtype != in[1].dtype || hr_tensor_dtype(&in[0]) == HR_BOOL) return HR_SUCCESS;
  bool ok;
  HR_TRY(create_output(node, index, &ok, out));
  if (!ok) return HR_SUCCESS;
  for (int k = 0; k < 2; ++k)
    ok = ok && (in[k].elements == 1 || in[k].elements == out->elements);
  for (int64_t i = 0; ok && i < out->elements; ++i) {
    int64_t a = in[0].elements == 1 ? 0 : i, b = in[1].elements == 1 ? 0 : i;
    if (is_float(hr_tensor_dtype(out))) {
      double value = 0;
      ok = float_arithmetic(what, get_float(&in[0], a), get_float(&in[1], b), &value);
      set_float(out, i, value);
    } else {
      int64_t value = 0;
      ok = int_arithmetic(what, get_int(&in[0], a), get_int(&in[1], b), &value);
      set_int(out, i, value);
    }
  }
  *known = ok;
  if (!ok) hr_tensor_clear(out);
  return HR_SUCCESS;
}

#define BINARY(name, what)                                                                                             \
  static hr_status name(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {        \
    return binary(node, index, in, what, known, out);                                                                  \
  }
BINARY(add, ADD)
BINARY(subtract, SUB)
BINARY(multiply, MUL)
BINARY(divide, DIV)
BINARY(floor_div, FLOOR_DIV)
BINARY(floor_mod, FLOOR_MOD)
BINARY(maximum, MAXIMUM)
BINARY(minimum, MINIMUM)

static hr_status negate(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  (void)node;
  (void)index;
  hr_dtype dtype = hr_tensor_dtype(&in[0]);
  if (dtype == HR_BOOL) return HR_SUCCESS;
  HR_TRY(create(dtype, in[0].rank, in[0].dims, known, out));
  for (int64_t i = 0; *known && i < in[0].elements; ++i)
    if (is_float(dtype))
      set_float(out, i, -get_float(&in[0], i));
    else
      set_int(out, i, (int64_t)(0 - (uint64_t)get_int(&in[0], i)));
  return HR_SUCCESS;
}

typedef enum comparison { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL } comparison;

static bool holds(comparison what, bool equal, bool less) {
  switch (what) {
  case EQUAL: return equal;
  case NOT_EQUAL: return !equal;
  case LESS: return less;
  case LESS_EQUAL: return less || equal;
  case GREATER: return !less && !equal;
  default: return !less;
  }
}

static hr_status compare(const hr_node *node, int32_t index, const hr_tensor *in, comparison what, bool *known,
                         hr_tensor *out) {
  if (in[0].dtype != in[1].dtype || !is_handled(hr_tensor_dtype(&in[0]))) return HR_SUCCESS;
  bool floating = is_float(hr_tensor_dtype(&in[0])), ok;
  HR_TRY(create_output(node, index, &ok, out));
  if (!ok) return HR_SUCCESS;
  for (int k = 0; k < 2; ++k)
    ok = ok && (in[k].elements == 1 || in[k].elements == out->elements);
  for (int64_t i = 0; ok && i < out->elements; ++i) {
    int64_t a = in[0].elements == 1 ? 0 : i, b = in[1].elements == 1 ? 0 : i;
    double x = get_float(&in[0], a), y = get_float(&in[1], b);
    ok = !floating || !(isnan(x) || isnan(y));
    bool equal = floating ? x == y : get_int(&in[0], a) == get_int(&in[1], b);
    bool less = floating ? x < y : get_int(&in[0], a) < get_int(&in[1], b);
    set_int(out, i, holds(what, equal, less));
  }
  *known = ok;
  if (!ok) hr_tensor_clear(out);
  return HR_SUCCESS;
}

#define COMPARE(name, what)                                                                                            \
  static hr_status name(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {        \
    return compare(node, index, in, what, known, out);                                                                 \
  }
COMPARE(equal, EQUAL)
COMPARE(not_equal, NOT_EQUAL)
COMPARE(less, LESS)
COMPARE(less_equal, LESS_EQUAL)
COMPARE(greater, GREATER)
COMPARE(greater_equal, GREATER_EQUAL)

/* Integer vectors to a scalar: the size of a shape. */
static hr_status reduce(const hr_node *node, int32_t index, const hr_tensor *in, arithmetic what, bool *known,
                        hr_tensor *out) {
  hr_dtype dtype = hr_tensor_dtype(&in[0]);
  if ((dtype != HR_INT32 && dtype != HR_INT64) || in[0].rank != 1 || in[1].elements != 1) return HR_SUCCESS;
  HR_TRY(create_output(node, index, known, out));
  if (!*known) return HR_SUCCESS;
  int64_t value = what == MUL;
  for (int64_t i = 0; i < in[0].elements; ++i)
    int_arithmetic(what, value, get_int(&in[0], i), &value);
  set_int(out, 0, value);
  return HR_SUCCESS;
}

static hr_status product(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  return reduce(node, index, in, MUL, known, out);
}

static hr_status sum(const hr_node *node, int32_t index, const hr_tensor *in, bool *known, hr_tensor *out) {
  return reduce(node, index, in, ADD, known, out);
}

/* ---- the rules ------------------------------------------------------------------------------------------------- */

/* Sorted by name. */
static const hr_constant_rule rules[] = {
    {"Add", add, false},
    {"AddV2", add, false},
    {"Cast", cast, true},
    {"Concat", concat_v1, true},
    {"ConcatOffset", concat_offset, false},
    {"ConcatV2", concat_v2, true},
    {"Div", divide, false},
    {"Equal", equal, true},
    {"ExpandDims", reshape, false},
    {"Fill", fill, true},
    {"FloorDiv", floor_div, false},
    {"FloorMod", floor_mod, false},
    {"Gather", gather, false},
    {"GatherV2", gather, false},
    {"Greater", greater, false},
    {"GreaterEqual", greater_equal, false},
    {"Identity", identity, false},
    {"Less", less, false},
    {"LessEqual", less_equal, false},
    {"Maximum", maximum, false},
    {"Minimum", minimum, false},
    {"Mul", multiply, false},
    {"Neg", negate, false},
    {"NotEqual", not_equal, true},
    {"OnesLike", ones_like, false},
    {"Pack", pack, true},
    {"Prod", product, false},
    {"Range", range, true},
    {"RealDiv", divide, false},
    {"Reshape", reshape, false},
    {"Slice", slice, false},
    {"Squeeze", reshape, false},
    {"StopGradient", identity, false},
    {"StridedSlice", strided_slice, false},
    {"Sub", subtract, false},
    {"Sum", sum, false},
    {"ZerosLike", zeros_like, false},
};

static int compare_rule(const void *key, const void *rule) { return strcmp(key, ((const hr_constant_rule *)rule)->op); }

const hr_constant_rule *hr_constant_rule_find(const char *op) {
  return bsearch(op, rules, sizeof rules / sizeof *rules, sizeof *rules, compare_rule);
}
