/* What the files of the extension module _headrace share.
 *
 * The module shows the C API to Python: four object types (Graph, Operation, Tensor, Variable), sessions, scopes, and
 * one function for each builder function of the public headers, written by tools/gen_python.py. Everything that decides
 * how a graph is built is in the C library; the code here converts arguments, keeps one Python object for each C
 * object, and turns statuses into exceptions.
 *
 * Functions that return bool or a pointer report failure by false or NULL with a Python exception set. All of them need
 * the GIL; it is released while graphs run. */
#ifndef HR_PYTHON_BINDING_H
#define HR_PYTHON_BINDING_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "headrace/headrace.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- objects ---------------------------------------------------------------------------------------------------- */

typedef struct py_graph {
  PyObject_HEAD hr_graph *graph;
  hr_builder *builder;
  hr_scope scope;         /* where the next node goes: the innermost open scope */
  PyObject **operations;  /* by node id, made at first use; owned */
  int32_t capacity;       /* of operations */
  PyObject *objects;      /* dict: address of a C object (hr_var) -> its Python object */
  PyObject *kept;         /* list: what C code of this graph points to: callables, collected objects */
  struct py_graph *outer; /* of a function's body: the graph around; owned, NULL for others */
  bool by_handle;         /* whether variables are resource variables where nothing says otherwise */
  bool is_functional;     /* whether conditionals and loops are nodes of functions */
  bool is_restricted;     /* sessions ask it which tensors may be fed and fetched */
} py_graph;

typedef struct py_operation {
  PyObject_HEAD py_graph *graph; /* owned */
  hr_node *node;
  PyObject **outputs; /* tensors made so far, owned; NULL where there is at most one output */
  PyObject *output;   /* the first */
} py_operation;

typedef struct py_tensor {
  PyObject_HEAD py_operation *op; /* owned */
  hr_output output;
} py_tensor;

typedef struct py_variable {
  PyObject_HEAD py_graph *graph; /* owned; NULL until the variable is built */
  hr_var *var;
} py_variable;

/* The base types, and the Python classes that stand for them once core/ has registered them. */
typedef enum py_class {
  PY_GRAPH,
  PY_OPERATION,
  PY_TENSOR,
  PY_VARIABLE,
  PY_RESOURCE_VARIABLE,
  PY_UNREAD_VARIABLE, /* a resource variable as it is after an update */
  PY_TENSOR_SHAPE,    /* TensorShape(dims or None) */
  PY_INDEXED_SLICES,  /* IndexedSlices(values, indices, dense_shape) */
  PY_VARIABLE_SCOPE,
  PY_PARTITIONED_VARIABLE, /* a subclass of the extension's Variable: what stands for a variable in parts */
  PY_TENSOR_ARRAY,
  PY_QUEUE,            /* QueueBase */
  PY_PARTITION_INFO,   /* PartitionInfo(full shape, offset of a part) */
  PY_OPERAND_FALLBACK, /* function: an object the extension does not know -> one it knows */
  PY_FETCH_FALLBACK,   /* function: a fetch it does not know -> (list of fetches, function of their values) */
  PY_FEED_FALLBACK,    /* function: a feed it does not know -> list of (tensor, value) */
  PY_ITEM_FALLBACK,    /* function: (type, bytes) of a collection's item that C knows -> object */
  PY_COMPLEX_ABS,      /* function: abs of a complex tensor */
  PY_BOOLEAN_MASK,     /* function: tf.boolean_mask */
  PY_MAKE_ERROR,       /* function: (code, message, graph or None, node name or None) -> exception of a run */
  PY_CLASS_COUNT
} py_class;
extern PyObject *py_classes[PY_CLASS_COUNT];
extern PyTypeObject *py_graph_type, *py_operation_type, *py_tensor_type, *py_variable_type, *py_initializer_type,
    *py_regularizer_type;

static inline bool py_is_tensor(PyObject *v) { return PyObject_TypeCheck(v, py_tensor_type); }
static inline bool py_is_operation(PyObject *v) { return PyObject_TypeCheck(v, py_operation_type); }
static inline bool py_is_variable(PyObject *v) { return PyObject_TypeCheck(v, py_variable_type); }
static inline bool py_is_graph(PyObject *v) { return PyObject_TypeCheck(v, py_graph_type); }

/* The Python object of a C object: a new reference, always the same one. None for no output, no node, no variable. */
/* The graph itself, or, of a function's body, the one around that something is of. */
py_graph *py_owner_of(py_graph *graph, const hr_graph *of);
PyObject *py_from_node(py_graph *graph, hr_node *node);
PyObject *py_from_output(py_graph *graph, hr_output output);
PyObject *py_from_outputs(py_graph *graph, hr_outputs outputs); /* a list */
PyObject *py_from_var(py_graph *graph, hr_var *var);
PyObject *py_from_gradient(py_graph *graph, hr_gradient gradient);
/* A collection's item as the object that was put in. */
PyObject *py_from_item(py_graph *graph, const hr_item *item);

PyObject *py_from_tensor_array(py_graph *graph, hr_tensor_array *array); /* an object of its own each time */
/* The graph of a state of a tensor array, borrowed; NULL for other objects. */
py_graph *py_tensor_array_graph(PyObject *v);

PyObject *py_from_tensor_queue(py_graph *graph, hr_tensor_queue *queue); /* an object of its own each time */
/* The graph of a queue, borrowed; NULL for other objects. */
py_graph *py_queue_graph(PyObject *v);

/* Keeps an object alive as long as the graph. */
bool py_graph_keep(py_graph *graph, PyObject *object);

/* The graph that new nodes go to where no argument decides: the innermost default graph of the thread. Borrowed. */
py_graph *py_default_graph(void);
/* The same where it is the body of a function, in which everything is built; else NULL. Borrowed. */
py_graph *py_function_graph(void);

/* ---- errors ------------------------------------------------------------------------------------------------------ */

/* Raises the exception of a status and frees it; answers NULL. Errors of building are Python's own classes (ValueError,
 * TypeError, KeyError, RuntimeError), as TensorFlow raises them; those of running are tf.errors'. A Python exception
 * that travelled through C code (py_keep_exception) is raised as itself. */
PyObject *py_raise_building(hr_status status);
PyObject *py_raise_running(hr_status status, py_graph *graph);
/* Frees a status that nobody is told of. */
void py_drop_status(hr_status status);
/* Takes the current Python exception out so that C code can unwind; the status to unwind with. */
HR_MUST_USE hr_status py_keep_exception(void);
/* False with an exception set where the status is an error. */
static inline bool py_check(hr_status status) { return status == HR_SUCCESS || (py_raise_building(status), false); }

/* ---- calls ------------------------------------------------------------------------------------------------------- */

/* One call of a builder function: the graph that it builds in, and the memory of its converted arguments. */
typedef struct py_call {
  py_graph *graph;
  hr_scope scope;
  struct py_block *blocks;
  hr_tensor **tensors; /* to clear at the end */
  int32_t num_tensors, tensors_capacity;
  size_t used;
  _Alignas(16) char memory[1024];
} py_call;

/* The graph is that of the first tensor, variable or operation among the arguments (in lists, too), else the default
 * graph. */
bool py_call_begin(py_call *call, PyObject *const *args, Py_ssize_t count);
/* tf.enable_resource_variables, enable_control_flow_v2: graphs learn of it when something is next built in them. */
extern bool py_resource_by_default, py_functional_control_flow;
/* In a given graph. */
void py_call_begin_in(py_call *call, py_graph *graph);
/* Frees what the call used; false, with the exception set, where building failed. */
bool py_call_end(py_call *call);
/* Zeroed memory until the end of the call. */
void *py_call_allocate(py_call *call, size_t bytes);
/* A cleared tensor that ends with the call. */
hr_tensor *py_call_tensor(py_call *call);

/* Sorts the arguments of a fast call into `out` by name; missing ones are NULL (None counts as missing for those from
 * `required` on). TypeError as Python's own calls raise it, with a suggestion for a misspelt name. */
bool py_arguments(const char *function, const char *const *names, int count, int required, PyObject *const *args,
                  Py_ssize_t num_args, PyObject *kwnames, PyObject **out);

/* How many letters must change to make b of a, at most `limit`. */
int py_spelling_distance(const char *a, const char *b, int limit);
/* Whether code is the package's own, not the program's. */
bool py_is_package_code(PyCodeObject *code);

/* ---- values ------------------------------------------------------------------------------------------------------ */

bool py_values_init(void); /* imports NumPy */

/* Converters of arguments. */
bool py_to_operand(py_call *call, PyObject *v, hr_operand *out);
bool py_to_output(py_call *call, PyObject *v, hr_output *out);     /* a value becomes a Const */
bool py_to_operands(py_call *call, PyObject *v, hr_operands *out); /* of a list; None entries: not given */
bool py_to_outputs(py_call *call, PyObject *v, hr_outputs *out);   /* of a list or tuple; None entries: no output */
bool py_to_sparse_tensor(py_call *call, PyObject *v, hr_sparse_tensor *out); /* of three tensors */
bool py_to_node(py_call *call, PyObject *v, hr_node **out);                  /* an operation, or a tensor's */
bool py_to_var(py_call *call, PyObject *v, hr_var **out);
bool py_to_vars(py_call *call, PyObject *v, hr_vars *out);
bool py_to_tensor_array(PyObject *v, hr_tensor_array **out);
bool py_to_tensor_queue(PyObject *v, hr_tensor_queue **out);
bool py_to_staging_area(py_call *call, PyObject *v, hr_staging_area *out); /* from its attributes */
bool py_to_map_staging_area(py_call *call, PyObject *v, hr_map_staging_area *out);
bool py_to_dims(py_call *call, PyObject *v, hr_dims *out);         /* sizes that are known */
bool py_to_partial_dims(py_call *call, PyObject *v, hr_dims *out); /* None stands for unknown ones */
bool py_refuse_type(PyObject *v);                     /* false, with the TypeError that v becomes no tensor */
bool py_to_shape(PyObject *v, hr_partial_shape *out); /* TensorShape, list, tuple, int, None */
bool py_to_dtype(PyObject *v, hr_dtype *out);         /* DType, NumPy's, names, Python types */
bool py_to_text(PyObject *v, const char **out);       /* str or bytes, borrowed from v */
bool py_to_strings(py_call *call, PyObject *v, hr_strings *out);
bool py_to_floats(py_call *call, PyObject *v, hr_floats *out);
bool py_to_types(py_call *call, PyObject *v, hr_types *out);   /* of a list */
bool py_to_shapes(py_call *call, PyObject *v, hr_shapes *out); /* of a list */
bool py_to_bytes(PyObject *v, hr_bytes *out);
bool py_to_int64(PyObject *v, int64_t *out);
bool py_to_int32(PyObject *v, int32_t *out);
bool py_to_double(PyObject *v, double *out);
bool py_to_bool(PyObject *v, bool *out);
bool py_to_initializer(py_call *call, PyObject *v, hr_initializer *out);
bool py_to_regularizer(py_call *call, PyObject *v, hr_regularizer *out);
bool py_to_regularizers(py_call *call, PyObject *v, hr_regularizers *out);
/* The Python object of one: the callable that was given, or one for C's own; None for none. New reference. */
PyObject *py_initializer_object(const hr_initializer *value);
PyObject *py_regularizer_object(const hr_regularizer *value);
bool py_to_activation(py_call *call, PyObject *v, hr_activation *out);
bool py_to_reuse(PyObject *v, hr_reuse *out);
bool py_to_item(py_call *call, PyObject *v, hr_item *out);

PyObject *py_from_dtype(hr_dtype dtype);                /* the registered DType object; None for HR_INVALID */
PyObject *py_from_shape(const hr_partial_shape *shape); /* TensorShape */
PyObject *py_from_dims(const hr_partial_shape *shape);  /* tuple with None for unknown sizes; None: unknown rank */
PyObject *py_from_bytes(hr_owned_bytes *bytes);         /* takes them */
PyObject *py_from_attr(py_graph *graph, const hr_attr_value *value);

/* Whether NumPy knows numbers of the type as structures of one, which stand in tuples where they are written out. */
bool py_is_quantized(hr_dtype dtype);
/* The tensor of a Python value: NumPy's conversion, with TensorFlow's defaults (float and int32) for values that are
 * no arrays. `dtype` HR_INVALID: the value's own. Strings and bytes become string tensors. `*out` is overwritten. */
bool py_to_tensor(PyObject *v, hr_dtype dtype, hr_tensor *out);
/* Numbers without a dtype of their own, as HR_OPERAND_VALUES wants them: int64, double, bool, string, ... `*literal`
 * says whether `v` is that; for an array it is the array's own dtype. */
bool py_to_value(PyObject *v, hr_tensor *out, bool *literal);
/* The same for a feed of `output`: borrows an array that fits (`*held` gets a reference to what must live until the
 * tensor is cleared). ValueError where the shape does not fit. */
bool py_to_feed(PyObject *v, hr_output output, hr_tensor *out, PyObject **held);
/* The value of a tensor, which is taken: an array, a NumPy scalar for rank 0, bytes for a string. */
PyObject *py_from_tensor(hr_tensor *tensor);
/* The same as sessions give it and Python functions in graphs get it: quantized numbers are plain integers. */
PyObject *py_from_result(hr_tensor *tensor);
/* The same, but always an array: of rank 0 for a scalar. */
PyObject *py_array_from_tensor(hr_tensor *tensor);
PyObject *py_register_dtype(PyObject *module, PyObject *args);

/* ---- callbacks --------------------------------------------------------------------------------------------------- */

/* Calls `function(*args, **kwargs)` with the graph's scope at `scope`, for C code that calls back; steals the tuple
 * `args`. NULL with the exception kept at the scope's builder; at once where the builder has an error already. */
PyObject *py_call_back_named(py_graph *graph, hr_scope scope, PyObject *function, PyObject *args, PyObject *kwargs);
static inline PyObject *py_call_back(py_graph *graph, hr_scope scope, PyObject *function, PyObject *args) {
  return py_call_back_named(graph, scope, function, args, NULL);
}
/* An hr_initial_value's function; `argument` is a py_initial_function. */
typedef struct py_initial_function {
  PyObject *function; /* a callable without arguments */
  hr_dtype dtype;     /* that its value is given; HR_INVALID: its own */
} py_initial_function;
hr_output py_call_initial_value(void *argument, hr_scope scope);
/* The Python graph of a builder that Python made. */
py_graph *py_graph_of(hr_scope scope);

/* ---- parts of the module ----------------------------------------------------------------------------------------- */

bool py_add_graph_types(PyObject *module);
bool py_add_scope_types(PyObject *module);
bool py_add_variable_types(PyObject *module);
bool py_add_initializer_types(PyObject *module);
bool py_add_variable_scope_types(PyObject *module);
bool py_add_ops(PyObject *module);
bool py_add_public_type(PyObject *module);
bool py_add_session_types(PyObject *module);
bool py_add_server_type(PyObject *module);
bool py_add_gradients(PyObject *module);
bool py_add_optimizer_types(PyObject *module);
bool py_add_graph_files(PyObject *module);
bool py_add_graph_util(PyObject *module);
bool py_add_savers(PyObject *module);
bool py_add_saved_models(PyObject *module);
bool py_add_event_files(PyObject *module);
bool py_add_checkpoints(PyObject *module);
bool py_add_records(PyObject *module);
bool py_add_host_functions(PyObject *module);
bool py_add_constants(PyObject *module);
bool py_add_control_flow(PyObject *module);
bool py_add_gradient_functions(PyObject *module);
bool py_add_tensor_array_type(PyObject *module);
bool py_add_queue_type(PyObject *module);
bool py_add_sync_replicas(PyObject *module);
bool py_add_functional(PyObject *module);
bool py_add_functions(PyObject *module);
/* Runs of this thread see Python's signals from now on. */
bool py_watch_signals(void);
/* tp_new of types whose objects the library makes: an empty one would be none. TypeError. */
PyObject *py_refuse_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
/* Makes a type and adds it. */
PyTypeObject *py_add_type(PyObject *module, PyType_Spec *spec);
extern PyMethodDef py_builder_methods[]; /* generated */

#endif
