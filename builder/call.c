/* Calls of ops with operands: TensorFlow's rule of how values become inputs. */
#include "builder/builder.h"
#include "headrace/operand.h"
#include "headrace/variables.h"
#include "ops/wrapper.h"
#include "runtime/graph/rows.h"

#define MAX_ARGUMENTS 256 /* counts of arguments and attributes are bytes */
#define STACK_INPUTS  16

/* A call under way. */
typedef struct call {
  hr_scope scope; /* where constants go */
  bool ready;     /* all operands are tensors already */
  const hr_op_def *op;
  hr_attr_value attrs[MAX_ARGUMENTS];
  hr_dtype types[MAX_ARGUMENTS]; /* of type attributes, as given or as the inputs so far imply */
  hr_outputs groups[MAX_ARGUMENTS];
  hr_output stack[STACK_INPUTS];
  hr_output *inputs;
} call;

static bool is_list(const hr_arg_def *arg) { return arg->number_attr >= 0 || arg->type_list_attr >= 0; }

static void set_attrs(call *c, int32_t count, const hr_named_attr *attrs) {
  memset(c->attrs, 0, sizeof *c->attrs * c->op->num_attrs);
  memset(c->types, 0, sizeof *c->types * c->op->num_attrs);
  for (int32_t i = 0; i < count; ++i) {
    int index = hr_op_attr_index(c->op, attrs[i].name, strlen(attrs[i].name));
    if (index < 0) {
      hr_scope_fail(c->scope,
                    hr_type_error("'%s' Op got an unexpected keyword argument '%s'", c->op->name, attrs[i].name));
      return;
    }
    c->attrs[index] = attrs[i].value;
    if (attrs[i].value.kind == HR_ATTR_TYPE && !attrs[i].value.is_list)
      c->types[index] = hr_dtype_base((hr_dtype)attrs[i].value.type);
  }
}

/* Inputs of all arguments, or -1 with the error at the builder. */
static int64_t count_inputs(const call *c, const hr_operand *operands) {
  int64_t total = 0;
  for (int i = 0; i < c->op->num_inputs; ++i) {
    if (is_list(&c->op->inputs[i]) && operands[i].kind != HR_OPERAND_LIST) {
      hr_scope_fail(c->scope,
                    hr_type_error("Expected list for '%s' argument to '%s' Op.", c->op->inputs[i].name, c->op->name));
      return -1;
    }
    total += is_list(&c->op->inputs[i]) ? operands[i].list.count : 1;
  }
  return total;
}

/* Whether a value is a tensor already, so that nothing is made for it. */
static bool is_ready(hr_operand x, bool list_argument) {
  if (x.kind == HR_OPERAND_OUTPUT) return !hr_rows_of(x.output);
  if (x.kind == HR_OPERAND_VARIABLE) return !hr_var_is_resource(x.variable);
  if (x.kind != HR_OPERAND_LIST || !list_argument) return false;
  for (int32_t i = 0; i < x.list.count; ++i)
    if (!is_ready(hr_operands_at(x.list, i), false)) return false;
  return true;
}

/* The default of a type attribute: tried first where nothing else says the dtype. */
static hr_dtype preferred_dtype(const call *c, int attr) {
  if (attr < 0 || !c->op->attrs[attr].has_default) return HR_INVALID;
  return (hr_dtype)c->op->attrs[attr].default_value.type;
}

bool hr_operand_fits(hr_operand value, hr_dtype dtype) {
  if (hr_operand_is_in_graph(value)) return false;
  hr_tensor tensor;
  hr_status status = hr_value_tensor(dtype, value, &tensor);
  if (!status) hr_tensor_clear(&tensor);
  hr_status_free(status);
  return !status;
}

/* A list with tensors of the graph, all of them numbers: they are cast to the dtype that is tried first. */
static bool is_list_of_numbers(hr_operand x) {
  if (x.kind != HR_OPERAND_LIST || !hr_operand_is_in_graph(x)) return false;
  for (int32_t i = 0; i < x.list.count; ++i) {
    hr_operand item = hr_operands_at(x.list, i);
    hr_dtype dtype = item.kind == HR_OPERAND_OUTPUT     ? hr_output_base_dtype(item.output)
                     : item.kind == HR_OPERAND_VARIABLE ? hr_var_dtype(item.variable)
                                                        : HR_INVALID;
    if (dtype != HR_INVALID && !hr_dtype_is_integer(dtype) && !hr_dtype_is_floating(dtype)) return false;
  }
  return true;
}

/* What a value looks like in a message. */
static const char *kind_name(hr_operand x) {
  switch (x.kind) {
  case HR_OPERAND_INT: return "int";
  case HR_OPERAND_FLOAT: return "float";
  case HR_OPERAND_BOOL: return "bool";
  case HR_OPERAND_STRING: return "str";
  case HR_OPERAND_TENSOR: return "ndarray";
  case HR_OPERAND_VALUES:
  case HR_OPERAND_INTS:
  case HR_OPERAND_LIST: return "list";
  default: return "Tensor";
  }
}

static bool is_one_value(hr_operand x) {
  return x.kind == HR_OPERAND_INT || x.kind == HR_OPERAND_FLOAT || x.kind == HR_OPERAND_BOOL ||
         x.kind == HR_OPERAND_STRING || (x.kind == HR_OPERAND_TENSOR && x.tensor->rank == 0);
}

/* A value as a tensor of `dtype` (HR_INVALID: not known yet). */
static hr_output convert_one(call *c, hr_operand value, hr_dtype dtype, int type_attr, const char *name) {
  if (value.kind == HR_OPERAND_OUTPUT && !hr_rows_of(value.output)) return value.output;
  if (value.kind == HR_OPERAND_VARIABLE) return hr_var_tensor(c->scope, value.variable);
  hr_dtype preferred = dtype == HR_INVALID ? preferred_dtype(c, type_attr) : HR_INVALID;
  if (preferred != HR_INVALID && (hr_operand_fits(value, preferred) || is_list_of_numbers(value))) dtype = preferred;
  return hr_convert(c->scope, value, dtype, name);
}

/* Puts what the call knows around the builder's error of a conversion. */
static void explain_single(call *c, const hr_arg_def *arg, hr_dtype dtype, hr_operand value) {
  hr_status status = hr_builder_status(c->scope.builder);
  if (hr_status_is_type_error(status) && dtype != HR_INVALID) {
    /* The error of the conversion ends in what the value is: "Expected int32, got 2.5 of type 'float' instead." */
    const char *got = is_one_value(value) ? strstr(hr_status_message(status), ", got ") : NULL;
    char *what = NULL;
    if (got && asprintf(&what, "%s", got + strlen(", got ")) < 0) what = NULL;
    status = what ? hr_status_prefix(status, "Expected %s passed to parameter '%s' of op '%s', got %s Error: ",
                                     hr_dtype_python_name(dtype), arg->name, c->op->name, what)
                  : hr_status_prefix(status,
                                     "Expected %s passed to parameter '%s' of op '%s', got a value of type '%s' "
                                     "instead. Error: ",
                                     hr_dtype_python_name(dtype), arg->name, c->op->name, kind_name(value));
    free(what);
  }
  if (status && value.kind == HR_OPERAND_NONE)
    status = hr_status_prefix(status, "Tried to convert '%s' to a tensor and failed. Error: ", arg->name);
  hr_scope_fail(c->scope, status);
}

static void convert_single(call *c, const hr_arg_def *arg, hr_operand value, hr_output *to) {
  if (!hr_operand_is_given(value)) value = hr_operand_none();
  if (value.kind == HR_OPERAND_VARIABLE && hr_arg_is_variable(arg) &&
      arg->is_ref != hr_var_is_resource(value.variable)) {
    *to = hr_var_ref(value.variable);
  } else {
    hr_dtype dtype = arg->type_attr >= 0 ? c->types[arg->type_attr] : (hr_dtype)arg->dtype;
    *to = convert_one(c, value, dtype, arg->type_attr, arg->name);
    if (!hr_scope_ok(c->scope)) explain_single(c, arg, dtype, value);
  }
}

/* The dtype that the values of a list shall have: that of its first tensor where nothing else says it. */
static hr_dtype list_dtype(const call *c, const hr_arg_def *arg, hr_operands list) {
  if (arg->number_attr < 0) return HR_INVALID;
  if (arg->type_attr < 0) return (hr_dtype)arg->dtype;
  if (c->types[arg->type_attr] != HR_INVALID) return c->types[arg->type_attr];
  for (int32_t i = 0; i < list.count; ++i) {
    hr_operand item = hr_operands_at(list, i);
    if (item.kind == HR_OPERAND_OUTPUT) return hr_output_base_dtype(item.output);
  }
  return HR_INVALID;
}

/* To say which dtypes it was given, TensorFlow converts the values of a refused call once more, each on its own, and
 * the constants remain. With `lists_only` numbers and arrays are not converted, and nothing behind what cannot be. */
static void leave_constants(hr_scope scope, hr_operands values, bool lists_only) {
  for (int32_t i = 0; i < values.count; ++i) {
    hr_operand value = hr_operands_at(values, i);
    bool is_list = value.kind == HR_OPERAND_VALUES || value.kind == HR_OPERAND_INTS || value.kind == HR_OPERAND_LIST;
    if (value.kind == HR_OPERAND_OUTPUT || (lists_only && !is_list)) continue;
    hr_convert(scope, value, HR_INVALID, NULL);
    hr_status status = hr_builder_status(scope.builder);
    hr_status_free(status);
    if (status && lists_only) return;
  }
}

void hr_leave_constants(hr_scope scope, hr_operands values) {
  hr_status status = hr_builder_status(scope.builder);
  if (hr_status_code(status) == HR_INVALID_ARGUMENT) leave_constants(scope, values, true);
  hr_scope_fail(scope, status);
}

/* The ops behind TensorFlow's functions that take ragged tensors, too, and how many operands may be ragged. */
static void leave_constants_of_op(hr_scope scope, const char *op, const hr_operand *operands) {
  static const struct {
    const char *op;
    int32_t operands;
  } functions[] = {
      {"AddN", 1},
      {"All", 1},
      {"Any", 1},
      {"ConcatV2", 1},
      {"DynamicPartition", 2},
      {"Max", 1},
      {"ExpandDims", 1},
      {"Mean", 1},
      {"GatherNd", 2},
      {"UnsortedSegmentMax", 2},
      {"Min", 1},
      {"GatherV2", 2},
      {"Pack", 1},
      {"Prod", 1},
      {"UnsortedSegmentMin", 2},
      {"Select", 3},
      {"Squeeze", 1},
      {"Sum", 1},
      {"StringJoin", 1},
      {"UnsortedSegmentProd", 2},
      {"Tile", 1},
      {"UnsortedSegmentSum", 2},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; ++i)
    if (strcmp(op, functions[i].op) == 0) {
      bool many = is_list(&hr_op_find(op, strlen(op))->inputs[0]);
      hr_leave_constants(scope, many ? operands[0].list : (hr_operands){functions[i].operands, operands, NULL});
    }
}

static void explain_list(call *c, const hr_arg_def *arg, hr_dtype dtype, hr_operands list) {
  hr_status status = hr_builder_status(c->scope.builder);
  if (status && hr_status_code(status) != HR_INVALID_ARGUMENT) {
    hr_scope_fail(c->scope, status);
    return;
  }
  hr_status_free(status);
  leave_constants(c->scope, list, false);
  hr_text text = {0};
  for (int32_t i = 0; i < list.count; ++i) {
    hr_operand item = hr_operands_at(list, i);
    hr_dtype own = item.kind == HR_OPERAND_OUTPUT     ? hr_output_base_dtype(item.output)
                   : item.kind == HR_OPERAND_VARIABLE ? hr_var_dtype(item.variable)
                                                      : hr_natural_dtype(item);
    hr_text_printf(&text, "%s%s", i ? ", " : "",
                   own == HR_INVALID ? "<NOT CONVERTIBLE TO TENSOR>" : hr_dtype_python_name(own));
  }
  const char *start = "Tensors in list passed to '%s' of '%s' Op have types [%s]%s%s%s";
  const char *types = text.data ? text.data : "";
  bool inferred = arg->type_attr >= 0 && c->types[arg->type_attr] == HR_INVALID;
  const char *wanted = inferred || dtype == HR_INVALID ? "" : hr_dtype_python_name(dtype);
  if (arg->number_attr < 0)
    status = hr_type_error(start, arg->name, c->op->name, types, " that are invalid.", "", "");
  else if (arg->type_attr < 0)
    status = hr_type_error(start, arg->name, c->op->name, types, " that do not match expected type ", wanted, ".");
  else if (inferred)
    status = hr_type_error(start, arg->name, c->op->name, types, " that don't all match.", "", "");
  else
    status = hr_type_error(start, arg->name, c->op->name, types, " that do not match type ", wanted,
                           " inferred from earlier arguments.");
  hr_text_free(&text);
  hr_scope_fail(c->scope, status);
}

static void convert_list(call *c, const hr_arg_def *arg, hr_operands list, hr_output *to) {
  hr_dtype dtype = list_dtype(c, arg, list);
  bool fits = true;
  for (int32_t i = 0; i < list.count && fits && hr_scope_ok(c->scope); ++i) {
    char name[80];
    snprintf(name, sizeof name, "%s_%d", arg->name, (int)i);
    hr_operand item = hr_operands_at(list, i);
    if (!hr_operand_is_given(item)) item = hr_operand_none();
    to[i] = convert_one(c, item, dtype, arg->number_attr >= 0 ? arg->type_attr : -1, name);
    fits = c->ready || dtype == HR_INVALID || !to[i].node || hr_output_base_dtype(to[i]) == dtype;
  }
  /* Where nothing is made for the call the node says it itself. */
  if (!fits || !hr_scope_ok(c->scope)) explain_list(c, arg, dtype, list);
}

/* Whether an argument can be of the dtype that its first tensor has. */
static bool has_allowed_dtype(const call *c, const hr_arg_def *arg, const hr_outputs *group) {
  if (group->count == 0 || !group->items->node) return true;
  hr_dtype dtype = hr_output_base_dtype(*group->items);
  if (arg->type_list_attr >= 0) return true;
  if (arg->type_attr < 0) return dtype == (hr_dtype)arg->dtype;
  uint64_t allowed = c->op->attrs[arg->type_attr].allowed_types;
  return dtype == c->types[arg->type_attr] && (!allowed || allowed >> dtype & 1);
}

/* Makes all inputs, in order; what each says about the type attributes holds for the next. None is made behind one that
 * cannot be: the node will say so. */
static void convert_all(call *c, const hr_operand *operands) {
  hr_output *next = c->inputs;
  memset(c->groups, 0, sizeof *c->groups * c->op->num_inputs);
  for (int i = 0; i < c->op->num_inputs && hr_scope_ok(c->scope); ++i) {
    const hr_arg_def *arg = &c->op->inputs[i];
    int32_t count = is_list(arg) ? operands[i].list.count : 1;
    if (is_list(arg))
      convert_list(c, arg, operands[i].list, next);
    else
      convert_single(c, arg, operands[i], next);
    c->groups[i] = (hr_outputs){count, next};
    if (arg->type_attr >= 0 && c->types[arg->type_attr] == HR_INVALID && count > 0 && next->node)
      c->types[arg->type_attr] = hr_output_base_dtype(*next);
    if (!c->ready && !has_allowed_dtype(c, arg, &c->groups[i])) break;
    next += count;
  }
}

static hr_node *make(call *c, const char *name, const hr_operand *operands) {
  c->ready = true;
  for (int i = 0; i < c->op->num_inputs; ++i)
    c->ready = c->ready && is_ready(operands[i], is_list(&c->op->inputs[i]));
  const char *own_name = name ? name : c->op->name;
  if (!c->ready) {
    c->scope = hr_name_scope(c->scope, own_name);
    own_name = hr_scope_name(c->scope);
  }
  convert_all(c, operands);
  return hr_scope_ok(c->scope) ? hr_add_grouped_node(c->scope, c->op, own_name, c->groups, c->attrs) : NULL;
}

hr_node *hr_call_op(hr_scope scope, const char *op, const char *name, int32_t operand_count, const hr_operand *operands,
                    int32_t attr_count, const hr_named_attr *attrs) {
  if (!hr_scope_ok(scope)) return NULL;
  call c;
  c.scope = scope;
  c.op = hr_op_find(op, strlen(op));
  if (!c.op) {
    hr_scope_fail(scope, hr_error(HR_NOT_FOUND, "Op type not registered '%s'", op));
    return NULL;
  }
  if (operand_count != c.op->num_inputs) {
    hr_scope_fail(scope, hr_type_error("'%s' Op takes %d arguments, but %d were passed", op, c.op->num_inputs,
                                       (int)operand_count));
    return NULL;
  }
  set_attrs(&c, attr_count, attrs);
  int64_t count = hr_scope_ok(scope) ? count_inputs(&c, operands) : -1;
  if (count < 0) return NULL;
  c.inputs = c.stack;
  if (count > STACK_INPUTS) c.inputs = malloc(sizeof *c.inputs * (size_t)count);
  if (!c.inputs) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *c.inputs * (size_t)count, "inputs of a node"));
    return NULL;
  }
  memset(c.inputs, 0, sizeof *c.inputs * (size_t)count);
  hr_node *node = make(&c, name, operands);
  if (!node) leave_constants_of_op(scope, op, operands);
  if (c.inputs != c.stack) free(c.inputs);
  return node;
}

hr_output hr_call_one(hr_scope scope, const char *op, const char *name, hr_operands operands, hr_attrs attrs) {
  hr_node *node = hr_call_op(scope, op, name, operands.count, operands.items, attrs.count, attrs.items);
  return node ? hr_node_output(node, 0) : HR_NO_OUTPUT;
}

hr_output hr_binary_with(hr_scope scope, const char *op, hr_operand x, hr_operand y, const hr_op_options *options) {
  return hr_call_one(scope, op, options ? options->name : NULL, HR_OPERANDS(x, y), HR_NO_ATTRS);
}
