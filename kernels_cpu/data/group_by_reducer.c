/* GroupByReducerDataset: elements of a key are reduced to a state; once there are no more, each state becomes an
 * element, in the order of the keys. */
#include "kernels_cpu/data/mapped.h"

enum { KEY, INIT, REDUCE, FINALIZE, FUNCTIONS };

typedef struct grouping {
  hr_dataset head;
  hr_data_function functions[FUNCTIONS];
} grouping;

/* The state of a key; `values` is NULL once it was given. */
typedef struct state {
  int64_t key;
  hr_tensor *values;
} state;

typedef struct reducer {
  hr_iterator head;
  hr_function_runner *runners[FUNCTIONS]; /* the pipeline's */
  int32_t width;                          /* of a state */
  hr_tensor *arguments;                   /* room for a state and an element */
  int64_t count, capacity, next;          /* `next` is the first state that was not given */
  state *states;                          /* in the order of their keys */
} reducer;

static const grouping *dataset_of(const reducer *r) { return (const grouping *)r->head.dataset; }
static int32_t input_width(const reducer *r) { return r->head.dataset->inputs[0]->width; }

static void destroy(hr_dataset *dataset) {
  for (int i = 0; i < FUNCTIONS; ++i)
    hr_data_function_clear(&((grouping *)dataset)->functions[i]);
}

static hr_status open(hr_iterator *it) {
  reducer *r = (reducer *)it;
  int32_t results[FUNCTIONS];
  for (int i = 0; i < FUNCTIONS; ++i) {
    HR_TRY(hr_pipeline_function(it->pipeline, &dataset_of(r)->functions[i], &r->runners[i]));
    results[i] = hr_function_runner_results(r->runners[i]);
  }
  r->width = results[INIT];
  if (results[KEY] != 1 || results[REDUCE] != r->width || results[FINALIZE] != it->dataset->width)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Functions of %d, %d, %d and %d values, for a key, a state, the next state and an element of %d",
                    (int)results[KEY], (int)results[INIT], (int)results[REDUCE], (int)results[FINALIZE],
                    (int)it->dataset->width);
  return hr_element_new(r->width + input_width(r), &r->arguments);
}

static void free_values(reducer *r, state *s) {
  if (s->values) hr_element_clear(s->values, r->width);
  free(s->values);
  s->values = NULL;
}

static void close_reducer(hr_iterator *it) {
  reducer *r = (reducer *)it;
  for (int64_t i = 0; i < r->count; ++i)
    free_values(r, &r->states[i]);
  free(r->states);
  free(r->arguments);
}

/* ---- states ------------------------------------------------------------------------------------------------------ */

static hr_status call(const reducer *r, int which, const hr_pull *pull, int32_t count, const hr_tensor *arguments,
                      hr_tensor *results) {
  return hr_data_call(r->runners[which], &dataset_of(r)->functions[which], pull, count, arguments, results);
}

/* Room for the state of a key, without values, at `place`. */
static hr_status add_state(reducer *r, int64_t place, int64_t key) {
  if (r->count == r->capacity) {
    int64_t capacity = r->capacity ? 2 * r->capacity : 8;
    state *states = realloc(r->states, sizeof *states * (size_t)capacity);
    if (!states) return hr_error_out_of_memory(sizeof *states * (size_t)capacity, "the states of groups");
    r->states = states;
    r->capacity = capacity;
  }
  hr_tensor *values;
  HR_TRY(hr_element_new(r->width, &values));
  memmove(r->states + place + 1, r->states + place, sizeof *r->states * (size_t)(r->count - place));
  r->states[place] = (state){key, values};
  ++r->count;
  return HR_SUCCESS;
}

static int64_t place_of(const reducer *r, int64_t key) {
  int64_t low = 0, high = r->count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (r->states[middle].key < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static hr_status find_state(reducer *r, const hr_pull *pull, int64_t key, state **out) {
  int64_t place = place_of(r, key);
  if (place == r->count || r->states[place].key != key) {
    hr_tensor argument = hr_tensor_i64(key);
    HR_TRY(call(r, INIT, pull, 1, &argument, r->arguments));
    hr_status status = add_state(r, place, key);
    if (status) {
      hr_element_clear(r->arguments, r->width);
      return status;
    }
    hr_element_move(r->arguments, r->states[place].values, r->width);
  }
  *out = &r->states[place];
  return HR_SUCCESS;
}

static hr_status key_of(const reducer *r, const hr_pull *pull, const hr_tensor *element, int64_t *key) {
  hr_tensor result = {0};
  HR_TRY(call(r, KEY, pull, input_width(r), element, &result));
  bool fits = hr_tensor_dtype(&result) == HR_INT64 && result.rank == 0;
  if (fits) *key = *(const int64_t *)hr_tensor_data(&result);
  hr_tensor_clear(&result);
  return fits ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "`key_func` must return a scalar int64.");
}

/* The element stands behind the room for a state in the arguments. */
static hr_status take_in(reducer *r, const hr_pull *pull) {
  int64_t key;
  state *at;
  HR_TRY(key_of(r, pull, r->arguments + r->width, &key));
  HR_TRY(find_state(r, pull, key, &at));
  hr_element_move(at->values, r->arguments, r->width);
  hr_status status = call(r, REDUCE, pull, r->width + input_width(r), r->arguments, at->values);
  if (status)
    hr_element_move(r->arguments, at->values, r->width); /* the state stays */
  else
    hr_element_clear(r->arguments, r->width);
  return status;
}

static hr_status read_all(reducer *r, hr_pull *pull) {
  for (bool end = false;;) {
    HR_TRY(hr_pull_check(pull));
    HR_TRY(hr_iterator_next(r->head.input, pull, r->arguments + r->width, &end));
    if (end) break;
    hr_status status = take_in(r, pull);
    hr_element_clear(r->arguments + r->width, input_width(r));
    HR_TRY(status);
  }
  hr_iterator_close(r->head.input);
  r->head.input = NULL;
  return HR_SUCCESS;
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  reducer *r = (reducer *)it;
  if (it->input) HR_TRY(read_all(r, pull));
  *end = r->next == r->count;
  if (*end) return HR_SUCCESS;
  state *at = &r->states[r->next];
  HR_TRY(call(r, FINALIZE, pull, r->width, at->values, element));
  free_values(r, at);
  ++r->next;
  return HR_SUCCESS;
}

/* ---- state of the iterator --------------------------------------------------------------------------------------- */

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  const reducer *r = (reducer *)it;
  hr_state_put_int(writer, r->count - r->next);
  for (int64_t i = r->next; i < r->count; ++i) {
    hr_state_put_int(writer, r->states[i].key);
    HR_TRY(hr_state_put_element(writer, r->states[i].values, r->width));
  }
  return HR_SUCCESS;
}

static hr_status restore_state(reducer *r, hr_state_reader *state) {
  int64_t key;
  HR_TRY(hr_state_get_int_in(state, INT64_MIN, INT64_MAX, &key));
  if (r->count && key <= r->states[r->count - 1].key)
    return hr_error(HR_DATA_LOSS, "The state of an iterator is damaged");
  HR_TRY(add_state(r, r->count, key));
  for (int32_t i = 0; i < r->width; ++i)
    HR_TRY(hr_state_get_tensor(state, &r->states[r->count - 1].values[i]));
  return HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *state) {
  reducer *r = (reducer *)it;
  int64_t count;
  HR_TRY(hr_state_get_int_in(state, 0, INT64_MAX, &count));
  for (int64_t i = 0; i < count; ++i)
    HR_TRY(restore_state(r, state));
  return HR_SUCCESS;
}

static const hr_dataset_type type = {.name = "GroupByReducerDataset",
                                     .iterator_size = sizeof(reducer),
                                     .opens_input = true,
                                     .destroy = destroy,
                                     .open = open,
                                     .next = next,
                                     .close = close_reducer,
                                     .save = save,
                                     .restore = restore};

static hr_status read_functions(const hr_kernel_context *ctx, grouping *d) {
  static const char *const names[] = {"key_func", "init_func", "reduce_func", "finalize_func"};
  for (int i = 0; i < FUNCTIONS; ++i) {
    int32_t first, count;
    hr_input_range(ctx, i + 1, &first, &count);
    HR_TRY(hr_data_function_init(ctx, names[i], first, count, &d->functions[i]));
  }
  return HR_SUCCESS;
}

static hr_status group_by_reducer(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(grouping), 1, &d));
  return hr_give_dataset(ctx, d, read_functions(ctx, (grouping *)d));
}
HR_KERNEL(.op = "GroupByReducerDataset", .compute = group_by_reducer);
HR_KERNEL(.op = "ExperimentalGroupByReducerDataset", .compute = group_by_reducer);
