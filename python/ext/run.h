/* A run in Python's terms: what is fetched, what is fed, and the values that come back. */
#ifndef HR_PYTHON_RUN_H
#define HR_PYTHON_RUN_H

#include "binding.h"

typedef struct py_session {
  PyObject_HEAD py_graph *graph;
  hr_session *session;
  bool closed;
} py_session;
/* False, with TensorFlow's RuntimeError set, for a closed session. */
bool py_session_is_open(py_session *self);

/* So many feeds and fetches need no memory of their own. */
enum { PY_FEW = 16 };

/* ---- fetches (fetches.c) ----------------------------------------------------------------------------------------- */

/* The fetches and targets of a run, without duplicates. Small runs stay on the stack. */
typedef struct py_request {
  py_graph *graph;
  hr_output *fetches;
  hr_node **targets;
  int32_t num_fetches, fetch_capacity, num_targets, target_capacity;
  hr_output few_fetches[PY_FEW];
  hr_node *few_targets[PY_FEW];
  PyObject *fallbacks; /* list of (list of fetches, function) for what PY_FETCH_FALLBACK knows, in order */
} py_request;
void py_request_init(py_request *r, py_graph *graph);
void py_request_clear(py_request *r);
/* Adds what a fetch, of whatever structure, asks for. TypeError or ValueError where it is none, or of another graph. */
bool py_collect(py_request *r, PyObject *fetch);

/* The results by fetch, and how far the fallbacks have been used. */
typedef struct py_results {
  const py_request *request;
  PyObject **values;
  Py_ssize_t next_fallback;
} py_results;
/* The values in the structure of the fetch; a new reference. Fetches are assembled in the order they were collected in.
 */
PyObject *py_assemble(py_results *s, PyObject *fetch);
/* Turns the tensors of a run into Python values; takes all of them, whatever happens. */
bool py_take_values(hr_tensor *tensors, int32_t count, PyObject **values);

/* ---- feeds (feeds.c) --------------------------------------------------------------------------------------------- */

typedef struct py_feeds {
  hr_feed *items;
  hr_tensor *tensors;
  PyObject **held;
  int32_t count, capacity;
  hr_feed few[PY_FEW];
  hr_tensor few_tensors[PY_FEW];
  PyObject *few_held[PY_FEW];
} py_feeds;
void py_feeds_init(py_feeds *f);
void py_feeds_clear(py_feeds *f);
/* The output that a key of feed_dict stands for. TypeError where it is none of the graph's. */
bool py_feed_output(py_graph *graph, PyObject *key, hr_output *output);
/* Adds all feeds of a feed_dict, which may be NULL or None. */
bool py_add_feeds(py_feeds *f, py_graph *graph, PyObject *feed_dict);
/* Which feed gives this output, -1 for none. */
int32_t py_feed_of(const py_feeds *f, hr_output output);

/* ---- callables (callables.c) ------------------------------------------------------------------------------------- */

/* Session.make_callable. */
PyObject *py_make_callable(py_session *self, PyObject *args, PyObject *kwargs);
bool py_add_callable_type(PyObject *module);

#endif
