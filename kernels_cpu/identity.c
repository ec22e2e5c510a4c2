/* Values that pass through, and where they come from: Identity and its kin, Const, Placeholder, Bitcast, CheckNumerics.
 */
#include "kernels_cpu/arguments.h"

#include <math.h>
#include <string.h>

static hr_status identity(hr_kernel_context *ctx) {
  hr_output_share(ctx, 0, 0, NULL);
  return HR_SUCCESS;
}
#define SHARED_FLAGS (HR_KERNEL_CHEAP | HR_KERNEL_NO_INPUT_READ)
HR_KERNEL(.op = "Identity", .flags = SHARED_FLAGS, .compute = identity);
HR_KERNEL(.op = "Snapshot", .flags = SHARED_FLAGS, .compute = identity);
HR_KERNEL(.op = "StopGradient", .flags = SHARED_FLAGS, .compute = identity);
HR_KERNEL(.op = "PreventGradient", .flags = SHARED_FLAGS, .compute = identity);
HR_KERNEL(.op = "PlaceholderWithDefault", .flags = SHARED_FLAGS, .compute = identity);

static hr_status identity_n(hr_kernel_context *ctx) {
  for (int i = 0; i < hr_input_count(ctx); ++i)
    hr_output_share(ctx, i, i, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "IdentityN", .flags = SHARED_FLAGS, .compute = identity_n);

static hr_status ref_identity(hr_kernel_context *ctx) {
  hr_output_set_ref(ctx, 0, hr_input_ref(ctx, 0));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "RefIdentity", .flags = SHARED_FLAGS, .compute = ref_identity);

static hr_status constant(hr_kernel_context *ctx) {
  hr_tensor_copy(hr_node_attr(hr_context_node(ctx), "value")->tensor, hr_output_slot(ctx, 0));
  return HR_SUCCESS;
}
static hr_status constant_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *value;
  hr_dtype dtype;
  HR_TRY(hr_construction_attr(c, "value", &value));
  HR_TRY(hr_construction_type(c, "dtype", &dtype));
  *state = NULL;
  if (value->kind != HR_ATTR_TENSOR || value->is_list)
    return hr_error(HR_INVALID_ARGUMENT, "Attribute value of constant %s is no tensor", hr_node_name(c->node));
  if (hr_tensor_dtype(value->tensor) != dtype)
    return hr_error(HR_INVALID_ARGUMENT, "The value of constant %s is of type %s, its dtype says %s",
                    hr_node_name(c->node), hr_dtype_name(hr_tensor_dtype(value->tensor)), hr_dtype_name(dtype));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Const", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = constant_create, .compute = constant);

static hr_status placeholder(hr_kernel_context *ctx) {
  const hr_node *node = hr_context_node(ctx);
  const hr_attr_value *shape = hr_node_attr(node, "shape");
  const char *name = hr_node_name(node), *dtype = hr_dtype_name(hr_output_type(ctx, 0));
  if (!shape || shape->kind != HR_ATTR_SHAPE || shape->shape->rank <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "You must feed a value for placeholder tensor '%s' with dtype %s", name,
                    dtype);
  char text[HR_SHAPE_TEXT];
  return hr_error(HR_INVALID_ARGUMENT, "You must feed a value for placeholder tensor '%s' with dtype %s and shape %s",
                  name, dtype, hr_partial_shape_text(shape->shape, text));
}
HR_KERNEL(.op = "Placeholder", .flags = HR_KERNEL_CHEAP, .compute = placeholder);
HR_KERNEL(.op = "PlaceholderV2", .flags = HR_KERNEL_CHEAP, .compute = placeholder);

/* ---- Bitcast --------------------------------------------------------------------------------------------------- */

static hr_status bitcast(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_dtype type = hr_output_type(ctx, 0);
  int64_t from = (int64_t)hr_dtype_size(hr_tensor_dtype(x)), to = (int64_t)hr_dtype_size(type);
  hr_shape shape = hr_tensor_shape(x);
  if (from < to) { /* the last dimension is swallowed */
    if (shape.rank == 0 || shape.dims[shape.rank - 1] * from != to)
      return hr_error(HR_INVALID_ARGUMENT, "Cannot bitcast from %s to %s: shape %s", hr_dtype_name(hr_tensor_dtype(x)),
                      hr_dtype_name(type), HR_TENSOR_SHAPE_TEXT(x));
    --shape.rank;
  } else if (from > to) {
    if (shape.rank == HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
    shape.dims[shape.rank++] = from / to;
  }
  hr_tensor *out = hr_output_slot(ctx, 0);
  hr_tensor_copy(x, out);
  if (!out->data && shape.rank > 0 && hr_shape_elements(&shape) != 1) {
    /* The element is in the struct, and there it cannot become several. */
    *out = (hr_tensor){0};
    HR_TRY(hr_output_new(ctx, 0, &shape, &out));
    memcpy(hr_tensor_data(out), hr_tensor_data(x), hr_tensor_bytes(x));
    return HR_SUCCESS;
  }
  out->dtype = (uint8_t)type;
  out->elements = hr_shape_elements(&shape);
  out->rank = (int8_t)shape.rank;
  memcpy(out->dims, shape.dims, sizeof out->dims);
  return HR_SUCCESS;
}
#define PLAIN_TYPES (HR_ANY_TYPES & ~HR_TYPE_BIT(HR_STRING) & ~HR_TYPE_BIT(HR_BOOL))
HR_KERNEL(.op = "Bitcast", .types = {{"T", PLAIN_TYPES}, {"type", PLAIN_TYPES}}, .flags = HR_KERNEL_CHEAP,
          .compute = bitcast);

/* ---- CheckNumerics --------------------------------------------------------------------------------------------- */

static hr_status check_numerics(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  const void *data = hr_tensor_data(x);
  bool nan = false, inf = false;
  for (int64_t i = 0; i < x->elements; ++i) {
    double value;
    switch (x->dtype) {
    case HR_FLOAT: value = (double)((const float *)data)[i]; break;
    case HR_DOUBLE: value = ((const double *)data)[i]; break;
    case HR_HALF: value = (double)hr_half_to_float(((const hr_half *)data)[i]); break;
    default: value = (double)hr_bfloat16_to_float(((const hr_bfloat16 *)data)[i]); break;
    }
    nan |= isnan(value);
    inf |= isinf(value);
  }
  if (nan || inf) {
    const hr_attr_value *message = hr_node_attr(hr_context_node(ctx), "message");
    return hr_error(HR_INVALID_ARGUMENT, "%s : Tensor had %s values", message ? message->s : "",
                    nan && inf ? "Inf and NaN"
                    : nan      ? "NaN"
                               : "Inf");
  }
  return identity(ctx);
}
HR_KERNEL(.op = "CheckNumerics",
          .types = {{"T",
                     HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_BFLOAT16)}},
          .compute = check_numerics);
