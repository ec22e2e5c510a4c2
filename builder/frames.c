/* Signals cut into frames that overlap, and frames put together again. */
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "headrace/control_flow.h"
#include "headrace/signal.h"

/* A scalar of int32 that is known now. */
static bool known_number(hr_scope s, hr_output x, int64_t *out) {
  int count = 0;
  return hr_scope_ok(s) && hr_static_ints(s, x, 1, out, &count) && count == 1;
}

static hr_output integer(hr_scope s, hr_operand value, const char *name) {
  hr_output x = hr_convert(s, value, HR_INVALID, name);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (!hr_dtype_is_integer(hr_output_base_dtype(x)))
    return hr_refuse(s, "%s must be an integer. Got %s", name, hr_dtype_python_name(hr_output_base_dtype(x)));
  if (hr_output_rank(x) > 0) return hr_refuse(s, "%s must be a scalar", name);
  return x;
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

static hr_output most(hr_scope s, hr_output x) {
  return hr_call_one(s, "Maximum", NULL, HR_OPERANDS(0, x), HR_NO_ATTRS);
}
static hr_output rounded_up(hr_scope s, hr_output x, hr_output step) {
  return hr_neg(s, hr_floordiv(s, hr_neg(s, x), step));
}
static hr_output zero_rows(hr_scope s, hr_output rows) { return hr_zeros(s, HR_OPERANDS(rows, 2), .dtype = HR_INT32); }

/* Euclid's algorithm: while b > 0, a and b become b and a mod b. */
static void is_above_zero(void *unused, hr_scope s, hr_outputs numbers, hr_results *results) {
  (void)unused;
  hr_output b = numbers.items[1];
  hr_return(results, hr_greater(s, b, hr_tf_zeros_like(s, b)));
}
static void take_remainder(void *unused, hr_scope s, hr_outputs numbers, hr_results *results) {
  (void)unused;
  hr_output a = numbers.items[0], b = numbers.items[1];
  hr_return(results, b);
  hr_return(results, hr_floor_mod(s, a, b));
}

/* The largest number that divides both: a constant where they are known, else what a loop finds. */
static hr_output common_divisor(hr_scope scope, hr_output a, hr_output b) {
  hr_scope s = hr_name_scope(scope, "gcd");
  int64_t x, y;
  if (!known_number(s, a, &x) || !known_number(s, b, &y)) {
    const hr_while_functions euclid = {is_above_zero, take_remainder, NULL};
    hr_outputs found = hr_while_loop(s, HR_OPERANDS(a, b), &euclid, .back_prop = false);
    return found.count ? found.items[0] : HR_NO_OUTPUT;
  }
  while (y != 0) {
    int64_t rest = x % y;
    x = y, y = rest;
  }
  if (x <= 0) return hr_refuse(s, "The length and the step of frames must be positive");
  return hr_convert(s, hr_operand_int(x), HR_INT32, NULL);
}

/* What is known of the result's shape. */
static void know_frames(hr_scope s, hr_output frames, const hr_partial_shape *signal, hr_output length, hr_output step,
                        hr_output given_axis, bool pad_end) {
  int64_t axis, frame_length = HR_UNKNOWN_DIM, frame_step = 0;
  if (!hr_scope_ok(s) || signal->rank < 1 || signal->rank >= HR_MAX_RANK) return;
  hr_partial_shape shape = {.rank = signal->rank + 1};
  bool axis_known = known_number(s, given_axis, &axis);
  if (!known_number(s, length, &frame_length)) frame_length = HR_UNKNOWN_DIM;
  bool step_known = known_number(s, step, &frame_step) && frame_step > 0;
  if (axis_known && axis < 0) axis += signal->rank;
  for (int i = 0; i < shape.rank; ++i)
    shape.dims[i] = HR_UNKNOWN_DIM;
  if (axis_known && axis >= 0 && axis < signal->rank) {
    for (int i = 0; i < axis; ++i)
      shape.dims[i] = signal->dims[i];
    for (int i = (int)axis + 1; i < signal->rank; ++i)
      shape.dims[i + 1] = signal->dims[i];
    shape.dims[axis + 1] = frame_length;
    int64_t size = signal->dims[axis], count = HR_UNKNOWN_DIM;
    if (size >= 0 && step_known && pad_end)
      count = (size + frame_step - 1) / frame_step;
    else if (size >= 0 && step_known && frame_length >= 0)
      count = size < frame_length ? 0 : (size - frame_length) / frame_step + 1;
    shape.dims[axis] = count;
  }
  hr_know_shape(s, frames, &shape);
}

hr_output hr_frame_with(hr_scope scope, hr_operand raw, hr_operand frame_length, hr_operand frame_step,
                        const hr_frame_options *options) {
  hr_frame_options o = options ? *options : (hr_frame_options){.axis = -1};
  hr_scope s = hr_name_scope_or(scope, o.name, "frame");
  hr_output signal = hr_convert(s, raw, HR_INVALID, "signal");
  hr_output length = integer(s, frame_length, "frame_length"), step = integer(s, frame_step, "frame_step");
  hr_output given_axis = hr_convert(s, hr_operand_int(o.axis), HR_INT32, "axis");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(signal) == 0) return hr_refuse(s, "A signal has at least one dimension");
  const hr_partial_shape before = *hr_output_shape(signal);
  hr_output rank = hr_tf_rank(s, signal);
  hr_output axis = hr_at(s, hr_tf_range(s, 0, rank, HR_NO_OPERAND), HR_INDEX(given_axis));
  hr_output shape = hr_tf_shape(s, signal);
  hr_output inner_rank = hr_minus(s, hr_minus(s, rank, 1), axis);
  hr_output sizes = hr_convert(s, hr_operand_list(HR_OPERANDS(axis, 1, inner_rank)), HR_INVALID, NULL);
  hr_attrs three = HR_ATTRS({"num_split", HR_ATTR_INT_VALUE(3)});
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_operands split = HR_OPERANDS(shape, sizes, 0);
  hr_node *parts = hr_call_op(s, "SplitV", "split", split.count, split.items, three.count, three.items);
  if (!parts) return HR_NO_OUTPUT;
  hr_output outer = {parts, 0}, inner = {parts, 2}, samples, count;
  samples = hr_tf_reshape(s, ((hr_output){parts, 1}), HR_SHAPE());
  hr_output num_outer = hr_tf_size(s, outer), num_inner = hr_tf_size(s, inner);
  if (o.pad_end) {
    hr_operand value = hr_operand_is_given(o.pad_value) ? o.pad_value : hr_operand_int(0);
    hr_output pad_value = hr_convert(s, value, hr_output_base_dtype(signal), NULL);
    count = rounded_up(s, samples, step);
    hr_output end = hr_plus(s, length, hr_times(s, step, hr_minus(s, count, 1)));
    hr_output missing = most(s, hr_minus(s, end, samples));
    hr_output rows_before = zero_rows(s, num_outer), rows_after = zero_rows(s, num_inner);
    hr_operands row = HR_OPERANDS(HR_OPERANDS(0, missing));
    hr_output paddings = hr_tf_concat(s, HR_OPERANDS(rows_before, row, rows_after), 0);
    signal = hr_call_one(s, "PadV2", NULL, HR_OPERANDS(signal, paddings, pad_value), HR_NO_ATTRS);
    shape = hr_tf_shape(s, signal);
    samples = hr_at(s, shape, HR_INDEX(axis));
  } else {
    count = most(s, hr_plus(s, 1, hr_floordiv(s, hr_minus(s, samples, length), step)));
  }
  hr_output part = common_divisor(s, length, step);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output parts_per_frame = hr_floordiv(s, length, part), parts_per_step = hr_floordiv(s, step, part);
  hr_output num_parts = hr_floordiv(s, samples, part);
  hr_output whole = hr_times(s, num_parts, part);
  hr_output slice_shape = hr_tf_concat(s, HR_OPERANDS(outer, HR_OPERANDS(whole), inner), 0);
  hr_output parts_shape = hr_tf_concat(s, HR_OPERANDS(outer, HR_OPERANDS(num_parts, part), inner), 0);
  hr_output origin = hr_tf_zeros_like(s, shape);
  hr_output steps = hr_tf_ones_like(s, origin);
  hr_output used = hr_call_one(s, "StridedSlice", NULL, HR_OPERANDS(signal, origin, slice_shape, steps), HR_NO_ATTRS);
  used = hr_reshape(s, used, parts_shape);
  hr_output starts = hr_times(s, hr_tf_range(s, 0, count, HR_NO_OPERAND), parts_per_step);
  starts = hr_tf_reshape(s, starts, HR_OPERANDS(count, 1));
  hr_output offsets =
      hr_tf_reshape(s, hr_tf_range(s, 0, parts_per_frame, HR_NO_OPERAND), HR_OPERANDS(1, parts_per_frame));
  hr_output places = hr_plus(s, starts, offsets);
  hr_output frames = hr_call_one(s, "GatherV2", NULL, HR_OPERANDS(used, places, axis), HR_NO_ATTRS);
  hr_output frames_shape = hr_tf_concat(s, HR_OPERANDS(outer, HR_OPERANDS(count, length), inner), 0);
  frames = hr_reshape(s, frames, frames_shape);
  know_frames(s, frames, &before, length, step, given_axis, o.pad_end);
  return frames;
}

/* ---- put together again ------------------------------------------------------------------------------------------ */

hr_output hr_overlap_and_add_with(hr_scope scope, hr_operand raw, hr_operand frame_step, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "overlap_and_add");
  hr_output x = hr_convert(s, raw, HR_INVALID, "signal");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x);
  char text[HR_SHAPE_TEXT];
  if (rank == 0 || rank == 1)
    return hr_refuse(s, "Shape %s must have rank at least 2", hr_partial_shape_tuple_text(hr_output_shape(x), text));
  hr_output step = integer(s, frame_step, "frame_step");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output shape = hr_tf_shape(s, x);
  hr_output outer = hr_at(s, shape, HR_SLICE(HR_OPEN, -2));
  hr_output outer_rank = hr_tf_size(s, outer);
  hr_output length = hr_at(s, shape, HR_INDEX(-1)), frames = hr_at(s, shape, HR_INDEX(-2));
  hr_output out_length = hr_plus(s, length, hr_times(s, step, hr_minus(s, frames, 1)));
  int64_t step_size, frame_size = rank > 0 ? hr_output_shape(x)->dims[rank - 1] : HR_UNKNOWN_DIM;
  if (known_number(s, step, &step_size) && step_size == frame_size) { /* nothing overlaps */
    hr_output line_shape = hr_tf_concat(s, HR_OPERANDS(outer, HR_OPERANDS(out_length)), 0);
    return hr_reshape(s, x, line_shape, .name = "fast_path");
  }
  hr_output segments = rounded_up(s, length, step);
  hr_output missing = hr_minus(s, hr_times(s, segments, step), length);
  hr_output rows = zero_rows(s, outer_rank);
  hr_operands more = HR_OPERANDS(HR_OPERANDS(0, segments), HR_OPERANDS(0, missing));
  x = hr_pad(s, x, hr_tf_concat(s, HR_OPERANDS(rows, more), 0));
  /* [frames + segments, segments, step], turned so that what is added lies below each other. */
  hr_output all = hr_plus(s, frames, segments);
  x = hr_reshape(s, x, hr_tf_concat(s, HR_OPERANDS(outer, HR_OPERANDS(all, segments, step)), 0));
  hr_output kept = hr_tf_range(s, 0, outer_rank, HR_NO_OPERAND);
  hr_output turned = hr_plus(s, outer_rank, hr_operand_list(HR_OPERANDS(1, 0, 2)));
  x = hr_transpose(s, x, hr_tf_concat(s, HR_OPERANDS(kept, turned), 0), .name = "transpose");
  /* Each segment begins one frame later than the one before. */
  hr_output line = hr_times(s, hr_plus(s, frames, segments), segments);
  x = hr_reshape(s, x, hr_tf_concat(s, HR_OPERANDS(outer, HR_OPERANDS(line, step)), 0));
  hr_output cut = hr_times(s, hr_minus(s, hr_plus(s, frames, segments), 1), segments);
  x = hr_at(s, x, HR_ELLIPSIS, HR_SLICE(HR_OPEN, cut), HR_ALL);
  hr_output rest = hr_minus(s, hr_plus(s, frames, segments), 1);
  x = hr_reshape(s, x, hr_tf_concat(s, HR_OPERANDS(outer, HR_OPERANDS(segments, rest, step)), 0));
  x = hr_reduce_sum(s, x, .axis = HR_AXIS(-3));
  hr_output flat = hr_times(s, hr_minus(s, hr_plus(s, frames, segments), 1), step);
  x = hr_reshape(s, x, hr_tf_concat(s, HR_OPERANDS(outer, HR_OPERANDS(flat)), 0));
  return hr_at(s, x, HR_ELLIPSIS, HR_SLICE(HR_OPEN, out_length));
}

/* ---- short-time Fourier transforms ------------------------------------------------------------------------------- */

/* The given length of transforms, or the next power of two. */
static hr_output transform_length(hr_scope s, hr_operand given, hr_output frame_length) {
  if (hr_operand_is_given(given)) return integer(s, given, "fft_length");
  int64_t length;
  if (known_number(s, frame_length, &length)) {
    if (length < 1 || length > INT32_MAX / 2) return hr_refuse(s, "frame_length must be positive");
    int64_t power = 1;
    while (power < length)
      power *= 2;
    return hr_convert(s, hr_operand_int(power), HR_INT32, NULL);
  }
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output logarithm = hr_log(s, hr_tf_cast(s, frame_length, HR_FLOAT));
  hr_output two = hr_call_one(s, "Log", NULL, HR_OPERANDS(2.0), HR_NO_ATTRS);
  hr_output exponent = hr_ceil(s, hr_truediv(s, logarithm, two));
  hr_output power = hr_call_one(s, "Pow", NULL, HR_OPERANDS(2.0, exponent), HR_NO_ATTRS);
  return hr_tf_cast(s, power, hr_output_base_dtype(frame_length));
}

static hr_output windowed(hr_scope s, hr_output frames, hr_output length, hr_activation window_fn, bool no_window) {
  if (no_window || !hr_scope_ok(s)) return frames;
  hr_output window = window_fn.call ? window_fn.call(window_fn.argument, s, length) : hr_hann_window(s, length);
  return hr_times(s, frames, window);
}

hr_output hr_stft_with(hr_scope scope, hr_operand raw, hr_operand frame_length, hr_operand frame_step,
                       const hr_stft_options *options) {
  hr_stft_options o = options ? *options : (hr_stft_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "stft");
  hr_output signals = hr_convert(s, raw, HR_INVALID, "signals");
  hr_output length = integer(s, frame_length, "frame_length"), step = integer(s, frame_step, "frame_step");
  hr_output fft_length = transform_length(s, o.fft_length, length);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output frames = hr_frame(s, signals, length, step, .pad_end = o.pad_end);
  frames = windowed(s, frames, length, o.window_fn, o.no_window);
  return hr_real_fft(s, frames, 1, .fft_length = hr_operand_list(HR_OPERANDS(fft_length)));
}

/* Cut or padded to frames of the length. */
static hr_output fit_frames(hr_scope s, hr_output frames, hr_output length) {
  const hr_partial_shape *shape = hr_output_shape(frames);
  int64_t wanted = 0, have = shape->rank > 0 ? shape->dims[shape->rank - 1] : HR_UNKNOWN_DIM;
  bool known = known_number(s, length, &wanted);
  if (!known || have < 0) {
    frames = hr_at(s, frames, HR_ELLIPSIS, HR_SLICE(HR_OPEN, length));
    hr_output rank = hr_tf_rank(s, frames);
    hr_output sizes = hr_tf_shape(s, frames);
    hr_output rows = zero_rows(s, hr_minus(s, rank, 1));
    hr_output missing = most(s, hr_minus(s, length, hr_at(s, sizes, HR_INDEX(-1))));
    hr_operands row = HR_OPERANDS(HR_OPERANDS(0, missing));
    frames = hr_pad(s, frames, hr_tf_concat(s, HR_OPERANDS(rows, row), 0));
  } else if (have > wanted) {
    frames = hr_at(s, frames, HR_ELLIPSIS, HR_SLICE(HR_OPEN, wanted));
  } else if (have < wanted) {
    int32_t paddings[HR_MAX_RANK][2] = {0};
    paddings[shape->rank - 1][1] = (int32_t)(wanted - have);
    hr_scope pad = hr_name_scope(s, "Pad");
    hr_partial_shape matrix = {.rank = 2, .dims = {shape->rank, 2}};
    hr_output sizes = hr_constant_array(pad, HR_INT32, matrix, paddings, .name = "paddings");
    frames = hr_pad(s, frames, sizes, .name = hr_scope_name(pad));
  }
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape found = *hr_output_shape(frames);
  if (known && found.rank > 0) {
    found.dims[found.rank - 1] = wanted;
    hr_know_shape(s, frames, &found);
  }
  return frames;
}

hr_output hr_inverse_stft_with(hr_scope scope, hr_operand raw, hr_operand frame_length, hr_operand frame_step,
                               const hr_stft_options *options) {
  hr_stft_options o = options ? *options : (hr_stft_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "inverse_stft");
  hr_output stfts = hr_convert(s, raw, HR_COMPLEX64, "stfts");
  hr_output length = integer(s, frame_length, "frame_length"), step = integer(s, frame_step, "frame_step");
  hr_output fft_length = transform_length(s, o.fft_length, length);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output frames = hr_inverse_real_fft(s, stfts, 1, .fft_length = hr_operand_list(HR_OPERANDS(fft_length)));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  frames = windowed(s, fit_frames(s, frames, length), length, o.window_fn, o.no_window);
  return hr_overlap_and_add(s, frames, step);
}

hr_output hr_inverse_stft_window_with(hr_scope scope, hr_operand frame_length, hr_operand frame_step,
                                      const hr_inverse_stft_window_options *options) {
  hr_inverse_stft_window_options o = options ? *options : (hr_inverse_stft_window_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "inverse_stft_window_fn");
  hr_output length = integer(s, frame_length, "frame_length"), step = integer(s, frame_step, "frame_step");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output window = o.forward_window_fn.call ? o.forward_window_fn.call(o.forward_window_fn.argument, s, length)
                                              : hr_hann_window(s, length);
  hr_output power = hr_square(s, window);
  hr_output overlaps = rounded_up(s, length, step);
  hr_output missing = hr_minus(s, hr_times(s, overlaps, step), length);
  hr_operands rows = HR_OPERANDS(HR_OPERANDS(0, missing));
  power = hr_call_one(s, "Pad", NULL, HR_OPERANDS(power, rows), HR_NO_ATTRS);
  power = hr_tf_reshape(s, power, HR_OPERANDS(overlaps, step));
  power = hr_reduce_sum(s, power, .axis = HR_AXIS(0), .keepdims = true);
  power = hr_tf_tile(s, power, HR_OPERANDS(overlaps, 1));
  power = hr_tf_reshape(s, power, HR_OPERANDS(hr_times(s, overlaps, step)));
  return hr_truediv(s, window, hr_at(s, power, HR_SLICE(HR_OPEN, length)));
}
