#include "runtime/graph/attr_proto.h"
#include "headrace/graph_io.h"

#include "runtime/base/wire.h"
#include "runtime/tensor/tensor_proto.h"

/* Field numbers; those of a list's elements are the same but for functions. */
enum { LIST = 1, STRING, INT, FLOAT, BOOL, TYPE, SHAPE, TENSOR, PLACEHOLDER, FUNC, LIST_FUNC = PLACEHOLDER };
enum { FUNC_NAME = 1, FUNC_ATTR = 2 };

#define MAX_DEPTH 30 /* functions inside attributes of functions */

bool hr_map_entry_read(hr_view entry, hr_view *key, hr_view *value) {
  *key = *value = (hr_view){"", 0};
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(entry); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    hr_view *target = type != HR_WIRE_BYTES     ? NULL
                      : field == HR_ENTRY_KEY   ? key
                      : field == HR_ENTRY_VALUE ? value
                                                : NULL;
    if (target ? !hr_wire_bytes(&wire, target) : !hr_wire_skip(&wire, type)) return false;
  }
  return true;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static hr_status malformed(void) { return hr_error(HR_INVALID_ARGUMENT, "Malformed AttrValue"); }
static hr_status no_memory(size_t bytes) { return hr_error_out_of_memory(bytes, "an attribute value"); }

static hr_status read_value(hr_graph *graph, hr_view bytes, const hr_attr_def *def, int depth, hr_attr_value *value);

static hr_status read_string(hr_graph *graph, hr_view bytes, const char **out) {
  *out = bytes.length ? hr_arena_copy_string(hr_graph_arena(graph), bytes.data, bytes.length) : "";
  return *out ? HR_SUCCESS : no_memory(bytes.length);
}

static hr_status read_tensor(hr_graph *graph, hr_view bytes, const hr_tensor **out) {
  hr_tensor tensor;
  HR_TRY(hr_tensor_from_proto(bytes, hr_cpu_allocator(), &tensor));
  *out = hr_graph_keep_tensor(graph, &tensor);
  hr_tensor_clear(&tensor);
  return *out ? HR_SUCCESS : no_memory(sizeof tensor);
}

/* The fields of a NameAttrList. */
static hr_status read_function(hr_graph *graph, hr_view bytes, int depth, const hr_function_attr **out) {
  if (depth >= MAX_DEPTH)
    return hr_error(HR_INVALID_ARGUMENT, "Function attributes nested more than %d deep", MAX_DEPTH);
  hr_arena *arena = hr_graph_arena(graph);
  hr_view name = {"", 0}, entry;
  int32_t count = 0;
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed();
    count += field == FUNC_ATTR && type == HR_WIRE_BYTES;
    bool is_name = field == FUNC_NAME && type == HR_WIRE_BYTES;
    if (is_name ? !hr_wire_bytes(&wire, &name) : !hr_wire_skip(&wire, type)) return malformed();
  }
  hr_function_attr *function = HR_ARENA_NEW(arena, hr_function_attr);
  const char **names = HR_ARENA_ARRAY(arena, const char *, count);
  hr_attr_value *values = HR_ARENA_ARRAY(arena, hr_attr_value, count);
  if (!function || !names || !values) return no_memory((size_t)count * sizeof *values);
  *function = (hr_function_attr){.num_attrs = count, .attr_names = names, .attr_values = values};
  HR_TRY(read_string(graph, name, &function->name));
  int32_t i = 0;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed();
    if (field != FUNC_ATTR || type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return malformed();
      continue;
    }
    hr_view key, value;
    if (!hr_wire_bytes(&wire, &entry) || !hr_map_entry_read(entry, &key, &value)) return malformed();
    HR_TRY(read_string(graph, key, &names[i]));
    HR_TRY(read_value(graph, value, NULL, depth + 1, &values[i++]));
  }
  *out = function;
  return HR_SUCCESS;
}

static hr_attr_kind kind_of_list_field(uint32_t field) {
  static const uint8_t kinds[] = {
      [STRING] = HR_ATTR_STRING, [INT] = HR_ATTR_INT,     [FLOAT] = HR_ATTR_FLOAT,   [BOOL] = HR_ATTR_BOOL,
      [TYPE] = HR_ATTR_TYPE,     [SHAPE] = HR_ATTR_SHAPE, [TENSOR] = HR_ATTR_TENSOR, [LIST_FUNC] = HR_ATTR_FUNC};
  return field < sizeof kinds ? (hr_attr_kind)kinds[field] : HR_ATTR_NONE;
}

static hr_wire_type wire_type_of(hr_attr_kind kind) {
  switch (kind) {
  case HR_ATTR_INT:
  case HR_ATTR_BOOL:
  case HR_ATTR_TYPE: return HR_WIRE_VARINT;
  case HR_ATTR_FLOAT: return HR_WIRE_32BIT;
  default: return HR_WIRE_BYTES;
  }
}

static size_t element_size(hr_attr_kind kind) {
  switch (kind) {
  case HR_ATTR_STRING: return sizeof(hr_bytes);
  case HR_ATTR_INT: return sizeof(int64_t);
  case HR_ATTR_FLOAT: return sizeof(float);
  case HR_ATTR_BOOL: return sizeof(bool);
  case HR_ATTR_TYPE: return sizeof(int32_t);
  case HR_ATTR_SHAPE: return sizeof(hr_partial_shape);
  default: return sizeof(void *);
  }
}

/* The kind of the list's elements and how many there are. */
static hr_status count_elements(hr_view bytes, hr_attr_kind *kind, int32_t *count) {
  uint32_t field;
  hr_wire_type type;
  *kind = HR_ATTR_NONE;
  size_t elements = 0;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed();
    hr_attr_kind found = kind_of_list_field(field);
    if (found == HR_ATTR_NONE) {
      if (!hr_wire_skip(&wire, type)) return malformed();
      continue;
    }
    if (*kind != HR_ATTR_NONE && *kind != found)
      return hr_error(HR_INVALID_ARGUMENT, "AttrValue with a list of several types");
    *kind = found;
    hr_wire_type element = wire_type_of(found);
    if (type == element) {
      ++elements;
      if (!hr_wire_skip(&wire, type)) return malformed();
      continue;
    }
    hr_view packed;
    if (type != HR_WIRE_BYTES || !hr_wire_bytes(&wire, &packed)) return malformed();
    for (hr_wire inside = hr_wire_of_view(packed); !hr_wire_done(&inside); ++elements)
      if (!hr_wire_skip(&inside, element)) return malformed();
  }
  if (elements > INT32_MAX) return malformed();
  *count = (int32_t)elements;
  return HR_SUCCESS;
}

/* The element at the cursor into `at`. */
static hr_status read_element(hr_graph *graph, hr_wire *wire, hr_attr_kind kind, int depth, void *at) {
  uint64_t number = 0;
  uint32_t bits = 0;
  hr_view bytes = {"", 0};
  hr_wire_type type = wire_type_of(kind);
  bool good = type == HR_WIRE_VARINT  ? hr_wire_varint(wire, &number)
              : type == HR_WIRE_32BIT ? hr_wire_fixed32(wire, &bits)
                                      : hr_wire_bytes(wire, &bytes);
  if (!good) return malformed();
  switch (kind) {
  case HR_ATTR_STRING:
    ((hr_bytes *)at)->length = bytes.length;
    return read_string(graph, bytes, &((hr_bytes *)at)->data);
  case HR_ATTR_INT: *(int64_t *)at = (int64_t)number; return HR_SUCCESS;
  case HR_ATTR_FLOAT: memcpy(at, &bits, sizeof bits); return HR_SUCCESS;
  case HR_ATTR_BOOL: *(bool *)at = number != 0; return HR_SUCCESS;
  case HR_ATTR_TYPE: *(int32_t *)at = (int32_t)number; return HR_SUCCESS;
  case HR_ATTR_SHAPE: return hr_shape_from_proto(bytes, (hr_partial_shape *)at);
  case HR_ATTR_TENSOR: return read_tensor(graph, bytes, (const hr_tensor **)at);
  case HR_ATTR_FUNC: return read_function(graph, bytes, depth, (const hr_function_attr **)at);
  case HR_ATTR_NONE: break;
  }
  return malformed();
}

static hr_status read_list(hr_graph *graph, hr_view bytes, const hr_attr_def *def, int depth, hr_attr_value *value) {
  hr_attr_kind kind;
  int32_t count = 0;
  HR_TRY(count_elements(bytes, &kind, &count));
  if (kind == HR_ATTR_NONE && def && def->is_list) kind = (hr_attr_kind)def->kind;
  *value = (hr_attr_value){.kind = (uint8_t)kind, .is_list = true, .count = count};
  size_t size = element_size(kind);
  char *elements = (char *)hr_arena_allocate(hr_graph_arena(graph), (size_t)count * size, 8), *at = elements;
  if (!elements) return no_memory((size_t)count * size);
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed();
    hr_view packed;
    if (kind_of_list_field(field) == HR_ATTR_NONE) {
      if (!hr_wire_skip(&wire, type)) return malformed();
    } else if (type == wire_type_of(kind)) {
      HR_TRY(read_element(graph, &wire, kind, depth, at));
      at += size;
    } else {
      if (!hr_wire_bytes(&wire, &packed)) return malformed();
      for (hr_wire inside = hr_wire_of_view(packed); !hr_wire_done(&inside); at += size)
        HR_TRY(read_element(graph, &inside, kind, depth, at));
    }
  }
  value->strings = (const hr_bytes *)elements; /* the union's pointers are one */
  return HR_SUCCESS;
}

/* One of the single values. */
static hr_status read_single(hr_graph *graph, hr_wire *wire, hr_attr_kind kind, int depth, hr_attr_value *value) {
  *value = (hr_attr_value){.kind = (uint8_t)kind};
  if (kind == HR_ATTR_STRING) {
    hr_bytes bytes;
    HR_TRY(read_element(graph, wire, kind, depth, &bytes));
    if (bytes.length > INT32_MAX) return malformed();
    value->s = bytes.data;
    value->count = (int32_t)bytes.length;
    return HR_SUCCESS;
  }
  if (kind == HR_ATTR_SHAPE) {
    hr_partial_shape *shape = HR_ARENA_NEW(hr_graph_arena(graph), hr_partial_shape);
    if (!shape) return no_memory(sizeof *shape);
    value->shape = shape;
    return read_element(graph, wire, kind, depth, shape);
  }
  return read_element(graph, wire, kind, depth, &value->i); /* the union's first bytes */
}

static hr_status read_value(hr_graph *graph, hr_view bytes, const hr_attr_def *def, int depth, hr_attr_value *value) {
  *value = (hr_attr_value){.kind = HR_ATTR_NONE};
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed();
    if (field == LIST && type == HR_WIRE_BYTES) {
      hr_view list;
      if (!hr_wire_bytes(&wire, &list)) return malformed();
      HR_TRY(read_list(graph, list, def, depth, value));
    } else if (field == PLACEHOLDER) {
      return hr_error(HR_INVALID_ARGUMENT, "AttrValue must not be a placeholder outside a function body");
    } else {
      hr_attr_kind kind = field == FUNC ? HR_ATTR_FUNC : field > LIST ? kind_of_list_field(field) : HR_ATTR_NONE;
      if (kind == HR_ATTR_NONE) {
        if (!hr_wire_skip(&wire, type)) return malformed();
      } else {
        if (type != wire_type_of(kind)) return malformed();
        HR_TRY(read_single(graph, &wire, kind, depth, value));
      }
    }
  }
  return HR_SUCCESS;
}

hr_status hr_attr_from_proto(hr_graph *graph, hr_view bytes, const hr_attr_def *def, hr_attr_value *value) {
  return read_value(graph, bytes, def, 0, value);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void write_shape(uint32_t field, const hr_partial_shape *shape, hr_text *out) {
  size_t begin = hr_wire_begin(out, field);
  hr_shape_to_proto(shape, out);
  hr_wire_end(out, begin);
}

static hr_status write_tensor(const hr_tensor *tensor, hr_text *out) {
  size_t begin = hr_wire_begin(out, TENSOR);
  HR_TRY(hr_tensor_to_proto(tensor, out));
  hr_wire_end(out, begin);
  return HR_SUCCESS;
}

static hr_status write_function(uint32_t field, const hr_function_attr *function, hr_text *out) {
  size_t begin = hr_wire_begin(out, field);
  if (*function->name) hr_wire_put_bytes(out, FUNC_NAME, hr_view_of(function->name));
  for (int32_t i = 0; i < function->num_attrs; ++i) {
    size_t entry = hr_wire_begin(out, FUNC_ATTR);
    hr_wire_put_bytes(out, HR_ENTRY_KEY, hr_view_of(function->attr_names[i]));
    size_t value = hr_wire_begin(out, HR_ENTRY_VALUE);
    HR_TRY(hr_attr_to_proto(&function->attr_values[i], out));
    hr_wire_end(out, value);
    hr_wire_end(out, entry);
  }
  hr_wire_end(out, begin);
  return HR_SUCCESS;
}

/* Lists of numbers are packed. */
static void write_numbers(const hr_attr_value *value, hr_text *out) {
  static const uint8_t fields[] = {
      [HR_ATTR_INT] = INT, [HR_ATTR_FLOAT] = FLOAT, [HR_ATTR_BOOL] = BOOL, [HR_ATTR_TYPE] = TYPE};
  size_t begin = hr_wire_begin(out, fields[value->kind]);
  for (int32_t i = 0; i < value->count; ++i) {
    switch ((hr_attr_kind)value->kind) {
    case HR_ATTR_INT: hr_wire_put_varint(out, (uint64_t)value->ints[i]); break;
    case HR_ATTR_FLOAT: hr_text_add(out, (const char *)&value->floats[i], sizeof(float)); break;
    case HR_ATTR_BOOL: hr_wire_put_varint(out, value->bools[i]); break;
    default: hr_wire_put_varint(out, (uint64_t)(int64_t)value->types[i]); break;
    }
  }
  hr_wire_end(out, begin);
}

static hr_status write_list(const hr_attr_value *value, hr_text *out) {
  if (value->count > 0 && (value->kind == HR_ATTR_FLOAT || wire_type_of((hr_attr_kind)value->kind) == HR_WIRE_VARINT)) {
    write_numbers(value, out);
    return HR_SUCCESS;
  }
  for (int32_t i = 0; i < value->count; ++i) {
    switch ((hr_attr_kind)value->kind) {
    case HR_ATTR_STRING:
      hr_wire_put_bytes(out, STRING, (hr_view){value->strings[i].data, value->strings[i].length});
      break;
    case HR_ATTR_SHAPE: write_shape(SHAPE, &value->shapes[i], out); break;
    case HR_ATTR_TENSOR: HR_TRY(write_tensor(value->tensors[i], out)); break;
    case HR_ATTR_FUNC: HR_TRY(write_function(LIST_FUNC, value->funcs[i], out)); break;
    default: break;
    }
  }
  return HR_SUCCESS;
}

hr_status hr_attr_to_proto(const hr_attr_value *value, hr_text *out) {
  if (value->is_list) {
    size_t begin = hr_wire_begin(out, LIST);
    HR_TRY(write_list(value, out));
    hr_wire_end(out, begin);
    return HR_SUCCESS;
  }
  switch ((hr_attr_kind)value->kind) {
  case HR_ATTR_STRING: hr_wire_put_bytes(out, STRING, (hr_view){value->s, (size_t)value->count}); break;
  case HR_ATTR_INT: hr_wire_put_number(out, INT, (uint64_t)value->i); break;
  case HR_ATTR_FLOAT: hr_wire_put_float(out, FLOAT, value->f); break;
  case HR_ATTR_BOOL: hr_wire_put_number(out, BOOL, value->b); break;
  case HR_ATTR_TYPE: hr_wire_put_number(out, TYPE, (uint64_t)(int64_t)value->type); break;
  case HR_ATTR_SHAPE: write_shape(SHAPE, value->shape, out); break;
  case HR_ATTR_TENSOR: return write_tensor(value->tensor, out);
  case HR_ATTR_FUNC: return write_function(FUNC, value->func, out);
  case HR_ATTR_NONE: break;
  }
  return HR_SUCCESS;
}

hr_status hr_attr_value_parse(hr_graph *graph, const void *bytes, size_t length, hr_attr_value *out) {
  return hr_attr_from_proto(graph, (hr_view){bytes, length}, NULL, out);
}
