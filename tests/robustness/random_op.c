#include "tests/robustness/random_op.h"
#include "runtime/plan/kernel_registry.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What all inputs of one op have in common, so that many fit together. */
typedef struct maker {
  uint64_t state;
  random_op *op;
  const hr_kernel_def *kernel; /* whose types are chosen more often */
  hr_shape base;
  int spread; /* how wild the numbers are */
  hr_attr_value attrs[64];
  int32_t types[64][8];
  int64_t ints[64][8];
  float floats[64][8];
  hr_bytes strings[64][8];
  hr_partial_shape shapes[64];
  hr_tensor tensors[64];
} maker;

static uint64_t next(maker *m) { /* splitmix64 */
  uint64_t z = (m->state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}
static int64_t below(maker *m, int64_t limit) { return (int64_t)(next(m) % (uint64_t)limit); }
static bool chance(maker *m, int percent) { return below(m, 100) < percent; }

/* ---- values ---------------------------------------------------------------------------------------------------- */

static int64_t any_integer(maker *m) {
  static const int64_t extremes[] = {INT64_MIN,
                                     INT64_MIN + 1,
                                     INT64_MAX,
                                     INT32_MIN,
                                     INT32_MAX,
                                     UINT32_MAX,
                                     -1,
                                     0,
                                     1,
                                     2,
                                     INT64_C(1) << 31,
                                     INT64_C(1) << 32,
                                     INT64_C(1) << 62,
                                     65536,
                                     46341,
                                     -46341,
                                     255,
                                     256,
                                     127,
                                     -128,
                                     1000};
  int64_t kind = below(m, 10);
  if (m->spread == 0 || (m->spread == 1 && kind < 8)) return below(m, 4);
  if (m->spread == 2 || kind < 4) return below(m, 9) - 4;
  return extremes[below(m, sizeof extremes / sizeof *extremes)];
}

static double any_real(maker *m) {
  static const double extremes[] = {0.0,          -0.0,    1.0,          -1.0,    INFINITY, -INFINITY,
                                    NAN,          FLT_MAX, -FLT_MAX,     DBL_MAX, -DBL_MAX, FLT_MIN,
                                    1e-320,       1e-45,   2147483648.0, 9.3e18,  -9.3e18,  1e-8,
                                    4294967296.0, 88.8,    -104.0,       709.9,   0.5};
  if (m->spread == 0 || (m->spread < 3 && chance(m, 80))) return (double)below(m, 2001) / 500 - 2;
  return extremes[below(m, sizeof extremes / sizeof *extremes)];
}

static hr_bytes any_string(maker *m) {
  static const char *const texts[] = {"",         "a",
                                      "12",       "-1",
                                      "1e999",    "%s",
                                      "%d %n",    "0x",
                                      "nan",      "/",
                                      "x/y",      "\xff\xfe",
                                      "\xe2\x82", "\xf0\x9f\x98\x80 long enough to live on the heap",
                                      "AAAA",     "QUJD",
                                      "a,b,,c",   " \t ",
                                      "*",        "[",
                                      "a\\",      "99999999999999999999",
                                      "//",       "1 2 3"};
  const char *text = texts[below(m, sizeof texts / sizeof *texts)];
  return (hr_bytes){text, strlen(text)};
}

static void fill_element(maker *m, hr_dtype dtype, char *to) {
  int64_t integer = any_integer(m);
  double real = any_real(m), imaginary = any_real(m);
  switch (dtype) {
  case HR_FLOAT: *(float *)to = (float)real; break;
  case HR_DOUBLE: *(double *)to = real; break;
  case HR_HALF: *(hr_half *)to = hr_half_from_float((float)real); break;
  case HR_BFLOAT16: *(hr_bfloat16 *)to = hr_bfloat16_from_float((float)real); break;
  case HR_COMPLEX64: *(hr_complex64 *)to = (hr_complex64){(float)real, (float)imaginary}; break;
  case HR_COMPLEX128: *(hr_complex128 *)to = (hr_complex128){real, imaginary}; break;
  case HR_BOOL: *to = integer & 1; break;
  default: memcpy(to, &integer, hr_dtype_size(dtype)); /* the low bytes */
  }
}

static hr_shape any_shape(maker *m) {
  hr_shape shape = {.rank = (int)below(m, chance(m, 95) ? 5 : 9)};
  int64_t largest = chance(m, 95) ? 5 : 40;
  for (int i = 0; i < shape.rank; ++i)
    shape.dims[i] = chance(m, 90) ? 1 + below(m, largest) : 0;
  if (shape.rank == 1 && chance(m, 10)) shape.dims[0] = below(m, 3000);
  if (shape.rank >= 2 && chance(m, 50)) shape.dims[shape.rank - 2] = shape.dims[shape.rank - 1];
  int64_t elements = hr_shape_elements(&shape);
  if (elements > 20000) shape.rank = 1;
  return shape;
}

static hr_shape input_shape(maker *m, hr_dtype dtype) {
  hr_shape vector = {.rank = 1, .dims = {m->base.rank}};
  bool is_index = dtype == HR_INT32 || dtype == HR_INT64;
  int64_t kind = below(m, 100);
  if (is_index && kind < 30) return vector;
  if (is_index && kind < 45) return (hr_shape){.rank = 2, .dims = {m->base.rank, 2}};
  if (kind < 65) return m->base;
  if (kind < 80) return (hr_shape){0};
  vector.dims[0] = m->base.rank ? m->base.dims[kind < 86 ? 0 : m->base.rank - 1] : below(m, 5);
  return kind < 92 ? vector : any_shape(m);
}

static bool make_tensor(maker *m, hr_dtype dtype, const hr_shape *shape, hr_tensor *out) {
  *out = (hr_tensor){0};
  if (hr_dtype_size(dtype) == 0) return false;
  hr_status status = hr_tensor_new(hr_cpu_allocator(), dtype, shape, out);
  if (status) abort(); /* small tensors of a known dtype */
  char *data = hr_tensor_data(out);
  for (int64_t i = 0; i < out->elements; ++i) {
    if (dtype == HR_STRING) {
      hr_bytes text = any_string(m);
      if (hr_string_set(&((hr_string *)data)[i], text.data, text.length)) abort();
    } else if (hr_dtype_is_plain(dtype)) { /* a variant stays empty */
      fill_element(m, dtype, data + (size_t)i * hr_dtype_size(dtype));
    }
  }
  return true;
}

/* ---- attributes ------------------------------------------------------------------------------------------------ */

static int32_t any_type(maker *m, const hr_attr_def *attr) {
  uint64_t allowed = attr->allowed_types ? attr->allowed_types : UINT64_MAX;
  for (int i = 0; i < 4 && m->kernel->types[i].attr && chance(m, 97); ++i)
    if (strcmp(m->kernel->types[i].attr, attr->name) == 0) allowed &= m->kernel->types[i].types;
  for (int tries = 0; tries < 200; ++tries) {
    int32_t type = (int32_t)(1 + below(m, HR_DTYPE_COUNT - 1));
    if (allowed >> type & 1) return type;
  }
  return HR_FLOAT;
}

static bool is_length(const hr_op_def *def, int attr) {
  for (int i = 0; i < def->num_inputs; ++i)
    if (def->inputs[i].number_attr == attr) return true;
  for (int i = 0; i < def->num_outputs; ++i)
    if (def->outputs[i].number_attr == attr) return true;
  return false;
}

static hr_bytes attr_string(maker *m, const hr_attr_def *attr) {
  if (!attr->allowed_strings || chance(m, 5)) return any_string(m);
  int count = 0;
  while (attr->allowed_strings[count])
    ++count;
  const char *text = attr->allowed_strings[below(m, count)];
  return (hr_bytes){text, strlen(text)};
}

static hr_partial_shape attr_shape(maker *m) {
  hr_shape full = chance(m, 70) ? m->base : any_shape(m);
  hr_partial_shape shape = hr_partial_shape_from(&full);
  if (chance(m, 15)) shape.rank = HR_UNKNOWN_RANK;
  for (int i = 0; i < shape.rank; ++i)
    if (chance(m, 10)) shape.dims[i] = chance(m, 80) ? HR_UNKNOWN_DIM : any_integer(m);
  return shape;
}

static void make_list(maker *m, int k, const hr_attr_def *attr, hr_attr_value *value) {
  value->is_list = true;
  value->count = (int32_t)below(m, 4);
  if (value->count < attr->minimum && attr->minimum < 8) value->count = (int32_t)attr->minimum;
  for (int i = 0; i < value->count; ++i) {
    if (attr->kind == HR_ATTR_TYPE) m->types[k][i] = any_type(m, attr);
    if (attr->kind == HR_ATTR_INT) m->ints[k][i] = any_integer(m);
    if (attr->kind == HR_ATTR_FLOAT) m->floats[k][i] = (float)any_real(m);
    if (attr->kind == HR_ATTR_STRING) m->strings[k][i] = any_string(m);
  }
  if (attr->kind == HR_ATTR_TYPE) value->types = m->types[k];
  if (attr->kind == HR_ATTR_INT) value->ints = m->ints[k];
  if (attr->kind == HR_ATTR_FLOAT) value->floats = m->floats[k];
  if (attr->kind == HR_ATTR_STRING) value->strings = m->strings[k];
  if (attr->kind > HR_ATTR_TYPE) value->kind = HR_ATTR_NONE;
}

/* The value of attribute `k`, of kind HR_ATTR_NONE to leave it out. */
static void make_attr(maker *m, int k) {
  const hr_op_def *def = m->op->def;
  const hr_attr_def *attr = &def->attrs[k];
  hr_attr_value *value = &m->attrs[k];
  if (attr->has_default && attr->kind != HR_ATTR_TYPE && chance(m, 40)) {
    *value = attr->default_value;
    return;
  }
  *value = (hr_attr_value){.kind = attr->kind};
  if (attr->is_list) {
    make_list(m, k, attr, value);
    return;
  }
  switch ((hr_attr_kind)attr->kind) {
  case HR_ATTR_INT:
    value->i = is_length(def, k) ? below(m, 5) : any_integer(m);
    if (attr->has_minimum && value->i < attr->minimum && chance(m, 95)) value->i = attr->minimum;
    break;
  case HR_ATTR_FLOAT: value->f = (float)any_real(m); break;
  case HR_ATTR_BOOL: value->b = chance(m, 50); break;
  case HR_ATTR_TYPE: value->type = any_type(m, attr); break;
  case HR_ATTR_STRING: {
    hr_bytes text = attr_string(m, attr);
    value->s = text.data;
    value->count = (int32_t)text.length;
    break;
  }
  case HR_ATTR_SHAPE:
    m->shapes[k] = attr_shape(m);
    value->shape = &m->shapes[k];
    break;
  case HR_ATTR_TENSOR: {
    hr_shape shape = input_shape(m, HR_FLOAT);
    int type = hr_op_attr_index(def, "dtype", 5);
    if (!make_tensor(m, type >= 0 && m->attrs[type].type ? (hr_dtype)m->attrs[type].type : HR_FLOAT, &shape,
                     &m->tensors[k]))
      *value = (hr_attr_value){0};
    else
      value->tensor = &m->tensors[k];
    break;
  }
  case HR_ATTR_NONE:
  case HR_ATTR_FUNC: *value = (hr_attr_value){0}; break;
  }
}

/* ---- inputs ---------------------------------------------------------------------------------------------------- */

static hr_output constant(hr_scope scope, const hr_tensor *value) {
  hr_node_builder *n = hr_node_begin(scope, "Const", NULL);
  hr_node_set_type(n, "dtype", hr_tensor_dtype(value));
  hr_node_set_tensor(n, "value", value);
  return (hr_output){hr_node_finish(n), 0};
}

static hr_output placeholder(hr_scope scope, hr_dtype dtype) {
  hr_node_builder *n = hr_node_begin(scope, "Placeholder", NULL);
  hr_node_set_type(n, "dtype", dtype);
  return (hr_output){hr_node_finish(n), 0};
}

static hr_output variable(maker *m, hr_scope scope, hr_output value, const hr_tensor *tensor) {
  hr_shape full = hr_tensor_shape(tensor);
  hr_partial_shape shape = hr_partial_shape_from(&full);
  hr_node_builder *n = hr_node_begin(scope, "VariableV2", NULL);
  hr_node_set_type(n, "dtype", hr_tensor_dtype(tensor));
  hr_node_set_shape(n, "shape", &shape);
  hr_output ref = {hr_node_finish(n), 0};
  if (chance(m, 5)) return ref; /* uninitialised */
  n = hr_node_begin(scope, "Assign", NULL);
  hr_node_add_input(n, ref);
  hr_node_add_input(n, value);
  hr_node *assign = hr_node_finish(n);
  if (assign) m->op->assigns[m->op->num_assigns++] = assign;
  return ref;
}

static hr_output handle(maker *m, hr_scope scope, hr_output value, const hr_tensor *tensor) {
  hr_partial_shape shape = HR_SHAPE_UNKNOWN;
  char name[24];
  snprintf(name, sizeof name, "variable%d", (int)m->op->num_assigns);
  hr_node_builder *n = hr_node_begin(scope, "VarHandleOp", NULL);
  hr_node_set_string(n, "shared_name", name);
  hr_node_set_type(n, "dtype", hr_tensor_dtype(tensor));
  hr_node_set_shape(n, "shape", &shape);
  hr_output handle = {hr_node_finish(n), 0};
  if (chance(m, 5)) return handle; /* without a value */
  n = hr_node_begin(scope, "AssignVariableOp", NULL);
  hr_node_add_input(n, handle);
  hr_node_add_input(n, value);
  hr_node *assign = hr_node_finish(n);
  if (assign) m->op->assigns[m->op->num_assigns++] = assign;
  return handle;
}

/* The dtype of the variables that an op takes handles of, most often. */
static hr_dtype dtype_behind_handles(maker *m) {
  const hr_op_def *def = m->op->def;
  for (int k = 0; k < def->num_attrs; ++k) {
    const hr_attr_value *attr = &m->attrs[k];
    bool is_dtype = attr->kind == HR_ATTR_TYPE && !attr->is_list;
    if (is_dtype && attr->type != HR_RESOURCE && attr->type != HR_VARIANT && !chance(m, 5)) return (hr_dtype)attr->type;
  }
  return HR_FLOAT;
}

static hr_output make_input(maker *m, hr_scope scope, hr_dtype dtype, bool is_ref) {
  random_op *op = m->op;
  bool is_handle = dtype == HR_RESOURCE;
  if (is_handle) dtype = dtype_behind_handles(m);
  hr_shape shape = input_shape(m, dtype);
  if (op->num_values == MAX_INPUTS) return HR_NO_OUTPUT;
  hr_tensor *value = &op->values[op->num_values];
  if (!make_tensor(m, dtype, &shape, value)) return HR_NO_OUTPUT;
  ++op->num_values;
  hr_output output;
  if (chance(m, 40))
    output = constant(scope, value);
  else {
    output = placeholder(scope, dtype);
    op->feeds[op->num_feeds++] = (hr_feed){output, value};
  }
  if (is_handle && output.node) return handle(m, scope, output, value);
  return is_ref && output.node ? variable(m, scope, output, value) : output;
}

static void make_inputs(maker *m, hr_scope scope, hr_output *inputs, int32_t *counts) {
  const hr_op_def *def = m->op->def;
  int32_t next_input = 0;
  for (int i = 0; i < def->num_inputs; ++i) {
    const hr_arg_def *arg = &def->inputs[i];
    int64_t count = arg->number_attr >= 0      ? m->attrs[arg->number_attr].i
                    : arg->type_list_attr >= 0 ? m->attrs[arg->type_list_attr].count
                                               : 1;
    counts[i] = 0;
    for (int64_t k = 0; k < count && k < 8 && next_input < MAX_INPUTS; ++k) {
      int32_t type = arg->type_list_attr >= 0 ? m->attrs[arg->type_list_attr].types[k]
                     : arg->type_attr >= 0    ? m->attrs[arg->type_attr].type
                                              : arg->dtype;
      inputs[next_input++] = make_input(m, scope, (hr_dtype)type, arg->is_ref);
      ++counts[i];
    }
  }
}

/* ---- the op ---------------------------------------------------------------------------------------------------- */

typedef struct kernel_choice {
  const char *op;
  uint64_t random;
  int count;
  const hr_kernel_def *chosen;
} kernel_choice;

static void choose_kernel(void *argument, const hr_kernel_def *kernel) {
  kernel_choice *choice = argument;
  if (strcmp(kernel->op, choice->op) == 0 && choice->random % (uint64_t)++choice->count == 0) choice->chosen = kernel;
}

void random_op_make(random_op *op, const hr_op_def *def, uint64_t number, hr_builder *builder) {
  *op = (random_op){.def = def};
  maker *m = calloc(1, sizeof *m);
  if (!m) return;
  m->state = number * UINT64_C(0xd1342543de82ef95) + 1;
  m->op = op;
  kernel_choice choice = {def->name, next(m) >> 8, 0, NULL};
  hr_kernel_each(choose_kernel, &choice);
  m->kernel = choice.chosen;
  m->base = any_shape(m);
  m->spread = (int)below(m, 5);
  hr_scope scope = hr_builder_root(builder);
  hr_output inputs[MAX_INPUTS];
  int32_t counts[MAX_INPUTS];
  for (int k = 0; k < def->num_attrs; ++k)
    make_attr(m, k);
  make_inputs(m, scope, inputs, counts);
  hr_node_builder *n = hr_node_begin(scope, def->name, NULL);
  for (int i = 0, at = 0; i < def->num_inputs; at += counts[i++]) {
    if (def->inputs[i].number_attr >= 0 || def->inputs[i].type_list_attr >= 0)
      hr_node_add_input_list(n, (hr_outputs){counts[i], inputs + at});
    else
      hr_node_add_input(n, inputs[at]);
  }
  for (int k = 0; k < def->num_attrs; ++k)
    if (m->attrs[k].kind != HR_ATTR_NONE) hr_node_set_attr(n, def->attrs[k].name, &m->attrs[k]);
  op->node = hr_node_finish(n);
  hr_status_free(hr_builder_status(builder));
  for (int k = 0; k < def->num_attrs; ++k)
    hr_tensor_clear(&m->tensors[k]);
  free(m);
}

void random_op_clear(random_op *op) {
  for (int32_t i = 0; i < op->num_values; ++i)
    hr_tensor_clear(&op->values[i]);
}

const hr_op_def **random_op_candidates(int *count) {
  /* They wait for a peer, or write to the terminal. */
  static const char *const excluded[] = {"_Recv", "_HostRecv", "_Send", "_HostSend", "Print", "PrintV2"};
  const hr_op_def **defs = calloc((size_t)hr_ops_count + 1, sizeof *defs);
  *count = 0;
  for (int i = 0; defs && i < hr_ops_count; ++i) {
    kernel_choice choice = {hr_ops[i].name, 0, 0, NULL};
    hr_kernel_each(choose_kernel, &choice);
    bool is_out = !choice.chosen;
    for (size_t k = 0; k < sizeof excluded / sizeof *excluded; ++k)
      is_out = is_out || strcmp(excluded[k], hr_ops[i].name) == 0;
    if (!is_out) defs[(*count)++] = &hr_ops[i];
  }
  return defs;
}
