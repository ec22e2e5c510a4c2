/* Public functions: what a program calls. A public function is a Python function behind a thin skin, which behaves as
 * the function itself but for errors: a misspelt argument gets a suggestion, and the traceback ends at the program's
 * line, not in the package's modules (HEADRACE_TRACEBACK=full keeps them). */
#include "binding.h"
#include <frameobject.h>
#include <structmember.h>

typedef struct py_public {
  PyObject_HEAD vectorcallfunc vectorcall;
  PyObject *function; /* a function of Python */
} py_public;
static PyTypeObject *public_type;
static bool full_tracebacks;

/* ---- tracebacks -------------------------------------------------------------------------------------------------- */

static bool is_ours(PyObject *traceback) {
  PyCodeObject *code = PyFrame_GetCode(((PyTracebackObject *)traceback)->tb_frame);
  bool ours = py_is_package_code(code);
  Py_DECREF(code);
  return ours;
}

/* The traceback without the package's frames; NULL for none. Takes and gives a reference. */
static PyObject *without_ours(PyObject *traceback) {
  PyObject *first = NULL;
  PyTracebackObject *last = NULL;
  while (traceback) {
    PyObject *next = (PyObject *)((PyTracebackObject *)traceback)->tb_next;
    Py_XINCREF(next);
    if (is_ours(traceback)) {
      Py_DECREF(traceback);
    } else {
      if (last)
        Py_XSETREF(last->tb_next, (PyTracebackObject *)traceback);
      else
        first = traceback;
      last = (PyTracebackObject *)traceback;
    }
    traceback = next;
  }
  if (last) Py_CLEAR(last->tb_next);
  return first;
}

/* ---- misspelt arguments ------------------------------------------------------------------------------------------ */

#define UNEXPECTED "got an unexpected keyword argument '"

/* The name that the function has no argument of, as the message says; NULL for another error. Borrowed from `message`,
 * which is cut behind it. */
static char *unexpected_name(char *message) {
  char *name = strstr(message, UNEXPECTED);
  if (!name || strstr(message, "Did you mean")) return NULL;
  name += strlen(UNEXPECTED);
  char *end = strchr(name, '\'');
  if (!end) return NULL;
  *end = '\0';
  return name;
}

/* The argument of the function that is spelt most like `name`; NULL for none. Borrowed. */
static const char *nearest_argument(PyObject *function, const char *name) {
  PyCodeObject *code = (PyCodeObject *)PyFunction_GetCode(function);
  PyObject *names = PyObject_GetAttrString((PyObject *)code, "co_varnames");
  const char *nearest = NULL;
  int best = 4;
  for (Py_ssize_t i = 0; names && i < code->co_argcount + code->co_kwonlyargcount; ++i) {
    const char *argument = PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, i));
    int distance = argument ? py_spelling_distance(name, argument, best) : best;
    if (distance < best) best = distance, nearest = argument;
  }
  Py_XDECREF(names); /* the code object holds it, too */
  return nearest;
}

/* The function behind decorators that pass on what they get; NULL where the traceback says that it was called.
 * Borrowed. Where a call as such fails, there is a frame for each decorator and no more. */
static PyObject *called_function(PyObject *function, PyObject *traceback) {
  PyTracebackObject *frame = (PyTracebackObject *)traceback;
  while (frame && is_ours((PyObject *)frame)) {
    PyObject *inner = PyObject_GetAttrString(function, "__wrapped__");
    if (!inner) break;
    function = inner;
    Py_DECREF(inner); /* the decorator holds it */
    frame = frame->tb_next;
  }
  PyErr_Clear();
  return !frame && PyFunction_Check(function) ? function : NULL;
}

static void suggest(PyObject *function, PyObject **value) {
  PyObject *text = *value ? PyObject_Str(*value) : NULL;
  const char *message = text ? PyUnicode_AsUTF8(text) : NULL;
  char *copy = message ? strdup(message) : NULL;
  char *name = copy ? unexpected_name(copy) : NULL;
  const char *nearest = name ? nearest_argument(function, name) : NULL;
  if (nearest) {
    PyObject *better = PyUnicode_FromFormat("%U. Did you mean '%s'?", text, nearest);
    if (better) Py_XSETREF(*value, better);
  }
  free(copy);
  Py_XDECREF(text);
  PyErr_Clear();
}

static PyObject *failed(py_public *self) {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyObject *called = type == PyExc_TypeError ? called_function(self->function, traceback) : NULL;
  if (called) suggest(called, &value); /* the call itself, not what it does */
  if (!full_tracebacks && traceback) traceback = without_ours(traceback);
  PyErr_Restore(type, value, traceback);
  return NULL;
}

/* ---- the type ---------------------------------------------------------------------------------------------------- */

static PyObject *public_call(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames) {
  PyObject *result = PyObject_Vectorcall(((py_public *)self)->function, args, nargsf, kwnames);
  return result ? result : failed((py_public *)self);
}

static PyObject *public_bind(PyObject *self, PyObject *object, PyObject *type) {
  (void)type;
  if (object && object != Py_None) return PyMethod_New(self, object);
  Py_INCREF(self);
  return self;
}

/* Everything but the call is the function's. */
static PyObject *public_attribute(PyObject *self, PyObject *name) {
  return PyObject_GetAttr(((py_public *)self)->function, name);
}
static int public_set_attribute(PyObject *self, PyObject *name, PyObject *value) {
  return value ? PyObject_SetAttr(((py_public *)self)->function, name, value)
               : PyObject_DelAttr(((py_public *)self)->function, name);
}
static PyObject *public_repr(PyObject *self) { return PyObject_Repr(((py_public *)self)->function); }

static int public_traverse(py_public *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->function);
  return 0;
}
static int public_clear(py_public *self) {
  Py_CLEAR(self->function);
  return 0;
}
static void public_dealloc(py_public *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  public_clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyMemberDef public_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(py_public, vectorcall), READONLY, NULL}, {0}};
static PyType_Slot public_slots[] = {{Py_tp_dealloc, public_dealloc},
                                     {Py_tp_traverse, public_traverse},
                                     {Py_tp_clear, public_clear},
                                     {Py_tp_call, PyVectorcall_Call},
                                     {Py_tp_descr_get, public_bind},
                                     {Py_tp_getattro, public_attribute},
                                     {Py_tp_setattro, public_set_attribute},
                                     {Py_tp_repr, public_repr},
                                     {Py_tp_members, public_members},
                                     {0, NULL}};
static PyType_Spec public_spec = {.name = "headrace._headrace.PublicFunction",
                                  .basicsize = sizeof(py_public),
                                  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                                           Py_TPFLAGS_METHOD_DESCRIPTOR,
                                  .slots = public_slots};

/* public(function): the function for programs; the same one each time. */
static PyObject *make_public(PyObject *module, PyObject *function) {
  (void)module;
  if (!PyFunction_Check(function)) {
    Py_INCREF(function);
    return function;
  }
  PyObject *known = PyObject_GetAttrString(function, "__public__");
  if (known) return known;
  PyErr_Clear();
  py_public *self = (py_public *)public_type->tp_alloc(public_type, 0);
  if (!self) return NULL;
  Py_INCREF(function);
  self->function = function;
  self->vectorcall = public_call;
  if (PyObject_SetAttrString(function, "__public__", (PyObject *)self) < 0) Py_CLEAR(self);
  return (PyObject *)self;
}

static PyMethodDef methods[] = {{"public", make_public, METH_O, NULL}, {0}};

bool py_add_public_type(PyObject *module) {
  const char *wanted = getenv("HEADRACE_TRACEBACK");
  full_tracebacks = wanted && strcmp(wanted, "full") == 0;
  public_type = py_add_type(module, &public_spec);
  return public_type && PyModule_AddFunctions(module, methods) == 0;
}
