/* Every row of the op table against the list recorded from TensorFlow 1.15 (see record_signatures.py), field by field.
 * The table holds allowed types as a set, so the list has them sorted by number. */
#include "ops/op_ids.h"
#include "runtime/base/text.h"
#include "runtime/graph/op_def.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add_args(hr_text *text, const hr_op_def *op, const hr_arg_def *args, int count) {
  for (int i = 0; i < count; ++i) {
    const hr_arg_def *arg = &args[i];
    int attr = arg->type_attr >= 0 ? arg->type_attr : arg->type_list_attr;
    const char *type = attr >= 0 ? op->attrs[attr].name : hr_dtype_name((hr_dtype)arg->dtype);
    hr_text_printf(text, "%s%s: %s", i > 0 ? ", " : "", arg->name, arg->is_ref ? "Ref(" : "");
    if (arg->number_attr >= 0) hr_text_printf(text, "%s * ", op->attrs[arg->number_attr].name);
    hr_text_printf(text, arg->is_ref ? "%s)" : "%s", type);
  }
}

static void add_string(hr_text *text, const char *bytes, size_t length) {
  hr_text_add_string(text, "'");
  hr_text_add_escaped(text, bytes, length);
  hr_text_add_string(text, "'");
}

static void add_value(hr_text *text, const hr_attr_value *v) {
  char shape[HR_SHAPE_TEXT];
  if (v->is_list) {
    bool is_int = v->kind == HR_ATTR_INT;
    assert_true(v->count == 0 || is_int || v->kind == HR_ATTR_FLOAT); /* the only defaults of lists so far */
    hr_text_add_string(text, "[");
    for (int32_t i = 0; i < v->count; ++i)
      hr_text_printf(text, "%s%g", i ? "," : "", is_int ? (double)v->ints[i] : (double)v->floats[i]);
    hr_text_add_string(text, "]");
    return;
  }
  switch (v->kind) {
  case HR_ATTR_STRING: add_string(text, v->s, (size_t)v->count); break;
  case HR_ATTR_INT: hr_text_printf(text, "%lld", (long long)v->i); break;
  case HR_ATTR_FLOAT: hr_text_printf(text, "%g", v->f); break;
  case HR_ATTR_BOOL: hr_text_add_string(text, v->b ? "true" : "false"); break;
  case HR_ATTR_TYPE: hr_text_add_string(text, hr_dtype_name((hr_dtype)v->type)); break;
  case HR_ATTR_SHAPE: hr_text_add_string(text, hr_partial_shape_text(v->shape, shape)); break;
  case HR_ATTR_TENSOR: hr_text_add_string(text, "tensor"); break;
  default: fail_msg("default of kind %d", v->kind);
  }
}

static void add_attr(hr_text *text, const hr_attr_def *attr) {
  static const char *const kinds[] = {"", "string", "int", "float", "bool", "type", "shape", "tensor", "func"};
  hr_text_printf(text, attr->is_list ? "%s: list(%s)" : "%s: %s", attr->name, kinds[attr->kind]);
  if (attr->allowed_types || attr->allowed_strings) {
    const char *comma = "";
    hr_text_add_string(text, " in [");
    for (int type = 1; type < HR_DTYPE_COUNT; ++type) {
      if (!(attr->allowed_types >> type & 1)) continue;
      hr_text_printf(text, "%s%s", comma, hr_dtype_name((hr_dtype)type));
      comma = ",";
    }
    for (const char *const *s = attr->allowed_strings; s && *s; ++s) {
      hr_text_add_string(text, comma);
      add_string(text, *s, strlen(*s));
      comma = ",";
    }
    hr_text_add_string(text, "]");
  }
  if (attr->has_minimum) hr_text_printf(text, " >= %lld", (long long)attr->minimum);
  if (attr->has_default) {
    hr_text_add_string(text, " = ");
    add_value(text, &attr->default_value);
  }
}

static void add_flags(hr_text *text, const hr_op_def *op) {
  static const struct {
    int flag;
    const char *name;
  } names[] = {{HR_OP_STATEFUL, "is_stateful"},
               {HR_OP_COMMUTATIVE, "is_commutative"},
               {HR_OP_AGGREGATE, "is_aggregate"},
               {HR_OP_ALLOWS_UNINITIALIZED_INPUT, "allows_uninitialized_input"}};
  const char *comma = "";
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    if (!(op->flags & names[i].flag)) continue;
    hr_text_printf(text, "%s%s", comma, names[i].name);
    comma = ",";
  }
  if (op->deprecated_at) hr_text_printf(text, "%sdeprecated@%d", comma, op->deprecated_at);
}

static char *signature(const hr_op_def *op) {
  hr_text text = {0};
  hr_text_printf(&text, "%s\t", op->name);
  add_args(&text, op, op->inputs, op->num_inputs);
  hr_text_add_string(&text, "\t");
  add_args(&text, op, op->outputs, op->num_outputs);
  hr_text_add_string(&text, "\t");
  for (int i = 0; i < op->num_attrs; ++i) {
    if (i > 0) hr_text_add_string(&text, " | ");
    add_attr(&text, &op->attrs[i]);
  }
  hr_text_add_string(&text, "\t");
  add_flags(&text, op);
  hr_text_printf(&text, "\t%s",
                 op->flags & HR_OP_NOT_DIFFERENTIABLE ? "not-differentiable"
                 : op->gradient                       ? "yes"
                                                      : "none");
  return hr_text_take(&text);
}

static void every_signature(void **state) {
  (void)state;
  FILE *file = fopen(TEST_DATA "ops-1.15.tsv", "r");
  assert_non_null(file);
  char *line = NULL;
  size_t capacity = 0;
  int rows = 0, wrong = 0;
  while (getline(&line, &capacity, file) > 0) {
    line[strcspn(line, "\n")] = '\0';
    assert_true(rows < hr_ops_count);
    char *got = signature(&hr_ops[rows++]); /* both are sorted by name */
    if (strcmp(got, line) != 0) {
      print_error("recorded %s\nhere     %s\n", line, got);
      ++wrong;
    }
    free(got);
  }
  free(line);
  fclose(file);
  assert_int_equal(rows, hr_ops_count);
  assert_int_equal(wrong, 0);
}

static void every_name_is_found(void **state) {
  (void)state;
  for (int i = 0; i < hr_ops_count; ++i) {
    assert_int_equal(hr_ops_find(hr_ops[i].name, strlen(hr_ops[i].name)), i);
    assert_int_equal(hr_ops[i].id, i);
  }
  assert_string_equal(hr_ops[HR_OP_ID_MatMul].name, "MatMul");
}

static void other_names_are_not(void **state) {
  (void)state;
  static const char *const names[] = {"", "matmul", "MatMu", "MatMulX", "NoSuchOp", "Ab", "AddV3", "\xff\xfe"};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
    assert_int_equal(hr_ops_find(names[i], strlen(names[i])), -1);
  assert_int_equal(hr_ops_find("MatMul\0x", 8), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_signature), cmocka_unit_test(every_name_is_found),
                                     cmocka_unit_test(other_names_are_not)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
