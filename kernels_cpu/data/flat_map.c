/* FlatMapDataset, InterleaveDataset, ParallelInterleaveDataset: the elements of the datasets that a function makes.
 *
 * The parallel kinds give them in the same order, but begin all datasets of the cycle together, and threads read them
 * ahead. A sloppy one goes on with whichever dataset has an element when the one whose turn it is has none. */
#include "kernels_cpu/data/parallel_map.h"
#include "kernels_cpu/data/prefetch.h"
#include "runtime/base/condition.h"

#define MOST_THREADS 64 /* that read ahead for one iterator */
#define MOST_AHEAD   32 /* elements of one dataset, where nobody says how many */

typedef struct interleave {
  hr_mapped mapped;
  int64_t cycle, block;
  int64_t ahead;  /* so many datasets of the cycle are read ahead */
  int64_t buffer; /* elements of each, at most */
  bool is_sloppy;
} interleave;

/* A dataset that is being gone through; `inner` NULL: none. */
typedef struct branch {
  hr_tensor *argument; /* of the function, for the state */
  hr_iterator *inner;
  hr_status failure; /* why there is none, where it was begun before its turn */
} branch;

typedef struct weaver {
  hr_mapper mapper;
  branch *branches;  /* `cycle` of them */
  int64_t num_open;  /* with an inner iterator, or a failure that is still to be told */
  int64_t at, taken; /* the branch whose turn it is, and how many it gave in this turn */
  bool input_ended;
  hr_prefetch_listener listener; /* of those that are read ahead */
} weaver;

/* ---- branches ---------------------------------------------------------------------------------------------------- */

static void close_branch(hr_iterator *it, branch *b) {
  if (b->argument) hr_element_clear(b->argument, it->dataset->inputs[0]->width);
  free(b->argument);
  hr_iterator_close(b->inner);
  hr_status_free(b->failure);
  *b = (branch){0};
}

static bool is_ahead(const hr_iterator *it, const branch *b) {
  return b - ((const weaver *)it)->branches < ((const interleave *)it->dataset)->ahead;
}

/* Opens `made` in a branch, to be read ahead where the branch is. */
static hr_status open_inner(hr_iterator *it, hr_dataset *made, branch *b) {
  if (!is_ahead(it, b)) return hr_iterator_open_made(it, made, &b->inner);
  hr_dataset *ahead;
  HR_TRY(hr_prefetched(made, ((const interleave *)it->dataset)->buffer, &ahead));
  hr_status status = hr_iterator_open_made(it, ahead, &b->inner);
  hr_dataset_unref(ahead);
  return status;
}

/* Opens what the function makes of b->argument. */
static hr_status open_made(hr_iterator *it, hr_pull *pull, branch *b) {
  const hr_mapped *d = (hr_mapped *)it->dataset;
  hr_tensor variant = {0};
  hr_dataset *made;
  HR_TRY(hr_data_call(((hr_mapper *)it)->runner, &d->function, pull, it->dataset->inputs[0]->width, b->argument,
                      &variant));
  hr_status status = hr_dataset_of(&variant, &made);
  if (!status && made->width != it->dataset->width)
    status = hr_error(HR_INVALID_ARGUMENT, "The function makes a dataset of %d components, output_types has %d",
                      (int)made->width, (int)it->dataset->width);
  if (!status) status = open_inner(it, made, b);
  hr_tensor_clear(&variant);
  return status;
}

/* The next dataset, in branch `b`. */
static hr_status open_branch(hr_iterator *it, hr_pull *pull, branch *b) {
  weaver *w = (weaver *)it;
  HR_TRY(hr_element_new(it->dataset->inputs[0]->width, &b->argument));
  hr_status status = hr_iterator_next(it->input, pull, b->argument, &w->input_ended);
  if (!status && !w->input_ended) status = open_made(it, pull, b);
  if (!status && !w->input_ended && is_ahead(it, b)) status = hr_prefetch_begin(b->inner, &w->listener);
  if (status || w->input_ended) {
    close_branch(it, b);
    return status;
  }
  ++w->num_open;
  return HR_SUCCESS;
}

/* ---- iterators --------------------------------------------------------------------------------------------------- */

static hr_status open_weaver(hr_iterator *it) {
  weaver *w = (weaver *)it;
  pthread_mutex_init(&w->listener.lock, NULL);
  hr_condition_init(&w->listener.told);
  HR_TRY(hr_mapper_open(it));
  int32_t results = hr_function_runner_results(w->mapper.runner);
  if (results != 1)
    return hr_error(HR_INVALID_ARGUMENT, "The function must return one dataset, not %d values", results);
  w->branches = calloc((size_t)((interleave *)it->dataset)->cycle, sizeof *w->branches);
  return w->branches ? HR_SUCCESS : hr_error_out_of_memory(sizeof *w->branches, "an iterator");
}

static void close_weaver(hr_iterator *it) {
  weaver *w = (weaver *)it;
  for (int64_t i = 0; w->branches && i < ((interleave *)it->dataset)->cycle; ++i)
    close_branch(it, &w->branches[i]);
  free(w->branches);
  pthread_cond_destroy(&w->listener.told);
  pthread_mutex_destroy(&w->listener.lock);
}

static void advance(weaver *w, int64_t cycle) {
  w->taken = 0;
  w->at = (w->at + 1) % cycle;
}

/* Begins what may be read ahead, in the order in which the turns would come to it. */
static hr_status begin_ahead(hr_iterator *it, hr_pull *pull) {
  const interleave *d = (interleave *)it->dataset;
  weaver *w = (weaver *)it;
  for (int64_t i = 0; i < d->cycle && !w->input_ended; ++i) {
    branch *b = &w->branches[(w->at + i) % d->cycle];
    if (b->inner || b->failure) continue;
    hr_status status = open_branch(it, pull, b);
    if (!status) continue;
    b->failure = status;
    ++w->num_open;
    return hr_pull_check(pull);
  }
  return HR_SUCCESS;
}

/* Moves the turn to a branch that has something to give: the first one from where it is. */
static bool find_filled(weaver *w, const interleave *d) {
  for (int64_t i = 0; i < d->cycle; ++i) {
    int64_t place = (w->at + i) % d->cycle;
    const branch *b = &w->branches[place];
    bool is_filled = b->inner && (place >= d->ahead || hr_prefetch_is_filled(b->inner));
    if (!is_filled && !b->failure) continue;
    if (place != w->at) w->taken = 0;
    w->at = place;
    return true;
  }
  return false;
}

/* Waits for such a branch. */
static hr_status wait_for_filled(weaver *w, const interleave *d, hr_pull *pull) {
  while (w->num_open > 0 && !find_filled(w, d)) {
    pthread_mutex_lock(&w->listener.lock);
    if (!find_filled(w, d)) hr_pull_wait(&w->listener.told, &w->listener.lock);
    pthread_mutex_unlock(&w->listener.lock);
    HR_TRY(hr_pull_check(pull));
  }
  return HR_SUCCESS;
}

static hr_status next_woven(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const interleave *d = (interleave *)it->dataset;
  weaver *w = (weaver *)it;
  while (!w->input_ended || w->num_open > 0) {
    if (d->ahead && !w->input_ended && w->num_open < d->cycle) HR_TRY(begin_ahead(it, pull));
    if (d->is_sloppy) HR_TRY(wait_for_filled(w, d, pull));
    branch *b = &w->branches[w->at];
    if (b->inner) {
      HR_TRY(hr_iterator_next(b->inner, pull, element, end));
      if (!*end) {
        if (++w->taken >= d->block) advance(w, d->cycle);
        return HR_SUCCESS;
      }
      close_branch(it, b);
      --w->num_open;
      advance(w, d->cycle);
    } else if (b->failure) {
      hr_status status = b->failure;
      b->failure = HR_SUCCESS;
      --w->num_open;
      return status;
    } else if (!w->input_ended) {
      HR_TRY(open_branch(it, pull, b));
      if (!b->inner) advance(w, d->cycle);
    } else {
      advance(w, d->cycle);
    }
    HR_TRY(hr_pull_check(pull));
  }
  *end = true;
  return HR_SUCCESS;
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  const weaver *w = (weaver *)it;
  int64_t cycle = ((interleave *)it->dataset)->cycle;
  hr_state_put_int(writer, w->at);
  hr_state_put_int(writer, w->taken);
  hr_state_put_int(writer, w->input_ended);
  for (int64_t i = 0; i < cycle; ++i) {
    const branch *b = &w->branches[i];
    if (b->failure) return hr_error(HR_FAILED_PRECONDITION, "An iterator whose next element is an error is not saved");
    hr_state_put_int(writer, b->inner != NULL);
    if (!b->inner) continue;
    HR_TRY(hr_state_put_element(writer, b->argument, it->dataset->inputs[0]->width));
    HR_TRY(hr_iterator_save(b->inner, writer));
  }
  return HR_SUCCESS;
}

static hr_status restore_branch(hr_iterator *it, hr_state_reader *reader, branch *b) {
  const hr_dataset *input = it->dataset->inputs[0];
  hr_pull pull = hr_pull_beside(it->pipeline);
  HR_TRY(hr_element_new(input->width, &b->argument));
  HR_TRY(hr_state_get_element(reader, input->dtypes, input->width, b->argument));
  HR_TRY(open_made(it, &pull, b));
  ++((weaver *)it)->num_open;
  HR_TRY(hr_iterator_restore(b->inner, reader));
  return is_ahead(it, b) ? hr_prefetch_begin(b->inner, &((weaver *)it)->listener) : HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  weaver *w = (weaver *)it;
  const interleave *d = (interleave *)it->dataset;
  HR_TRY(hr_state_get_int_in(reader, 0, d->cycle - 1, &w->at));
  HR_TRY(hr_state_get_int_in(reader, 0, d->block, &w->taken));
  HR_TRY(hr_state_get_flag(reader, &w->input_ended));
  for (int64_t i = 0; i < d->cycle; ++i) {
    bool is_open;
    HR_TRY(hr_state_get_flag(reader, &is_open));
    if (is_open) HR_TRY(restore_branch(it, reader, &w->branches[i]));
  }
  return HR_SUCCESS;
}

static const hr_dataset_type flat_map_type = {.name = "FlatMapDataset",
                                              .iterator_size = sizeof(weaver),
                                              .opens_input = true,
                                              .destroy = hr_mapped_destroy,
                                              .open = open_weaver,
                                              .next = next_woven,
                                              .close = close_weaver,
                                              .save = save,
                                              .restore = restore};

static const hr_dataset_type interleave_type = {.name = "InterleaveDataset",
                                                .iterator_size = sizeof(weaver),
                                                .opens_input = true,
                                                .destroy = hr_mapped_destroy,
                                                .open = open_weaver,
                                                .next = next_woven,
                                                .close = close_weaver,
                                                .save = save,
                                                .restore = restore};

static const hr_dataset_type parallel_type = {.name = "ParallelInterleaveDataset",
                                              .iterator_size = sizeof(weaver),
                                              .opens_input = true,
                                              .destroy = hr_mapped_destroy,
                                              .open = open_weaver,
                                              .next = next_woven,
                                              .close = close_weaver,
                                              .save = save,
                                              .restore = restore};

/* ---- kernels ----------------------------------------------------------------------------------------------------- */

static hr_status flat_map_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &flat_map_type, sizeof(interleave), 1, &d));
  ((interleave *)d)->cycle = ((interleave *)d)->block = 1;
  return hr_give_dataset(ctx, d, hr_mapped_init(ctx, "f", 1, (hr_mapped *)d));
}
HR_KERNEL(.op = "FlatMapDataset", .compute = flat_map_dataset);

static hr_status read_inputs(const hr_kernel_context *ctx, interleave *d) {
  int32_t first, count;
  hr_input_range(ctx, 2, &first, &count);
  HR_TRY(hr_int_input(ctx, first, "cycle_length", &d->cycle));
  HR_TRY(hr_int_input(ctx, first + 1, "block_length", &d->block));
  if (d->cycle == -1) d->cycle = hr_parallelism(ctx); /* as many as there are cores */
  if (d->cycle <= 0 || d->cycle > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "cycle_length must be greater than zero.");
  if (d->block <= 0) return hr_error(HR_INVALID_ARGUMENT, "block_length must be greater than zero.");
  return hr_mapped_init(ctx, "f", 1, &d->mapped);
}

static hr_status interleave_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &interleave_type, sizeof(interleave), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (interleave *)d));
}
HR_KERNEL(.op = "InterleaveDataset", .compute = interleave_dataset);

/* Elements of each dataset that are read ahead, where nobody says how many. */
static int64_t usual_buffer(const interleave *d) { return d->block < MOST_AHEAD / 2 ? 2 * d->block : MOST_AHEAD; }

static hr_status read_calls(const hr_kernel_context *ctx, interleave *d) {
  HR_TRY(read_inputs(ctx, d));
  int64_t calls;
  HR_TRY(hr_int_input(ctx, hr_input_count(ctx) - 1, "num_parallel_calls", &calls));
  HR_TRY(hr_check_parallel_calls(calls));
  if (calls > d->cycle)
    return hr_error(HR_INVALID_ARGUMENT, "num_parallel_calls must less than or equal to cycle_length.");
  if (calls < 0) calls = hr_parallelism(ctx);
  d->ahead = calls < MOST_THREADS ? calls : MOST_THREADS;
  d->buffer = usual_buffer(d);
  const hr_attr_value *sloppy = hr_node_attr(hr_context_node(ctx), "sloppy");
  d->is_sloppy = sloppy && sloppy->b;
  return HR_SUCCESS;
}

static hr_status parallel_interleave_v2(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &parallel_type, sizeof(interleave), 1, &d));
  return hr_give_dataset(ctx, d, read_calls(ctx, (interleave *)d));
}
HR_KERNEL(.op = "ParallelInterleaveDatasetV2", .compute = parallel_interleave_v2);

/* cycle_length, block_length, sloppy, buffer_output_elements, prefetch_input_elements. */
static hr_status read_options(const hr_kernel_context *ctx, interleave *d) {
  HR_TRY(read_inputs(ctx, d));
  int last = hr_input_count(ctx) - 1;
  const hr_tensor *sloppy = hr_input(ctx, last - 2);
  if (sloppy->rank != 0) return hr_error(HR_INVALID_ARGUMENT, "sloppy must be a scalar");
  d->is_sloppy = *(const bool *)hr_tensor_data(sloppy);
  HR_TRY(hr_int_input(ctx, last - 1, "buffer_output_elements", &d->buffer));
  if (d->buffer == -1) d->buffer = usual_buffer(d);
  if (d->buffer <= 0 || d->buffer > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "`buffer_output_elements` must be > 0");
  int64_t inputs;
  HR_TRY(hr_int_input(ctx, last, "prefetch_input_elements", &inputs));
  if (inputs < -1) return hr_error(HR_INVALID_ARGUMENT, "`prefetch_input_elements` must be >= 0");
  d->ahead = d->cycle < MOST_THREADS ? d->cycle : MOST_THREADS;
  return HR_SUCCESS;
}

static hr_status parallel_interleave(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &parallel_type, sizeof(interleave), 1, &d));
  return hr_give_dataset(ctx, d, read_options(ctx, (interleave *)d));
}
HR_KERNEL(.op = "ParallelInterleaveDataset", .compute = parallel_interleave);
HR_KERNEL(.op = "ExperimentalParallelInterleaveDataset", .compute = parallel_interleave);
