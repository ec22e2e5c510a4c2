/* MapAndBatchDataset: a batch of a parallel map. */
#include "kernels_cpu/data/batch.h"
#include "kernels_cpu/data/parallel_map.h"

/* The map inside; of its elements' shapes nothing is said. */
static hr_status make_map(const hr_kernel_context *ctx, int64_t calls, hr_dataset **out) {
  const hr_attr_value *dtypes = hr_node_attr(hr_context_node(ctx), "output_types");
  hr_dataset *input;
  HR_TRY(hr_dataset_of(hr_input(ctx, 0), &input));
  hr_partial_shape *shapes = calloc((size_t)dtypes->count + 1, sizeof *shapes);
  if (!shapes) return hr_error_out_of_memory(sizeof *shapes, "a dataset");
  for (int32_t i = 0; i < dtypes->count; ++i)
    shapes[i] = HR_SHAPE_UNKNOWN;
  hr_status status = hr_dataset_new(&hr_parallel_map_type, sizeof(hr_parallel_mapped), dtypes->count, dtypes->types,
                                    shapes, 1, &input, out);
  free(shapes);
  HR_TRY(status);
  ((hr_parallel_mapped *)*out)->calls = calls;
  status = hr_mapped_init(ctx, "f", 1, (hr_mapped *)*out);
  if (status) hr_dataset_unref(*out);
  return status;
}

static hr_status map_and_batch_dataset(hr_kernel_context *ctx) {
  int last = hr_input_count(ctx) - 1;
  int64_t size, calls;
  bool drops;
  hr_dataset *map;
  HR_TRY(hr_int_input(ctx, last - 2, "batch_size", &size));
  HR_TRY(hr_int_input(ctx, last - 1, "num_parallel_calls", &calls));
  HR_TRY(hr_bool_input(ctx, last, "drop_remainder", &drops));
  if (size <= 0) return hr_error(HR_INVALID_ARGUMENT, "batch_size must be greater than zero.");
  HR_TRY(hr_check_parallel_calls(calls));
  HR_TRY(make_map(ctx, calls, &map));
  hr_dataset *made;
  hr_status status = hr_make_batch(ctx, map, size, drops, true, &made);
  hr_dataset_unref(map);
  HR_TRY(status);
  return hr_give_dataset(ctx, made, HR_SUCCESS);
}
HR_KERNEL(.op = "MapAndBatchDataset", .compute = map_and_batch_dataset);
HR_KERNEL(.op = "ExperimentalMapAndBatchDataset", .compute = map_and_batch_dataset);
