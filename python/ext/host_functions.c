/* tf.py_func: Python functions as nodes. The run calls them from any of its threads, with the GIL taken here. */
#include "binding.h"

/* ---- errors ------------------------------------------------------------------------------------------------------ */

/* The code that TensorFlow gives an exception of the function. */
static hr_code code_of(PyObject *type) {
  struct {
    PyObject *type;
    hr_code code;
  } const codes[] = {{PyExc_ValueError, HR_INVALID_ARGUMENT},       {PyExc_TypeError, HR_INVALID_ARGUMENT},
                     {PyExc_StopIteration, HR_OUT_OF_RANGE},        {PyExc_MemoryError, HR_RESOURCE_EXHAUSTED},
                     {PyExc_NotImplementedError, HR_UNIMPLEMENTED}, {NULL, HR_UNKNOWN}};
  int i = 0;
  while (codes[i].type && !PyErr_GivenExceptionMatches(type, codes[i].type))
    ++i;
  return codes[i].code;
}

/* "ValueError: text", and the traceback behind it, as text. New reference; NULL with an exception. */
static PyObject *exception_text(PyObject *type, PyObject *value, PyObject *traceback) {
  PyObject *module = PyImport_ImportModule("headrace.core.py_func");
  PyObject *text =
      module ? PyObject_CallMethod(module, "exception_text", "OOO", type, value, traceback ? traceback : Py_None)
             : NULL;
  Py_XDECREF(module);
  return text;
}

/* The status of the current exception, which is cleared. What no program catches by chance goes through as itself. */
static hr_status failure(void) {
  if (!PyErr_ExceptionMatches(PyExc_Exception)) return py_keep_exception();
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  PyObject *text = exception_text(type, value, traceback);
  const char *message = text ? PyUnicode_AsUTF8(text) : NULL;
  hr_status status = hr_error(code_of(type), "%s", message ? message : ((PyTypeObject *)type)->tp_name);
  PyErr_Clear();
  Py_XDECREF(text);
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(traceback);
  return status;
}

/* ---- the call ---------------------------------------------------------------------------------------------------- */

/* The inputs as arrays of their own: the function may keep them, or write to them. */
static PyObject *arguments_of(int32_t count, const hr_tensor *const *inputs) {
  PyObject *args = PyTuple_New(count);
  for (int32_t i = 0; args && i < count; ++i) {
    hr_tensor copy;
    PyObject *value = py_check(hr_tensor_clone(hr_cpu_allocator(), inputs[i], &copy)) ? py_from_result(&copy) : NULL;
    if (value)
      PyTuple_SET_ITEM(args, i, value);
    else
      Py_CLEAR(args);
  }
  return args;
}

/* Results count as NumPy sees them: a Python float is a double. */
static bool take_result(PyObject *value, hr_tensor *out) {
  bool literal;
  return py_to_value(value, out, &literal);
}

static bool take_results(PyObject *value, int32_t count, hr_tensor *outputs, int32_t *given) {
  *given = 0;
  if (value == Py_None) return true;
  if (!PyList_Check(value) && !PyTuple_Check(value)) {
    *given = 1;
    return count == 0 || take_result(value, &outputs[0]);
  }
  *given = (int32_t)PySequence_Fast_GET_SIZE(value);
  for (int32_t i = 0; i < *given && i < count; ++i)
    if (!take_result(PySequence_Fast_GET_ITEM(value, i), &outputs[i])) return false;
  return true;
}

static hr_status call(void *function, int32_t input_count, const hr_tensor *const *inputs, int32_t output_count,
                      hr_tensor *outputs, int32_t *given) {
  PyGILState_STATE gil = PyGILState_Ensure();
  PyObject *args = arguments_of(input_count, inputs);
  PyObject *value = args ? PyObject_CallObject(function, args) : NULL;
  Py_XDECREF(args);
  bool ok = value && take_results(value, output_count, outputs, given);
  Py_XDECREF(value);
  hr_status status = ok ? HR_SUCCESS : failure();
  PyGILState_Release(gil);
  return status;
}

static void destroy(void *function) {
  if (!Py_IsInitialized()) return; /* the process ends */
  PyGILState_STATE gil = PyGILState_Ensure();
  Py_DECREF((PyObject *)function);
  PyGILState_Release(gil);
}

/* ---- the node ---------------------------------------------------------------------------------------------------- */

/* py_func(function, inputs, types, stateless, name) -> list of tensors; the operation where `types` is empty. */
static PyObject *py_func(PyObject *module, PyObject *args) {
  (void)module;
  PyObject *function, *inputs, *types;
  int stateless;
  const char *name;
  if (!PyArg_ParseTuple(args, "OOO!pz", &function, &inputs, &PyList_Type, &types, &stateless, &name)) return NULL;
  py_call c;
  if (!py_call_begin(&c, &inputs, 1)) return NULL;
  hr_operands operands;
  int32_t count = (int32_t)PyList_GET_SIZE(types);
  hr_dtype *dtypes = py_call_allocate(&c, sizeof *dtypes * (size_t)(count + 1));
  bool ok = dtypes && py_to_operands(&c, inputs, &operands);
  for (int32_t i = 0; ok && i < count; ++i)
    ok = py_to_dtype(PyList_GET_ITEM(types, i), &dtypes[i]);
  PyObject *result = NULL;
  if (ok) {
    Py_INCREF(function); /* destroy gives it back */
    hr_node *node = hr_tf_py_func_with(c.scope, call, function, destroy, operands, (hr_types){count, dtypes},
                                       &(hr_py_func_options){.stateless = stateless, .name = name});
    if (node && hr_scope_ok(c.scope)) {
      result = count == 0 ? py_from_node(c.graph, node) : PyList_New(count);
      for (int32_t i = 0; result && i < count; ++i) {
        PyObject *output = py_from_output(c.graph, hr_node_output(node, i));
        if (!output) {
          Py_CLEAR(result);
          break;
        }
        PyList_SET_ITEM(result, i, output);
      }
    }
  }
  if (!py_call_end(&c)) Py_CLEAR(result);
  return result;
}

static PyMethodDef methods[] = {{"py_func", py_func, METH_VARARGS, NULL}, {0}};

bool py_add_host_functions(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }
