/* Ops that go through a whole dataset: DatasetToSingleElement, ReduceDataset, DatasetToTFRecord, DatasetCardinality. */
#include "headrace/io.h"
#include "kernels_cpu/data/mapped.h"
#include "kernels_cpu/string_arguments.h"

/* An iterator of the op's own. */
typedef struct walk {
  hr_pipeline *pipeline;
  hr_iterator *iterator;
  hr_pull pull;
  hr_tensor *element;
} walk;

static void end_walk(walk *w) {
  if (w->pipeline) hr_cancellation_cancel(&w->pipeline->cancellation, HR_CANCELLED);
  hr_iterator_close(w->iterator);
  hr_pipeline_free(w->pipeline);
  free(w->element);
}

static hr_status begin_walk(hr_kernel_context *ctx, walk *w) {
  hr_dataset *dataset;
  HR_TRY(hr_dataset_of(hr_input(ctx, 0), &dataset));
  hr_function_place place = hr_function_place_of(ctx);
  *w = (walk){.pipeline = hr_pipeline_new(&place)};
  hr_status status = w->pipeline ? HR_SUCCESS : hr_error_out_of_memory(sizeof *w->pipeline, "an iterator");
  if (!status) status = hr_element_new(dataset->width, &w->element);
  if (!status) status = hr_iterator_open(dataset, w->pipeline, &w->iterator);
  w->pull = (hr_pull){.pipeline = w->pipeline, .step = ctx->step};
  if (status) end_walk(w);
  return status;
}

/* ---- one element ------------------------------------------------------------------------------------------------- */

static hr_status only_element(hr_kernel_context *ctx, walk *w) {
  int32_t width = w->iterator->dataset->width;
  bool end;
  if (width != hr_output_count(ctx))
    return hr_error(HR_INVALID_ARGUMENT, "Elements of %d components, and %d outputs", (int)width, hr_output_count(ctx));
  HR_TRY(hr_iterator_next(w->iterator, &w->pull, w->element, &end));
  if (end) return hr_error(HR_INVALID_ARGUMENT, "Dataset was empty.");
  for (int32_t i = 0; i < width; ++i)
    hr_output_move(ctx, i, &w->element[i]);
  memset(w->element, 0, sizeof *w->element * (size_t)width);
  HR_TRY(hr_iterator_next(w->iterator, &w->pull, w->element, &end));
  if (end) return HR_SUCCESS;
  hr_element_clear(w->element, width);
  return hr_error(HR_INVALID_ARGUMENT, "Dataset had more than one element.");
}

static hr_status to_single_element(hr_kernel_context *ctx) {
  walk w;
  HR_TRY(begin_walk(ctx, &w));
  hr_status status = only_element(ctx, &w);
  end_walk(&w);
  return status;
}
HR_KERNEL(.op = "DatasetToSingleElement", .compute = to_single_element);

/* ---- reduce ------------------------------------------------------------------------------------------------------ */

/* The function's arguments: the state, then an element. */
static hr_status reduce_all(walk *w, hr_function_runner *runner, const hr_data_function *f, int32_t states,
                            hr_tensor *arguments, hr_tensor *results) {
  int32_t width = w->iterator->dataset->width;
  int32_t returned = hr_function_runner_results(runner);
  for (bool end = false;;) {
    HR_TRY(hr_iterator_next(w->iterator, &w->pull, arguments + states, &end));
    if (end) return HR_SUCCESS;
    if (returned != states) {
      hr_element_clear(arguments + states, width);
      return hr_error(HR_INVALID_ARGUMENT,
                      "The number of components of the initial state and the reduce function output does not match. "
                      "(initial_state=%d, output=%d).",
                      (int)states, (int)returned);
    }
    hr_status status = hr_data_call(runner, f, &w->pull, states + width, arguments, results);
    hr_element_clear(arguments + states, width);
    HR_TRY(status);
    hr_element_clear(arguments, states);
    hr_element_move(results, arguments, states);
    HR_TRY(hr_pull_check(&w->pull));
  }
}

static hr_status reduce(hr_kernel_context *ctx, walk *w, const hr_data_function *f) {
  int32_t first, states, width = w->iterator->dataset->width;
  hr_input_range(ctx, 1, &first, &states);
  hr_function_runner *runner;
  hr_tensor *arguments, *results;
  HR_TRY(hr_pipeline_function(w->pipeline, f, &runner));
  HR_TRY(hr_element_new(2 * states + width, &arguments));
  results = arguments + states + width;
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < states && !status; ++i)
    status = hr_keep_input_shared(ctx, first + i, &arguments[i]);
  if (!status) status = reduce_all(w, runner, f, states, arguments, results);
  for (int32_t i = 0; i < states; ++i) {
    if (status)
      hr_tensor_clear(&arguments[i]);
    else
      hr_output_move(ctx, i, &arguments[i]);
  }
  free(arguments);
  return status;
}

static hr_status reduce_dataset(hr_kernel_context *ctx) {
  walk w;
  hr_data_function f;
  int32_t first, count;
  hr_input_range(ctx, 2, &first, &count);
  HR_TRY(hr_data_function_init(ctx, "f", first, count, &f));
  hr_status status = begin_walk(ctx, &w);
  if (!status) {
    status = reduce(ctx, &w, &f);
    end_walk(&w);
  }
  hr_data_function_clear(&f);
  return status;
}
HR_KERNEL(.op = "ReduceDataset", .compute = reduce_dataset);

/* ---- records ----------------------------------------------------------------------------------------------------- */

static hr_status write_all(walk *w, hr_record_writer *writer) {
  for (bool end = false;;) {
    HR_TRY(hr_iterator_next(w->iterator, &w->pull, w->element, &end));
    if (end) return HR_SUCCESS;
    bool fits = hr_tensor_dtype(w->element) == HR_STRING && w->element->elements == 1;
    hr_view record = fits ? hr_string_view(hr_string_at(w->element, 0)) : (hr_view){0};
    hr_status status = fits ? hr_record_writer_write(writer, record.data, record.length)
                            : hr_error(HR_INVALID_ARGUMENT, "Records are scalar strings");
    hr_element_clear(w->element, 1);
    HR_TRY(status);
    HR_TRY(hr_pull_check(&w->pull));
  }
}

static hr_status open_writer(const hr_kernel_context *ctx, hr_record_writer **out) {
  char *path, *name;
  hr_compression compression;
  HR_TRY(hr_text_input(ctx, 1, "filename", &path));
  hr_status status = hr_text_input(ctx, 2, "compression_type", &name);
  if (!status) {
    status = hr_compression_from_name(name, &compression);
    free(name);
  }
  if (!status) status = hr_record_writer_open(path, compression, out);
  free(path);
  return status;
}

static hr_status write_records(hr_kernel_context *ctx) {
  walk w;
  hr_record_writer *writer = NULL;
  HR_TRY(begin_walk(ctx, &w));
  hr_status status = w.iterator->dataset->width == 1
                         ? open_writer(ctx, &writer)
                         : hr_error(HR_INVALID_ARGUMENT, "Records are scalar strings, not elements of %d components",
                                    (int)w.iterator->dataset->width);
  if (!status) status = write_all(&w, writer);
  hr_status closed = hr_record_writer_close(writer);
  end_walk(&w);
  if (!status) return closed;
  hr_status_free(closed);
  return status;
}
HR_KERNEL(.op = "DatasetToTFRecord", .compute = write_records);
HR_KERNEL(.op = "ExperimentalDatasetToTFRecord", .compute = write_records);

/* ---- cardinality ------------------------------------------------------------------------------------------------- */

static hr_status cardinality(hr_kernel_context *ctx) {
  hr_dataset *dataset;
  HR_TRY(hr_dataset_of(hr_input(ctx, 0), &dataset));
  *hr_output_slot(ctx, 0) = hr_tensor_i64(hr_dataset_cardinality(dataset));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "DatasetCardinality", .compute = cardinality);
HR_KERNEL(.op = "ExperimentalDatasetCardinality", .compute = cardinality);
