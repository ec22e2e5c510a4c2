#include "builder/control_flow/results.h"

static void append(hr_results *results, hr_result result) {
  if (results->count == results->capacity) {
    int32_t capacity = results->capacity ? 2 * results->capacity : 8;
    hr_result *items = realloc(results->items, sizeof *items * (size_t)capacity);
    if (!items) {
      hr_scope_fail(results->scope, hr_error_out_of_memory(sizeof *items * (size_t)capacity, "results"));
      return;
    }
    results->items = items;
    results->capacity = capacity;
  }
  results->items[results->count++] = result;
}

void hr_return_with(hr_results *results, hr_operand value) { append(results, (hr_result){.value = value}); }

void hr_return_node(hr_results *results, hr_node *node) { append(results, (hr_result){.node = node}); }

void hr_return_gradient(hr_results *results, hr_gradient rows) {
  append(results,
         (hr_result){.value = hr_operand_output(rows.value), .indices = rows.indices, .dense_shape = rows.dense_shape});
}

void hr_results_free(hr_results *results) {
  free(results->items);
  *results = (hr_results){0};
}

hr_outputs hr_results_tensors(hr_scope scope, const hr_results *results) {
  hr_output *items = hr_keep_bytes(scope, sizeof *items * (size_t)(3 * results->count + 1));
  int32_t count = 0;
  for (int32_t i = 0; i < results->count && hr_scope_ok(scope); ++i) {
    const hr_result *result = &results->items[i];
    if (result->node) hr_refuse_type(scope, "The only branch must return tensors, not operations");
    items[count++] = hr_convert(scope, result->value, HR_INVALID, NULL);
    if (result->indices.node) items[count++] = result->indices;
    if (result->dense_shape.node) items[count++] = result->dense_shape;
  }
  return hr_scope_ok(scope) ? (hr_outputs){count, items} : (hr_outputs){0, NULL};
}
