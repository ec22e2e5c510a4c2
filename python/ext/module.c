/* The module _headrace: puts its parts together. */
#include "binding.h"
#include "generated.h"

PyObject *py_classes[PY_CLASS_COUNT];

PyObject *py_refuse_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
  (void)args, (void)kwargs;
  return PyErr_Format(PyExc_TypeError, "An empty object of %s cannot be made", type->tp_name);
}

PyTypeObject *py_add_type(PyObject *module, PyType_Spec *spec) {
  PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(spec);
  if (!type) return NULL;
  Py_INCREF(type); /* the static that the caller keeps */
  if (PyModule_AddObject(module, strrchr(spec->name, '.') + 1, (PyObject *)type) == 0) return type;
  Py_DECREF(type);
  Py_DECREF(type);
  return NULL;
}

/* ---- converters of generated functions ----------------------------------------------------------------------------
 */

bool py_to_axes(py_call *call, PyObject *v, hr_operand *out) {
  *out = HR_NO_OPERAND;
  return v == Py_None || py_to_operand(call, v, out);
}

bool py_to_nodes(py_call *call, PyObject *v, hr_nodes_argument *out) {
  PyObject *list = PySequence_Fast(v, "a list of operations is wanted");
  if (!list) return false;
  out->count = (int32_t)PySequence_Fast_GET_SIZE(list);
  out->items = py_call_allocate(call, sizeof *out->items * (size_t)(out->count + 1));
  bool ok = out->items != NULL;
  for (int32_t i = 0; ok && i < out->count; ++i)
    ok = py_to_node(call, PySequence_Fast_GET_ITEM(list, i), &out->items[i]);
  Py_DECREF(list);
  return ok;
}

bool py_to_seed(PyObject *v, int64_t *out) {
  *out = HR_NO_SEED;
  if (!v || v == Py_None) return true;
  int overflow = 0;
  if (PyLong_Check(v) && PyLong_AsLongLongAndOverflow(v, &overflow) == -1 && !overflow && PyErr_Occurred())
    return false;
  if (!overflow) return py_to_int64(v, out);
  PyObject *limit = PyLong_FromLong(INT32_MAX), *rest = limit ? PyNumber_Remainder(v, limit) : NULL; /* TensorFlow's */
  bool ok = rest && py_to_int64(rest, out);
  Py_XDECREF(rest);
  Py_XDECREF(limit);
  return ok;
}

bool py_to_int64s(py_call *call, PyObject *v, int32_t *count, int64_t **out) {
  PyObject *list = PySequence_Fast(v, "a list of integers is wanted");
  if (!list) return false;
  *count = (int32_t)PySequence_Fast_GET_SIZE(list);
  *out = py_call_allocate(call, sizeof **out * (size_t)(*count + 1));
  bool ok = *out != NULL;
  for (int32_t i = 0; ok && i < *count; ++i)
    ok = py_to_int64(PySequence_Fast_GET_ITEM(list, i), &(*out)[i]);
  Py_DECREF(list);
  return ok;
}

bool py_to_ints(py_call *call, PyObject *v, hr_ints *out) {
  int64_t *items;
  *out = (hr_ints){0, NULL};
  if (v == Py_None) return true;
  if (PyIndex_Check(v) && !PySequence_Check(v)) { /* one number */
    items = py_call_allocate(call, sizeof *items);
    *out = (hr_ints){1, items};
    return items && py_to_int64(v, items);
  }
  if (!py_to_int64s(call, v, &out->count, &items)) return false;
  out->items = items;
  return true;
}

bool py_to_int32s(py_call *call, PyObject *v, int32_t *count, int32_t **out) {
  int64_t *wide;
  if (!py_to_int64s(call, v, count, &wide)) return false;
  *out = py_call_allocate(call, sizeof **out * (size_t)(*count + 1));
  for (int32_t i = 0; *out && i < *count; ++i)
    (*out)[i] = (int32_t)wide[i];
  return *out != NULL;
}

bool py_to_enum(PyObject *v, int *out) {
  int64_t number;
  if (!py_to_int64(v, &number)) return false;
  *out = (int)number;
  return true;
}

bool py_to_tensor_argument(py_call *call, PyObject *v, const hr_tensor **out) {
  hr_tensor *tensor = py_call_tensor(call);
  *out = tensor;
  return tensor && py_to_tensor(v, HR_INVALID, tensor);
}

PyObject *py_tuple(int count, PyObject **items) {
  PyObject *tuple = PyTuple_New(count);
  bool ok = tuple != NULL;
  for (int i = 0; i < count; ++i) {
    ok = ok && items[i];
    if (tuple && items[i])
      PyTuple_SET_ITEM(tuple, i, items[i]);
    else
      Py_XDECREF(items[i]);
  }
  if (!ok) Py_CLEAR(tuple);
  return tuple;
}

/* ---- the module ---------------------------------------------------------------------------------------------------
 */

/* register_class(name, object): what stands for a base type, or a function the extension calls. */
static PyObject *register_class(PyObject *module, PyObject *args) {
  static const char *const names[PY_CLASS_COUNT] = {
      [PY_GRAPH] = "Graph",
      [PY_OPERATION] = "Operation",
      [PY_TENSOR] = "Tensor",
      [PY_VARIABLE] = "Variable",
      [PY_RESOURCE_VARIABLE] = "ResourceVariable",
      [PY_UNREAD_VARIABLE] = "UnreadVariable",
      [PY_TENSOR_SHAPE] = "TensorShape",
      [PY_INDEXED_SLICES] = "IndexedSlices",
      [PY_VARIABLE_SCOPE] = "VariableScope",
      [PY_PARTITIONED_VARIABLE] = "PartitionedVariable",
      [PY_TENSOR_ARRAY] = "TensorArray",
      [PY_QUEUE] = "QueueBase",
      [PY_PARTITION_INFO] = "partition_info",
      [PY_OPERAND_FALLBACK] = "operand_fallback",
      [PY_FETCH_FALLBACK] = "fetch_fallback",
      [PY_FEED_FALLBACK] = "feed_fallback",
      [PY_ITEM_FALLBACK] = "item_fallback",
      [PY_COMPLEX_ABS] = "complex_abs",
      [PY_BOOLEAN_MASK] = "boolean_mask",
      [PY_MAKE_ERROR] = "make_error",
  };
  (void)module;
  const char *name;
  PyObject *object;
  if (!PyArg_ParseTuple(args, "sO", &name, &object)) return NULL;
  for (int i = 0; i < PY_CLASS_COUNT; ++i) {
    if (strcmp(names[i], name) != 0) continue;
    Py_INCREF(object);
    Py_XSETREF(py_classes[i], object);
    Py_RETURN_NONE;
  }
  return PyErr_Format(PyExc_ValueError, "nothing is registered as '%s'", name);
}

/* convert(value, dtype=None, name=None) -> Tensor */
static PyObject *convert(PyObject *module, PyObject *const *args, Py_ssize_t num_args, PyObject *kwnames) {
  static const char *const names[] = {"value", "dtype", "name"};
  (void)module;
  PyObject *a[3];
  if (!py_arguments("convert", names, 3, 1, args, num_args, kwnames, a)) return NULL;
  py_call c;
  if (!py_call_begin(&c, a, 1)) return NULL;
  hr_operand value;
  hr_dtype dtype = HR_INVALID;
  const char *name = NULL;
  PyObject *result = NULL;
  if ((!a[1] || py_to_dtype(a[1], &dtype)) && (!a[2] || py_to_text(a[2], &name)) && py_to_operand(&c, a[0], &value)) {
    hr_output r = hr_convert(c.scope, value, hr_dtype_base(dtype), name);
    if (hr_scope_ok(c.scope)) result = py_from_output(c.graph, r);
  }
  if (!py_call_end(&c)) Py_CLEAR(result);
  return result;
}

extern PyMethodDef py_call_methods[];

static PyMethodDef methods[] = {{"register_class", register_class, METH_VARARGS, NULL},
                                {"register_dtype", py_register_dtype, METH_VARARGS, NULL},
                                {"convert", (PyCFunction)(void (*)(void))convert, METH_FASTCALL | METH_KEYWORDS, NULL},
                                {0}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "headrace._headrace", .m_size = -1,
                                        .m_methods = methods};

PyMODINIT_FUNC PyInit__headrace(void) {
  PyObject *module = PyModule_Create(&definition);
  if (!module) return NULL;
  bool ok = py_values_init() && PyModule_AddFunctions(module, py_builder_methods) == 0 &&
            PyModule_AddFunctions(module, py_call_methods) == 0 && py_add_graph_types(module) &&
            py_add_scope_types(module) && py_add_variable_types(module) && py_add_session_types(module) &&
            py_add_server_type(module) && py_add_gradients(module) && py_add_optimizer_types(module) &&
            py_add_graph_files(module) && py_add_graph_util(module) && py_add_savers(module) &&
            py_add_saved_models(module) && py_add_event_files(module) && py_add_checkpoints(module) &&
            py_add_records(module) && py_add_host_functions(module) && py_add_constants(module) &&
            py_add_control_flow(module) && py_add_gradient_functions(module) && py_add_tensor_array_type(module) &&
            py_add_queue_type(module) && py_add_sync_replicas(module) && py_add_functional(module) &&
            py_add_functions(module) && py_add_ops(module) && py_add_public_type(module) && py_watch_signals();
  if (ok) return module;
  Py_DECREF(module);
  return NULL;
}
