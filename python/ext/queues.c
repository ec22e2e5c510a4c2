/* Queues of a graph. Python's class is registered as QueueBase; the generated functions take and give its objects. */
#include "headrace/queues.h"
#include "binding.h"

typedef struct py_queue {
  PyObject_HEAD py_graph *graph; /* owned */
  hr_tensor_queue *queue;        /* the graph's; NULL until something is bound to the object */
} py_queue;

static PyTypeObject *base_type;

static bool is_queue(PyObject *v) { return PyObject_TypeCheck(v, base_type); }
py_graph *py_queue_graph(PyObject *v) { return is_queue(v) ? ((py_queue *)v)->graph : NULL; }

bool py_to_tensor_queue(PyObject *v, hr_tensor_queue **out) {
  *out = is_queue(v) ? ((py_queue *)v)->queue : NULL;
  if (!*out) PyErr_Format(PyExc_TypeError, "Expected a queue, got %R", v);
  return *out != NULL;
}

static void bind(py_queue *self, py_graph *graph, hr_tensor_queue *queue) {
  Py_INCREF(graph);
  Py_XSETREF(self->graph, graph);
  self->queue = queue;
}

PyObject *py_from_tensor_queue(py_graph *graph, hr_tensor_queue *queue) {
  PyTypeObject *type = (PyTypeObject *)py_classes[PY_QUEUE];
  py_queue *self = (py_queue *)type->tp_alloc(type, 0);
  if (self) bind(self, graph, queue);
  return (PyObject *)self;
}

static int traverse(py_queue *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->graph);
  return 0;
}
static int clear(py_queue *self) {
  self->queue = NULL;
  Py_CLEAR(self->graph);
  return 0;
}
static void dealloc(py_queue *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static PyObject *list_of(int32_t count, PyObject *(*item)(const void *list, int32_t index), const void *list) {
  PyObject *result = PyList_New(count);
  for (int32_t i = 0; result && i < count; ++i) {
    PyObject *value = item(list, i);
    if (value)
      PyList_SET_ITEM(result, i, value);
    else
      Py_CLEAR(result);
  }
  return result;
}

static PyObject *dtype_at(const void *list, int32_t i) { return py_from_dtype(((const hr_types *)list)->items[i]); }
static PyObject *shape_at(const void *list, int32_t i) { return py_from_shape(&((const hr_shapes *)list)->items[i]); }
static PyObject *name_at(const void *list, int32_t i) {
  return PyUnicode_FromString(((const hr_strings *)list)->items[i]);
}

static PyObject *part_of(py_queue *self, void *part) {
  hr_tensor_queue *queue;
  if (!py_to_tensor_queue((PyObject *)self, &queue)) return NULL;
  hr_types dtypes = hr_tensor_queue_dtypes(queue);
  hr_shapes shapes = hr_tensor_queue_shapes(queue);
  hr_strings names = hr_tensor_queue_names(queue);
  switch ((int)(intptr_t)part) {
  case 0: return py_from_output(self->graph, hr_tensor_queue_handle(queue));
  case 1: return list_of(dtypes.count, dtype_at, &dtypes);
  case 2: return list_of(shapes.count, shape_at, &shapes);
  default:
    if (names.count) return list_of(names.count, name_at, &names);
    Py_RETURN_NONE;
  }
}
static PyGetSetDef getset[] = {
    {"queue_ref", (getter)part_of, NULL, "The tensor that leads to the queue.", (void *)0},
    {"dtypes", (getter)part_of, NULL, "The DTypes of the components: a list.", (void *)1},
    {"shapes", (getter)part_of, NULL, "What is known of the components' shapes: a list of TensorShapes.", (void *)2},
    {"names", (getter)part_of, NULL, "The names of the components: a list, or None.", (void *)3},
    {0}};

/* _take(other): becomes the queue that another object stands for. */
static PyObject *take(py_queue *self, PyObject *other) {
  hr_tensor_queue *queue;
  if (!py_to_tensor_queue(other, &queue)) return NULL;
  bind(self, ((py_queue *)other)->graph, queue);
  Py_RETURN_NONE;
}
static PyMethodDef methods[] = {{"_take", (PyCFunction)take, METH_O, "Becomes the queue of another object."}, {0}};

static PyType_Slot slots[] = {{Py_tp_dealloc, dealloc}, {Py_tp_traverse, traverse}, {Py_tp_clear, clear},
                              {Py_tp_methods, methods}, {Py_tp_getset, getset},     {0, NULL}};
static PyType_Spec spec = {.name = "headrace._headrace.Queue",
                           .basicsize = sizeof(py_queue),
                           .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                           .slots = slots};

/* ---- functions --------------------------------------------------------------------------------------------------- */

/* tensor_queue_select(index, queues) */
static PyObject *select_queue(PyObject *module, PyObject *const *args, Py_ssize_t num_args) {
  (void)module;
  if (num_args != 2 || !PyList_Check(args[1])) return PyErr_Format(PyExc_TypeError, "A list of queues expected");
  int32_t count = (int32_t)PyList_GET_SIZE(args[1]);
  py_call c;
  PyObject *result = NULL;
  PyObject *const places[] = {count ? PyList_GET_ITEM(args[1], 0) : args[1]}; /* the queues decide on the graph */
  if (!py_call_begin(&c, places, 1)) return NULL;
  hr_tensor_queue **queues = py_call_allocate(&c, sizeof *queues * ((size_t)count + 1));
  hr_operand index = {0};
  bool ok = queues && py_to_operand(&c, args[0], &index);
  for (int32_t i = 0; ok && i < count; ++i)
    ok = py_to_tensor_queue(PyList_GET_ITEM(args[1], i), &queues[i]);
  if (ok) {
    hr_tensor_queue *chosen = hr_tensor_queue_select(c.scope, index, count, queues);
    if (hr_scope_ok(c.scope)) result = py_from_tensor_queue(c.graph, chosen);
  }
  if (!py_call_end(&c)) Py_CLEAR(result);
  return result;
}
static PyMethodDef functions[] = {{"tensor_queue_select", (PyCFunction)(void (*)(void))select_queue, METH_FASTCALL,
                                   "tensor_queue_select(index, queues)"},
                                  {0}};

/* ---- staging areas ---------------------------------------------------------------------------------------------- */

/* staging_area_new(dtypes, shared_name or None, with keys) -> (name, root) */
static PyObject *new_staging_area(PyObject *module, PyObject *const *args, Py_ssize_t num_args) {
  (void)module;
  py_call c;
  PyObject *result = NULL;
  hr_types dtypes = {0};
  const char *shared_name = NULL;
  if (num_args != 3) return PyErr_Format(PyExc_TypeError, "staging_area_new takes 3 arguments");
  if (!py_call_begin(&c, NULL, 0)) return NULL;
  if (py_to_types(&c, args[0], &dtypes) && (args[1] == Py_None || py_to_text(args[1], &shared_name))) {
    hr_staging_area area = args[2] == Py_True
                               ? hr_map_staging_area_new(c.scope, dtypes, .shared_name = shared_name).area
                               : hr_staging_area_new(c.scope, dtypes, .shared_name = shared_name);
    if (hr_scope_ok(c.scope)) result = Py_BuildValue("sN", area.name, py_from_node(c.graph, area.root));
  }
  if (!py_call_end(&c)) Py_CLEAR(result);
  return result;
}

bool py_to_staging_area(py_call *call, PyObject *v, hr_staging_area *out) {
  PyObject *name = PyObject_GetAttrString(v, "_name"), *root = name ? PyObject_GetAttrString(v, "_coloc_op") : NULL;
  PyObject *dtypes = root ? PyObject_GetAttrString(v, "_dtypes") : NULL;
  PyObject *shapes = dtypes ? PyObject_GetAttrString(v, "_shapes") : NULL;
  PyObject *capacity = shapes ? PyObject_GetAttrString(v, "_capacity") : NULL;
  PyObject *limit = capacity ? PyObject_GetAttrString(v, "_memory_limit") : NULL;
  *out = (hr_staging_area){0};
  /* The object, which the caller holds, owns them all. */
  bool ok = limit && py_to_text(name, &out->name) && py_to_node(call, root, &out->root) &&
            py_to_types(call, dtypes, &out->dtypes) && py_to_shapes(call, shapes, &out->shapes) &&
            py_to_int64(capacity, &out->capacity) && py_to_int64(limit, &out->memory_limit);
  Py_XDECREF(name);
  Py_XDECREF(root);
  Py_XDECREF(dtypes);
  Py_XDECREF(shapes);
  Py_XDECREF(capacity);
  Py_XDECREF(limit);
  return ok;
}

bool py_to_map_staging_area(py_call *call, PyObject *v, hr_map_staging_area *out) {
  PyObject *ordered = PyObject_GetAttrString(v, "_ordered");
  bool ok = ordered && py_to_bool(ordered, &out->ordered) && py_to_staging_area(call, v, &out->area);
  Py_XDECREF(ordered);
  return ok;
}

static PyMethodDef staging_functions[] = {{"staging_area_new", (PyCFunction)(void (*)(void))new_staging_area,
                                           METH_FASTCALL, "staging_area_new(dtypes, shared_name, keys)"},
                                          {0}};

bool py_add_queue_type(PyObject *module) {
  base_type = py_add_type(module, &spec);
  return base_type != NULL && PyModule_AddFunctions(module, functions) == 0 &&
         PyModule_AddFunctions(module, staging_functions) == 0;
}
