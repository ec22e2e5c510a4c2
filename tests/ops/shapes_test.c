/* Every row of shapes.tsv, recorded from TensorFlow 1.15 by record_shapes.py (which explains the columns), builds a
 * node and compares the shapes that it gets. */
#include "headrace/ops.h"
#include "runtime/base/text.h"
#include "runtime/graph/node.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Cuts `text` at the first `separator` outside brackets; returns what follows, or NULL. Blanks around go. */
static char *cut_at(char *text, char separator) {
  int depth = 0;
  for (char *at = text; *at; ++at) {
    depth += (*at == '(' || *at == '[' || *at == '<') - (*at == ')' || *at == ']' || *at == '>');
    if (*at != separator || depth != 0) continue;
    *at++ = '\0';
    while (*at == ' ')
      ++at;
    return at;
  }
  return NULL;
}

/* "[2,?]" or "?"; sets `*end` behind it. */
static hr_partial_shape parse_shape(const char *text, char **end) {
  hr_partial_shape shape = HR_SHAPE_UNKNOWN;
  if (*text++ == '?') {
    *end = (char *)text;
    return shape;
  }
  shape.rank = 0;
  while (*text != ']') {
    if (*text == ',') ++text;
    if (*text == '?') {
      shape.dims[shape.rank++] = HR_UNKNOWN_DIM;
      ++text;
    } else {
      shape.dims[shape.rank++] = strtoll(text, end, 10);
      text = *end;
    }
  }
  *end = (char *)text + 1;
  return shape;
}

static void store_number(hr_dtype dtype, void *data, int64_t index, const char *text) {
  switch (dtype) {
  case HR_INT32: ((int32_t *)data)[index] = (int32_t)atoi(text); break;
  case HR_INT64: ((int64_t *)data)[index] = atoll(text); break;
  case HR_FLOAT: ((float *)data)[index] = strtof(text, NULL); break;
  case HR_DOUBLE: ((double *)data)[index] = atof(text); break;
  default: fail_msg("no constants of %s", hr_dtype_name(dtype));
  }
}

static hr_output make_constant(hr_scope s, hr_dtype dtype, const hr_partial_shape *partial, char *values) {
  hr_shape shape = {.rank = partial->rank};
  memcpy(shape.dims, partial->dims, sizeof shape.dims);
  hr_tensor tensor;
  assert_null(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, &tensor));
  char separator = dtype == HR_STRING ? '|' : ',';
  for (int64_t i = 0; i < tensor.elements; ++i) {
    char *end = strchr(values, separator);
    if (end) *end = '\0';
    if (dtype == HR_STRING) {
      assert_null(hr_string_set((hr_string *)hr_tensor_data(&tensor) + i, values, strlen(values)));
    } else {
      store_number(dtype, hr_tensor_data(&tensor), i, values);
    }
    if (end) values = end + 1;
  }
  hr_output output = hr_const(s, &tensor, dtype);
  hr_tensor_clear(&tensor);
  return output;
}

/* "<1,?>" */
static hr_output make_packed(hr_scope s, hr_dtype dtype, char *text) {
  hr_output items[HR_MAX_RANK];
  int count = 0;
  hr_partial_shape scalar = HR_SHAPE();
  text[strlen(text) - 1] = '\0';
  for (char *item = text + 1, *next; item; item = next) {
    next = cut_at(item, ',');
    items[count++] =
        *item == '?' ? hr_placeholder(s, dtype, .shape = HR_SHAPE()) : make_constant(s, dtype, &scalar, item);
  }
  return hr_pack(s, ((hr_outputs){count, items}));
}

static hr_output make_input(hr_scope s, char *text) {
  size_t length = strcspn(text, "&@?[<");
  char name[32] = "";
  memcpy(name, text, length);
  hr_dtype dtype = hr_dtype_from_name(name);
  text += length;
  char kind = *text;
  bool is_variable = kind == '&' || kind == '@';
  text += is_variable;
  if (*text == '<') return make_packed(s, dtype, text);
  char *end;
  hr_partial_shape shape = parse_shape(text, &end);
  if (*end == '=') return make_constant(s, dtype, &shape, end + 1);
  if (kind == '@') return hr_var_handle_op(s, dtype, shape);
  return is_variable ? hr_variable_v2(s, shape, dtype) : hr_placeholder(s, dtype, .shape = shape);
}

static void add_input(hr_scope s, hr_node_builder *n, char *text) {
  if (*text != '(') {
    hr_node_add_input(n, make_input(s, text));
    return;
  }
  hr_output items[8];
  int count = 0;
  text[strlen(text) - 1] = '\0';
  for (char *item = text + 1, *next; item; item = next) {
    next = cut_at(item, ';');
    items[count++] = make_input(s, item);
  }
  hr_node_add_input_list(n, (hr_outputs){count, items});
}

/* A list of integers, floats or types in brackets. */
static void set_list(hr_node_builder *n, const hr_attr_def *def, char *text) {
  int64_t ints[16];
  float floats[16];
  int32_t types[16];
  int count = 0;
  text[strlen(text) - 1] = '\0';
  for (char *item = text + 1, *next; item && *item; item = next) {
    next = cut_at(item, ',');
    ints[count] = atoll(item);
    floats[count] = strtof(item, NULL);
    types[count++] = hr_dtype_from_name(item);
  }
  hr_attr_value value = {.kind = def->kind, .is_list = true, .count = count};
  if (def->kind == HR_ATTR_INT) value.ints = ints;
  if (def->kind == HR_ATTR_FLOAT) value.floats = floats;
  if (def->kind == HR_ATTR_TYPE) value.types = types;
  hr_node_set_attr(n, def->name, &value);
}

static void set_attr(hr_node_builder *n, const hr_op_def *op, char *text) {
  char *value = strchr(text, '='), *end;
  *value++ = '\0';
  const hr_attr_def *def = &op->attrs[hr_op_attr_index(op, text, strlen(text))];
  if (def->is_list) {
    set_list(n, def, value);
    return;
  }
  switch (def->kind) {
  case HR_ATTR_STRING: hr_node_set_string(n, def->name, value); break;
  case HR_ATTR_INT: hr_node_set_int(n, def->name, atoll(value)); break;
  case HR_ATTR_FLOAT: hr_node_set_float(n, def->name, strtof(value, NULL)); break;
  case HR_ATTR_BOOL: hr_node_set_bool(n, def->name, strcmp(value, "true") == 0); break;
  case HR_ATTR_TYPE: hr_node_set_type(n, def->name, hr_dtype_from_name(value)); break;
  case HR_ATTR_SHAPE: {
    hr_partial_shape shape = parse_shape(value, &end);
    hr_node_set_shape(n, def->name, &shape);
    break;
  }
  default: fail_msg("attribute %s of %s", def->name, op->name);
  }
}

/* The outputs' shapes as the file spells them, or "!" for an error. `text` is freed by the caller. */
static char *infer(const char *op_name, char *inputs, char *attrs, char **message) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope s = hr_builder_root(builder);
  const hr_op_def *op = hr_op_find(op_name, strlen(op_name));
  if (!op) fail_msg("no op %s", op_name);
  hr_node_builder *n = hr_node_begin(s, op_name, NULL);
  for (char *item = *inputs ? inputs : NULL, *next; item; item = next) {
    next = cut_at(item, ';');
    add_input(s, n, item);
  }
  for (char *item = *attrs ? attrs : NULL, *next; item; item = next) {
    next = cut_at(item, ' ');
    set_attr(n, op, item);
  }
  if (!hr_builder_ok(builder)) fail_msg("inputs of %s", op_name);
  hr_node *node = hr_node_finish(n);
  hr_text text = {0};
  if (!node) {
    hr_status status = hr_builder_status(builder);
    if (hr_status_code(status) != HR_INVALID_ARGUMENT) fail_msg("%s: %s", op_name, hr_status_message(status));
    *message = strdup(hr_status_message(status));
    hr_status_free(status);
    hr_text_add_string(&text, "!");
  }
  for (int i = 0; node && i < hr_node_output_count(node); ++i) {
    char shape[HR_SHAPE_TEXT];
    hr_partial_shape_text(hr_output_shape(hr_node_output(node, i)), shape);
    hr_text_printf(&text, "%s%s", i > 0 ? "; " : "", strcmp(shape, "<unknown>") == 0 ? "?" : shape);
  }
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return hr_text_take(&text);
}

static void every_row(void **state) {
  (void)state;
  FILE *file = fopen(TEST_DATA "shapes.tsv", "r");
  assert_non_null(file);
  char *line = NULL;
  size_t capacity = 0;
  int rows = 0, wrong = 0;
  while (getline(&line, &capacity, file) > 0) {
    line[strcspn(line, "\n")] = '\0';
    char *copy = strdup(line), *rest = copy, *message = NULL;
    char *op = strsep(&rest, "\t"), *inputs = strsep(&rest, "\t"), *attrs = strsep(&rest, "\t");
    assert_non_null(rest);
    char *got = infer(op, inputs, attrs, &message);
    if (strcmp(got, rest) != 0) {
      print_error("%s\n  gives %s%s%s\n", line, got, message ? ": " : "", message ? message : "");
      ++wrong;
    }
    free(message);
    free(got);
    free(copy);
    ++rows;
  }
  free(line);
  fclose(file);
  assert_true(rows > 1000);
  assert_int_equal(wrong, 0);
}

/* The reference crashes on this one. */
static void scalar_gradient_of_rows(void **state) {
  (void)state;
  char inputs[] = "float&[]; float&[]; float[]; float[]; int32[1]", attrs[] = "", *message = NULL;
  char *got = infer("SparseApplyAdagrad", inputs, attrs, &message);
  assert_string_equal(got, "!");
  free(message);
  free(got);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_row), cmocka_unit_test(scalar_gradient_of_rows)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
