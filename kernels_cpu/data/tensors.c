/* TensorDataset, TensorSliceDataset. */
#include "kernels_cpu/data/dataset_kernel.h"

typedef struct tensors {
  hr_dataset head;
  hr_tensor *components;
  int64_t slices; /* of TensorSliceDataset */
} tensors;

typedef struct position {
  hr_iterator head;
  int64_t next;
} position;

static void destroy(hr_dataset *dataset) {
  tensors *d = (tensors *)dataset;
  if (d->components) hr_element_clear(d->components, dataset->width);
  free(d->components);
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  hr_state_put_int(writer, ((position *)it)->next);
  return HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  return hr_state_get_int_in(reader, 0, INT64_MAX, &((position *)it)->next);
}

static hr_status keep_components(const hr_kernel_context *ctx, tensors *d) {
  if (d->head.width != hr_input_count(ctx))
    return hr_error(HR_INVALID_ARGUMENT, "%d components, and shapes of %d", hr_input_count(ctx), (int)d->head.width);
  d->components = calloc((size_t)d->head.width + 1, sizeof *d->components);
  if (!d->components) return hr_error_out_of_memory(sizeof *d->components, "a dataset");
  for (int32_t i = 0; i < d->head.width; ++i)
    HR_TRY(hr_keep_input_shared(ctx, i, &d->components[i]));
  return HR_SUCCESS;
}

/* ---- one element ------------------------------------------------------------------------------------------------- */

static hr_status next_tensors(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  (void)pull;
  tensors *d = (tensors *)it->dataset;
  if (((position *)it)->next++ > 0) {
    ((position *)it)->next = 1;
    *end = true;
    return HR_SUCCESS;
  }
  hr_element_copy(d->components, element, d->head.width);
  return HR_SUCCESS;
}

static int64_t one(const hr_dataset *dataset) {
  (void)dataset;
  return 1;
}

static const hr_dataset_type tensor_type = {.name = "TensorDataset",
                                            .iterator_size = sizeof(position),
                                            .destroy = destroy,
                                            .next = next_tensors,
                                            .save = save,
                                            .restore = restore,
                                            .cardinality = one};

static hr_status tensor_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &tensor_type, sizeof(tensors), 0, &d));
  return hr_give_dataset(ctx, d, keep_components(ctx, (tensors *)d));
}
HR_KERNEL(.op = "TensorDataset", .compute = tensor_dataset);

/* ---- slices ------------------------------------------------------------------------------------------------------ */

static hr_status next_slice(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  (void)pull;
  tensors *d = (tensors *)it->dataset;
  position *p = (position *)it;
  if (p->next >= d->slices) {
    *end = true;
    return HR_SUCCESS;
  }
  for (int32_t i = 0; i < d->head.width; ++i) {
    hr_status status = hr_copy_row(&d->components[i], p->next, &element[i]);
    if (status) {
      hr_element_clear(element, i);
      return status;
    }
  }
  ++p->next;
  return HR_SUCCESS;
}

static int64_t count_slices(const hr_dataset *dataset) { return ((const tensors *)dataset)->slices; }

static const hr_dataset_type slice_type = {.name = "TensorSliceDataset",
                                           .iterator_size = sizeof(position),
                                           .destroy = destroy,
                                           .next = next_slice,
                                           .save = save,
                                           .restore = restore,
                                           .cardinality = count_slices};

static hr_status keep_slices(const hr_kernel_context *ctx, tensors *d) {
  HR_TRY(keep_components(ctx, d));
  for (int32_t i = 0; i < d->head.width; ++i) {
    const hr_tensor *t = &d->components[i];
    if (t->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "All components must be at least 1-dimensional");
    if (i == 0) d->slices = t->dims[0];
    if (t->dims[0] != d->slices)
      return hr_error(
          HR_INVALID_ARGUMENT,
          "All components must have the same size in the 0th dimension: component %d has %lld, the first %lld", (int)i,
          (long long)t->dims[0], (long long)d->slices);
  }
  return HR_SUCCESS;
}

static hr_status slice_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &slice_type, sizeof(tensors), 0, &d));
  return hr_give_dataset(ctx, d, keep_slices(ctx, (tensors *)d));
}
HR_KERNEL(.op = "TensorSliceDataset", .compute = slice_dataset);
