#include "tests/kernels/tester.h"
#include "runtime/base/arena.h"
#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/graphdef_fields.h"
#include "runtime/tensor/tensor_proto.h"
#include <complex.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { MAX_ATTRS = 32, MAX_OUTPUTS = 64, MAX_PRINTED = 12 };

#define MUST(expression)                                                                                               \
  do {                                                                                                                 \
    hr_status must_status_ = (expression);                                                                             \
    if (must_status_) fail_msg("%s: %s", #expression, hr_status_message(must_status_));                                \
  } while (0)

/* ---- comparing ------------------------------------------------------------------------------------------------- */

double tester_number(const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  switch (hr_tensor_dtype(t)) {
  case HR_FLOAT: return ((const float *)data)[i];
  case HR_DOUBLE: return ((const double *)data)[i];
  case HR_HALF: return hr_half_to_float(((const hr_half *)data)[i]);
  case HR_BFLOAT16: return hr_bfloat16_to_float(((const hr_bfloat16 *)data)[i]);
  case HR_INT8: return ((const int8_t *)data)[i];
  case HR_INT16: return ((const int16_t *)data)[i];
  case HR_INT32: return ((const int32_t *)data)[i];
  case HR_INT64: return (double)((const int64_t *)data)[i];
  case HR_UINT8: return ((const uint8_t *)data)[i];
  case HR_UINT16: return ((const uint16_t *)data)[i];
  case HR_BOOL: return ((const bool *)data)[i];
  default: fail_msg("no number: %s", hr_dtype_name(hr_tensor_dtype(t))); return 0;
  }
}

static bool is_near(double a, double b, double relative, double absolute, double smallest_normal) {
  if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
  if (fabs(a) < smallest_normal) a = 0;
  if (fabs(b) < smallest_normal) b = 0;
  if (a == b) return true;
  if (isinf(a) || isinf(b)) return false;
  return fabs(a - b) <= absolute + relative * fmax(fabs(a), fabs(b));
}

void tester_assert_near(const hr_tensor *t, int64_t i, double expected, double relative, double absolute) {
  double value = tester_number(t, i);
  if (!is_near(value, expected, relative, absolute, 0))
    fail_msg("element %lld is %.17g, not %.17g", (long long)i, value, expected);
}

/* Complex numbers are near where their distance is small beside them; parts that are not finite must agree. */
static bool is_near_complex(double _Complex a, double _Complex b, double relative, double absolute) {
  if (isfinite(cabs(a)) && isfinite(cabs(b))) return cabs(a - b) <= absolute + relative * fmax(cabs(a), cabs(b));
  return is_near(creal(a), creal(b), relative, absolute, 0) && is_near(cimag(a), cimag(b), relative, absolute, 0);
}

static double _Complex complex_at(const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  return t->dtype == HR_COMPLEX64 ? ((const float _Complex *)data)[i] : ((const double _Complex *)data)[i];
}

/* The first element that differs, -1 for none, -2 for another dtype or shape. */
static int64_t first_difference(const hr_tensor *a, const hr_tensor *b, const tester_tolerance *tolerance) {
  hr_shape a_shape = hr_tensor_shape(a), b_shape = hr_tensor_shape(b);
  if (a->dtype != b->dtype || !hr_shape_equal(&a_shape, &b_shape)) return -2;
  hr_dtype dtype = hr_tensor_dtype(a);
  bool is_complex = hr_dtype_is_complex(dtype), is_single = dtype == HR_FLOAT || dtype == HR_COMPLEX64;
  if (!is_complex && dtype != HR_FLOAT && dtype != HR_DOUBLE) return hr_tensor_equal(a, b) ? -1 : 0;
  double relative = is_single ? tolerance->relative_f32 : tolerance->relative_f64;
  double absolute = is_single ? tolerance->absolute_f32 : tolerance->absolute_f64;
  for (int64_t i = 0; is_complex && i < a->elements; ++i)
    if (!is_near_complex(complex_at(a, i), complex_at(b, i), relative, absolute)) return i;
  for (int64_t i = 0; !is_complex && i < a->elements; ++i)
    if (!is_near(tester_number(a, i), tester_number(b, i), relative, absolute, dtype == HR_FLOAT ? FLT_MIN : DBL_MIN))
      return i;
  return -1;
}

static void print_tensor(const char *label, const hr_tensor *t) {
  char *text = hr_tensor_text_dup(t, 12);
  print_message("    %s %s\n", label, text ? text : "(no memory)");
  free(text);
}

/* ---- reading cases --------------------------------------------------------------------------------------------- */

/* All bytes of a gzip file. */
static unsigned char *read_file(const char *path, size_t *length) {
  gzFile file = gzopen(path, "rb");
  if (!file) fail_msg("cannot open %s", path);
  size_t capacity = 1 << 20;
  unsigned char *bytes = malloc(capacity);
  *length = 0;
  for (int got; bytes && (got = gzread(file, bytes + *length, (unsigned)(capacity - *length))) != 0;) {
    if (got < 0) fail_msg("cannot read %s", path);
    *length += (size_t)got;
    if (*length == capacity) bytes = realloc(bytes, capacity *= 2);
  }
  gzclose(file);
  assert_non_null(bytes);
  return bytes;
}

/* A cursor over the recorded bytes, which are trusted as far as asserts go. */
typedef struct cursor {
  const unsigned char *at, *end;
} cursor;

static uint32_t next_u32(cursor *c) {
  assert_true(c->end - c->at >= 4);
  uint32_t value = hr_read_u32(c->at);
  c->at += 4;
  return value;
}
static hr_view next_block(cursor *c) {
  uint32_t length = next_u32(c);
  assert_true((size_t)(c->end - c->at) >= length);
  hr_view block = {(const char *)c->at, length};
  c->at += length;
  return block;
}
/* The reference computes with subnormal numbers taken as 0; where its inputs hold some, 0 is what it was given. */
static void flush_subnormals(hr_tensor *t) {
  void *data = hr_tensor_data(t);
  for (int64_t i = 0; t->dtype == HR_FLOAT && i < t->elements; ++i)
    if (fpclassify(((float *)data)[i]) == FP_SUBNORMAL) ((float *)data)[i] = 0;
  for (int64_t i = 0; t->dtype == HR_DOUBLE && i < t->elements; ++i)
    if (fpclassify(((double *)data)[i]) == FP_SUBNORMAL) ((double *)data)[i] = 0;
}

static hr_tensor next_tensor(cursor *c) {
  hr_tensor tensor;
  MUST(hr_tensor_from_proto(next_block(c), hr_cpu_allocator(), &tensor));
  return tensor;
}

/* A case with all that belongs to it. */
typedef struct loaded_case {
  tester_case c;
  hr_graph *graph; /* whose memory holds the attributes */
  char op[64];
  char message[512];
  hr_named_attr attrs[MAX_ATTRS];
  hr_tensor *inputs;
  uint32_t num_outputs, num_after;
  hr_tensor outputs[MAX_OUTPUTS];
  uint32_t after_index[MAX_OUTPUTS];
  hr_tensor after[MAX_OUTPUTS];
} loaded_case;

static void copy_text(char *to, size_t size, hr_view from) {
  size_t length = from.length < size ? from.length : size - 1;
  memcpy(to, from.data, length);
  to[length] = 0;
}

static void read_node(loaded_case *loaded, hr_view node_def) {
  hr_wire wire = hr_wire_of_view(node_def);
  hr_view entries[MAX_ATTRS];
  int count = 0;
  while (!hr_wire_done(&wire)) {
    uint32_t field = 0;
    hr_wire_type type = HR_WIRE_VARINT;
    hr_view value;
    assert_true(hr_wire_tag(&wire, &field, &type) && type == HR_WIRE_BYTES && hr_wire_bytes(&wire, &value));
    if (field == HR_NODEDEF_OP) copy_text(loaded->op, sizeof loaded->op, value);
    if (field == HR_NODEDEF_ATTR) {
      assert_true(count < MAX_ATTRS);
      entries[count++] = value;
    }
  }
  loaded->c.op = loaded->op;
  loaded->c.attrs = loaded->attrs;
  const hr_op_def *def = hr_op_find(loaded->op, strlen(loaded->op));
  if (!def) return; /* running it says so */
  for (int i = 0; i < count; ++i) {
    hr_view key, value;
    assert_true(hr_map_entry_read(entries[i], &key, &value));
    int index = hr_op_attr_index(def, key.data, key.length);
    if (index < 0) continue;
    hr_named_attr *attr = &loaded->attrs[loaded->c.num_attrs++];
    attr->name = def->attrs[index].name;
    MUST(hr_attr_from_proto(loaded->graph, value, &def->attrs[index], &attr->value));
  }
}

/* Only the NodeDef is read where `wanted` says no. */
static bool load_case(loaded_case *loaded, hr_view bytes, const tester_family *family) {
  *loaded = (loaded_case){.graph = hr_graph_new()};
  assert_non_null(loaded->graph);
  cursor c = {(const unsigned char *)bytes.data, (const unsigned char *)bytes.data + bytes.length};
  read_node(loaded, next_block(&c));
  bool is_wanted = family->ops == NULL;
  for (int i = 0; !is_wanted && family->ops[i]; ++i)
    is_wanted = strcmp(family->ops[i], loaded->op) == 0;
  if (!is_wanted) return false;
  loaded->c.num_inputs = (int32_t)next_u32(&c);
  loaded->c.inputs = loaded->inputs = calloc((size_t)loaded->c.num_inputs + 1, sizeof *loaded->inputs);
  assert_non_null(loaded->inputs);
  for (int32_t i = 0; i < loaded->c.num_inputs; ++i) {
    next_u32(&c); /* whether it is a variable: the op's signature says so, too */
    loaded->inputs[i] = next_tensor(&c);
    flush_subnormals(&loaded->inputs[i]);
  }
  loaded->c.code = next_u32(&c);
  copy_text(loaded->message, sizeof loaded->message, next_block(&c));
  loaded->c.message = loaded->message;
  loaded->num_outputs = next_u32(&c);
  assert_true(loaded->num_outputs <= MAX_OUTPUTS);
  for (uint32_t i = 0; i < loaded->num_outputs; ++i)
    loaded->outputs[i] = next_tensor(&c);
  loaded->num_after = next_u32(&c);
  assert_true(loaded->num_after <= MAX_OUTPUTS);
  for (uint32_t i = 0; i < loaded->num_after; ++i) {
    loaded->after_index[i] = next_u32(&c);
    loaded->after[i] = next_tensor(&c);
  }
  return true;
}

static void clear_case(loaded_case *loaded) {
  for (int32_t i = 0; loaded->inputs && i < loaded->c.num_inputs; ++i)
    hr_tensor_clear(&loaded->inputs[i]);
  for (uint32_t i = 0; i < loaded->num_outputs; ++i)
    hr_tensor_clear(&loaded->outputs[i]);
  for (uint32_t i = 0; i < loaded->num_after; ++i)
    hr_tensor_clear(&loaded->after[i]);
  free(loaded->inputs);
  hr_graph_unref(loaded->graph);
}

/* ---- running cases --------------------------------------------------------------------------------------------- */

static const tester_tolerance default_tolerance = {NULL, 1e-6, 0, 1e-13, 0};

static const tester_tolerance *tolerance_of(const tester_family *family, const char *op) {
  const tester_tolerance *tolerance = family->tolerances ? family->tolerances : &default_tolerance;
  while (tolerance->op && strcmp(tolerance->op, op) != 0)
    ++tolerance;
  return tolerance;
}

static void print_case(const loaded_case *loaded, const char *what) {
  print_message("  %s: %s\n", loaded->op, what);
  for (int32_t i = 0; i < loaded->c.num_inputs; ++i)
    print_tensor("input", &loaded->inputs[i]);
}

static bool same_value(const loaded_case *loaded, const char *what, const hr_tensor *got, const hr_tensor *recorded,
                       const tester_tolerance *tolerance, bool print) {
  int64_t difference = first_difference(got, recorded, tolerance);
  if (difference == -1) return true;
  if (!print) return false;
  char text[160];
  snprintf(text, sizeof text, difference < 0 ? "%s has another dtype or shape" : "%s differs, first at element %lld",
           what, (long long)difference);
  print_case(loaded, text);
  print_tensor("got     ", got);
  print_tensor("recorded", recorded);
  return false;
}

/* True where the outcome is the recorded one. */
static bool run_case(const loaded_case *loaded, const tester_family *family, const hr_session_options *options,
                     bool print) {
  hr_single_op op = {.op = loaded->op,
                     .num_attrs = loaded->c.num_attrs,
                     .attrs = loaded->attrs,
                     .num_inputs = loaded->c.num_inputs,
                     .inputs = loaded->inputs,
                     .options = options};
  hr_tensor outputs[MAX_OUTPUTS] = {0};
  hr_tensor *after = calloc((size_t)loaded->c.num_inputs + 1, sizeof *after);
  int32_t count;
  assert_non_null(after);
  hr_status status = hr_run_single_op(&op, MAX_OUTPUTS, outputs, &count, after);
  bool is_same = (uint32_t)hr_status_code(status) == loaded->c.code;
  if (!is_same && print) {
    char text[1024];
    snprintf(text, sizeof text, "code %d (%.300s), recorded %u (%.300s)", hr_status_code(status),
             hr_status_message(status), loaded->c.code, loaded->message);
    print_case(loaded, text);
  }
  hr_status_free(status);
  if (is_same && loaded->c.code == 0) {
    const tester_tolerance *tolerance = tolerance_of(family, loaded->op);
    is_same = (uint32_t)count == loaded->num_outputs;
    if (!is_same && print) print_case(loaded, "another number of outputs");
    for (uint32_t i = 0; is_same && i < loaded->num_outputs; ++i)
      is_same = same_value(loaded, "output", &outputs[i], &loaded->outputs[i], tolerance, print);
    for (uint32_t i = 0; is_same && i < loaded->num_after; ++i)
      is_same = same_value(loaded, "variable", &after[loaded->after_index[i]], &loaded->after[i], tolerance, print);
  }
  for (int32_t i = 0; i < count; ++i)
    hr_tensor_clear(&outputs[i]);
  for (int32_t i = 0; i < loaded->c.num_inputs; ++i)
    hr_tensor_clear(&after[i]);
  free(after);
  return is_same;
}

static void check_all_seen(const tester_family *family, const bool *seen) {
  for (int i = 0; family->ops && family->ops[i]; ++i)
    if (!seen[i]) fail_msg("%s holds no case of %s", family->name, family->ops[i]);
}

void tester_run_family(const tester_family *family) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s.bin.gz", RECORDED_KERNELS, family->name);
  size_t length;
  unsigned char *bytes = read_file(path, &length);
  cursor c = {bytes, bytes + length};
  int cases = 0, wrong = 0;
  bool seen[256] = {false};
  static const hr_session_options one_thread = {.intra_op_threads = 1, .inter_op_threads = 1};
  while (c.at < c.end) {
    loaded_case loaded;
    if (load_case(&loaded, next_block(&c), family)) {
      for (int i = 0; family->ops && family->ops[i]; ++i)
        seen[i] |= strcmp(family->ops[i], loaded.op) == 0;
      if (!family->is_other || !family->is_other(&loaded.c)) {
        ++cases;
        wrong += !run_case(&loaded, family, &one_thread, wrong < MAX_PRINTED);
      }
    }
    clear_case(&loaded);
  }
  free(bytes);
  print_message("%s: %d of %d recorded cases agree\n", family->name, cases - wrong, cases);
  check_all_seen(family, seen);
  assert_true(cases > 0);
  assert_int_equal(wrong, 0);
}

/* ---- single ops ------------------------------------------------------------------------------------------------ */

hr_tensor tester_run_threads(int threads, const char *op, int num_inputs, const hr_tensor *inputs, int num_attrs,
                             const hr_named_attr *attrs) {
  hr_session_options options = {
      .intra_op_threads = threads, .inter_op_threads = 1, .use_per_session_threads = threads > 1};
  hr_single_op single = {.op = op,
                         .num_attrs = num_attrs,
                         .attrs = attrs,
                         .num_inputs = num_inputs,
                         .inputs = inputs,
                         .options = &options};
  hr_tensor output = {0};
  int32_t count;
  MUST(hr_run_single_op(&single, 1, &output, &count, NULL));
  assert_int_equal(count, 1);
  return output;
}

hr_tensor tester_run(const char *op, int num_inputs, const hr_tensor *inputs, int num_attrs,
                     const hr_named_attr *attrs) {
  return tester_run_threads(1, op, num_inputs, inputs, num_attrs, attrs);
}

hr_code tester_code(const char *op, int num_inputs, const hr_tensor *inputs, int num_attrs,
                    const hr_named_attr *attrs) {
  hr_single_op single = {.op = op, .num_attrs = num_attrs, .attrs = attrs, .num_inputs = num_inputs, .inputs = inputs};
  hr_tensor output = {0};
  int32_t count;
  hr_status status = hr_run_single_op(&single, 1, &output, &count, NULL);
  hr_code code = hr_status_code(status);
  hr_status_free(status);
  hr_tensor_clear(&output);
  return code;
}

hr_tensor tester_tensor(hr_dtype dtype, int rank, const int64_t *dims, const void *data) {
  hr_tensor tensor;
  MUST(hr_tensor_from(dtype, rank, dims, data, &tensor));
  return tensor;
}

hr_tensor tester_integers(hr_dtype dtype, int rank, const int64_t *dims, int64_t (*number)(int64_t i)) {
  hr_shape shape;
  hr_tensor tensor;
  MUST(hr_shape_make(rank, dims, &shape));
  MUST(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, &tensor));
  void *data = hr_tensor_data(&tensor);
  for (int64_t i = 0; i < tensor.elements; ++i) {
    int64_t value = number(i);
    switch (dtype) {
    case HR_FLOAT: ((float *)data)[i] = (float)value; break;
    case HR_DOUBLE: ((double *)data)[i] = (double)value; break;
    case HR_HALF: ((hr_half *)data)[i] = hr_half_from_float((float)value); break;
    case HR_BFLOAT16: ((hr_bfloat16 *)data)[i] = hr_bfloat16_from_float((float)value); break;
    case HR_INT8: ((int8_t *)data)[i] = (int8_t)value; break;
    case HR_INT16: ((int16_t *)data)[i] = (int16_t)value; break;
    case HR_INT32: ((int32_t *)data)[i] = (int32_t)value; break;
    case HR_INT64: ((int64_t *)data)[i] = value; break;
    case HR_UINT8: ((uint8_t *)data)[i] = (uint8_t)value; break;
    case HR_UINT16: ((uint16_t *)data)[i] = (uint16_t)value; break;
    case HR_BOOL: ((bool *)data)[i] = value != 0; break;
    default: fail_msg("no number: %s", hr_dtype_name(dtype));
    }
  }
  return tensor;
}
