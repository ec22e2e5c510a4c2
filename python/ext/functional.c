/* Functions applied to the rows of tensors: maps, folds and scans of Python functions. */
#include "control_flow.h"

static void build_row(void *argument, hr_scope scope, hr_outputs row, hr_results *results) {
  const py_builder_function *f = argument;
  PyObject *list = py_from_outputs(py_graph_of(scope), row);
  py_call_builder_function(f, scope, list ? Py_BuildValue("(N)", list) : NULL, results);
}

static void build_fold(void *argument, hr_scope scope, hr_outputs accumulated, hr_outputs row, hr_results *results) {
  const py_builder_function *f = argument;
  PyObject *before = py_from_outputs(py_graph_of(scope), accumulated);
  PyObject *list = before ? py_from_outputs(py_graph_of(scope), row) : NULL;
  if (!list) Py_CLEAR(before);
  py_call_builder_function(f, scope, list ? Py_BuildValue("(NN)", before, list) : NULL, results);
}

static bool to_dtypes(py_call *call, PyObject *list, hr_types *out) {
  Py_ssize_t count = PyList_GET_SIZE(list);
  hr_dtype *items = py_call_allocate(call, sizeof *items * (size_t)(count + 1));
  bool ok = items != NULL;
  for (Py_ssize_t i = 0; ok && i < count; ++i)
    ok = py_to_dtype(PyList_GET_ITEM(list, i), &items[i]);
  *out = (hr_types){(int32_t)count, items};
  return ok;
}

/* map_fn(function, elems, dtypes, parallel_iterations, back_prop, swap_memory, infer_shape, name) -> list of tensors.
 * The function takes the list of a row's tensors and gives a list. */
static PyObject *map_fn(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *callable, *elems, *dtypes, *result = NULL;
  int parallel_iterations, back_prop, swap_memory, infer_shape;
  const char *name;
  if (!PyArg_ParseTuple(args, "OO!O!ipppz", &callable, &PyList_Type, &elems, &PyList_Type, &dtypes,
                        &parallel_iterations, &back_prop, &swap_memory, &infer_shape, &name))
    return NULL;
  py_call call;
  if (!py_call_begin(&call, &elems, 1)) return NULL;
  hr_map_options options = {.parallel_iterations = parallel_iterations,
                            .back_prop = back_prop,
                            .swap_memory = swap_memory,
                            .infer_shape = infer_shape,
                            .name = name};
  hr_operands rows;
  if (py_to_operands(&call, elems, &rows) && to_dtypes(&call, dtypes, &options.dtypes)) {
    py_builder_function function = {&call, callable};
    hr_outputs outputs = hr_map_fn_with(call.scope, build_row, &function, rows, &options);
    if (hr_scope_ok(call.scope)) result = py_from_outputs(call.graph, outputs);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}

/* scan(function, elems, initializer, parallel_iterations, back_prop, swap_memory, name, infer_shape, reverse), and
 * foldl and foldr without the last two -> list of tensors. The function takes two lists, what is accumulated and a
 * row's tensors, and gives a list; the initializer is an empty list for none. */
typedef enum fold_kind { FOLD_LEFT, FOLD_RIGHT, SCAN } fold_kind;
static PyObject *call_fold(PyObject *args, fold_kind kind) {
  PyObject *callable, *elems, *initial, *result = NULL;
  int parallel_iterations, back_prop, swap_memory, infer_shape = 1, reverse = 0;
  const char *name;
  if (!PyArg_ParseTuple(args, kind == SCAN ? "OO!O!ippzpp" : "OO!O!ippz", &callable, &PyList_Type, &elems, &PyList_Type,
                        &initial, &parallel_iterations, &back_prop, &swap_memory, &name, &infer_shape, &reverse))
    return NULL;
  py_call call;
  PyObject *lists[] = {elems, initial};
  if (!py_call_begin(&call, lists, 2)) return NULL;
  hr_operands rows, initializer;
  if (py_to_operands(&call, elems, &rows) && py_to_operands(&call, initial, &initializer)) {
    py_builder_function function = {&call, callable};
    hr_fold_options fold = {.initializer = initializer,
                            .parallel_iterations = parallel_iterations,
                            .back_prop = back_prop,
                            .swap_memory = swap_memory,
                            .name = name};
    hr_scan_options scan = {.initializer = initializer,
                            .parallel_iterations = parallel_iterations,
                            .back_prop = back_prop,
                            .swap_memory = swap_memory,
                            .infer_shape = infer_shape,
                            .reverse = reverse,
                            .name = name};
    hr_outputs outputs = {0, NULL};
    switch (kind) {
    case FOLD_LEFT: outputs = hr_foldl_with(call.scope, build_fold, &function, rows, &fold); break;
    case FOLD_RIGHT: outputs = hr_foldr_with(call.scope, build_fold, &function, rows, &fold); break;
    case SCAN: outputs = hr_scan_with(call.scope, build_fold, &function, rows, &scan); break;
    }
    if (hr_scope_ok(call.scope)) result = py_from_outputs(call.graph, outputs);
  }
  if (!py_call_end(&call)) Py_CLEAR(result);
  return result;
}
static PyObject *foldl(PyObject *module, PyObject *args) {
  (void)module;
  return call_fold(args, FOLD_LEFT);
}
static PyObject *foldr(PyObject *module, PyObject *args) {
  (void)module;
  return call_fold(args, FOLD_RIGHT);
}
static PyObject *scan(PyObject *module, PyObject *args) {
  (void)module;
  return call_fold(args, SCAN);
}

static PyMethodDef methods[] = {{"map_fn", map_fn, METH_VARARGS, NULL},
                                {"foldl", foldl, METH_VARARGS, NULL},
                                {"foldr", foldr, METH_VARARGS, NULL},
                                {"scan", scan, METH_VARARGS, NULL},
                                {0}};

bool py_add_functional(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
