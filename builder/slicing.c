/* Python's x[...] as a StridedSlice. */
#include "builder/builder.h"
#include "headrace/variables.h"

/* One of the three vectors, and what it is made of. */
typedef struct bounds {
  hr_operand items[HR_MAX_RANK + 1];
  hr_dtype dtype;
} bounds;

static void add_bound(bounds *b, int index, hr_operand value) {
  b->items[index] = value;
  if (value.kind == HR_OPERAND_OUTPUT && value.output.node) b->dtype = hr_output_base_dtype(value.output);
}

static hr_output bound_vector(hr_scope s, int count, const bounds *b) {
  return hr_convert(s, hr_operand_items(count, b->items), b->dtype, "stack");
}

hr_output hr_slice_items(hr_scope scope, hr_operand x, int count, const hr_slice_item *items) {
  if (count > HR_MAX_RANK + 1) return hr_refuse(scope, "Too many indices: %d", count);
  if (x.kind == HR_OPERAND_VARIABLE && x.variable) x = hr_operand_output(hr_var_tensor(scope, x.variable));
  bounds begin = {.dtype = HR_INT32}, end = {.dtype = HR_INT32}, step = {.dtype = HR_INT32};
  int64_t begin_mask = 0, end_mask = 0, ellipsis_mask = 0, new_axis_mask = 0, shrink_axis_mask = 0;
  const hr_operand zero = hr_operand_int(0), one = hr_operand_int(1);
  for (int i = 0; i < count; ++i) {
    const hr_slice_item *item = &items[i];
    int64_t bit = (int64_t)1 << i;
    add_bound(&begin, i, item->has_begin ? item->begin : zero);
    add_bound(&end, i, item->has_end ? item->end : zero);
    add_bound(&step, i, item->has_step ? item->step : one);
    switch (item->kind) {
    case HR_SLICE_INDEX:
      shrink_axis_mask |= bit;
      add_bound(&end, i,
                item->begin.kind == HR_OPERAND_INT ? hr_operand_int(item->begin.i + 1)
                                                   : hr_operand_output(hr_plus(scope, item->begin, 1)));
      break;
    case HR_SLICE_RANGE:
      if (!item->has_begin) begin_mask |= bit;
      if (!item->has_end) end_mask |= bit;
      break;
    case HR_SLICE_ELLIPSIS: ellipsis_mask |= bit; break;
    case HR_SLICE_NEW_AXIS: new_axis_mask |= bit; break;
    }
  }
  hr_scope s = hr_name_scope(scope, "strided_slice");
  hr_output from = bound_vector(s, count, &begin);
  hr_output to = bound_vector(s, count, &end);
  hr_output by = bound_vector(s, count, &step);
  if (begin.dtype == HR_INT64 || end.dtype == HR_INT64 || step.dtype == HR_INT64) {
    from = hr_tf_cast(s, from, HR_INT64);
    to = hr_tf_cast(s, to, HR_INT64);
    by = hr_tf_cast(s, by, HR_INT64);
  }
  return hr_call_one(s, "StridedSlice", hr_scope_name(s), HR_OPERANDS(x, from, to, by),
                     HR_ATTRS({"begin_mask", HR_ATTR_INT_VALUE(begin_mask)}, {"end_mask", HR_ATTR_INT_VALUE(end_mask)},
                              {"ellipsis_mask", HR_ATTR_INT_VALUE(ellipsis_mask)},
                              {"new_axis_mask", HR_ATTR_INT_VALUE(new_axis_mask)},
                              {"shrink_axis_mask", HR_ATTR_INT_VALUE(shrink_axis_mask)}));
}
