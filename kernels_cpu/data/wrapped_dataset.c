/* Datasets as values of another kind: WrapDatasetVariant, UnwrapDatasetVariant. */
#include "kernels_cpu/data/dataset_kernel.h"

typedef struct wrapped {
  hr_resource resource;
  hr_dataset *dataset;
} wrapped;

static void destroy(hr_resource *resource) {
  hr_dataset_unref(((wrapped *)resource)->dataset);
  free(resource);
}
static const hr_resource_type type = {.name = "WrappedDatasetVariant", .destroy = destroy};

static hr_status check_scalar(const hr_kernel_context *ctx) {
  if (hr_input(ctx, 0)->rank == 0) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Dataset tensor must be a scalar of dtype DT_VARIANT.");
}

static hr_status wrap(hr_kernel_context *ctx) {
  hr_dataset *dataset;
  HR_TRY(check_scalar(ctx));
  HR_TRY(hr_dataset_of(hr_input(ctx, 0), &dataset));
  wrapped *w = calloc(1, sizeof *w);
  if (!w) return hr_error_out_of_memory(sizeof *w, "a dataset");
  hr_resource_init(&w->resource, &type);
  w->dataset = hr_dataset_ref(dataset);
  hr_status status = hr_variant_new(&w->resource, hr_output_slot(ctx, 0));
  hr_resource_unref(&w->resource);
  return status;
}
HR_KERNEL(.op = "WrapDatasetVariant", .compute = wrap);

static hr_status unwrap(hr_kernel_context *ctx) {
  hr_resource *resource;
  HR_TRY(check_scalar(ctx));
  hr_status status = hr_variant_get(hr_input(ctx, 0), &type, &resource);
  if (status) {
    hr_status_free(status);
    return hr_error(HR_INVALID_ARGUMENT, "Tensor must be a WrappedDataset variant object.");
  }
  return hr_variant_new(&((wrapped *)resource)->dataset->resource, hr_output_slot(ctx, 0));
}
HR_KERNEL(.op = "UnwrapDatasetVariant", .compute = unwrap);
