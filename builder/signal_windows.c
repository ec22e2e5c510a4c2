/* Windows of signals, and spectra turned round. */
#include "builder/builder.h"
#include "headrace/control_flow.h"
#include "headrace/signal.h"
#include <math.h>

/* a - b cos(2 pi k / n) */
typedef struct raised_cosine {
  hr_dtype dtype;
  double a, b;
  hr_output angles;
} raised_cosine;

static hr_output cosine_of(hr_scope s, const raised_cosine *w) {
  return hr_tf_cast(s, hr_minus(s, w->a, hr_times(s, w->b, hr_cos(s, w->angles))), w->dtype);
}
static void one(void *argument, hr_scope s, hr_results *results) {
  const raised_cosine *w = argument;
  hr_return(results, hr_ones(s, HR_SHAPE(1), .dtype = w->dtype));
}
static void cosine(void *argument, hr_scope s, hr_results *results) { hr_return(results, cosine_of(s, argument)); }

static hr_output window(hr_scope scope, hr_operand window_length, const char *name, double a, double b,
                        const hr_window_options *options) {
  hr_window_options o = options ? *options : (hr_window_options){.periodic = hr_operand_bool(true)};
  raised_cosine w = {o.dtype ? o.dtype : HR_FLOAT, a, b, HR_NO_OUTPUT};
  hr_scope s = hr_name_scope_or(scope, o.name, name);
  if (!hr_dtype_is_floating(w.dtype))
    return hr_refuse(s, "dtype must be a floating point type. Found %s", hr_dtype_python_name(w.dtype));
  hr_output length = hr_convert(s, window_length, HR_INT32, "window_length");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(length) > 0) return hr_refuse(s, "window_length must be a scalar");
  bool known;
  hr_tensor value = {0};
  hr_status status = hr_constant_value(length, &known, &value);
  if (status) {
    hr_scope_fail(s, status);
    return HR_NO_OUTPUT;
  }
  bool is_one = known && value.elements == 1 && *(const int32_t *)hr_tensor_data(&value) == 1;
  hr_tensor_clear(&value);
  if (is_one) return hr_ones(s, HR_SHAPE(1), .dtype = w.dtype);
  hr_output periodic = hr_tf_cast(s, hr_convert(s, o.periodic, HR_BOOL, "periodic"), HR_INT32);
  hr_output odd = hr_call_one(s, "FloorMod", NULL, HR_OPERANDS(length, 2), HR_NO_ATTRS);
  hr_output more = hr_times(s, periodic, hr_minus(s, 1, odd));
  hr_output n = hr_tf_cast(s, hr_minus(s, hr_plus(s, length, more), 1), w.dtype);
  hr_output count = hr_tf_cast(s, hr_tf_range(s, 0, length, HR_NO_OPERAND), w.dtype);
  hr_output turn = hr_convert(s, hr_operand_float(2 * M_PI), w.dtype, NULL);
  w.angles = hr_truediv(s, hr_times(s, turn, count), n);
  if (known) return cosine_of(s, &w);
  hr_output is_single = hr_call_one(s, "Equal", NULL, HR_OPERANDS(length, 1), HR_NO_ATTRS);
  return hr_only(hr_cond(s, is_single, HR_BRANCH(one, &w), HR_BRANCH(cosine, &w)));
}

hr_output hr_hann_window_with(hr_scope scope, hr_operand window_length, const hr_window_options *options) {
  return window(scope, window_length, "hann_window", 0.5, 0.5, options);
}
hr_output hr_hamming_window_with(hr_scope scope, hr_operand window_length, const hr_window_options *options) {
  return window(scope, window_length, "hamming_window", 0.54, 0.46, options);
}

/* ---- turned round ---------------------------------------------------------------------------------------------- */

hr_output hr_fftshift_with(hr_scope scope, hr_operand input, const hr_fftshift_options *options) {
  hr_fftshift_options o = options ? *options : (hr_fftshift_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, o.inverse ? "ifftshift" : "fftshift");
  hr_output x = hr_convert(s, input, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(x);
  if (shape->rank < 0) return hr_refuse(s, "The rank must be known");
  int64_t axes[HR_MAX_RANK], shifts[HR_MAX_RANK];
  int count = shape->rank;
  bool given = hr_operand_is_given(o.axes);
  if (given) count = hr_operand_known_ints(o.axes, axes);
  if (count < 0) return hr_refuse(s, "axes must be an integer or a list of integers");
  for (int i = 0; i < count; ++i) {
    int64_t axis = given ? axes[i] : i;
    if (axis < -shape->rank || axis >= shape->rank)
      return hr_refuse(s, "There is no axis %lld in a tensor of rank %d", (long long)axis, shape->rank);
    int64_t size = shape->dims[axis < 0 ? axis + shape->rank : axis];
    if (size < 0) return hr_refuse_type(s, "The size of dimension %lld must be known", (long long)axis);
    axes[i] = axis;
    shifts[i] = o.inverse ? -(size / 2) : size / 2;
  }
  bool single = given && o.axes.kind == HR_OPERAND_INT;
  hr_operand shift = single ? hr_operand_int(shifts[0]) : hr_operand_ints((hr_ints){count, shifts});
  hr_operand axis = single ? o.axes : hr_operand_ints((hr_ints){count, axes});
  return hr_call_one(s, "Roll", hr_scope_name(s), HR_OPERANDS(x, shift, axis), HR_NO_ATTRS);
}
