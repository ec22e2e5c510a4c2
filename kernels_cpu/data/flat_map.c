/* FlatMapDataset, InterleaveDataset: the elements of the datasets that a function makes. */
#include "kernels_cpu/data/mapped.h"

typedef struct interleave {
  hr_mapped mapped;
  int64_t cycle, block;
} interleave;

/* A dataset that is being gone through; `inner` NULL: none. */
typedef struct branch {
  hr_tensor *argument; /* of the function, for the state */
  hr_iterator *inner;
} branch;

typedef struct weaver {
  hr_mapper mapper;
  branch *branches;  /* `cycle` of them */
  int64_t num_open;  /* with an inner iterator */
  int64_t at, taken; /* the branch whose turn it is, and how many it gave in this turn */
  bool input_ended;
} weaver;

/* ---- branches ---------------------------------------------------------------------------------------------------- */

static void close_branch(hr_iterator *it, branch *b) {
  if (b->argument) hr_element_clear(b->argument, it->dataset->inputs[0]->width);
  free(b->argument);
  hr_iterator_close(b->inner);
  *b = (branch){0};
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
  if (!status) status = hr_iterator_open_made(it, made, &b->inner);
  hr_tensor_clear(&variant);
  return status;
}

/* The next dataset, in branch `b`. */
static hr_status open_branch(hr_iterator *it, hr_pull *pull, branch *b) {
  weaver *w = (weaver *)it;
  HR_TRY(hr_element_new(it->dataset->inputs[0]->width, &b->argument));
  hr_status status = hr_iterator_next(it->input, pull, b->argument, &w->input_ended);
  if (!status && !w->input_ended) status = open_made(it, pull, b);
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
}

static void advance(weaver *w, int64_t cycle) {
  w->taken = 0;
  w->at = (w->at + 1) % cycle;
}

static hr_status next_woven(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const interleave *d = (interleave *)it->dataset;
  weaver *w = (weaver *)it;
  while (!w->input_ended || w->num_open > 0) {
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
  return hr_iterator_restore(b->inner, reader);
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
HR_KERNEL(.op = "ParallelInterleaveDataset", .compute = interleave_dataset);
HR_KERNEL(.op = "ExperimentalParallelInterleaveDataset", .compute = interleave_dataset);
HR_KERNEL(.op = "ParallelInterleaveDatasetV2", .compute = interleave_dataset);
