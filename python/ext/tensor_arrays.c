/* The states of tensor arrays. Python's class is registered as TensorArray; the generated functions tensor_array_*
 * take and give its objects. */
#include "binding.h"

typedef struct py_tensor_array {
  PyObject_HEAD py_graph *graph; /* owned */
  hr_tensor_array *array;        /* the graph's; NULL until something is bound to the object */
} py_tensor_array;

static PyTypeObject *base_type;

static bool is_tensor_array(PyObject *v) { return PyObject_TypeCheck(v, base_type); }
py_graph *py_tensor_array_graph(PyObject *v) { return is_tensor_array(v) ? ((py_tensor_array *)v)->graph : NULL; }

bool py_to_tensor_array(PyObject *v, hr_tensor_array **out) {
  *out = is_tensor_array(v) ? ((py_tensor_array *)v)->array : NULL;
  if (!*out) PyErr_Format(PyExc_TypeError, "Expected a TensorArray, got %R", v);
  return *out != NULL;
}

static void bind(py_tensor_array *self, py_graph *graph, hr_tensor_array *array) {
  Py_INCREF(graph);
  Py_XSETREF(self->graph, graph);
  self->array = array;
}

PyObject *py_from_tensor_array(py_graph *graph, hr_tensor_array *array) {
  PyTypeObject *type = (PyTypeObject *)py_classes[PY_TENSOR_ARRAY];
  py_tensor_array *self = (py_tensor_array *)type->tp_alloc(type, 0);
  if (self) bind(self, graph, array);
  return (PyObject *)self;
}

static int traverse(py_tensor_array *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->graph);
  return 0;
}
static int clear(py_tensor_array *self) {
  self->array = NULL;
  Py_CLEAR(self->graph);
  return 0;
}
static void dealloc(py_tensor_array *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyObject *part_of(py_tensor_array *self, void *part) {
  hr_tensor_array *array;
  if (!py_to_tensor_array((PyObject *)self, &array)) return NULL;
  switch ((int)(intptr_t)part) {
  case 0: return py_from_output(self->graph, hr_tensor_array_handle(array));
  case 1: return py_from_output(self->graph, hr_tensor_array_flow(array));
  case 2: return py_from_dtype(hr_tensor_array_dtype(array));
  case 3: return py_from_shape(hr_tensor_array_element_shape(array));
  default: return PyBool_FromLong(hr_tensor_array_is_dynamic(array));
  }
}
static PyGetSetDef getset[] = {
    {"handle", (getter)part_of, NULL, "The resource tensor that leads to the array.", (void *)0},
    {"flow", (getter)part_of, NULL, "The float scalar that later operations wait for.", (void *)1},
    {"dtype", (getter)part_of, NULL, "The DType of the elements.", (void *)2},
    {"element_shape", (getter)part_of, NULL, "What is known of the elements' shape: a TensorShape.", (void *)3},
    {"dynamic_size", (getter)part_of, NULL, "Whether the array grows where it is written.", (void *)4},
    {0}};

/* _take(other): becomes the state that another object stands for. */
static PyObject *take(py_tensor_array *self, PyObject *other) {
  hr_tensor_array *array;
  if (!py_to_tensor_array(other, &array)) return NULL;
  bind(self, ((py_tensor_array *)other)->graph, array);
  Py_RETURN_NONE;
}
static PyMethodDef methods[] = {{"_take", (PyCFunction)take, METH_O, "Becomes the state of another object."}, {0}};

static PyType_Slot slots[] = {{Py_tp_dealloc, dealloc}, {Py_tp_traverse, traverse}, {Py_tp_clear, clear},
                              {Py_tp_methods, methods}, {Py_tp_getset, getset},     {0, NULL}};
static PyType_Spec spec = {.name = "headrace._headrace.TensorArray",
                           .basicsize = sizeof(py_tensor_array),
                           .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                           .slots = slots};

bool py_add_tensor_array_type(PyObject *module) {
  base_type = py_add_type(module, &spec);
  return base_type != NULL;
}
