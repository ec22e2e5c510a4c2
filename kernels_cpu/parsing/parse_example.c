/* ParseExample: the features of a batch of Example messages. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/parsing/example_batch.h"
#include "kernels_cpu/string_arguments.h"

#include <stdlib.h>

/* Keys are inputs: scalars, sparse ones first. */
static hr_status read_keys(const hr_kernel_context *ctx, int32_t count, hr_feature_keys **out) {
  hr_view *names = malloc((count ? (size_t)count : 1) * sizeof *names);
  if (!names) return hr_error_out_of_memory((size_t)count * sizeof *names, "the keys of features");
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < count && !status; ++i) {
    const hr_tensor *key = hr_input(ctx, 2 + i);
    if (key->elements != 1)
      status = hr_error(HR_INVALID_ARGUMENT, "Expected a key to be a scalar, got shape: %s", HR_TENSOR_SHAPE_TEXT(key));
    else
      names[i] = hr_string_view(hr_string_at(key, 0));
  }
  if (!status && !(*out = hr_feature_keys_new(count, names)))
    status = hr_error_out_of_memory(0, "the keys of features");
  free(names);
  return status;
}

static hr_status parse_example(hr_kernel_context *ctx) {
  const hr_feature_plan *plan = ctx->state;
  int32_t num_keys = plan->num_sparse + plan->num_dense;
  hr_feature_keys *keys = NULL;
  const hr_tensor **defaults = malloc(((size_t)plan->num_dense + 1) * sizeof *defaults);
  if (!defaults) return hr_error_out_of_memory((size_t)plan->num_dense * sizeof *defaults, "the defaults of features");
  for (int32_t i = 0; i < plan->num_dense; ++i)
    defaults[i] = hr_input(ctx, 2 + num_keys + i);
  hr_status status = read_keys(ctx, num_keys, &keys);
  if (!status)
    status = hr_example_batch_parse(&(hr_example_batch){.plan = plan,
                                                        .keys = keys,
                                                        .serialized = hr_input(ctx, 0),
                                                        .names = hr_input(ctx, 1),
                                                        .defaults = defaults,
                                                        .ctx = ctx});
  hr_feature_keys_free(keys);
  free(defaults);
  return status;
}

static hr_status parse_example_create(const hr_kernel_construction *c, void **state) {
  hr_feature_plan *plan = malloc(sizeof *plan);
  if (!plan) return hr_error_out_of_memory(sizeof *plan, "a ParseExample kernel");
  hr_status status = hr_feature_plan_init(c, "sparse_types", "Tdense", "dense_shapes", plan);
  if (status)
    free(plan);
  else
    *state = plan;
  return status;
}

static void parse_example_destroy(void *state) {
  hr_feature_plan_clear(state);
  free(state);
}
HR_KERNEL(.op = "ParseExample", .create = parse_example_create, .destroy = parse_example_destroy,
          .compute = parse_example);
