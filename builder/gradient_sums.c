#include "builder/gradient_sums.h"
#include "builder/builder.h"

/* AddN of dense contributions: one for each device they stand on, colocated with the first there, then one of all.
 * `scratch` has room for twice as many. */
static hr_output add_by_device(hr_scope scope, int32_t count, hr_output *items, hr_output *scratch) {
  hr_output *sums = scratch, *group = scratch + count;
  int32_t num_sums = 0;
  const char *last = NULL;
  for (;;) {
    const char *device = NULL; /* the next one by name */
    for (int32_t i = 0; i < count; ++i) {
      const char *candidate = hr_node_device(items[i].node);
      if ((!last || strcmp(candidate, last) > 0) && (!device || strcmp(candidate, device) < 0)) device = candidate;
    }
    if (!device) break;
    int32_t size = 0;
    for (int32_t i = 0; i < count; ++i) {
      if (strcmp(hr_node_device(items[i].node), device) == 0) group[size++] = items[i];
    }
    HR_WITH (colocated, hr_colocate_with(scope, group[0].node, true)) {
      sums[num_sums++] = hr_tf_add_n(colocated, ((hr_outputs){size, group}));
    }
    last = device;
  }
  return hr_tf_add_n(scope, ((hr_outputs){num_sums, sums}));
}

static hr_output add_as_tree(hr_scope scope, const hr_node *node, int32_t count, const hr_output *items) {
  hr_text name = {0};
  hr_text_printf(&name, "%s_gradient_sum", hr_node_name(node));
  hr_output sum = items[0];
  if (name.failed) hr_scope_fail(scope, hr_error_out_of_memory(name.length, "a name"));
  if (hr_scope_ok(scope)) {
    HR_WITH (inner, hr_name_scope(scope, name.data)) {
      for (int32_t i = 1; i < count; ++i)
        sum = hr_tf_add_n(inner, HR_LIST(sum, items[i]));
    }
  }
  hr_text_free(&name);
  return sum;
}

static hr_output sum_dense(hr_scope scope, const hr_node *node, int32_t count, const hr_gradient *parts,
                           hr_output *scratch, hr_aggregation_method method) {
  hr_output *items = scratch;
  for (int32_t i = 0; i < count; ++i)
    items[i] = parts[i].value;
  if (method == HR_AGGREGATION_EXPERIMENTAL_ACCUMULATE_N && count > 2 &&
      hr_partial_shape_is_full(hr_output_shape(items[0])))
    return hr_accumulate_n_v2(scope, ((hr_outputs){count, items}), *hr_output_shape(items[0]));
  if (method != HR_AGGREGATION_ADD_N) return add_as_tree(scope, node, count, items);
  return add_by_device(scope, count, items, items + count);
}

/* Rows one after the other; indices become int64 where they differ in type. */
static hr_gradient sum_sparse(hr_scope scope, int32_t count, const hr_gradient *parts, hr_output *scratch) {
  hr_output *values = scratch, *indices = scratch + count;
  int32_t small = 0;
  for (int32_t i = 0; i < count; ++i)
    small += hr_dtype_base(hr_output_dtype(parts[i].indices)) == HR_INT32;
  for (int32_t i = 0; i < count; ++i) {
    values[i] = parts[i].value;
    indices[i] = parts[i].indices;
    if (small != count) indices[i] = hr_tf_cast(scope, indices[i], HR_INT64);
  }
  hr_gradient sum = {.dense_shape = parts[0].dense_shape};
  sum.value = hr_tf_concat(scope, ((hr_outputs){count, values}), 0);
  sum.indices = hr_tf_concat(scope, ((hr_outputs){count, indices}), 0);
  return sum;
}

/* tf.add_n of sparse and dense contributions: the op makes tensors of its sparse inputs. */
static hr_output sum_mixture(hr_scope scope, int32_t count, const hr_gradient *parts, hr_output *scratch) {
  hr_scope s = hr_name_scope(scope, "AddN");
  for (int32_t i = 0; i < count; ++i) {
    char name[24];
    snprintf(name, sizeof name, "inputs_%d", (int)i);
    scratch[i] = hr_gradient_to_tensor(s, parts[i], name);
  }
  return hr_add_n(s, ((hr_outputs){count, scratch}), .name = hr_scope_name(s));
}

hr_gradient hr_sum_gradients(hr_scope scope, const hr_node *node, int32_t count, const hr_gradient *parts,
                             hr_aggregation_method method) {
  if (count == 0 || !hr_scope_ok(scope)) return HR_NO_GRADIENT;
  if (count == 1) return parts[0];
  int32_t sparse = 0;
  for (int32_t i = 0; i < count; ++i)
    sparse += hr_gradient_is_sparse(parts[i]);
  hr_output *scratch = malloc(3 * sizeof *scratch * (size_t)count);
  hr_gradient sum = HR_NO_GRADIENT;
  if (!scratch)
    hr_scope_fail(scope, hr_error_out_of_memory(3 * sizeof *scratch * (size_t)count, "a sum of gradients"));
  else if (sparse == count)
    sum = sum_sparse(scope, count, parts, scratch);
  else if (sparse == 0)
    sum = hr_dense_gradient(sum_dense(scope, node, count, parts, scratch, method));
  else
    sum = hr_dense_gradient(sum_mixture(scope, count, parts, scratch));
  free(scratch);
  return sum;
}
