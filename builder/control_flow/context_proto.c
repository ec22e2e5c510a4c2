#include "builder/control_flow/context_proto.h"
#include "builder/control_flow/context_fields.h"
#include "runtime/base/wire.h"

static void put_name(hr_text *out, uint32_t field, hr_output value) {
  if (!value.node) return;
  char suffix[16];
  int length = snprintf(suffix, sizeof suffix, ":%d", value.index);
  hr_wire_put_tag(out, field, HR_WIRE_BYTES);
  hr_wire_put_varint(out, (uint64_t)value.node->name_length + (uint64_t)length);
  hr_text_add(out, value.node->name, value.node->name_length);
  hr_text_add(out, suffix, (size_t)length);
}

static void put_names(hr_text *out, uint32_t field, const hr_output_list *list) {
  for (int32_t i = 0; i < list->count; ++i)
    put_name(out, field, list->items[i]);
}

static void put_number(hr_text *out, uint32_t field, int64_t number) {
  if (number != 0) hr_wire_put_number(out, field, (uint64_t)number);
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* As the texts "name:index" compare. */
static int compare_names(const void *a, const void *b) {
  const hr_output *x = &(*(const hr_value_entry *const *)a)->key, *y = &(*(const hr_value_entry *const *)b)->key;
  char first[16], second[16];
  size_t common = x->node->name_length < y->node->name_length ? x->node->name_length : y->node->name_length;
  int order = memcmp(x->node->name, y->node->name, common);
  if (order != 0) return order;
  snprintf(first, sizeof first, ":%d", x->index);
  snprintf(second, sizeof second, ":%d", y->index);
  return strcmp(x->node->name_length > common ? x->node->name + common : first,
                y->node->name_length > common ? y->node->name + common : second);
}

/* The names sorted, then what stands for them. */
static hr_status put_values(hr_text *out, const hr_value_map *map) {
  size_t bytes = sizeof(hr_value_entry *) * (size_t)(map->count + 1);
  const hr_value_entry **sorted = malloc(bytes);
  if (!sorted) return hr_error_out_of_memory(bytes, "the values of a branch or loop");
  int32_t count = 0;
  for (int32_t i = 0; i < map->capacity; ++i)
    if (map->entries[i].key.node) sorted[count++] = &map->entries[i];
  qsort(sorted, (size_t)count, sizeof *sorted, compare_names);
  for (int32_t i = 0; i < count; ++i)
    put_name(out, HR_VALUES_VALUE, sorted[i]->key);
  for (int32_t i = 0; i < count; ++i) {
    if (!sorted[i]->value.node) continue;
    size_t entry = hr_wire_begin(out, HR_VALUES_EXTERNAL);
    put_name(out, HR_EXTERNAL_KEY, sorted[i]->key);
    put_name(out, HR_EXTERNAL_VALUE, sorted[i]->value);
    hr_wire_end(out, entry);
  }
  free(sorted);
  return HR_SUCCESS;
}

/* ---- contexts -------------------------------------------------------------------------------------------------- */

static void put_cond(hr_text *out, const hr_cond_context *cond) {
  hr_wire_put_bytes(out, HR_COND_NAME, hr_view_of(cond->common.name));
  put_name(out, HR_COND_PREDICATE, cond->predicate);
  put_name(out, HR_COND_PIVOT, cond->pivot);
  put_number(out, HR_COND_BRANCH, cond->branch);
}

static void put_loop(hr_text *out, const hr_loop_context *loop) {
  hr_wire_put_bytes(out, HR_WHILE_NAME, hr_view_of(loop->common.name));
  put_number(out, HR_WHILE_PARALLEL, loop->parallel_iterations);
  put_number(out, HR_WHILE_BACK_PROP, loop->back_prop);
  put_number(out, HR_WHILE_SWAP_MEMORY, loop->swap_memory);
  put_name(out, HR_WHILE_PIVOT, loop->condition);
  put_name(out, HR_WHILE_CONDITION_PIVOT, loop->condition_pivot);
  put_name(out, HR_WHILE_BODY_PIVOT, loop->body_pivot);
  put_names(out, HR_WHILE_EXIT, &loop->exits);
  put_names(out, HR_WHILE_ENTER, &loop->enters);
  put_name(out, HR_WHILE_MAXIMUM, loop->maximum_iterations);
}

hr_status hr_context_to_proto(const hr_context *context, hr_text *out) {
  hr_control_context *base = (hr_control_context *)&context->base;
  bool is_cond = hr_as_cond(base) != NULL;
  if (is_cond)
    put_cond(out, hr_as_cond(base));
  else
    put_loop(out, hr_as_loop(base));
  size_t values = hr_wire_begin(out, is_cond ? HR_COND_VALUES : HR_WHILE_VALUES);
  HR_TRY(put_values(out, &context->values));
  hr_wire_end(out, values);
  for (const hr_context *nested = context->first_nested; nested; nested = nested->next) {
    bool nested_cond = nested->base.type == &hr_cond_context_type;
    size_t any = hr_wire_begin(out, is_cond ? HR_COND_NESTED : HR_WHILE_NESTED);
    size_t one = hr_wire_begin(out, nested_cond ? HR_ANY_COND : HR_ANY_WHILE);
    HR_TRY(hr_context_to_proto(nested, out));
    hr_wire_end(out, one);
    hr_wire_end(out, any);
  }
  return out->failed ? hr_error_out_of_memory(out->length, "a branch or loop") : HR_SUCCESS;
}
