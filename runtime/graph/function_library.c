#include "runtime/graph/function_library.h"

#include "runtime/base/proto_check.h"
#include "runtime/base/wire.h"
#include "runtime/graph/function_signature.h"
#include <stdlib.h>

enum { LIBRARY_FUNCTION = 1, LIBRARY_GRADIENT = 2 };
enum { GRADIENT_FUNCTION = 1, GRADIENT_GRADIENT = 2 };
enum { BUCKETS = 256 };
/* The oldest reader that understands functions. */
enum { CONSUMER_OF_FUNCTIONS = 12 };

typedef struct hr_gradient_entry hr_gradient_entry;
struct hr_gradient_entry {
  _Atomic(hr_gradient_entry *) next;
  const char *function, *gradient;
};

/* Readers follow the atomic pointers only, which are written after what they lead to. In the graph's arena. */
typedef struct hr_function_library {
  _Atomic(hr_function *) buckets[BUCKETS]; /* newest first */
  _Atomic(hr_function *) first;
  _Atomic(hr_gradient_entry *) first_gradient;
  hr_function *last;
  hr_gradient_entry *last_gradient;
} hr_function_library;

static hr_function_library *library_of(const hr_graph *graph) {
  if (graph->lender) graph = graph->lender;
  return atomic_load_explicit(&((hr_graph *)(uintptr_t)graph)->library, memory_order_acquire);
}

static size_t bucket_of(hr_view name) { return hr_hash_bytes(name.data, name.length) % BUCKETS; }
static hr_function *first_function(const hr_function_library *library) {
  return library ? atomic_load_explicit(&((hr_function_library *)(uintptr_t)library)->first, memory_order_acquire)
                 : NULL;
}
static hr_function *next_function(const hr_function *function) {
  return atomic_load_explicit(&((hr_function *)(uintptr_t)function)->next, memory_order_acquire);
}
static hr_gradient_entry *first_gradient(hr_function_library *library) {
  return library ? atomic_load_explicit(&library->first_gradient, memory_order_acquire) : NULL;
}
static hr_gradient_entry *next_gradient(hr_gradient_entry *entry) {
  return atomic_load_explicit(&entry->next, memory_order_acquire);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

const hr_function *hr_function_find(const hr_graph *graph, hr_view name) {
  hr_function_library *library = library_of(graph);
  if (!library) return NULL;
  hr_function *f = atomic_load_explicit(&library->buckets[bucket_of(name)], memory_order_acquire);
  while (f && !hr_view_equal(hr_view_of(f->op.name), name))
    f = f->next_in_bucket;
  return f;
}

const hr_function *hr_function_of_op(const hr_op_def *op) {
  if (!(op->flags & HR_OP_FUNCTION)) return NULL;
  return (const hr_function *)(const void *)((const char *)op - offsetof(hr_function, op));
}

const char *hr_function_gradient(const hr_graph *graph, const char *function) {
  for (hr_gradient_entry *e = first_gradient(library_of(graph)); e; e = next_gradient(e))
    if (strcmp(e->function, function) == 0) return e->gradient;
  return NULL;
}

const hr_op_def *hr_graph_find_op(const hr_graph *graph, const char *name, size_t length) {
  const hr_op_def *op = hr_op_find(name, length);
  if (op) return op;
  const hr_function *function = hr_function_find(graph, (hr_view){name, length});
  return function ? &function->op : NULL;
}

/* ---- adding ------------------------------------------------------------------------------------------------------ */

static hr_status make_library(hr_graph *graph, hr_function_library **out) {
  *out = library_of(graph);
  if (*out) return HR_SUCCESS;
  *out = hr_arena_zalloc(&graph->arena, sizeof **out, _Alignof(hr_function_library));
  if (!*out) return hr_error_out_of_memory(sizeof **out, "a function library");
  atomic_store_explicit(&graph->library, *out, memory_order_release);
  return HR_SUCCESS;
}

static hr_status name_taken(const char *name, const char *by) {
  return hr_error(HR_INVALID_ARGUMENT, "Cannot add function '%s' because %s with the same name already exists.", name,
                  by);
}

static void append(hr_graph *graph, hr_function_library *library, hr_function *function) {
  _Atomic(hr_function *) *bucket = &library->buckets[bucket_of(hr_view_of(function->op.name))];
  function->next_in_bucket = atomic_load_explicit(bucket, memory_order_relaxed);
  atomic_store_explicit(bucket, function, memory_order_release);
  atomic_store_explicit(library->last ? &library->last->next : &library->first, function, memory_order_release);
  library->last = function;
  if (graph->min_consumer < CONSUMER_OF_FUNCTIONS) graph->min_consumer = CONSUMER_OF_FUNCTIONS;
}

hr_status hr_function_library_add_function(hr_graph *graph, hr_view bytes) {
  hr_function_library *library;
  HR_TRY(make_library(graph, &library));
  hr_function *function = HR_ARENA_NEW(&graph->arena, hr_function);
  char *copy = hr_arena_copy_string(&graph->arena, bytes.data, bytes.length);
  if (!function || !copy) return hr_error_out_of_memory(bytes.length, "a function");
  *function = (hr_function){.bytes = {copy, bytes.length}};
  HrPb__FunctionDef *def;
  HR_TRY(hr_proto_unpack(&hr_pb__function_def__descriptor, &graph->arena, copy, bytes.length, NULL, &def));
  const char *name = def->signature ? def->signature->name : "";
  if (!*name) return hr_error(HR_INVALID_ARGUMENT, "A function of the library has no name");
  const hr_function *known = hr_function_find(graph, hr_view_of(name));
  if (known) return hr_function_defs_equal(known->bytes, bytes) ? HR_SUCCESS : name_taken(name, "a different function");
  if (hr_op_find(name, strlen(name))) return name_taken(name, "an op");
  function->def = def;
  HR_TRY(hr_function_signature(graph, def->signature, &function->op));
  append(graph, library, function);
  return HR_SUCCESS;
}

hr_status hr_function_library_add_gradient(hr_graph *graph, const char *function, const char *gradient) {
  const char *known = hr_function_gradient(graph, function);
  if (known && strcmp(known, gradient) == 0) return HR_SUCCESS;
  if (known)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Cannot assign gradient function '%s' to '%s' because it already has gradient function '%s'",
                    gradient, function, known);
  hr_function_library *library;
  HR_TRY(make_library(graph, &library));
  hr_gradient_entry *entry = HR_ARENA_NEW(&graph->arena, hr_gradient_entry);
  const char *copies[] = {hr_arena_copy_string(&graph->arena, function, strlen(function)),
                          hr_arena_copy_string(&graph->arena, gradient, strlen(gradient))};
  if (!entry || !copies[0] || !copies[1]) return hr_error_out_of_memory(sizeof *entry, "a gradient function");
  *entry = (hr_gradient_entry){.function = copies[0], .gradient = copies[1]};
  atomic_store_explicit(library->last_gradient ? &library->last_gradient->next : &library->first_gradient, entry,
                        memory_order_release);
  library->last_gradient = entry;
  return HR_SUCCESS;
}

void hr_function_set_gradient(hr_graph *graph, const char *name, hr_gradient_function gradient, void *argument) {
  hr_function *function = (hr_function *)(uintptr_t)hr_function_find(graph, hr_view_of(name));
  if (!function) return;
  function->gradient = gradient;
  function->gradient_argument = argument;
}

static hr_status add_gradient(hr_graph *graph, hr_view bytes) {
  hr_arena arena = {0};
  HrPb__GradientDef *def;
  hr_status status = hr_proto_unpack(&hr_pb__gradient_def__descriptor, &arena, bytes.data, bytes.length, NULL, &def);
  if (!status) status = hr_function_library_add_gradient(graph, def->function_name, def->gradient_func);
  hr_arena_free(&arena);
  return status;
}

hr_status hr_function_library_add(hr_graph *graph, hr_view library) {
  HR_TRY(hr_proto_check(&hr_pb__function_def_library__descriptor, library.data, library.length, NULL));
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(library); !hr_wire_done(&wire);) {
    hr_view entry;
    if (!hr_wire_tag(&wire, &field, &type)) break;
    if (type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) break;
      continue;
    }
    if (!hr_wire_bytes(&wire, &entry)) break;
    if (field == LIBRARY_FUNCTION) HR_TRY(hr_function_library_add_function(graph, entry));
    if (field == LIBRARY_GRADIENT) HR_TRY(add_gradient(graph, entry));
  }
  return HR_SUCCESS;
}

/* ---- going back -------------------------------------------------------------------------------------------------- */

hr_library_mark hr_function_library_mark(const hr_graph *graph) {
  const hr_function_library *library = library_of(graph);
  return library ? (hr_library_mark){library->last, library->last_gradient} : (hr_library_mark){0};
}

void hr_function_library_drop(hr_graph *graph, hr_library_mark mark) {
  hr_function_library *library = library_of(graph);
  if (!library) return;
  hr_function *f = mark.last ? next_function(mark.last) : first_function(library);
  for (; f; f = next_function(f)) { /* younger ones stand before older ones in a bucket, and all younger ones go */
    _Atomic(hr_function *) *bucket = &library->buckets[bucket_of(hr_view_of(f->op.name))];
    atomic_store_explicit(bucket, f->next_in_bucket, memory_order_release);
  }
  atomic_store_explicit(mark.last ? &mark.last->next : &library->first, NULL, memory_order_release);
  atomic_store_explicit(mark.last_gradient ? &mark.last_gradient->next : &library->first_gradient, NULL,
                        memory_order_release);
  library->last = mark.last;
  library->last_gradient = mark.last_gradient;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

void hr_function_library_write(const hr_graph *graph, hr_text *out) {
  hr_function_library *library = library_of(graph);
  for (const hr_function *f = first_function(library); f; f = next_function(f))
    hr_wire_put_bytes(out, LIBRARY_FUNCTION, f->bytes);
  for (hr_gradient_entry *e = first_gradient(library); e; e = next_gradient(e)) {
    size_t begin = hr_wire_begin(out, LIBRARY_GRADIENT);
    hr_wire_put_bytes(out, GRADIENT_FUNCTION, hr_view_of(e->function));
    hr_wire_put_bytes(out, GRADIENT_GRADIENT, hr_view_of(e->gradient));
    hr_wire_end(out, begin);
  }
}

void hr_function_library_ops(const hr_graph *graph, void (*each)(void *argument, hr_view op), void *argument) {
  for (const hr_function *f = first_function(library_of(graph)); f; f = next_function(f))
    for (size_t i = 0; i < f->def->n_node_def; ++i)
      each(argument, hr_view_of(f->def->node_def[i]->op));
}

/* ---- private graphs ---------------------------------------------------------------------------------------------- */

hr_graph *hr_graph_new_private(hr_graph *graph) {
  hr_graph *private = hr_graph_new();
  if (!private) return NULL;
  private->lender = hr_graph_ref(graph->lender ? graph->lender : graph);
  private->producer = graph->producer;
  private->min_consumer = graph->min_consumer;
  return private;
}
