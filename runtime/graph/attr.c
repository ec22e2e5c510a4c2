#include "runtime/graph/attr.h"

#include <stdlib.h>

#define MAX_PRINTED_ELEMENTS 3

const char *hr_attr_kind_name(hr_attr_kind kind, bool is_list) {
  static const char *const names[] = {"none", "string", "int", "float", "bool", "type", "shape", "tensor", "func"};
  static const char *const lists[] = {"list(none)", "list(string)", "list(int)",    "list(float)", "list(bool)",
                                      "list(type)", "list(shape)",  "list(tensor)", "list(func)"};
  if ((unsigned)kind >= sizeof names / sizeof *names) kind = HR_ATTR_NONE;
  return is_list ? lists[kind] : names[kind];
}

/* ---- copying --------------------------------------------------------------------------------------------------- */

static hr_status out_of_memory(size_t bytes) { return hr_error_out_of_memory(bytes, "an attribute value"); }

static hr_status copy_bytes(hr_arena *arena, const void *data, size_t bytes, size_t alignment, const void **out) {
  void *copy = hr_arena_allocate(arena, bytes, alignment);
  if (!copy) return out_of_memory(bytes);
  if (bytes) memcpy(copy, data, bytes);
  *out = copy;
  return HR_SUCCESS;
}

static hr_status copy_function(hr_graph *graph, const hr_function_attr *in, const hr_function_attr **out) {
  hr_arena *arena = hr_graph_arena(graph);
  size_t count = (size_t)in->num_attrs;
  hr_function_attr *copy = HR_ARENA_NEW(arena, hr_function_attr);
  const char **names = HR_ARENA_ARRAY(arena, const char *, count);
  hr_attr_value *values = HR_ARENA_ARRAY(arena, hr_attr_value, count);
  const char *name = hr_arena_copy_string(arena, in->name, strlen(in->name));
  if (!copy || !names || !values || !name) return out_of_memory(sizeof *copy);
  for (size_t i = 0; i < count; ++i) {
    names[i] = hr_arena_copy_string(arena, in->attr_names[i], strlen(in->attr_names[i]));
    if (!names[i]) return out_of_memory(strlen(in->attr_names[i]));
    HR_TRY(hr_attr_copy(graph, &in->attr_values[i], &values[i]));
  }
  *copy = (hr_function_attr){name, in->num_attrs, names, values};
  *out = copy;
  return HR_SUCCESS;
}

/* The graph shares the tensor's memory, unless that is only lent. */
static hr_status copy_tensor(hr_graph *graph, const hr_tensor *in, const hr_tensor **out) {
  hr_tensor own = {0};
  bool is_lent = in->buffer && in->buffer->borrowed;
  if (is_lent) HR_TRY(hr_tensor_clone(hr_cpu_allocator(), in, &own));
  *out = hr_graph_keep_tensor(graph, is_lent ? &own : in);
  if (is_lent) hr_tensor_clear(&own);
  return *out ? HR_SUCCESS : out_of_memory(sizeof *in);
}

static hr_status copy_single(hr_graph *graph, const hr_attr_value *in, hr_attr_value *out) {
  hr_arena *arena = hr_graph_arena(graph);
  const void *bytes = NULL;
  switch ((hr_attr_kind)in->kind) {
  case HR_ATTR_STRING:
    out->s = hr_arena_copy_string(arena, in->s, (size_t)in->count);
    return out->s ? HR_SUCCESS : out_of_memory((size_t)in->count);
  case HR_ATTR_SHAPE:
    HR_TRY(copy_bytes(arena, in->shape, sizeof *in->shape, _Alignof(hr_partial_shape), &bytes));
    out->shape = bytes;
    return HR_SUCCESS;
  case HR_ATTR_TENSOR: return copy_tensor(graph, in->tensor, &out->tensor);
  case HR_ATTR_FUNC: return copy_function(graph, in->func, &out->func);
  default: return HR_SUCCESS; /* the value itself */
  }
}

static hr_status copy_list(hr_graph *graph, const hr_attr_value *in, hr_attr_value *out) {
  hr_arena *arena = hr_graph_arena(graph);
  size_t count = (size_t)in->count;
  const void *bytes = NULL;
  switch ((hr_attr_kind)in->kind) {
  case HR_ATTR_STRING: {
    hr_bytes *strings = HR_ARENA_ARRAY(arena, hr_bytes, count);
    if (!strings) return out_of_memory(count * sizeof *strings);
    for (size_t i = 0; i < count; ++i) {
      strings[i].length = in->strings[i].length;
      strings[i].data = hr_arena_copy_string(arena, in->strings[i].data, in->strings[i].length);
      if (!strings[i].data) return out_of_memory(in->strings[i].length);
    }
    out->strings = strings;
    return HR_SUCCESS;
  }
  case HR_ATTR_TENSOR: {
    const hr_tensor **tensors = HR_ARENA_ARRAY(arena, const hr_tensor *, count);
    if (!tensors) return out_of_memory(count * sizeof *tensors);
    for (size_t i = 0; i < count; ++i)
      HR_TRY(copy_tensor(graph, in->tensors[i], &tensors[i]));
    out->tensors = tensors;
    return HR_SUCCESS;
  }
  case HR_ATTR_FUNC: {
    const hr_function_attr **functions = HR_ARENA_ARRAY(arena, const hr_function_attr *, count);
    if (!functions) return out_of_memory(count * sizeof *functions);
    for (size_t i = 0; i < count; ++i)
      HR_TRY(copy_function(graph, in->funcs[i], &functions[i]));
    out->funcs = functions;
    return HR_SUCCESS;
  }
  case HR_ATTR_INT:
    HR_TRY(copy_bytes(arena, in->ints, count * sizeof *in->ints, _Alignof(int64_t), &bytes));
    out->ints = bytes;
    return HR_SUCCESS;
  case HR_ATTR_FLOAT:
    HR_TRY(copy_bytes(arena, in->floats, count * sizeof *in->floats, _Alignof(float), &bytes));
    out->floats = bytes;
    return HR_SUCCESS;
  case HR_ATTR_BOOL:
    HR_TRY(copy_bytes(arena, in->bools, count * sizeof *in->bools, _Alignof(bool), &bytes));
    out->bools = bytes;
    return HR_SUCCESS;
  case HR_ATTR_TYPE:
    HR_TRY(copy_bytes(arena, in->types, count * sizeof *in->types, _Alignof(int32_t), &bytes));
    out->types = bytes;
    return HR_SUCCESS;
  case HR_ATTR_SHAPE:
    HR_TRY(copy_bytes(arena, in->shapes, count * sizeof *in->shapes, _Alignof(hr_partial_shape), &bytes));
    out->shapes = bytes;
    return HR_SUCCESS;
  case HR_ATTR_NONE: break;
  }
  return HR_SUCCESS;
}

hr_status hr_attr_copy(hr_graph *graph, const hr_attr_value *in, hr_attr_value *out) {
  *out = *in;
  return in->is_list ? copy_list(graph, in, out) : copy_single(graph, in, out);
}

/* ---- comparing ------------------------------------------------------------------------------------------------- */

static bool functions_equal(const hr_function_attr *a, const hr_function_attr *b) {
  if (strcmp(a->name, b->name) != 0 || a->num_attrs != b->num_attrs) return false;
  for (int32_t i = 0; i < a->num_attrs; ++i)
    if (strcmp(a->attr_names[i], b->attr_names[i]) != 0 || !hr_attr_equal(&a->attr_values[i], &b->attr_values[i]))
      return false;
  return true;
}

static bool elements_equal(const hr_attr_value *a, const hr_attr_value *b, int32_t i) {
  switch ((hr_attr_kind)a->kind) {
  case HR_ATTR_STRING:
    return a->strings[i].length == b->strings[i].length &&
           memcmp(a->strings[i].data, b->strings[i].data, a->strings[i].length) == 0;
  case HR_ATTR_INT: return a->ints[i] == b->ints[i];
  case HR_ATTR_FLOAT: return memcmp(&a->floats[i], &b->floats[i], sizeof(float)) == 0;
  case HR_ATTR_BOOL: return a->bools[i] == b->bools[i];
  case HR_ATTR_TYPE: return a->types[i] == b->types[i];
  case HR_ATTR_SHAPE: return hr_partial_shape_equal(&a->shapes[i], &b->shapes[i]);
  case HR_ATTR_TENSOR: return hr_tensor_equal(a->tensors[i], b->tensors[i]);
  case HR_ATTR_FUNC: return functions_equal(a->funcs[i], b->funcs[i]);
  case HR_ATTR_NONE: break;
  }
  return true;
}

bool hr_attr_equal(const hr_attr_value *a, const hr_attr_value *b) {
  if (a->kind != b->kind || a->is_list != b->is_list) return false;
  if (a->is_list) {
    if (a->count != b->count) return false;
    for (int32_t i = 0; i < a->count; ++i)
      if (!elements_equal(a, b, i)) return false;
    return true;
  }
  switch ((hr_attr_kind)a->kind) {
  case HR_ATTR_STRING: return a->count == b->count && memcmp(a->s, b->s, (size_t)a->count) == 0;
  case HR_ATTR_INT: return a->i == b->i;
  case HR_ATTR_FLOAT: return memcmp(&a->f, &b->f, sizeof a->f) == 0;
  case HR_ATTR_BOOL: return a->b == b->b;
  case HR_ATTR_TYPE: return a->type == b->type;
  case HR_ATTR_SHAPE: return hr_partial_shape_equal(a->shape, b->shape);
  case HR_ATTR_TENSOR: return hr_tensor_equal(a->tensor, b->tensor);
  case HR_ATTR_FUNC: return functions_equal(a->func, b->func);
  case HR_ATTR_NONE: break;
  }
  return true;
}

/* ---- printing -------------------------------------------------------------------------------------------------- */

static void print_string(const char *data, size_t length, hr_text *text) {
  hr_text_add(text, "\"", 1);
  hr_text_add_escaped(text, data, length);
  hr_text_add(text, "\"", 1);
}

static void print_shape(const hr_partial_shape *shape, hr_text *text) {
  char buffer[HR_SHAPE_TEXT];
  hr_text_add_string(text, hr_partial_shape_text(shape, buffer));
}

static void print_tensor(const hr_tensor *tensor, hr_text *text) {
  char *string = hr_tensor_text_dup(tensor, MAX_PRINTED_ELEMENTS);
  if (string)
    hr_text_add_string(text, string);
  else
    text->failed = true;
  free(string);
}

static void print_function(const hr_function_attr *function, hr_text *text) {
  hr_text_printf(text, "%s[", function->name);
  for (int32_t i = 0; i < function->num_attrs; ++i) {
    hr_text_printf(text, "%s%s=", i ? ", " : "", function->attr_names[i]);
    hr_attr_text(&function->attr_values[i], text);
  }
  hr_text_add(text, "]", 1);
}

static void print_element(const hr_attr_value *list, int32_t i, hr_text *text) {
  switch ((hr_attr_kind)list->kind) {
  case HR_ATTR_STRING: print_string(list->strings[i].data, list->strings[i].length, text); break;
  case HR_ATTR_INT: hr_text_printf(text, "%lld", (long long)list->ints[i]); break;
  case HR_ATTR_FLOAT: hr_text_printf(text, "%g", (double)list->floats[i]); break;
  case HR_ATTR_BOOL: hr_text_add_string(text, list->bools[i] ? "true" : "false"); break;
  case HR_ATTR_TYPE: hr_text_add_string(text, hr_dtype_enum_name((hr_dtype)list->types[i])); break;
  case HR_ATTR_SHAPE: print_shape(&list->shapes[i], text); break;
  case HR_ATTR_TENSOR: print_tensor(list->tensors[i], text); break;
  case HR_ATTR_FUNC: print_function(list->funcs[i], text); break;
  case HR_ATTR_NONE: break;
  }
}

void hr_attr_text(const hr_attr_value *value, hr_text *text) {
  if (value->is_list) {
    hr_text_add(text, "[", 1);
    for (int32_t i = 0; i < value->count; ++i) {
      if (i) hr_text_add_string(text, ", ");
      print_element(value, i, text);
    }
    hr_text_add(text, "]", 1);
    return;
  }
  switch ((hr_attr_kind)value->kind) {
  case HR_ATTR_STRING: print_string(value->s, (size_t)value->count, text); break;
  case HR_ATTR_INT: hr_text_printf(text, "%lld", (long long)value->i); break;
  case HR_ATTR_FLOAT: hr_text_printf(text, "%g", (double)value->f); break;
  case HR_ATTR_BOOL: hr_text_add_string(text, value->b ? "true" : "false"); break;
  case HR_ATTR_TYPE: hr_text_add_string(text, hr_dtype_enum_name((hr_dtype)value->type)); break;
  case HR_ATTR_SHAPE: print_shape(value->shape, text); break;
  case HR_ATTR_TENSOR: print_tensor(value->tensor, text); break;
  case HR_ATTR_FUNC: print_function(value->func, text); break;
  case HR_ATTR_NONE: hr_text_add_string(text, "<Unknown AttrValue type>"); break;
  }
}
