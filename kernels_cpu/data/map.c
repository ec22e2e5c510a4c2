/* MapDataset, FilterDataset, TakeWhileDataset. */
#include "kernels_cpu/data/mapped.h"

void hr_mapped_destroy(hr_dataset *dataset) { hr_data_function_clear(&((hr_mapped *)dataset)->function); }

hr_status hr_mapper_open(hr_iterator *it) {
  return hr_pipeline_function(it->pipeline, &((hr_mapped *)it->dataset)->function, &((hr_mapper *)it)->runner);
}

hr_status hr_mapped_init(const hr_kernel_context *ctx, const char *attr, int argument, hr_mapped *d) {
  int32_t first, count;
  hr_input_range(ctx, argument, &first, &count);
  const hr_attr_value *keeps = hr_node_attr(hr_context_node(ctx), "preserve_cardinality");
  d->preserves_cardinality = keeps && keeps->b;
  return hr_data_function_init(ctx, attr, first, count, &d->function);
}

hr_status hr_mapped_call(const hr_mapped *d, hr_function_runner *runner, const hr_pull *pull, const hr_tensor *input,
                         hr_tensor *element, bool *end) {
  hr_status status = hr_data_call(runner, &d->function, pull, d->head.inputs[0]->width, input, element);
  if (__builtin_expect(status == HR_SUCCESS, 1) || hr_status_code(status) != HR_OUT_OF_RANGE) return status;
  if (!d->preserves_cardinality) {
    *end = true;
    hr_status_free(status);
    return HR_SUCCESS;
  }
  hr_status error =
      hr_error(HR_INVALID_ARGUMENT, "Function invocation produced OutOfRangeError: %s", hr_status_message(status));
  hr_status_free(status);
  return error;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  (void)it, (void)writer;
  return HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  (void)it, (void)reader;
  return HR_SUCCESS;
}

/* ---- map --------------------------------------------------------------------------------------------------------- */

static hr_status check_results(const hr_iterator *it, const hr_function_runner *runner) {
  int32_t results = hr_function_runner_results(runner);
  if (results == it->dataset->width) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "The function returns %d tensors, output_types has %d", (int)results,
                  (int)it->dataset->width);
}

static hr_status open_map(hr_iterator *it) {
  HR_TRY(hr_mapper_open(it));
  HR_TRY(check_results(it, ((hr_mapper *)it)->runner));
  return hr_element_new(it->dataset->inputs[0]->width, &((hr_mapper *)it)->argument);
}

static void close_map(hr_iterator *it) { free(((hr_mapper *)it)->argument); }

static hr_status next_map(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const hr_mapped *d = (hr_mapped *)it->dataset;
  hr_mapper *m = (hr_mapper *)it;
  HR_TRY(hr_iterator_next(it->input, pull, m->argument, end));
  if (*end) return HR_SUCCESS;
  hr_status status = hr_mapped_call(d, m->runner, pull, m->argument, element, end);
  hr_element_clear(m->argument, d->head.inputs[0]->width);
  return status;
}

static int64_t count_map(const hr_dataset *d) { return hr_dataset_cardinality(d->inputs[0]); }

static const hr_dataset_type map_type = {.name = "MapDataset",
                                         .iterator_size = sizeof(hr_mapper),
                                         .opens_input = true,
                                         .destroy = hr_mapped_destroy,
                                         .open = open_map,
                                         .next = next_map,
                                         .close = close_map,
                                         .save = save,
                                         .restore = restore,
                                         .cardinality = count_map};

static hr_status map_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &map_type, sizeof(hr_mapped), 1, &d));
  return hr_give_dataset(ctx, d, hr_mapped_init(ctx, "f", 1, (hr_mapped *)d));
}
HR_KERNEL(.op = "MapDataset", .compute = map_dataset);

/* ---- filters ----------------------------------------------------------------------------------------------------- */

/* Whether the predicate holds for the element; clears it where not. */
static hr_status test(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *holds) {
  const hr_mapped *d = (hr_mapped *)it->dataset;
  hr_tensor result = {0};
  *holds = false;
  hr_status status = hr_data_call(((hr_mapper *)it)->runner, &d->function, pull, d->head.width, element, &result);
  if (!status && (hr_tensor_dtype(&result) != HR_BOOL || result.elements != 1))
    status = hr_error(HR_INVALID_ARGUMENT, "Filter predicate `f` must return a scalar bool.");
  if (!status) *holds = *(const bool *)hr_tensor_data(&result);
  if (!*holds) hr_element_clear(element, d->head.width);
  hr_tensor_clear(&result);
  return status;
}

static hr_status open_filter(hr_iterator *it) {
  HR_TRY(hr_mapper_open(it));
  int32_t results = hr_function_runner_results(((hr_mapper *)it)->runner);
  return results == 1 ? HR_SUCCESS
                      : hr_error(HR_INVALID_ARGUMENT, "predicate function has %d return values.", (int)results);
}

static hr_status next_filtered(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  for (bool holds = false; !holds;) {
    HR_TRY(hr_iterator_next(it->input, pull, element, end));
    if (*end) return HR_SUCCESS;
    HR_TRY(test(it, pull, element, &holds));
    if (!holds) HR_TRY(hr_pull_check(pull));
  }
  return HR_SUCCESS;
}

static const hr_dataset_type filter_type = {.name = "FilterDataset",
                                            .iterator_size = sizeof(hr_mapper),
                                            .opens_input = true,
                                            .destroy = hr_mapped_destroy,
                                            .open = open_filter,
                                            .next = next_filtered,
                                            .save = save,
                                            .restore = restore};

static hr_status next_while(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  if (!it->input) {
    *end = true;
    return HR_SUCCESS;
  }
  HR_TRY(hr_iterator_next(it->input, pull, element, end));
  bool holds = false;
  if (!*end) HR_TRY(test(it, pull, element, &holds));
  if (holds) return HR_SUCCESS;
  *end = true;
  hr_iterator_close(it->input);
  it->input = NULL;
  return HR_SUCCESS;
}

static const hr_dataset_type while_type = {.name = "TakeWhileDataset",
                                           .iterator_size = sizeof(hr_mapper),
                                           .opens_input = true,
                                           .destroy = hr_mapped_destroy,
                                           .open = open_filter,
                                           .next = next_while,
                                           .save = save,
                                           .restore = restore};

static hr_status filter_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, hr_context_argument(ctx), sizeof(hr_mapped), 1, &d));
  return hr_give_dataset(ctx, d, hr_mapped_init(ctx, "predicate", 1, (hr_mapped *)d));
}
HR_KERNEL(.op = "FilterDataset", .compute = filter_dataset, .argument = &filter_type);
HR_KERNEL(.op = "TakeWhileDataset", .compute = filter_dataset, .argument = &while_type);
HR_KERNEL(.op = "ExperimentalTakeWhileDataset", .compute = filter_dataset, .argument = &while_type);
