/* The nodes of a function's body, by way of a GraphDef: what a FunctionDef writes in its own way, inputs by argument
 * ("x", "node:output:2") and attributes by placeholder, is written as a GraphDef has it, and imported. Arguments are
 * inputs that are called "$0", "$1", which no node can be, and are mapped by the import. */
#include "headrace/graph_io.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/function_call.h"
#include "runtime/graph/graphdef_fields.h"
#include "runtime/graph/scratch.h"
#include <stdlib.h>

/* What a name of the body stands for. */
typedef struct item {
  const char *name;
  int32_t node;         /* index, -1 for an argument */
  int32_t first, count; /* of an argument: its tensors among all */
  const hr_op_def *op;  /* of a node */
} item;

/* What an input or a result refers to: `count` tensors from `first` on, or a node. */
typedef struct reference {
  const item *item;
  int64_t first, count;
  bool is_control;
} reference;

typedef struct body_writer {
  hr_graph *graph;
  const hr_call *call;
  const HrPb__FunctionDef *def;
  hr_arena arena;
  int32_t num_arguments;
  bool keeps_names; /* no name scope is opened */
  bool *is_used;    /* by argument */
  item *items;      /* by name */
  int32_t num_items;
  HrPb__NodeDef **nodes; /* copies whose attributes have values */
} body_writer;

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(item), "the body of a function"); }

/* ---- names ------------------------------------------------------------------------------------------------------- */

static int compare_items(const void *a, const void *b) {
  return strcmp(((const item *)a)->name, ((const item *)b)->name);
}

static const item *find_item(const body_writer *w, const char *name) {
  item key = {.name = name};
  return bsearch(&key, w->items, (size_t)w->num_items, sizeof key, compare_items);
}

static hr_status find_node_op(const body_writer *w, const HrPb__NodeDef *node, const hr_op_def **op) {
  *op = hr_graph_find_op(w->graph, node->op, strlen(node->op));
  if (*op) return HR_SUCCESS;
  return hr_error(HR_NOT_FOUND,
                  "Op type not registered '%s'. Make sure the Op and Kernel are registered in the binary running in "
                  "this process. Node '%s' of function %s",
                  node->op, node->name, w->call->function->op.name);
}

static hr_status name_items(body_writer *w) {
  const HrPb__OpDef *signature = w->def->signature;
  size_t count = signature->n_input_arg + w->def->n_node_def;
  if (count > INT32_MAX) return out_of_memory();
  w->items = HR_ARENA_ARRAY(&w->arena, item, count + 1);
  if (!w->items) return out_of_memory();
  int32_t first = 0;
  for (size_t i = 0; i < signature->n_input_arg; ++i) {
    const hr_arg_def *arg = &w->call->function->op.inputs[i];
    int32_t length = 1;
    if (arg->number_attr >= 0) length = (int32_t)w->call->attrs[arg->number_attr].i;
    if (arg->type_list_attr >= 0) length = w->call->attrs[arg->type_list_attr].count;
    w->items[w->num_items++] = (item){.name = arg->name, .node = -1, .first = first, .count = length};
    first += length;
  }
  for (size_t i = 0; i < w->def->n_node_def; ++i) {
    item *node = &w->items[w->num_items++];
    *node = (item){.name = w->def->node_def[i]->name, .node = (int32_t)i};
    HR_TRY(find_node_op(w, w->def->node_def[i], &node->op));
  }
  if (count > 0) qsort(w->items, count, sizeof *w->items, compare_items);
  for (size_t i = 1; i < count; ++i)
    if (strcmp(w->items[i - 1].name, w->items[i].name) == 0)
      return hr_error(HR_INVALID_ARGUMENT, "Duplicated name '%s' in function %s", w->items[i].name, signature->name);
  return HR_SUCCESS;
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static hr_status substitute(body_writer *w, HrPb__AttrValue **value);

static hr_status substitute_function(body_writer *w, HrPb__NameAttrList **function) {
  HrPb__NameAttrList *copy = HR_ARENA_NEW(&w->arena, HrPb__NameAttrList);
  if (!copy) return out_of_memory();
  *copy = **function;
  copy->attr = HR_ARENA_ARRAY(&w->arena, HrPb__NameAttrList__AttrEntry *, copy->n_attr + 1);
  HrPb__NameAttrList__AttrEntry *entries = HR_ARENA_ARRAY(&w->arena, HrPb__NameAttrList__AttrEntry, copy->n_attr + 1);
  if (!copy->attr || !entries) return out_of_memory();
  for (size_t i = 0; i < copy->n_attr; ++i) {
    entries[i] = *(*function)->attr[i];
    copy->attr[i] = &entries[i];
    HR_TRY(substitute(w, &entries[i].value));
  }
  *function = copy;
  return HR_SUCCESS;
}

/* The value that the call gives to an attribute of the signature. */
static hr_status value_of_placeholder(body_writer *w, const char *name, HrPb__AttrValue **value) {
  const hr_op_def *op = &w->call->function->op;
  int index = hr_op_attr_index(op, name, strlen(name));
  if (index < 0) return hr_error(HR_INVALID_ARGUMENT, "Failed to bind placeholder '%s' of function %s", name, op->name);
  hr_text bytes = {0};
  hr_status status = hr_attr_to_proto(&w->call->attrs[index], &bytes);
  if (!status && bytes.failed) status = out_of_memory();
  if (!status)
    status = hr_proto_unpack(&hr_pb__attr_value__descriptor, &w->arena, bytes.data, bytes.length, NULL, value);
  hr_text_free(&bytes);
  return status;
}

/* Puts values in place of placeholders; functions may have some among their own attributes. */
static hr_status substitute(body_writer *w, HrPb__AttrValue **value) {
  if (!*value) return HR_SUCCESS;
  HrPb__AttrValue *copy;
  switch ((*value)->value_case) {
  case HR_PB__ATTR_VALUE__VALUE_PLACEHOLDER: return value_of_placeholder(w, (*value)->placeholder, value);
  case HR_PB__ATTR_VALUE__VALUE_FUNC:
    copy = HR_ARENA_NEW(&w->arena, HrPb__AttrValue);
    if (!copy) return out_of_memory();
    *copy = **value;
    *value = copy;
    return substitute_function(w, &copy->func);
  case HR_PB__ATTR_VALUE__VALUE_LIST:
    for (size_t i = 0; i < (*value)->list->n_func; ++i)
      if ((*value)->list->func[i]->n_attr > 0)
        return hr_error(HR_UNIMPLEMENTED, "Attributes of functions in a list, in function %s",
                        w->call->function->op.name);
    return HR_SUCCESS;
  default: return HR_SUCCESS;
  }
}

/* Whether a node's colocation may stay: its names do not change, and are those of nodes of the body. */
static bool stays_together(body_writer *w, const HrPb__AttrValue *colocation) {
  if (!w->keeps_names || colocation->value_case != HR_PB__ATTR_VALUE__VALUE_LIST) return false;
  for (size_t i = 0; i < colocation->list->n_s; ++i) {
    hr_view group = {(const char *)colocation->list->s[i].data, colocation->list->s[i].len};
    if (!hr_view_starts_with(group, HR_VIEW("loc:@"))) return false;
    char *name = hr_arena_copy_string(&w->arena, group.data + 5, group.length - 5);
    const item *node = name ? find_item(w, name) : NULL;
    if (!node || node->node < 0) return false;
  }
  return true;
}

static hr_status copy_node(body_writer *w, const HrPb__NodeDef *node, HrPb__NodeDef **out) {
  HrPb__NodeDef *copy = HR_ARENA_NEW(&w->arena, HrPb__NodeDef);
  HrPb__NodeDef__AttrEntry **attrs = HR_ARENA_ARRAY(&w->arena, HrPb__NodeDef__AttrEntry *, node->n_attr + 1);
  HrPb__NodeDef__AttrEntry *entries = HR_ARENA_ARRAY(&w->arena, HrPb__NodeDef__AttrEntry, node->n_attr + 1);
  if (!copy || !attrs || !entries) return out_of_memory();
  *copy = *node;
  copy->attr = attrs;
  copy->n_attr = 0;
  for (size_t i = 0; i < node->n_attr; ++i) {
    if (strcmp(node->attr[i]->key, "_class") == 0 && !stays_together(w, node->attr[i]->value)) continue;
    HrPb__NodeDef__AttrEntry *entry = &entries[copy->n_attr];
    *entry = *node->attr[i];
    attrs[copy->n_attr++] = entry;
    HR_TRY(hr_status_prefix(substitute(w, &entry->value), "Node '%s': ", node->name));
  }
  *out = copy;
  return HR_SUCCESS;
}

static hr_status copy_nodes(body_writer *w) {
  w->nodes = HR_ARENA_ARRAY(&w->arena, HrPb__NodeDef *, w->def->n_node_def + 1);
  if (!w->nodes) return out_of_memory();
  for (size_t i = 0; i < w->def->n_node_def; ++i)
    HR_TRY(copy_node(w, w->def->node_def[i], &w->nodes[i]));
  return HR_SUCCESS;
}

/* ---- references -------------------------------------------------------------------------------------------------- */

static hr_status not_found(const body_writer *w, const char *text) {
  return hr_error(HR_INVALID_ARGUMENT, "input %s is not found in function %s", text, w->call->function->op.name);
}

/* What an attribute says of a length: an int, or the types of a list. */
static int64_t length_by_attr(const HrPb__NodeDef *node, const hr_attr_def *attr) {
  for (size_t i = 0; i < node->n_attr; ++i) {
    const HrPb__AttrValue *value = node->attr[i]->value;
    if (!value || strcmp(node->attr[i]->key, attr->name) != 0) continue;
    if (attr->is_list) return value->value_case == HR_PB__ATTR_VALUE__VALUE_LIST ? (int64_t)value->list->n_type : 0;
    return value->value_case == HR_PB__ATTR_VALUE__VALUE_I ? value->i : 0;
  }
  if (!attr->has_default) return 0;
  return attr->is_list ? attr->default_value.count : attr->default_value.i;
}

/* Which outputs of a node its output argument `name` is. */
static bool find_output(const item *at, const HrPb__NodeDef *node, hr_view name, reference *out) {
  out->first = 0;
  for (int i = 0; i < at->op->num_outputs; ++i) {
    const hr_arg_def *arg = &at->op->outputs[i];
    int attr = arg->number_attr >= 0 ? arg->number_attr : arg->type_list_attr;
    out->count = attr >= 0 ? length_by_attr(node, &at->op->attrs[attr]) : 1;
    if (hr_view_equal(hr_view_of(arg->name), name)) return true;
    if (out->count < 0 || out->count > INT32_MAX || out->first > INT32_MAX) return false;
    out->first += out->count;
  }
  return false;
}

/* Takes the part up to the next colon off a text. */
static hr_view take_part(const char **text) {
  size_t length = strcspn(*text, ":");
  hr_view part = {*text, length};
  *text += length + ((*text)[length] == ':');
  return part;
}

/* "x", "x:2", "node:output", "node:output:2", "^node". */
static hr_status resolve(body_writer *w, const char *text, reference *out) {
  const char *rest = text;
  *out = (reference){.is_control = *rest == '^', .count = 1};
  rest += out->is_control;
  hr_view name = take_part(&rest);
  char *copy = hr_arena_copy_string(&w->arena, name.data, name.length);
  if (!copy) return out_of_memory();
  out->item = find_item(w, copy);
  if (!out->item) return not_found(w, text);
  if (out->is_control) return *rest ? not_found(w, text) : HR_SUCCESS;
  if (out->item->node < 0)
    out->count = out->item->count;
  else if (!find_output(out->item, w->nodes[out->item->node], take_part(&rest), out))
    return not_found(w, text);
  if (!*rest) return HR_SUCCESS;
  char *end;
  long index = strtol(rest, &end, 10);
  if (*end || *rest < '0' || *rest > '9' || index >= out->count) return not_found(w, text);
  out->first += index;
  out->count = 1;
  return HR_SUCCESS;
}

/* How tensor `k` of a reference is called in the GraphDef; NULL when memory is out. */
static char *name_of(body_writer *w, const reference *r, int64_t k) {
  const char *control = r->is_control ? "^" : "";
  if (r->item->node < 0) {
    int32_t index = r->item->first + (int32_t)(r->first + k);
    if (index < w->num_arguments) w->is_used[index] = true;
    return hr_arena_printf(&w->arena, "%s$%d", control, (int)index);
  }
  if (r->is_control) return hr_arena_printf(&w->arena, "^%s", r->item->name);
  return hr_arena_printf(&w->arena, "%s:%lld", r->item->name, (long long)(r->first + k));
}

/* ---- the GraphDef ------------------------------------------------------------------------------------------------ */

static hr_status write_inputs(body_writer *w, HrPb__NodeDef *node) {
  hr_scratch names = {0};
  hr_status status = HR_SUCCESS;
  for (size_t i = 0; i < node->n_input && !status; ++i) {
    reference r;
    status = resolve(w, node->input[i], &r);
    for (int64_t k = 0; !status && k < r.count; ++k) {
      char *name = name_of(w, &r, k);
      status = name ? HR_PUSH(&names, name) : out_of_memory();
    }
  }
  char **inputs = HR_ARENA_ARRAY(&w->arena, char *, names.count + 1);
  if (!status && !inputs) status = out_of_memory();
  if (!status && names.count) memcpy(inputs, names.items, names.count * sizeof *inputs);
  node->input = inputs;
  node->n_input = names.count;
  hr_scratch_free(&names);
  return hr_status_prefix(status, "Node '%s': ", node->name);
}

static hr_status write_graph(body_writer *w, hr_text *out) {
  for (size_t i = 0; i < w->def->n_node_def; ++i) {
    HR_TRY(write_inputs(w, w->nodes[i]));
    size_t begin = hr_wire_begin(out, HR_GRAPHDEF_NODE);
    hr_proto_pack(w->nodes[i], out);
    hr_wire_end(out, begin);
  }
  size_t begin = hr_wire_begin(out, HR_GRAPHDEF_VERSIONS);
  hr_wire_put_number(out, HR_VERSIONS_PRODUCER, (uint64_t)(int64_t)w->graph->producer);
  hr_wire_put_number(out, HR_VERSIONS_MIN_CONSUMER, (uint64_t)(int64_t)w->graph->min_consumer);
  hr_wire_end(out, begin);
  return out->failed ? out_of_memory() : HR_SUCCESS;
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

/* Results that are to be asked back from the import, or that are arguments. */
typedef struct result_list {
  hr_scratch names;     /* char *: for the import */
  hr_scratch arguments; /* int32_t: of a result that is an argument, its index; -1 */
} result_list;

static int compare_returns(const void *a, const void *b) {
  return strcmp((*(HrPb__FunctionDef__RetEntry *const *)a)->key, (*(HrPb__FunctionDef__RetEntry *const *)b)->key);
}

static hr_status add_result(body_writer *w, const char *text, result_list *results) {
  reference r;
  HR_TRY(resolve(w, text, &r));
  if (r.is_control) return not_found(w, text);
  for (int64_t k = 0; k < r.count; ++k) {
    int32_t argument = r.item->node < 0 ? r.item->first + (int32_t)(r.first + k) : -1;
    HR_TRY(HR_PUSH(&results->arguments, argument));
    if (argument >= 0) continue;
    char *name = name_of(w, &r, k);
    if (!name) return out_of_memory();
    HR_TRY(HR_PUSH(&results->names, name));
  }
  return HR_SUCCESS;
}

static hr_status list_results(body_writer *w, result_list *results) {
  size_t count = w->def->n_ret;
  HrPb__FunctionDef__RetEntry **sorted = HR_ARENA_ARRAY(&w->arena, HrPb__FunctionDef__RetEntry *, count + 1);
  if (!sorted) return out_of_memory();
  if (count) memcpy(sorted, w->def->ret, count * sizeof *sorted);
  if (count) qsort(sorted, count, sizeof *sorted, compare_returns);
  for (int i = 0; i < w->call->function->op.num_outputs; ++i) {
    HrPb__FunctionDef__RetEntry key = {.key = (char *)(uintptr_t)w->call->function->op.outputs[i].name}, *wanted = &key;
    HrPb__FunctionDef__RetEntry **found =
        count ? bsearch(&wanted, sorted, count, sizeof *sorted, compare_returns) : NULL;
    if (!found)
      return hr_error(HR_INVALID_ARGUMENT, "Return %s of function %s is missing", key.key, w->call->function->op.name);
    HR_TRY(add_result(w, (*found)->value, results));
  }
  for (size_t i = 0; i < w->def->n_control_ret; ++i) {
    const item *node = find_item(w, w->def->control_ret[i]->value);
    if (!node || node->node < 0) return not_found(w, w->def->control_ret[i]->value);
    HR_TRY(HR_PUSH(&results->names, node->name));
  }
  return HR_SUCCESS;
}

static hr_status wrong_type(const body_writer *w, const char *what, int32_t index, hr_dtype found, hr_dtype expected) {
  return hr_error(HR_INVALID_ARGUMENT, "%s %d of function %s is %s, but its signature says %s", what, (int)index,
                  w->call->function->op.name, hr_dtype_name(found), hr_dtype_name(expected));
}

/* Sorts what the import found into results and controls. */
static hr_status take_results(body_writer *w, const result_list *list, hr_outputs arguments, const hr_output *found,
                              hr_body *out) {
  int32_t count;
  const hr_dtype *dtypes;
  HR_TRY(hr_call_results(w->call, &w->arena, &count, &dtypes));
  if ((size_t)count != list->arguments.count)
    return hr_error(HR_INVALID_ARGUMENT, "Function %s returns %zu tensors, but its signature says %d",
                    w->call->function->op.name, list->arguments.count, (int)count);
  int32_t num_controls = (int32_t)w->def->n_control_ret;
  hr_output *results = HR_ARENA_ARRAY(&w->graph->arena, hr_output, count + 1);
  out->controls = HR_ARENA_ARRAY(&w->graph->arena, hr_node *, num_controls + 1);
  if (!results || !out->controls) return out_of_memory();
  for (int32_t i = 0; i < count; ++i) {
    int32_t argument = HR_SCRATCH_AT(&list->arguments, int32_t, i);
    results[i] = argument >= 0 ? arguments.items[argument] : *found++;
    hr_dtype dtype = hr_output_dtype(results[i]);
    if (hr_dtype_base(dtype) != hr_dtype_base(dtypes[i])) return wrong_type(w, "Result", i, dtype, dtypes[i]);
  }
  for (int32_t i = 0; i < num_controls; ++i)
    out->controls[i] = (found++)->node;
  out->num_controls = num_controls;
  out->results = (hr_outputs){count, results};
  return HR_SUCCESS;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static hr_status check_arguments(body_writer *w, hr_outputs arguments) {
  const hr_dtype *dtypes;
  HR_TRY(hr_call_arguments(w->call, &w->arena, &w->num_arguments, &dtypes));
  if (arguments.count != w->num_arguments)
    return hr_error(HR_INVALID_ARGUMENT, "Expected number of arguments of function %s: %d, received: %d",
                    w->call->function->op.name, (int)w->num_arguments, (int)arguments.count);
  for (int32_t i = 0; i < arguments.count; ++i) {
    hr_dtype dtype = hr_output_dtype(arguments.items[i]);
    if (hr_dtype_base(dtype) != hr_dtype_base(dtypes[i])) return wrong_type(w, "Argument", i, dtype, dtypes[i]);
  }
  w->is_used = hr_arena_zalloc(&w->arena, (size_t)w->num_arguments + 1, 1);
  return w->is_used ? HR_SUCCESS : out_of_memory();
}

/* The import's map of the arguments that the body reads. */
static hr_status map_arguments(body_writer *w, hr_outputs arguments, hr_import_options *options) {
  const char **names = HR_ARENA_ARRAY(&w->arena, const char *, arguments.count + 1);
  hr_output *inputs = HR_ARENA_ARRAY(&w->arena, hr_output, arguments.count + 1);
  if (!names || !inputs) return out_of_memory();
  for (int32_t i = 0; i < arguments.count; ++i) {
    if (!w->is_used[i]) continue;
    inputs[options->num_inputs] = arguments.items[i];
    names[options->num_inputs] = hr_arena_printf(&w->arena, "$%d", (int)i);
    if (!names[options->num_inputs++]) return out_of_memory();
  }
  options->input_names = names;
  options->inputs = inputs;
  return HR_SUCCESS;
}

static hr_status build(body_writer *w, hr_scope scope, const char *name, hr_outputs arguments, result_list *results,
                       hr_text *bytes, hr_body *out) {
  HR_TRY(check_arguments(w, arguments));
  HR_TRY(name_items(w));
  HR_TRY(copy_nodes(w));
  HR_TRY(write_graph(w, bytes));
  HR_TRY(list_results(w, results));
  hr_import_options options = {.name = name,
                               .num_returns = (int32_t)results->names.count,
                               .return_names = (const char *const *)results->names.items};
  options.returns = HR_ARENA_ARRAY(&w->arena, hr_output, results->names.count + 1);
  if (!options.returns) return out_of_memory();
  HR_TRY(map_arguments(w, arguments, &options));
  out->first = hr_graph_node_count(w->graph);
  HR_TRY(hr_graph_import(scope, bytes->data, bytes->length, &options));
  out->end = hr_graph_node_count(w->graph);
  return take_results(w, results, arguments, options.returns, out);
}

hr_status hr_call_build(hr_scope scope, const char *name, const hr_call *call, hr_outputs arguments, hr_body *out) {
  body_writer w = {.graph = hr_scope_graph(scope), .call = call, .def = call->function->def, .keeps_names = !*name};
  result_list results = {0};
  hr_text bytes = {0};
  *out = (hr_body){0};
  hr_status status = build(&w, scope, name, arguments, &results, &bytes, out);
  hr_text_free(&bytes);
  hr_scratch_free(&results.names);
  hr_scratch_free(&results.arguments);
  hr_arena_free(&w.arena);
  return status;
}
