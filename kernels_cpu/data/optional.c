#include "kernels_cpu/data/optional.h"

#include "kernels_cpu/arguments.h"
#include "kernels_cpu/variant_math.h"
#include "runtime/data/dataset.h"
#include <stdlib.h>

static void destroy_optional(hr_resource *resource) {
  hr_optional *o = (hr_optional *)resource;
  if (o->has_value) hr_element_clear(o->element, o->width);
  free(o->element);
  free(o);
}

/* ---- zeros and sums ---------------------------------------------------------------------------------------------- */

static const hr_resource_type optional_type;

/* A variant of an optional whose components were made, unless there is an error; lets go of it. */
static hr_status finish(hr_optional *o, hr_status status, hr_tensor *out) {
  o->has_value = true;
  if (!status) status = hr_variant_new(&o->resource, out);
  hr_resource_unref(&o->resource);
  return status;
}

static hr_status zeros_like_optional(hr_kernel_context *ctx, const hr_resource *like, hr_tensor *out) {
  const hr_optional *from = (const hr_optional *)like;
  if (!from->has_value) return hr_variant_new((hr_resource *)(uintptr_t)like, out);
  hr_optional *o;
  HR_TRY(hr_optional_new(from->width, &o));
  hr_status status = HR_SUCCESS;
  for (o->width = 0; o->width < from->width && !status; o->width += !status)
    status = hr_zeros_like_value(ctx, &from->element[o->width], &o->element[o->width]);
  return finish(o, status, out);
}

static hr_status sum_optionals(hr_kernel_context *ctx, const hr_resource *a, const hr_resource *b, hr_tensor *out) {
  const hr_optional *x = (const hr_optional *)a, *y = (const hr_optional *)b;
  if (x->has_value != y->has_value)
    return hr_error(HR_INVALID_ARGUMENT, "Cannot add optionals because one has a value and the other doesn't.");
  if (!x->has_value) return hr_variant_new((hr_resource *)(uintptr_t)a, out);
  if (x->width != y->width)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Cannot add optionals because they have different numbers of components "
                    "(%d vs. %d).",
                    (int)x->width, (int)y->width);
  hr_optional *o;
  HR_TRY(hr_optional_new(x->width, &o));
  hr_status status = HR_SUCCESS;
  for (o->width = 0; o->width < x->width && !status; o->width += !status)
    status = hr_sum_values(ctx, &x->element[o->width], &y->element[o->width], &o->element[o->width]);
  return finish(o, status, out);
}

static const hr_resource_type optional_type = {
    .name = "Optional", .destroy = destroy_optional, .zeros_like = zeros_like_optional, .sum = sum_optionals};

/* ---- making ------------------------------------------------------------------------------------------------------ */

hr_status hr_optional_new(int32_t width, hr_optional **out) {
  hr_optional *o = calloc(1, sizeof *o);
  if (o) o->element = calloc((size_t)width + 1, sizeof *o->element);
  if (!o || !o->element) {
    free(o);
    return hr_error_out_of_memory(sizeof *o, "an optional");
  }
  hr_resource_init(&o->resource, &optional_type);
  o->width = width;
  *out = o;
  return HR_SUCCESS;
}

hr_status hr_optional_give(hr_kernel_context *ctx, hr_optional *o, hr_status status) {
  if (!status) status = hr_variant_new(&o->resource, hr_output_slot(ctx, 0));
  hr_resource_unref(&o->resource);
  return status;
}

/* Of an iterator that a string handle without types led to, dtypes are known with the element alone. */
hr_status hr_check_element(hr_kernel_context *ctx, const hr_tensor *element) {
  for (int i = 0; i < hr_output_count(ctx); ++i)
    if (hr_tensor_dtype(&element[i]) != hr_output_type(ctx, i))
      return hr_error(HR_INVALID_ARGUMENT, "Data type mismatch at component %d: expected %s but got %s.", i,
                      hr_dtype_name(hr_output_type(ctx, i)), hr_dtype_name(hr_tensor_dtype(&element[i])));
  return HR_SUCCESS;
}

/* ---- kernels ----------------------------------------------------------------------------------------------------- */

static hr_status optional_from_value(hr_kernel_context *ctx) {
  hr_optional *o;
  HR_TRY(hr_optional_new(hr_input_count(ctx), &o));
  hr_status status = HR_SUCCESS;
  o->width = 0;
  o->has_value = true;
  for (int i = 0; i < hr_input_count(ctx) && !status; ++i, ++o->width)
    status = hr_keep_input_shared(ctx, i, &o->element[i]);
  return hr_optional_give(ctx, o, status);
}
HR_KERNEL(.op = "OptionalFromValue", .compute = optional_from_value);

static hr_status optional_none(hr_kernel_context *ctx) {
  hr_optional *o;
  HR_TRY(hr_optional_new(0, &o));
  return hr_optional_give(ctx, o, HR_SUCCESS);
}
HR_KERNEL(.op = "OptionalNone", .compute = optional_none);

static hr_status optional_of(const hr_kernel_context *ctx, hr_optional **out) {
  hr_resource *resource;
  HR_TRY(hr_variant_get(hr_input(ctx, 0), &optional_type, &resource));
  *out = (hr_optional *)resource;
  return HR_SUCCESS;
}

static hr_status optional_has_value(hr_kernel_context *ctx) {
  hr_optional *o;
  HR_TRY(optional_of(ctx, &o));
  *hr_output_slot(ctx, 0) = hr_tensor_bool(o->has_value);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "OptionalHasValue", .compute = optional_has_value);

static hr_status optional_get_value(hr_kernel_context *ctx) {
  hr_optional *o;
  HR_TRY(optional_of(ctx, &o));
  if (!o->has_value) return hr_error(HR_INVALID_ARGUMENT, "The given optional does not have a value.");
  if (o->width != hr_output_count(ctx))
    return hr_error(HR_INVALID_ARGUMENT, "The given optional has %d components, expected %d.", (int)o->width,
                    hr_output_count(ctx));
  HR_TRY(hr_check_element(ctx, o->element));
  for (int i = 0; i < o->width; ++i)
    hr_tensor_copy(&o->element[i], hr_output_slot(ctx, i));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "OptionalGetValue", .compute = optional_get_value);
