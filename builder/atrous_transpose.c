/* tf.nn.atrous_conv2d_transpose. */
#include "builder/known_ints.h"
#include "builder/windows.h"
#include "headrace/arrays.h"
#include "headrace/convolution.h"

enum { PLANE = 2 };

/* One of the two dimensions of an image. */
typedef struct side {
  hr_known_ints before, behind; /* what the forward convolution pads */
  hr_known_ints padded, extra;  /* the result's size with that; what is missing to a multiple of the rate */
} side;

static hr_known_ints math(hr_scope s, hr_operator operation, hr_known_ints x, hr_known_ints y) {
  return hr_ints_math(s, operation, x, y);
}

/* What "SAME" pads for a filter of that size. */
static void pad_side(hr_scope s, hr_known_ints filter, int64_t rate, side *out) {
  hr_known_ints less = math(s, HR_OPERATOR_MINUS, filter, hr_known_int(1));
  less = math(s, HR_OPERATOR_TIMES, less, hr_known_int(rate - 1));
  hr_known_ints wide = math(s, HR_OPERATOR_PLUS, filter, less);
  hr_known_ints all = math(s, HR_OPERATOR_MINUS, wide, hr_known_int(1));
  out->before = math(s, HR_OPERATOR_FLOORDIV, all, hr_known_int(2));
  out->behind = math(s, HR_OPERATOR_MINUS, all, out->before);
}

static hr_output cut(hr_scope s, const char *op, hr_output x, int64_t rate, const hr_known_ints ends[PLANE][2]) {
  hr_operand pairs[PLANE][2], rows[PLANE];
  for (int i = 0; i < PLANE; ++i) {
    for (int j = 0; j < 2; ++j)
      pairs[i][j] = hr_known_operand(&ends[i][j]);
    rows[i] = hr_operand_items(2, pairs[i]);
  }
  return hr_call_one(s, op, NULL, HR_OPERANDS(x, hr_operand_ints(HR_INTS(rate, rate)), hr_operand_items(PLANE, rows)),
                     HR_NO_ATTRS);
}

hr_output hr_atrous_conv2d_transpose_with(hr_scope scope, hr_operand input, hr_operand filters, hr_dims output_shape,
                                          int64_t rate, const char *padding, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "atrous_conv2d_transpose");
  hr_output x = hr_convert(s, input, HR_INVALID, "value"), w = hr_convert(s, filters, HR_INVALID, "filters");
  if (!hr_padding_is_given(s, padding)) return HR_NO_OUTPUT;
  bool same = strcmp(padding, "SAME") == 0;
  if (!same && strcmp(padding, "VALID") != 0) return hr_refuse(s, "padding must be either VALID or SAME: %s", padding);
  if (rate < 1 || rate > INT32_MAX)
    return hr_refuse(s, "rate %lld cannot be less than one, or beyond int32", (long long)rate);
  if (rate == 1)
    return hr_conv2d_transpose(s, x, w, output_shape, HR_INTS(1, 1, 1, 1), .padding = padding, .data_format = "NHWC");
  const hr_partial_shape *shapes[] = {hr_output_shape(x), hr_output_shape(w)};
  char text[2][HR_SHAPE_TEXT];
  for (int i = 0; i < 2; ++i)
    if (shapes[i]->rank >= 0 && shapes[i]->rank != 4)
      return hr_refuse(s, "Shape %s must have rank 4", hr_partial_shape_text(shapes[i], text[0]));
  if (shapes[0]->rank == 4 && shapes[1]->rank == 4 && shapes[0]->dims[3] >= 0 && shapes[1]->dims[3] >= 0 &&
      shapes[0]->dims[3] != shapes[1]->dims[3])
    return hr_refuse(s, "value's input channels does not match filters' input channels, %lld != %lld",
                     (long long)shapes[0]->dims[3], (long long)shapes[1]->dims[3]);
  hr_output made_shape = hr_dims_vector(s, output_shape, "output_shape");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_known_ints sizes = hr_unknown_ints(made_shape);
  if (!hr_operand_is_given(output_shape.value)) sizes = hr_ints_of(s, made_shape);
  const hr_partial_shape *vector = hr_output_shape(made_shape);
  if (vector->rank >= 0 && (vector->rank != 1 || (vector->dims[0] >= 0 && vector->dims[0] != 4)))
    return hr_refuse(s, "output_shape must have shape (4,), got %s", hr_partial_shape_text(vector, text[0]));
  side sides[PLANE] = {{hr_known_int(0), hr_known_int(0), {.count = -1}, {.count = -1}},
                       {hr_known_int(0), hr_known_int(0), {.count = -1}, {.count = -1}}};
  if (same) {
    hr_known_ints filter = {.count = 0};
    if (hr_partial_shape_is_full(shapes[1]))
      filter = hr_known_vector(4, shapes[1]->dims);
    else
      filter = hr_unknown_ints(hr_tf_shape(s, w));
    hr_known_ints each[PLANE] = {hr_ints_item(s, &filter, 0), hr_ints_item(s, &filter, 1)};
    for (int i = 0; i < PLANE; ++i)
      pad_side(s, each[i], rate, &sides[i]);
  }
  const hr_known_ints apart = hr_known_int(rate);
  for (int i = 0; i < PLANE; ++i) {
    hr_known_ints size = math(s, HR_OPERATOR_PLUS, hr_ints_item(s, &sizes, i + 1), sides[i].before);
    sides[i].padded = math(s, HR_OPERATOR_PLUS, size, sides[i].behind);
  }
  for (int i = 0; i < PLANE; ++i) {
    hr_known_ints missing = math(s, HR_OPERATOR_MINUS, apart, math(s, HR_OPERATOR_MOD, sides[i].padded, apart));
    sides[i].extra = math(s, HR_OPERATOR_MOD, missing, apart);
  }
  hr_known_ints ends[PLANE][2];
  for (int i = 0; i < PLANE; ++i) {
    ends[i][0] = hr_known_int(0);
    ends[i][1] = sides[i].extra;
  }
  x = cut(s, "SpaceToBatchND", x, rate, ends);
  hr_known_ints inner[4];
  inner[0] = math(s, HR_OPERATOR_TIMES, hr_known_int(rate * rate), hr_ints_item(s, &sizes, 0));
  for (int i = 0; i < PLANE; ++i)
    inner[i + 1] = math(s, HR_OPERATOR_FLOORDIV, math(s, HR_OPERATOR_PLUS, sides[i].padded, sides[i].extra), apart);
  inner[3] = hr_ints_item(s, &sizes, 3);
  hr_operand operands[4];
  for (int i = 0; i < 4; ++i)
    operands[i] = hr_known_operand(&inner[i]);
  hr_output made = hr_call_one(
      s, "Conv2DBackpropInput", NULL, HR_OPERANDS(hr_operand_items(4, operands), w, x),
      HR_ATTRS({"strides", hr_int_list((int64_t[]){1, 1, 1, 1}, 4)}, {"padding", HR_ATTR_STRING_VALUE("VALID")}));
  for (int i = 0; i < PLANE; ++i) {
    ends[i][0] = sides[i].before;
    ends[i][1] = math(s, HR_OPERATOR_PLUS, sides[i].behind, sides[i].extra);
  }
  return cut(s, "BatchToSpaceND", made, rate, ends);
}
