/* Calls of builder functions: which graph, from which line of the program, with which memory. */
#include "binding.h"
#include <frameobject.h>

/* ---- memory ------------------------------------------------------------------------------------------------------ */

typedef struct py_block {
  struct py_block *next;
  _Alignas(16) char bytes[];
} py_block;

void *py_call_allocate(py_call *call, size_t bytes) {
  bytes = (bytes + 15) & ~(size_t)15;
  if (bytes <= sizeof call->memory - call->used) {
    void *place = call->memory + call->used;
    call->used += bytes;
    return memset(place, 0, bytes);
  }
  py_block *block = calloc(1, sizeof *block + bytes);
  if (!block) return PyErr_NoMemory();
  block->next = call->blocks;
  call->blocks = block;
  return block->bytes;
}

hr_tensor *py_call_tensor(py_call *call) {
  if (call->num_tensors == call->tensors_capacity) {
    int32_t capacity = call->tensors_capacity ? call->tensors_capacity * 2 : 4;
    hr_tensor **tensors = py_call_allocate(call, sizeof *tensors * (size_t)capacity);
    if (!tensors) return NULL;
    if (call->num_tensors > 0) memcpy(tensors, call->tensors, sizeof *tensors * (size_t)call->num_tensors);
    call->tensors = tensors;
    call->tensors_capacity = capacity;
  }
  hr_tensor *tensor = py_call_allocate(call, sizeof *tensor);
  if (tensor) call->tensors[call->num_tensors++] = tensor;
  return tensor;
}

/* ---- where the program is ---------------------------------------------------------------------------------------- */

#define WHERE_ENTRIES 1024 /* a power of two */

/* "file:line" of a place in a program, and whether it is inside the package. */
typedef struct where_entry {
  PyCodeObject *code; /* owned */
  int instruction;
  bool internal;
  char *text;
} where_entry;

static where_entry where_cache[WHERE_ENTRIES];
static PyObject *package_path; /* "/.../headrace/": code below it is ours */

static PyObject *set_package_path(PyObject *module, PyObject *path) {
  (void)module;
  Py_INCREF(path);
  Py_XSETREF(package_path, path);
  Py_RETURN_NONE;
}

static int instruction_of(PyFrameObject *frame) {
#if PY_VERSION_HEX >= 0x030b0000
  return PyFrame_GetLasti(frame);
#else
  return frame->f_lasti;
#endif
}

bool py_is_package_code(PyCodeObject *code) {
  return package_path && PyUnicode_Tailmatch(code->co_filename, package_path, 0, PY_SSIZE_T_MAX, -1) == 1;
}

static where_entry *where_of(PyFrameObject *frame) {
  PyCodeObject *code = PyFrame_GetCode(frame);
  int instruction = instruction_of(frame);
  size_t hash = ((uintptr_t)code >> 4) * 31 + (size_t)instruction;
  where_entry *entry = &where_cache[hash & (WHERE_ENTRIES - 1)];
  if (entry->code == code && entry->instruction == instruction) {
    Py_DECREF(code);
    return entry;
  }
  const char *file = PyUnicode_AsUTF8(code->co_filename);
  size_t size = file ? strlen(file) + 16 : 0;
  char *text = file ? malloc(size) : NULL;
  if (!text) {
    PyErr_Clear();
    Py_DECREF(code);
    return NULL;
  }
  snprintf(text, size, "%s:%d", file, PyFrame_GetLineNumber(frame));
  free(entry->text);
  Py_XDECREF(entry->code);
  *entry = (where_entry){code, instruction, py_is_package_code(code), text};
  return entry;
}

/* The innermost place of the program outside the package; NULL for none. Valid until the next call. */
static const char *current_place(void) {
  PyFrameObject *frame = PyEval_GetFrame();
  Py_XINCREF(frame);
  const char *text = NULL;
  while (frame && !text) {
    where_entry *entry = where_of(frame);
    if (entry && !entry->internal) text = entry->text;
    PyFrameObject *back = PyFrame_GetBack(frame);
    Py_DECREF(frame);
    frame = back;
  }
  Py_XDECREF(frame);
  return text;
}

/* ---- which graph ------------------------------------------------------------------------------------------------- */

static py_graph *graph_of(PyObject *v, int depth) {
  if (!v) return NULL;
  if (py_is_tensor(v)) return ((py_tensor *)v)->op->graph;
  if (py_is_variable(v)) return ((py_variable *)v)->graph;
  if (py_is_operation(v)) return ((py_operation *)v)->graph;
  py_graph *of_array = py_tensor_array_graph(v);
  if (of_array) return of_array;
  py_graph *of_queue = py_queue_graph(v);
  if (of_queue) return of_queue;
  if (depth == 0 || !(PyList_CheckExact(v) || PyTuple_CheckExact(v))) return NULL;
  PyObject **items = PySequence_Fast_ITEMS(v);
  for (Py_ssize_t i = 0, n = PySequence_Fast_GET_SIZE(v); i < n; ++i) {
    py_graph *graph = graph_of(items[i], depth - 1);
    if (graph) return graph;
    if (i == 8 && depth == 1) break; /* a long list of numbers */
  }
  return NULL;
}

bool py_resource_by_default, py_functional_control_flow;

void py_call_begin_in(py_call *call, py_graph *graph) {
  call->graph = graph;
  Py_INCREF(graph);
  call->scope = graph->scope;
  call->blocks = NULL;
  call->tensors = NULL;
  call->num_tensors = call->tensors_capacity = 0;
  call->used = 0;
  hr_builder_set_where(graph->builder, current_place());
  if (graph->by_handle != py_resource_by_default) {
    graph->by_handle = py_resource_by_default;
    hr_resource_by_default(graph->scope, py_resource_by_default);
  }
  if (graph->is_functional != py_functional_control_flow) {
    graph->is_functional = py_functional_control_flow;
    hr_functional_control_flow(graph->scope, py_functional_control_flow);
  }
}

bool py_call_begin(py_call *call, PyObject *const *args, Py_ssize_t count) {
  py_graph *graph = py_function_graph();
  for (Py_ssize_t i = 0; i < count && !graph; ++i)
    graph = graph_of(args[i], 2);
  if (!graph) graph = py_default_graph();
  if (!graph) return false;
  py_call_begin_in(call, graph);
  return true;
}

bool py_call_end(py_call *call) {
  for (int32_t i = 0; i < call->num_tensors; ++i)
    hr_tensor_clear(call->tensors[i]);
  for (py_block *block = call->blocks, *next; block; block = next) {
    next = block->next;
    free(block);
  }
  hr_status status = hr_builder_status(call->graph->builder);
  if (PyErr_Occurred()) { /* a converter's */
    py_drop_status(status);
  } else if (status) {
    py_raise_building(status);
  }
  Py_DECREF(call->graph);
  return !PyErr_Occurred();
}

/* ---- arguments --------------------------------------------------------------------------------------------------- */

int py_spelling_distance(const char *a, const char *b, int limit) {
  enum { LONGEST = 40 };
  size_t n = strlen(a), m = strlen(b);
  if (n > LONGEST || m > LONGEST) return limit;
  int row[LONGEST + 1];
  for (size_t j = 0; j <= m; ++j)
    row[j] = (int)j;
  for (size_t i = 1; i <= n; ++i) {
    int corner = row[0];
    row[0] = (int)i;
    for (size_t j = 1; j <= m; ++j) {
      int change = corner + (a[i - 1] != b[j - 1]);
      corner = row[j];
      int edit = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      row[j] = change < edit ? change : edit;
    }
  }
  return row[m] < limit ? row[m] : limit;
}

static bool unknown_argument(const char *function, const char *const *names, int count, PyObject *name) {
  const char *text = PyUnicode_AsUTF8(name), *nearest = NULL;
  int best = 4;
  for (int i = 0; text && i < count; ++i) {
    int d = py_spelling_distance(text, names[i], best);
    if (d < best) best = d, nearest = names[i];
  }
  if (nearest)
    PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'. Did you mean '%s'?", function, name,
                 nearest);
  else
    PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", function, name);
  return false;
}

bool py_arguments(const char *function, const char *const *names, int count, int required, PyObject *const *args,
                  Py_ssize_t num_args, PyObject *kwnames, PyObject **out) {
  num_args = PyVectorcall_NARGS((size_t)num_args);
  if (num_args > count) {
    PyErr_Format(PyExc_TypeError, "%s() takes at most %d arguments (%zd given)", function, count, num_args);
    return false;
  }
  for (int i = 0; i < count; ++i)
    out[i] = i < num_args ? args[i] : NULL;
  for (Py_ssize_t k = 0; kwnames && k < PyTuple_GET_SIZE(kwnames); ++k) {
    PyObject *name = PyTuple_GET_ITEM(kwnames, k);
    int i = 0;
    while (i < count && PyUnicode_CompareWithASCIIString(name, names[i]) != 0)
      ++i;
    if (i == count) return unknown_argument(function, names, count, name);
    if (out[i]) {
      PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%s'", function, names[i]);
      return false;
    }
    out[i] = args[num_args + k];
  }
  for (int i = 0; i < count; ++i) {
    if (i >= required && out[i] == Py_None) out[i] = NULL;
    if (i < required && !out[i]) {
      PyErr_Format(PyExc_TypeError, "%s() missing required argument '%s'", function, names[i]);
      return false;
    }
  }
  return true;
}

/* ---- callbacks --------------------------------------------------------------------------------------------------- */

PyObject *py_call_back_named(py_graph *graph, hr_scope scope, PyObject *function, PyObject *args, PyObject *kwargs) {
  PyObject *result = NULL;
  if (args && hr_scope_ok(scope) && !PyErr_Occurred()) {
    hr_scope before = graph->scope;
    graph->scope = scope;
    result = PyObject_Call(function, args, kwargs);
    graph->scope = before;
  }
  Py_XDECREF(args);
  if (PyErr_Occurred()) hr_scope_fail(scope, py_keep_exception());
  return result;
}

PyMethodDef py_call_methods[] = {
    {"set_package_path", set_package_path, METH_O, "The folder whose code is not the user's program."}, {0}};
