#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/graph_io.h"
#include "headrace/variables.h"
#include "proto/graph.pb-c.h"
#include "recorded.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/proto_text.h"
#include "runtime/graph/node.h"
#include "runtime/tensor/tensor_proto.h"

/* Differences that are printed before the test gives up. */
#define MAX_DIFFERENCES 8

typedef struct comparison {
  const char *name;
  int differences;
  bool quiet;
} comparison;

static void HR_PRINTF(2, 3) differ(comparison *c, const char *format, ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (c->differences++ < MAX_DIFFERENCES && !c->quiet) print_error("%s: %s\n", c->name, text);
}

static void ok(hr_status status) {
  if (status) {
    print_error("%s\n", hr_status_message(status));
    hr_status_free(status);
    fail();
  }
}

void expect_ok(hr_builder *builder) { ok(hr_builder_status(builder)); }

void expect_error(hr_builder *builder, hr_code code, ...) {
  hr_status status = hr_builder_status(builder);
  if (!status) fail_msg("an error was expected");
  va_list texts;
  va_start(texts, code);
  bool same = hr_status_code(status) == code;
  for (const char *text; (text = va_arg(texts, const char *)) != NULL;)
    same = same && strstr(hr_status_message(status), text);
  va_end(texts);
  if (!same) print_error("%s: %s\n", hr_code_name(hr_status_code(status)), hr_status_message(status));
  hr_status_free(status);
  assert_true(same);
}

/* ---- GraphDefs ------------------------------------------------------------------------------------------------- */

static bool same_tensor(const HrPb__TensorProto *a, const HrPb__TensorProto *b) {
  hr_text bytes[2] = {{0}, {0}};
  hr_tensor tensors[2] = {{0}, {0}};
  const HrPb__TensorProto *const protos[] = {a, b};
  for (int i = 0; i < 2; ++i) {
    hr_proto_pack(protos[i], &bytes[i]);
    ok(hr_tensor_from_proto((hr_view){bytes[i].data, bytes[i].length}, hr_cpu_allocator(), &tensors[i]));
  }
  bool same = hr_tensor_equal(&tensors[0], &tensors[1]);
  /* NaN constants are equal as bytes. */
  for (int i = 0; i < 2; ++i) {
    hr_text_free(&bytes[i]);
    hr_tensor_clear(&tensors[i]);
  }
  return same;
}

static bool same_attr(const HrPb__AttrValue *a, const HrPb__AttrValue *b) {
  if (a->value_case != b->value_case) return false;
  if (a->value_case == HR_PB__ATTR_VALUE__VALUE_TENSOR) return same_tensor(a->tensor, b->tensor);
  hr_text x = {0}, y = {0};
  hr_proto_pack(a, &x);
  hr_proto_pack(b, &y);
  bool same = x.length == y.length && (x.length == 0 || memcmp(x.data, y.data, x.length) == 0);
  hr_text_free(&x);
  hr_text_free(&y);
  return same;
}

static const HrPb__AttrValue *find_attr(const HrPb__NodeDef *node, const char *key) {
  for (size_t i = 0; i < node->n_attr; ++i)
    if (strcmp(node->attr[i]->key, key) == 0) return node->attr[i]->value;
  return NULL;
}

/* A short text of a value. */
static const char *attr_text(const HrPb__AttrValue *value, char text[400]) {
  if (!value) return "nothing";
  if (value->value_case == HR_PB__ATTR_VALUE__VALUE_I) {
    snprintf(text, 400, "%lld", (long long)value->i);
  } else if (value->value_case == HR_PB__ATTR_VALUE__VALUE_F) {
    snprintf(text, 400, "%.9g", (double)value->f);
  } else if (value->value_case == HR_PB__ATTR_VALUE__VALUE_S) {
    snprintf(text, 400, "\"%.*s\"", (int)value->s.len, (const char *)value->s.data);
  } else if (value->value_case == HR_PB__ATTR_VALUE__VALUE_LIST && value->list->n_s > 0) {
    snprintf(text, 400, "[\"%.*s\", ...]", (int)value->list->s[0].len, (const char *)value->list->s[0].data);
  } else if (value->value_case == HR_PB__ATTR_VALUE__VALUE_TENSOR) {
    hr_text bytes = {0};
    hr_tensor tensor = {0};
    hr_proto_pack(value->tensor, &bytes);
    ok(hr_tensor_from_proto((hr_view){bytes.data, bytes.length}, hr_cpu_allocator(), &tensor));
    char *shown = hr_tensor_text_dup(&tensor, 12);
    snprintf(text, 400, "%s", shown ? shown : "?");
    free(shown);
    hr_tensor_clear(&tensor);
    hr_text_free(&bytes);
  } else {
    snprintf(text, 400, "a value of kind %d", (int)value->value_case);
  }
  return text;
}

static void compare_nodes(comparison *c, const HrPb__NodeDef *want, const HrPb__NodeDef *have) {
  if (strcmp(want->op, have->op) != 0) differ(c, "%s: op %s, not %s", want->name, have->op, want->op);
  if (strcmp(want->device, have->device) != 0)
    differ(c, "%s: device '%s', not '%s'", want->name, have->device, want->device);
  if (want->n_input != have->n_input) differ(c, "%s: %zu inputs, not %zu", want->name, have->n_input, want->n_input);
  for (size_t i = 0; i < want->n_input && i < have->n_input; ++i)
    if (strcmp(want->input[i], have->input[i]) != 0)
      differ(c, "%s: input %zu is %s, not %s", want->name, i, have->input[i], want->input[i]);
  char a[400], b[400];
  for (size_t i = 0; i < want->n_attr; ++i) {
    const HrPb__AttrValue *value = find_attr(have, want->attr[i]->key);
    if (!value || !same_attr(want->attr[i]->value, value))
      differ(c, "%s: attribute %s is %s, not %s", want->name, want->attr[i]->key, attr_text(value, a),
             attr_text(want->attr[i]->value, b));
  }
  for (size_t i = 0; i < have->n_attr; ++i)
    if (!find_attr(want, have->attr[i]->key))
      differ(c, "%s: attribute %s is %s, which it should not have", want->name, have->attr[i]->key,
             attr_text(have->attr[i]->value, a));
}

static void compare_node_lists(comparison *c, size_t num_want, HrPb__NodeDef *const *want, size_t num_have,
                               HrPb__NodeDef *const *have) {
  size_t shared = num_want < num_have ? num_want : num_have;
  for (size_t i = 0; i < shared; ++i) {
    if (strcmp(want[i]->name, have[i]->name) != 0) {
      differ(c, "node %zu is %s (%s), not %s (%s)", i, have[i]->name, have[i]->op, want[i]->name, want[i]->op);
      return;
    }
    compare_nodes(c, want[i], have[i]);
  }
  if (num_want > shared)
    differ(c, "%zu nodes, not %zu: %s (%s) is missing", num_have, num_want, want[shared]->name, want[shared]->op);
  if (num_have > shared)
    differ(c, "%zu nodes, not %zu: %s (%s) is too much", num_have, num_want, have[shared]->name, have[shared]->op);
}

/* All but the nodes, whose constants may be written in other ways. */
static void compare_functions(comparison *c, HrPb__FunctionDef *want, HrPb__FunctionDef *have) {
  compare_node_lists(c, want->n_node_def, want->node_def, have->n_node_def, have->node_def);
  const size_t nodes[] = {want->n_node_def, have->n_node_def};
  want->n_node_def = have->n_node_def = 0;
  hr_text a = {0}, b = {0};
  hr_proto_print(want, &a);
  hr_proto_print(have, &b);
  want->n_node_def = nodes[0], have->n_node_def = nodes[1];
  if (strcmp(a.data, b.data) != 0) differ(c, "function %s is\n%s, not\n%s", want->signature->name, b.data, a.data);
  hr_text_free(&a);
  hr_text_free(&b);
}

/* The function of that name; of several (which no node refers to), one that is the same, else the first. */
static HrPb__FunctionDef *counterpart(HrPb__FunctionDef *want, size_t n, HrPb__FunctionDef *const *functions) {
  HrPb__FunctionDef *first = NULL;
  for (size_t i = 0; i < n; ++i) {
    if (strcmp(functions[i]->signature->name, want->signature->name) != 0) continue;
    comparison c = {.quiet = true};
    compare_functions(&c, want, functions[i]);
    if (c.differences == 0) return functions[i];
    if (!first) first = functions[i];
  }
  return first;
}

static void compare_libraries(comparison *c, const HrPb__FunctionDefLibrary *want,
                              const HrPb__FunctionDefLibrary *have) {
  size_t num_want = want ? want->n_function : 0, num_have = have ? have->n_function : 0;
  if (num_want != num_have) differ(c, "%zu functions, not %zu", num_have, num_want);
  for (size_t i = 0; i < num_want; ++i) {
    HrPb__FunctionDef *other = counterpart(want->function[i], num_have, num_have ? have->function : NULL);
    if (other)
      compare_functions(c, want->function[i], other);
    else
      differ(c, "function %s is missing", want->function[i]->signature->name);
  }
  size_t gradients = want ? want->n_gradient : 0;
  if (gradients != (have ? have->n_gradient : 0)) differ(c, "other gradient functions");
  for (size_t i = 0; i < gradients && i < (have ? have->n_gradient : 0); ++i)
    if (strcmp(want->gradient[i]->function_name, have->gradient[i]->function_name) != 0 ||
        strcmp(want->gradient[i]->gradient_func, have->gradient[i]->gradient_func) != 0)
      differ(c, "another gradient of %s", want->gradient[i]->function_name);
}

/* Takes the numbers out of "_3_grad_44_rewritten". */
static void drop_counts(char *suffix) {
  char *to = suffix;
  for (const char *from = suffix; *from;) {
    size_t digits = *from == '_' ? strspn(from + 1, "0123456789") : 0;
    if (digits > 0 && (from[1 + digits] == '_' || from[1 + digits] == 0))
      from += 1 + digits;
    else
      *to++ = *from++;
  }
  *to = 0;
}

/* Cuts off what TensorFlow takes from a count of its whole process: "__inference_f_27",
 * "switch_case_indexed_case_branch0_3_grad_14", "cond_true_5"; and the hash of "_make_dataset_LtYY8qbFrPA". */
static void drop_number(char *name) {
  static const char inference[] = "__inference_", make_dataset[] = "_make_dataset_";
  static const char *const counted[] = {"indexed_case_branch", "_true_", "_false_", "_body_", "_cond_"};
  if (strncmp(name, inference, sizeof inference - 1) == 0) drop_counts(strrchr(name, '_'));
  if (strncmp(name, make_dataset, sizeof make_dataset - 1) == 0) name[sizeof make_dataset - 1] = 0;
  for (size_t i = 0; i < sizeof counted / sizeof *counted; ++i) {
    char *found = strstr(name, counted[i]);
    if (found) drop_counts(found + 1);
  }
}

/* ---- functions, which are called by the order in which they are first referred to ------------------------------ */

enum { MAX_FUNCTIONS = 512 };
typedef struct renaming {
  hr_arena *arena;
  HrPb__GraphDef *graph;
  int count;
  struct {
    const char *from;
    char *to;
  } names[MAX_FUNCTIONS];
} renaming;

static void number_functions_of(renaming *r, size_t n, HrPb__NodeDef *const *nodes);

/* Notes the other name of a function, and answers it. */
static char *rename_function(renaming *r, const char *from, const char *to) {
  assert_true(r->count < MAX_FUNCTIONS);
  r->names[r->count].from = from;
  r->names[r->count].to = hr_arena_copy_string(r->arena, to, strlen(to));
  assert_non_null(r->names[r->count].to);
  return r->names[r->count++].to;
}

/* "while_cond_17" as "while_cond#3" where it is the fourth function; a name without a count stays. */
static char *numbered(renaming *r, const char *name) {
  for (int i = 0; i < r->count; ++i)
    if (strcmp(r->names[i].from, name) == 0) return r->names[i].to;
  char text[1000];
  snprintf(text, sizeof text - 20, "%s", name);
  drop_number(text);
  if (strcmp(text, name) != 0) sprintf(text + strlen(text), "#%d", r->count);
  char *to = rename_function(r, name, text);
  for (size_t i = 0; r->graph->library && i < r->graph->library->n_function; ++i) {
    HrPb__FunctionDef *function = r->graph->library->function[i];
    if (strcmp(function->signature->name, name) != 0) continue;
    function->signature->name = to;
    number_functions_of(r, function->n_node_def, function->node_def);
    break;
  }
  return to;
}

static void number_functions_of(renaming *r, size_t n, HrPb__NodeDef *const *nodes) {
  for (size_t i = 0; i < n; ++i)
    for (size_t k = 0; k < nodes[i]->n_attr; ++k) {
      HrPb__AttrValue *value = nodes[i]->attr[k]->value;
      if (value->value_case == HR_PB__ATTR_VALUE__VALUE_FUNC) value->func->name = numbered(r, value->func->name);
      if (value->value_case == HR_PB__ATTR_VALUE__VALUE_LIST)
        for (size_t f = 0; f < value->list->n_func; ++f)
          value->list->func[f]->name = numbered(r, value->list->func[f]->name);
    }
}

static bool is_referred_to(const renaming *r, int referred, const HrPb__FunctionDef *function) {
  for (int i = 0; i < referred; ++i)
    if (r->names[i].to == function->signature->name) return true;
  return false;
}

/* Functions that no node refers to have no order: they lose their counts. */
static void number_functions(hr_arena *arena, HrPb__GraphDef *graph) {
  renaming r = {.arena = arena, .graph = graph};
  number_functions_of(&r, graph->n_node, graph->node);
  const int referred = r.count;
  size_t n = graph->library ? graph->library->n_function : 0;
  for (size_t i = 0; i < n; ++i) {
    HrPb__FunctionDef *function = graph->library->function[i];
    if (is_referred_to(&r, referred, function)) continue;
    char text[1000];
    snprintf(text, sizeof text, "%s", function->signature->name);
    drop_number(text);
    function->signature->name = rename_function(&r, function->signature->name, text);
  }
  for (size_t i = 0; i < n; ++i) {
    HrPb__FunctionDef *function = graph->library->function[i];
    if (!is_referred_to(&r, referred, function)) number_functions_of(&r, function->n_node_def, function->node_def);
  }
}

static int compare_texts(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* TensorFlow has what a call must run in a set of Python's, in no order. */
static void sort_controls(HrPb__GraphDef *graph) {
  for (size_t i = 0; graph->library && i < graph->library->n_function; ++i) {
    HrPb__OpDef *signature = graph->library->function[i]->signature;
    if (signature->n_control_output > 1)
      qsort(signature->control_output, signature->n_control_output, sizeof(char *), compare_texts);
  }
}

static void compare_graphs(comparison *c, hr_arena *arena, HrPb__GraphDef *want, HrPb__GraphDef *have) {
  HrPb__GraphDef *const graphs[] = {want, have};
  for (int i = 0; i < 2; ++i) {
    hr_proto_sort_maps(graphs[i]);
    number_functions(arena, graphs[i]);
    sort_controls(graphs[i]);
  }
  compare_node_lists(c, want->n_node, want->node, have->n_node, have->node);
  compare_libraries(c, want->library, have->library);
}

static char *path_of(const char *recorded_case, const char *file) {
  hr_text path = {0};
  hr_text_printf(&path, "%s/%s", recorded_case, file);
  return hr_text_take(&path);
}

int graph_differences(const char *name, hr_view want_bytes, hr_view have_bytes) {
  hr_arena arena = {0};
  HrPb__GraphDef *want, *have;
  ok(hr_proto_unpack(&hr_pb__graph_def__descriptor, &arena, want_bytes.data, want_bytes.length, NULL, &want));
  ok(hr_proto_unpack(&hr_pb__graph_def__descriptor, &arena, have_bytes.data, have_bytes.length, NULL, &have));
  comparison c = {name, 0};
  compare_graphs(&c, &arena, want, have);
  hr_arena_free(&arena);
  return c.differences;
}

/* Gives the recorded graph the random directory that the other's sharded saver has: "_temp_" and 32 digits. */
static void share_directory(hr_text *want, hr_view have) {
  static const char prefix[] = "_temp_";
  enum { PREFIX = sizeof prefix - 1, DIGITS = 32 };
  char *to = memmem(want->data, want->length, prefix, PREFIX);
  const char *from = memmem(have.data, have.length, prefix, PREFIX);
  if (!to || !from || (size_t)((const char *)have.data + have.length - from) < PREFIX + DIGITS) return;
  assert_int_equal(strspn(from + PREFIX, "0123456789abcdef"), DIGITS);
  memcpy(to + PREFIX, from + PREFIX, DIGITS);
}

/* The next name of a table that is shared under a random one, "hash_table_" and a UUID; NULL: none. */
static char *next_table_name(char *from, const char *end) {
  static const char prefix[] = "hash_table_";
  enum { PREFIX = sizeof prefix - 1, UUID = 36 };
  while (from && (from = memmem(from, (size_t)(end - from), prefix, PREFIX)) != NULL) {
    from += PREFIX;
    if (end - from >= UUID && strspn(from, "0123456789abcdef-") == UUID && from[8] == '-' && from[23] == '-')
      return from;
  }
  return NULL;
}

/* Gives the recorded graph's tables the names that the other's have, in their order. */
static void share_table_names(hr_text *want, hr_view have) {
  enum { UUID = 36 };
  const char *want_end = want->data + want->length, *have_end = (const char *)have.data + have.length;
  char *to = next_table_name(want->data, want_end), *from = next_table_name((char *)have.data, have_end);
  for (; to && from; to = next_table_name(to, want_end), from = next_table_name(from, have_end))
    memcpy(to, from, UUID);
}

void expect_recorded_graph(hr_graph *graph, const char *recorded_case) {
  char *path = path_of(recorded_case, "graph.pb.gz");
  hr_text file = recorded_file(path);
  free(path);
  hr_owned_bytes bytes = {0};
  ok(hr_graph_export(graph, NULL, &bytes));
  hr_view have = {bytes.data, bytes.length};
  share_directory(&file, have);
  share_table_names(&file, have);
  int differences = graph_differences(recorded_case, recorded_view(&file), have);
  hr_text_free(&file);
  free(bytes.data);
  assert_int_equal(differences, 0);
}

/* ---- collections ----------------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The name that stands first in the serialised definition of a branch or a loop. */
static void add_context(hr_text *out, const char *key, const hr_item *item) {
  char *bytes = NULL;
  size_t length = 0;
  ok(item->type->to_proto(item->object, &bytes, &length));
  assert_true(length > 2 && bytes[0] == 0x0a && bytes[1] > 0 && (size_t)bytes[1] + 2 <= length);
  hr_text_printf(out, "%s\t%.*s\n", key, bytes[1], bytes + 2);
  free(bytes);
}

static void add_item(hr_text *out, const char *key, const hr_item *item) {
  const hr_var *var = hr_item_var(item);
  if (var)
    hr_text_printf(out, "%s\t%s:0\n", key, hr_var_name(var));
  else if (item->kind == HR_ITEM_NODE)
    hr_text_printf(out, "%s\t%s\n", key, hr_node_name(item->node));
  else if (item->kind == HR_ITEM_OUTPUT)
    hr_text_printf(out, "%s\t%s:%d\n", key, hr_node_name(item->output.node), (int)item->output.index);
  else if (item->kind == HR_ITEM_OBJECT && item->type->to_proto && strstr(item->type->name, "Context"))
    add_context(out, key, item);
  else if (item->kind == HR_ITEM_OBJECT && item->type->to_proto)
    hr_text_printf(out, "%s\t%s\n", key, item->type->name);
}

void expect_recorded_collections(hr_graph *graph, const char *recorded_case) {
  char *path = path_of(recorded_case, "collections.tsv");
  hr_text file = {0};
  if (recorded_exists(path))
    file = recorded_file(path);
  else
    hr_text_add(&file, "", 0);
  free(path);
  int32_t count = hr_collection_key_count(graph);
  const char **keys = calloc((size_t)count + 1, sizeof *keys);
  assert_non_null(keys);
  for (int32_t i = 0; i < count; ++i)
    keys[i] = hr_collection_key(graph, i);
  qsort(keys, (size_t)count, sizeof *keys, by_text);
  hr_text have = {0};
  for (int32_t i = 0; i < count; ++i)
    for (int32_t j = 0; j < hr_collection_count(graph, keys[i]); ++j)
      add_item(&have, keys[i], hr_collection_item(graph, keys[i], j));
  free(keys);
  hr_text_add(&have, "", 0);
  char *want = strndup(file.data, file.length), *got = hr_text_take(&have);
  hr_text_free(&file);
  if (strcmp(want, got) != 0) print_error("%s: collections are\n%snot\n%s", recorded_case, got, want);
  bool same = strcmp(want, got) == 0;
  free(want);
  free(got);
  assert_true(same);
}

char *recorded_fact(const char *recorded_case, const char *key) {
  char *path = path_of(recorded_case, "facts.tsv");
  hr_text file = recorded_file(path);
  free(path);
  size_t length = strlen(key);
  char *found = NULL;
  for (const char *line = file.data; line && line < file.data + file.length && !found;) {
    const char *end = memchr(line, '\n', (size_t)(file.data + file.length - line));
    if (!end) end = file.data + file.length;
    if ((size_t)(end - line) > length && strncmp(line, key, length) == 0 && line[length] == '\t')
      found = strndup(line + length + 1, (size_t)(end - line) - length - 1);
    line = end + 1;
  }
  hr_text_free(&file);
  assert_non_null(found);
  return found;
}

void expect_recorded_numbers(const char *recorded_case, const char *key, int count, const hr_tensor *values) {
  char *fact = recorded_fact(recorded_case, key), *at = fact;
  for (int i = 0; i < count; ++i) {
    at = at ? strstr(at, "float") : NULL;
    at = at ? strstr(at, values[i].elements > 1 || hr_tensor_shape(&values[i]).rank ? "] [" : " ") : NULL;
    assert_non_null(at);
    at += strspn(at, "] [");
    for (int64_t k = 0; k < values[i].elements; ++k) {
      assert_float_equal(strtof(at, &at), ((const float *)hr_tensor_data(&values[i]))[k], 2e-5);
      at += strspn(at, "], [");
    }
  }
  free(fact);
}

/* ---- graphs under construction --------------------------------------------------------------------------------- */

testing_graph testing_graph_new(void) {
  hr_graph *graph = hr_graph_new();
  assert_non_null(graph);
  hr_builder *builder = hr_builder_new(graph);
  assert_non_null(builder);
  return (testing_graph){graph, builder, hr_builder_root(builder)};
}

void testing_graph_free(testing_graph *t) {
  hr_builder_free(t->builder);
  hr_graph_unref(t->graph);
}

hr_tensor recorded_array(const char *recorded_case, const char *name) {
  testing_graph t = testing_graph_new();
  char *path = path_of(recorded_case, "graph.pb.gz");
  hr_text file = recorded_file(path);
  ok(hr_graph_import(t.root, file.data, file.length, &(hr_import_options){.name = ""}));
  const hr_node *node = hr_graph_find(t.graph, name);
  assert_non_null(node);
  hr_tensor value;
  hr_tensor_copy(hr_node_attr(node, "value")->tensor, &value);
  hr_text_free(&file);
  free(path);
  testing_graph_free(&t);
  return value;
}

hr_output recorded_data(hr_scope scope, const char *recorded_case, const char *name) {
  hr_tensor value = recorded_array(recorded_case, name);
  hr_output constant = hr_constant(scope, &value, .name = name);
  hr_tensor_clear(&value);
  return constant;
}

hr_output testing_call(hr_scope scope, const char *op, const char *name, hr_operands inputs, int attr_count,
                       const hr_named_attr *attrs) {
  hr_node *node = hr_call_op(scope, op, name, inputs.count, inputs.items, attr_count, attrs);
  return node && hr_node_output_count(node) > 0 ? hr_node_output(node, 0) : HR_NO_OUTPUT;
}

void testing_graph_expect(testing_graph *t, const char *recorded_case) {
  expect_ok(t->builder);
  expect_recorded_graph(t->graph, recorded_case);
  testing_graph_free(t);
}
