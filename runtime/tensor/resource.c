#include "runtime/tensor/resource.h"

hr_status hr_handle_new(hr_resource *resource, hr_tensor *out) {
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_RESOURCE, &(hr_shape){0}, out));
  *(hr_resource **)hr_tensor_data(out) = hr_resource_ref(resource);
  return HR_SUCCESS;
}

hr_status hr_handle_get(const hr_tensor *handle, const hr_resource_type *type, hr_resource **out) {
  *out = NULL;
  if (hr_tensor_dtype(handle) != HR_RESOURCE || handle->elements != 1)
    return hr_error(HR_INVALID_ARGUMENT, "A handle of a %s is needed, not a %s of %lld elements", type->name,
                    hr_dtype_name(hr_tensor_dtype(handle)), (long long)handle->elements);
  hr_resource *resource = *(hr_resource *const *)hr_tensor_data(handle);
  if (!resource) return hr_error(HR_INVALID_ARGUMENT, "A handle of a %s is needed, and this one is empty", type->name);
  if (resource->type != type)
    return hr_error(HR_INVALID_ARGUMENT, "Trying to access resource using the wrong type. Expected %s got %s",
                    type->name, resource->type->name);
  *out = resource;
  return HR_SUCCESS;
}

hr_status hr_variant_new(hr_resource *resource, hr_tensor *out) {
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_VARIANT, &(hr_shape){0}, out));
  *(hr_resource **)hr_tensor_data(out) = hr_resource_ref(resource);
  return HR_SUCCESS;
}

hr_status hr_variant_get(const hr_tensor *variant, const hr_resource_type *type, hr_resource **out) {
  *out = NULL;
  if (hr_tensor_dtype(variant) != HR_VARIANT || variant->elements != 1 || variant->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "%s tensor must be a scalar of dtype DT_VARIANT.", type->name);
  hr_resource *resource = *(hr_resource *const *)hr_tensor_data(variant);
  if (!resource || resource->type != type)
    return hr_error(HR_INVALID_ARGUMENT, "Tensor must be a %s object, not %s", type->name,
                    resource ? resource->type->name : "an empty variant");
  *out = resource;
  return HR_SUCCESS;
}
