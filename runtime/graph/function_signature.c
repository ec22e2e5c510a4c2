#include "runtime/graph/function_signature.h"

#include "runtime/base/proto_check.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/function_shapes.h"
#include <stdlib.h>

enum { MAX_ARGUMENTS = INT16_MAX, MAX_ATTRS = 127 /* arguments name them by an int8_t */ };

static hr_status out_of_memory(void) {
  return hr_error_out_of_memory(sizeof(hr_op_def), "the signature of a function");
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static bool find_kind(const char *name, hr_attr_def *def) {
  for (int kind = HR_ATTR_STRING; kind <= HR_ATTR_FUNC; ++kind)
    for (int is_list = 0; is_list < 2; ++is_list) {
      if (strcmp(name, hr_attr_kind_name((hr_attr_kind)kind, is_list)) != 0) continue;
      def->kind = (uint8_t)kind;
      def->is_list = is_list;
      return true;
    }
  return false;
}

static hr_status read_allowed(hr_graph *graph, const HrPb__AttrValue *allowed, hr_attr_def *def) {
  if (!allowed || allowed->value_case != HR_PB__ATTR_VALUE__VALUE_LIST) return HR_SUCCESS;
  const HrPb__AttrValue__ListValue *list = allowed->list;
  for (size_t i = 0; i < list->n_type && def->kind == HR_ATTR_TYPE; ++i)
    if ((unsigned)list->type[i] < 64) def->allowed_types |= UINT64_C(1) << list->type[i];
  if (list->n_s == 0 || def->kind != HR_ATTR_STRING) return HR_SUCCESS;
  const char **strings = HR_ARENA_ARRAY(hr_graph_arena(graph), const char *, list->n_s + 1);
  if (!strings) return out_of_memory();
  for (size_t i = 0; i < list->n_s; ++i) {
    strings[i] = hr_arena_copy_string(hr_graph_arena(graph), (const char *)list->s[i].data, list->s[i].len);
    if (!strings[i]) return out_of_memory();
  }
  strings[list->n_s] = NULL;
  def->allowed_strings = strings;
  return HR_SUCCESS;
}

static hr_status read_default(hr_graph *graph, const HrPb__AttrValue *value, hr_attr_def *def) {
  if (!value) return HR_SUCCESS;
  hr_text bytes = {0};
  hr_proto_pack(value, &bytes);
  hr_status status = bytes.failed
                         ? out_of_memory()
                         : hr_attr_from_proto(graph, (hr_view){bytes.data, bytes.length}, def, &def->default_value);
  hr_text_free(&bytes);
  HR_TRY(status);
  def->has_default = def->default_value.kind == def->kind && def->default_value.is_list == def->is_list;
  return def->has_default ? HR_SUCCESS
                          : hr_error(HR_INVALID_ARGUMENT, "The default of attr '%s' is no %s", def->name,
                                     hr_attr_kind_name((hr_attr_kind)def->kind, def->is_list));
}

static hr_status read_attr(hr_graph *graph, const HrPb__OpDef__AttrDef *attr, hr_attr_def *def) {
  *def = (hr_attr_def){.name = attr->name, .has_minimum = attr->has_minimum, .minimum = attr->minimum};
  if (!find_kind(attr->type, def))
    return hr_error(HR_INVALID_ARGUMENT, "Unrecognized type '%s' in attr '%s'", attr->type, attr->name);
  HR_TRY(read_allowed(graph, attr->allowed_values, def));
  return read_default(graph, attr->default_value, def);
}

/* ---- arguments --------------------------------------------------------------------------------------------------- */

/* The attribute of that name, which must be of that kind; -1 for no name. */
static hr_status find_attr(const hr_op_def *op, const char *name, hr_attr_kind kind, bool is_list, int8_t *out) {
  *out = -1;
  if (!*name) return HR_SUCCESS;
  *out = (int8_t)hr_op_attr_index(op, name, strlen(name));
  if (*out >= 0 && op->attrs[*out].kind == kind && op->attrs[*out].is_list == is_list) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "No attr with name '%s' of type %s", name, hr_attr_kind_name(kind, is_list));
}

static hr_status read_arg(const hr_op_def *op, const HrPb__OpDef__ArgDef *arg, hr_arg_def *def) {
  *def = (hr_arg_def){.name = arg->name, .is_ref = arg->is_ref};
  HR_TRY(find_attr(op, arg->type_attr, HR_ATTR_TYPE, false, &def->type_attr));
  HR_TRY(find_attr(op, arg->number_attr, HR_ATTR_INT, false, &def->number_attr));
  HR_TRY(find_attr(op, arg->type_list_attr, HR_ATTR_TYPE, true, &def->type_list_attr));
  int types = (arg->type != 0) + (def->type_attr >= 0) + (def->type_list_attr >= 0);
  if (types != 1 || (arg->type != 0 && !hr_dtype_is_valid((int)arg->type)))
    return hr_error(HR_INVALID_ARGUMENT, "Argument '%s' must have one valid type, type_attr or type_list_attr",
                    arg->name);
  if (def->number_attr >= 0 && def->type_list_attr >= 0)
    return hr_error(HR_INVALID_ARGUMENT, "Argument '%s' has a length and a list of types", arg->name);
  def->dtype = (uint8_t)arg->type;
  def->is_ref |= hr_dtype_is_ref((hr_dtype)arg->type);
  if (arg->type != 0) def->dtype = (uint8_t)hr_dtype_base((hr_dtype)arg->type);
  return HR_SUCCESS;
}

static hr_status read_args(hr_graph *graph, const hr_op_def *op, size_t count, HrPb__OpDef__ArgDef *const *args,
                           const hr_arg_def **out) {
  hr_arg_def *defs = HR_ARENA_ARRAY(hr_graph_arena(graph), hr_arg_def, count + 1);
  if (!defs) return out_of_memory();
  for (size_t i = 0; i < count; ++i)
    HR_TRY(read_arg(op, args[i], &defs[i]));
  *out = defs;
  return HR_SUCCESS;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static hr_status read_signature(hr_graph *graph, const HrPb__OpDef *signature, hr_op_def *op) {
  if (signature->n_input_arg > MAX_ARGUMENTS || signature->n_output_arg > MAX_ARGUMENTS ||
      signature->n_attr > MAX_ATTRS)
    return hr_error(HR_UNIMPLEMENTED, "more than %d arguments or %d attributes", MAX_ARGUMENTS, MAX_ATTRS);
  hr_attr_def *attrs = HR_ARENA_ARRAY(hr_graph_arena(graph), hr_attr_def, signature->n_attr + 1);
  if (!attrs) return out_of_memory();
  *op = (hr_op_def){.name = signature->name,
                    .id = -1,
                    .num_inputs = (uint16_t)signature->n_input_arg,
                    .num_outputs = (uint16_t)signature->n_output_arg,
                    .num_attrs = (uint8_t)signature->n_attr,
                    .flags = HR_OP_FUNCTION,
                    .control = HR_CONTROL_CALL,
                    .attrs = attrs,
                    .shape = hr_shapes_of_call,
                    .doc = signature->description};
  if (signature->is_stateful) op->flags |= HR_OP_STATEFUL;
  for (size_t i = 0; i < signature->n_attr; ++i)
    HR_TRY(read_attr(graph, signature->attr[i], &attrs[i]));
  HR_TRY(read_args(graph, op, signature->n_input_arg, signature->input_arg, &op->inputs));
  return read_args(graph, op, signature->n_output_arg, signature->output_arg, &op->outputs);
}

hr_status hr_function_signature(hr_graph *graph, const HrPb__OpDef *signature, hr_op_def *op) {
  return hr_status_prefix(read_signature(graph, signature, op), "Function '%s': ", signature->name);
}

/* ---- equality ---------------------------------------------------------------------------------------------------- */

/* The definition with its maps in order, serialised. */
static bool write_canonical(hr_view bytes, hr_text *out) {
  hr_arena arena = {0};
  HrPb__FunctionDef *def;
  hr_status status = hr_proto_unpack(&hr_pb__function_def__descriptor, &arena, bytes.data, bytes.length, NULL, &def);
  if (!status) {
    hr_proto_sort_maps(def);
    hr_proto_pack(def, out);
  }
  bool good = !status && !out->failed;
  hr_status_free(status);
  hr_arena_free(&arena);
  return good;
}

bool hr_function_defs_equal(hr_view a, hr_view b) {
  if (hr_view_equal(a, b)) return true;
  hr_text one = {0}, other = {0};
  bool equal = write_canonical(a, &one) && write_canonical(b, &other) &&
               hr_view_equal((hr_view){one.data, one.length}, (hr_view){other.data, other.length});
  hr_text_free(&one);
  hr_text_free(&other);
  return equal;
}
