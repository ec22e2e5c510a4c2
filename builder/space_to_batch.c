/* Windows whose taps lie apart: the input is cut in interleaved images, which are convolved or pooled as usual. */
#include "builder/space_to_batch.h"
#include "builder/known_ints.h"
#include "builder/windows.h"
#include "headrace/arrays.h"

enum { ROW = 2, MAX_CUT = HR_MAX_RANK };

/* A matrix of two columns: known, or a tensor. */
typedef struct rows {
  hr_output tensor; /* no output: known */
  int count;
  int64_t items[MAX_CUT][ROW];
} rows;
static rows rows_of(hr_scope s, hr_output tensor) {
  rows x = {.count = 0};
  int count;
  int64_t items[MAX_CUT * ROW];
  if (!hr_static_ints(s, tensor, MAX_CUT * ROW, items, &count)) return (rows){.tensor = tensor};
  x.count = count / ROW;
  memcpy(x.items, items, sizeof *items * (size_t)count);
  return x;
}

/* tf.stack of rows [first[i], second[i]]. */
static hr_output stack_rows(hr_scope s, int count, const hr_known_ints *first, const hr_known_ints *second,
                            const char *name) {
  hr_known_ints items[MAX_CUT][ROW];
  hr_operand pairs[MAX_CUT][ROW], list[MAX_CUT];
  for (int i = 0; i < count; ++i) {
    items[i][0] = hr_ints_item(s, first, i);
    items[i][1] = hr_ints_item(s, second, i);
    for (int j = 0; j < ROW; ++j)
      pairs[i][j] = hr_known_operand(&items[i][j]);
    list[i] = hr_operand_items(ROW, pairs[i]);
  }
  return hr_stack(s, ((hr_operands){count, list, NULL}), .name = name);
}

static hr_known_ints column(hr_scope s, const rows *x, int j) {
  hr_known_ints items = {HR_NO_OUTPUT, x->count, {0}};
  for (int i = 0; i < x->count; ++i)
    items.items[i] = x->items[i][j];
  return x->tensor.node ? hr_unknown_ints(hr_at(s, x->tensor, HR_ALL, HR_INDEX(j))) : items;
}

hr_space_to_batch_paddings
hr_required_space_to_batch_paddings_with(hr_scope scope, hr_operand input_shape, hr_operand block_shape,
                                         const hr_required_space_to_batch_paddings_options *options) {
  const hr_space_to_batch_paddings none = {HR_NO_OUTPUT, HR_NO_OUTPUT};
  hr_required_space_to_batch_paddings_options o = options ? *options : (hr_required_space_to_batch_paddings_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "required_space_to_batch_paddings");
  hr_output sizes = hr_convert(s, input_shape, HR_INT32, "input_shape");
  hr_output blocks = hr_convert(s, block_shape, HR_INT32, "block_shape");
  if (!hr_scope_ok(s)) return none;
  int64_t known_count = hr_output_rank(blocks) == 1 ? hr_output_shape(blocks)->dims[0] : -1;
  if (known_count < 0 || known_count > MAX_CUT) {
    hr_refuse(s, "block_shape must be a vector of a known length of at most %d", MAX_CUT);
    return none;
  }
  int count = (int)known_count;
  if (count == 0) {
    hr_output paddings = hr_zeros(s, HR_SHAPE(0, ROW), .dtype = HR_INT32);
    return (hr_space_to_batch_paddings){paddings, hr_zeros(s, HR_SHAPE(0, ROW), .dtype = HR_INT32)};
  }
  hr_output base = hr_operand_is_given(o.base_paddings) ? hr_convert(s, o.base_paddings, HR_INT32, "base_paddings")
                                                        : hr_zeros(s, HR_SHAPE(count, ROW), .dtype = HR_INT32);
  if (!hr_scope_ok(s)) return none;
  const hr_partial_shape *shapes[] = {hr_output_shape(sizes), hr_output_shape(base)};
  if ((shapes[0]->rank >= 0 && (shapes[0]->rank != 1 || (shapes[0]->dims[0] >= 0 && shapes[0]->dims[0] != count))) ||
      (shapes[1]->rank >= 0 && (shapes[1]->rank != ROW || (shapes[1]->dims[0] >= 0 && shapes[1]->dims[0] != count) ||
                                (shapes[1]->dims[1] >= 0 && shapes[1]->dims[1] != ROW)))) {
    char first[HR_SHAPE_TEXT], second[HR_SHAPE_TEXT];
    hr_refuse(s, "block_shape of %d sizes goes with neither input_shape %s nor base_paddings %s, or not with both",
              count, hr_partial_shape_text(shapes[0], first), hr_partial_shape_text(shapes[1], second));
    return none;
  }
  hr_known_ints x = hr_ints_of(s, sizes), block = hr_ints_of(s, blocks);
  rows b = rows_of(s, base);
  if (!hr_scope_ok(s)) return none;
  if (x.tensor.node || block.tensor.node || b.tensor.node) {
    x = hr_unknown_ints(sizes);
    block = hr_unknown_ints(blocks);
    b = (rows){.tensor = base};
  }
  hr_known_ints start = column(s, &b, 0), end = column(s, &b, 1);
  hr_known_ints padded = hr_ints_math(s, HR_OPERATOR_PLUS, hr_ints_math(s, HR_OPERATOR_PLUS, x, start), end);
  hr_known_ints rest = hr_ints_math(s, HR_OPERATOR_MOD, padded, block);
  hr_known_ints extra = hr_ints_math(s, HR_OPERATOR_MOD, hr_ints_math(s, HR_OPERATOR_MINUS, block, rest), block);
  hr_known_ints padded_end = hr_ints_math(s, HR_OPERATOR_PLUS, end, extra), zeros = {HR_NO_OUTPUT, count, {0}};
  hr_space_to_batch_paddings made = {.paddings = stack_rows(s, count, &start, &padded_end, "paddings")};
  made.crops = stack_rows(s, count, &zeros, &extra, "crops");
  return made;
}

/* What "SAME" padding adds for filters whose taps lie apart. */
static hr_output base_paddings(hr_scope s, int count, hr_known_ints sizes, hr_known_ints rate) {
  const hr_known_ints one = hr_known_int(1);
  hr_known_ints less = hr_ints_math(s, HR_OPERATOR_MINUS, sizes, one);
  hr_known_ints wide = hr_ints_math(s, HR_OPERATOR_TIMES, less, hr_ints_math(s, HR_OPERATOR_MINUS, rate, one));
  wide = hr_ints_math(s, HR_OPERATOR_PLUS, sizes, wide);
  hr_known_ints extra = hr_ints_math(s, HR_OPERATOR_MINUS, wide, one);
  hr_known_ints start = hr_ints_math(s, HR_OPERATOR_FLOORDIV, extra, hr_known_int(2));
  hr_known_ints end = hr_ints_math(s, HR_OPERATOR_MINUS, extra, start);
  return stack_rows(s, count, &start, &end, NULL);
}

/* ---- cutting --------------------------------------------------------------------------------------------------- */

/* What for_all_dims points into. */
typedef struct places {
  int64_t values[MAX_CUT * ROW];
  hr_operand rows[MAX_CUT];
} places;

/* `count` of the rows of `width` numbers, from row `first` on; a vector of them where `width` is 1. */
static hr_operand rows_at(places *p, int first, int count, int width) {
  if (width == 1) return hr_operand_ints((hr_ints){count, p->values + first});
  for (int i = first; i < first + count; ++i)
    p->rows[i] = hr_operand_ints((hr_ints){width, p->values + i * width});
  return hr_operand_items(count, p->rows + first);
}

/* A row of `width` numbers for each dimension from the second one on: those of `value` for `dims`, of `fill` for the
 * others. What is known comes out known. */
static hr_operand for_all_dims(hr_scope s, hr_output value, hr_ints dims, int fill, int width, places *p) {
  int64_t items[MAX_CUT * ROW];
  int count, last = (int)dims.items[dims.count - 1];
  bool known = hr_static_ints(s, value, MAX_CUT * ROW, items, &count);
  for (int dim = 1, i = 0; dim <= last; ++dim) {
    bool cut = dims.items[i] == dim;
    for (int j = 0; j < width; ++j)
      p->values[(dim - 1) * width + j] = cut && known ? items[i * width + j] : fill;
    i += cut;
  }
  if (known) return rows_at(p, 0, last, width);
  hr_operand parts[2 * MAX_CUT]; /* runs of the tensor's rows, and what lies between */
  int n = 0;
  for (int i = 0, at = 1; i < dims.count;) {
    int first = i, dim = (int)dims.items[i];
    if (dim > at) parts[n++] = rows_at(p, at - 1, dim - at, width);
    while (i + 1 < dims.count && dims.items[i + 1] == dims.items[i] + 1)
      ++i;
    at = (int)dims.items[i++] + 1;
    parts[n++] = hr_operand_output(hr_at(s, value, HR_SLICE(first, i)));
  }
  return hr_operand_output(hr_tf_concat(s, ((hr_operands){n, parts, NULL}), 0));
}

static hr_output space_call(hr_scope s, const char *op, hr_output x, hr_operand blocks, hr_operand paddings) {
  return hr_call_one(s, op, NULL, HR_OPERANDS(x, blocks, paddings), HR_NO_ATTRS);
}

/* The sizes of x along `dims`, of a static shape where that knows them. */
static hr_operand sizes_along(hr_scope s, hr_output x, const hr_partial_shape *shape, hr_ints dims, int64_t *sizes) {
  bool known = shape->rank >= 0;
  for (int i = 0; known && i < dims.count; ++i) {
    if (dims.items[i] >= shape->rank)
      return hr_operand_output(
          hr_refuse(s, "Dimension %lld is not there in rank %d", (long long)dims.items[i], shape->rank));
    sizes[i] = shape->dims[dims.items[i]];
    known = sizes[i] >= 0;
  }
  if (known) return hr_operand_ints((hr_ints){dims.count, sizes});
  hr_output all = hr_tf_shape(s, x);
  hr_operand items[MAX_CUT];
  for (int i = 0; i < dims.count; ++i)
    items[i] = hr_operand_output(hr_at(s, all, HR_INDEX(dims.items[i])));
  return hr_operand_output(hr_stack(s, ((hr_operands){dims.count, items, NULL})));
}

hr_dilation hr_dilation_begin(hr_scope s, const hr_partial_shape *shape, hr_operand dilation_rate, const char *padding,
                              hr_operand filter_shape) {
  hr_dilation d = {.shape = *shape, .padding = padding};
  if (!hr_padding_is_given(s, padding)) return d;
  d.rate = hr_convert(s, dilation_rate, HR_INT32, "dilation_rate");
  if (!hr_scope_ok(s)) return d;
  int64_t count = hr_output_rank(d.rate) == 1 ? hr_output_shape(d.rate)->dims[0] : -1;
  if (count < 1 || count > MAX_CUT) {
    hr_refuse(s, "rate must have statically-known shape: a vector of 1 to %d numbers", MAX_CUT);
    return d;
  }
  d.count = (int)count;
  hr_known_ints rate = hr_ints_of(s, d.rate);
  bool ones = hr_ints_are_known(&rate);
  for (int i = 0; hr_ints_are_known(&rate) && i < d.count; ++i) {
    if (rate.items[i] < 1) {
      hr_refuse(s, "dilation_rate must be positive");
      return d;
    }
    ones = ones && rate.items[i] == 1;
  }
  if (ones || !hr_scope_ok(s)) return d;
  d.cuts = true;
  if (strcmp(padding, "SAME") == 0) {
    if (!hr_operand_is_given(filter_shape)) {
      hr_refuse(s, "filter_shape must be specified for SAME padding");
      return d;
    }
    hr_output shape_of_filter = hr_convert(s, filter_shape, HR_INVALID, "filter_shape");
    hr_known_ints sizes = hr_ints_of(s, shape_of_filter);
    if (hr_ints_are_known(&sizes) && sizes.count < d.count) {
      hr_refuse(s, "filter_shape has %d sizes, dilation_rate %d", sizes.count, d.count);
      return d;
    }
    sizes.count = d.count;
    if (!hr_ints_are_known(&sizes)) sizes = hr_unknown_ints(hr_at(s, shape_of_filter, HR_SLICE(HR_OPEN, d.count)));
    d.base = base_paddings(s, d.count, sizes, rate);
  } else if (strcmp(padding, "VALID") != 0) {
    hr_refuse(s, "Invalid padding method '%s'", padding);
  }
  return d;
}

hr_output hr_dilation_call(hr_scope s, const hr_dilation *d, hr_output x, hr_ints dims, hr_window_function op) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (!d->cuts) return op.call(op.argument, s, x, d->count, d->padding);
  int64_t sizes[MAX_CUT];
  places zeros = {{0}}, for_rate, for_paddings, for_crops;
  hr_operand along = sizes_along(s, x, &d->shape, dims, sizes);
  hr_operand base = d->base.node ? hr_operand_output(d->base) : rows_at(&zeros, 0, d->count, ROW);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_space_to_batch_paddings required = hr_required_space_to_batch_paddings(s, along, d->rate, .base_paddings = base);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_operand rate = for_all_dims(s, d->rate, dims, 1, 1, &for_rate);
  hr_operand paddings = for_all_dims(s, required.paddings, dims, 0, ROW, &for_paddings);
  hr_operand crops = for_all_dims(s, required.crops, dims, 0, ROW, &for_crops);
  hr_output cut = space_call(s, "SpaceToBatchND", x, rate, paddings);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output made = op.call(op.argument, s, cut, d->count, "VALID");
  return hr_scope_ok(s) ? space_call(s, "BatchToSpaceND", made, rate, crops) : HR_NO_OUTPUT;
}

hr_output hr_with_space_to_batch_with(hr_scope scope, hr_operand input, hr_operand dilation_rate, const char *padding,
                                      hr_window_function op, const hr_with_space_to_batch_options *options) {
  hr_with_space_to_batch_options o = options ? *options : (hr_with_space_to_batch_options){0};
  hr_output x = hr_convert(scope, input, HR_INVALID, "input");
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_dilation d = hr_dilation_begin(scope, hr_output_shape(x), dilation_rate, padding, o.filter_shape);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (o.spatial_dims.count > 0 && o.spatial_dims.count != d.count)
    return hr_refuse(scope, "spatial_dims must be as many as rates: %d and %d", o.spatial_dims.count, d.count);
  int64_t dims[MAX_CUT], first = o.data_format && strncmp(o.data_format, "NC", 2) == 0 ? 2 : 1;
  for (int i = 0; i < d.count; ++i) {
    dims[i] = o.spatial_dims.count > 0 ? o.spatial_dims.items[i] : first + i;
    if (dims[i] < 1 || dims[i] >= HR_MAX_RANK || (i > 0 && dims[i] <= dims[i - 1]))
      return hr_refuse(scope, "spatial_dims must be a montonically increasing sequence of positive integers");
  }
  return hr_dilation_call(scope, &d, x, (hr_ints){d.count, dims}, op);
}
