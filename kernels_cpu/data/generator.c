/* GeneratorDataset: a state, what a function makes of it again and again, and the end of it. */
#include "kernels_cpu/data/mapped.h"

typedef struct generator {
  hr_dataset head;
  hr_data_function init, next, finalize;
} generator;

typedef struct generating {
  hr_iterator head;
  hr_function_runner *init, *next, *finalize; /* the pipeline's */
  hr_tensor *state;
  int32_t width; /* of the state */
  bool has_begun, has_ended, is_finalized;
} generating;

static void destroy(hr_dataset *dataset) {
  generator *d = (generator *)dataset;
  hr_data_function_clear(&d->init);
  hr_data_function_clear(&d->next);
  hr_data_function_clear(&d->finalize);
}

static hr_status open(hr_iterator *it) {
  const generator *d = (generator *)it->dataset;
  generating *g = (generating *)it;
  HR_TRY(hr_pipeline_function(it->pipeline, &d->init, &g->init));
  HR_TRY(hr_pipeline_function(it->pipeline, &d->next, &g->next));
  HR_TRY(hr_pipeline_function(it->pipeline, &d->finalize, &g->finalize));
  int32_t results = hr_function_runner_results(g->next);
  if (results != it->dataset->width)
    return hr_error(HR_INVALID_ARGUMENT, "next_func returns %d tensors, output_types has %d", (int)results,
                    (int)it->dataset->width);
  g->width = hr_function_runner_results(g->init);
  return hr_element_new(g->width, &g->state);
}

/* The end of the state; what it returns is nobody's. */
static hr_status finalize(generating *g, const hr_pull *pull) {
  const generator *d = (generator *)g->head.dataset;
  if (!g->has_begun || g->is_finalized) return HR_SUCCESS;
  g->is_finalized = true;
  hr_tensor *results;
  int32_t count = hr_function_runner_results(g->finalize);
  HR_TRY(hr_element_new(count, &results));
  hr_status status = hr_data_call(g->finalize, &d->finalize, pull, g->width, g->state, results);
  if (!status) hr_element_clear(results, count);
  free(results);
  return status;
}

static void close_generator(hr_iterator *it) {
  generating *g = (generating *)it;
  if (g->state) {
    hr_pull pull = {.pipeline = it->pipeline, .is_closing = true};
    hr_status_free(finalize(g, &pull));
    hr_element_clear(g->state, g->width);
  }
  free(g->state);
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const generator *d = (generator *)it->dataset;
  generating *g = (generating *)it;
  *end = g->has_ended;
  if (g->has_ended) return HR_SUCCESS;
  if (!g->has_begun) {
    HR_TRY(hr_data_call(g->init, &d->init, pull, 0, NULL, g->state));
    g->has_begun = true;
  }
  hr_status status = hr_data_call(g->next, &d->next, pull, g->width, g->state, element);
  if (hr_status_code(status) != HR_OUT_OF_RANGE) return status;
  hr_status_free(status);
  *end = g->has_ended = true;
  return finalize(g, pull);
}

static const hr_dataset_type type = {.name = "GeneratorDataset",
                                     .iterator_size = sizeof(generating),
                                     .destroy = destroy,
                                     .open = open,
                                     .next = next,
                                     .close = close_generator};

static hr_status read_functions(const hr_kernel_context *ctx, generator *d) {
  static const char *const names[] = {"init_func", "next_func", "finalize_func"};
  hr_data_function *functions[] = {&d->init, &d->next, &d->finalize};
  for (int i = 0; i < 3; ++i) {
    int32_t first, count;
    hr_input_range(ctx, i, &first, &count);
    HR_TRY(hr_data_function_init(ctx, names[i], first, count, functions[i]));
  }
  return HR_SUCCESS;
}

static hr_status generator_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(generator), 0, &d));
  return hr_give_dataset(ctx, d, read_functions(ctx, (generator *)d));
}
HR_KERNEL(.op = "GeneratorDataset", .compute = generator_dataset);
