#include "runtime/graph/function_library.h"

#include "proto/function.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/wire.h"
#include "runtime/graph/graphdef_fields.h"

enum { LIBRARY_FUNCTION = 1, LIBRARY_GRADIENT = 2 };
enum { FUNCTION_SIGNATURE = 1, FUNCTION_NODE = 3, SIGNATURE_NAME = 1, GRADIENT_FUNCTION = 1 };

/* The next field `number` of bytes; the bytes were checked before. */
static bool next(hr_wire *wire, uint32_t number, hr_view *value) {
  uint32_t field;
  hr_wire_type type;
  while (!hr_wire_done(wire) && hr_wire_tag(wire, &field, &type)) {
    if (field == number && type == HR_WIRE_BYTES) return hr_wire_bytes(wire, value);
    if (!hr_wire_skip(wire, type)) return false;
  }
  return false;
}

static hr_view field_of(hr_view bytes, uint32_t number) {
  hr_view value = {"", 0};
  hr_wire wire = hr_wire_of_view(bytes);
  return next(&wire, number, &value) ? value : (hr_view){"", 0};
}

/* The name that an entry of the library must have alone. */
static hr_view name_of(uint32_t field, hr_view entry) {
  return field == LIBRARY_FUNCTION ? field_of(field_of(entry, FUNCTION_SIGNATURE), SIGNATURE_NAME)
                                   : field_of(entry, GRADIENT_FUNCTION);
}

/* The entry of this kind and name that the graph has. */
static bool find(const hr_graph *graph, uint32_t number, hr_view name, hr_view *entry) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of(graph->library.data, graph->library.length); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type) || !hr_wire_bytes(&wire, entry)) return false;
    if (field == number && hr_view_equal(name_of(field, *entry), name)) return true;
  }
  return false;
}

hr_status hr_function_library_add(hr_graph *graph, hr_view library) {
  HR_TRY(hr_proto_check(&hr_pb__function_def_library__descriptor, library.data, library.length, NULL));
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(library); !hr_wire_done(&wire);) {
    hr_view entry, known;
    if (!hr_wire_tag(&wire, &field, &type)) break;
    if ((field != LIBRARY_FUNCTION && field != LIBRARY_GRADIENT) || type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) break;
      continue;
    }
    if (!hr_wire_bytes(&wire, &entry)) break;
    hr_view name = name_of(field, entry);
    if (!find(graph, field, name, &known)) {
      hr_wire_put_bytes(&graph->library, field, entry);
    } else if (!hr_view_equal(known, entry)) {
      return hr_error(HR_INVALID_ARGUMENT,
                      "Cannot add %s '%.*s' because a different one with the same name already exists.",
                      field == LIBRARY_FUNCTION ? "function" : "gradient of function", (int)name.length, name.data);
    }
  }
  if (!graph->library.failed) return HR_SUCCESS;
  graph->library.failed = false;
  return hr_error_out_of_memory(library.length, "a function library");
}

void hr_function_library_ops(const hr_graph *graph, void (*each)(void *argument, hr_view op), void *argument) {
  hr_view function, node;
  hr_wire library = hr_wire_of(graph->library.data, graph->library.length);
  while (next(&library, LIBRARY_FUNCTION, &function)) {
    hr_wire body = hr_wire_of_view(function);
    while (next(&body, FUNCTION_NODE, &node))
      each(argument, field_of(node, HR_NODEDEF_OP));
  }
}
