/* Images turned and mirrored. */
#include "builder/image/image.h"
#include "headrace/control_flow.h"

/* The image with the order of some dimensions reversed. */
static hr_output reversed(hr_scope s, hr_output image, hr_ints axes) {
  return hr_call_one(s, "ReverseV2", NULL, HR_OPERANDS(image, axes), HR_NO_ATTRS);
}
#define AXES(...) ((hr_ints){sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__}})

/* The static shape of a flipped image: that of the image. */
static hr_output with_shape_of(hr_scope s, hr_output image, hr_output flipped) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape shape = *hr_output_shape(image);
  hr_set_image_shape(s, flipped, shape.rank < 0 ? HR_SHAPE(-1, -1, -1) : shape);
  return flipped;
}

/* Refuses batches of batches; answers whether it is a batch of images. */
static bool is_batch(hr_scope s, hr_output image) {
  int rank = hr_scope_ok(s) ? hr_output_rank(image) : 3;
  if (rank > 4) hr_refuse(s, "'image' (of rank %d) must have either 3 or 4 dimensions.", rank);
  return rank == 4;
}

/* `axis`: 0 turns upside down, 1 mirrors. */
static hr_output flip(hr_scope scope, hr_operand image, int axis, const char *name, const char *usual_name) {
  hr_scope s = hr_name_scope_or(scope, name, usual_name);
  hr_output x = hr_checked_image(s, image);
  if (is_batch(s, x)) return reversed(s, x, AXES(axis + 1));
  return hr_scope_ok(s) ? with_shape_of(s, x, reversed(s, x, AXES(axis))) : HR_NO_OUTPUT;
}

hr_output hr_flip_left_right_with(hr_scope scope, hr_operand image, const hr_op_options *options) {
  return flip(scope, image, 1, options ? options->name : NULL, "flip_left_right");
}
hr_output hr_flip_up_down_with(hr_scope scope, hr_operand image, const hr_op_options *options) {
  return flip(scope, image, 0, options ? options->name : NULL, "flip_up_down");
}

/* ---- by chance ------------------------------------------------------------------------------------------------- */

typedef struct flipping {
  hr_output image;
  int axis;
} flipping;

static void flip_branch(void *argument, hr_scope s, hr_results *results) {
  const flipping *f = argument;
  hr_return(results, reversed(s, f->image, AXES(f->axis)));
}
static void image_branch(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  hr_return(results, *(const hr_output *)argument);
}

static hr_output random_flip(hr_scope scope, hr_operand image, int axis, const hr_seed_options *options,
                             const char *usual_name) {
  hr_seed_options o = options ? *options : (hr_seed_options){.seed = HR_NO_SEED};
  hr_scope s = hr_name_scope_or(scope, o.name, usual_name);
  hr_output x = hr_checked_image(s, image);
  if (is_batch(s, x)) {
    hr_output count = hr_at(s, hr_tf_shape(s, x), HR_INDEX(0));
    hr_output chance = hr_tf_random_uniform(s, HR_OPERANDS(count), .maxval = hr_operand_float(1), .seed = o.seed);
    hr_output flips = hr_tf_round(s, hr_tf_reshape(s, chance, HR_OPERANDS(count, 1, 1, 1)));
    flips = hr_tf_cast(s, flips, hr_output_base_dtype(x));
    hr_output flipped = hr_times(s, flips, reversed(s, x, AXES(axis + 1)));
    return hr_plus(s, flipped, hr_times(s, hr_minus(s, 1, flips), x));
  }
  hr_output chance = hr_tf_random_uniform(s, HR_SHAPE(), .maxval = hr_operand_float(1), .seed = o.seed);
  hr_output is_flipped = hr_binary(s, "Less", chance, 0.5);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  flipping branch = {x, axis};
  hr_output result = hr_only(
      hr_cond(s, is_flipped, HR_BRANCH(flip_branch, &branch), HR_BRANCH(image_branch, &x), .name = hr_scope_name(s)));
  return with_shape_of(s, x, result);
}

hr_output hr_random_flip_left_right_with(hr_scope scope, hr_operand image, const hr_seed_options *options) {
  return random_flip(scope, image, 1, options, "random_flip_left_right");
}
hr_output hr_random_flip_up_down_with(hr_scope scope, hr_operand image, const hr_seed_options *options) {
  return random_flip(scope, image, 0, options, "random_flip_up_down");
}

/* ---- turns ----------------------------------------------------------------------------------------------------- */

/* Where height and width are: 0 and 1, of batches 1 and 2. */
typedef struct turning {
  hr_output image;
  int first;
} turning;

static hr_output transposed(hr_scope s, hr_output image, int first, const char *name) {
  hr_operand perm = first ? hr_operand_ints(AXES(0, 2, 1, 3)) : hr_operand_ints(AXES(1, 0, 2));
  return hr_tf_transpose(s, image, .perm = perm, .name = name);
}

static void quarter(void *argument, hr_scope s, hr_results *results) {
  const turning *t = argument;
  hr_return(results, transposed(s, reversed(s, t->image, AXES(t->first + 1)), t->first, NULL));
}
static void half(void *argument, hr_scope s, hr_results *results) {
  const turning *t = argument;
  hr_return(results, reversed(s, t->image, AXES(t->first, t->first + 1)));
}
static void three_quarters(void *argument, hr_scope s, hr_results *results) {
  const turning *t = argument;
  hr_return(results, reversed(s, transposed(s, t->image, t->first, NULL), AXES(t->first + 1)));
}

hr_output hr_rot90_with(hr_scope scope, hr_operand image, const hr_rot90_options *options) {
  hr_rot90_options o = options ? *options : (hr_rot90_options){HR_ROT90_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "rot90");
  turning t = {.image = hr_checked_image(s, image)};
  hr_output k = hr_convert(s, o.k, HR_INT32, "k");
  if (hr_scope_ok(s) && hr_output_rank(k) > 0) {
    char text[HR_SHAPE_TEXT];
    return hr_refuse(s, "k must be a scalar, not of shape %s", hr_partial_shape_text(hr_output_shape(k), text));
  }
  k = hr_call_one(s, "FloorMod", NULL, HR_OPERANDS(k, 4), HR_NO_ATTRS);
  t.first = is_batch(s, t.image) ? 1 : 0;
  static void (*const turns[])(void *, hr_scope, hr_results *) = {quarter, half, three_quarters};
  hr_case cases[3];
  for (int i = 0; i < 3; ++i)
    cases[i] = (hr_case){hr_binary(s, "Equal", k, i + 1), HR_BRANCH(turns[i], &t)};
  hr_output result = hr_only(hr_case_of(s, 3, cases, .otherwise = HR_BRANCH(image_branch, &t.image), .exclusive = true,
                                        .name = hr_scope_name(s)));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape shape = *hr_output_shape(t.image);
  if (shape.rank >= 0)
    shape.dims[t.first] = shape.dims[t.first + 1] = HR_UNKNOWN_DIM;
  else
    shape = HR_SHAPE(-1, -1, -1);
  hr_set_image_shape(s, result, shape);
  return result;
}

hr_output hr_transpose_image_with(hr_scope scope, hr_operand image, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "transpose");
  hr_output x = hr_checked_image(s, image);
  int first = is_batch(s, x) ? 1 : 0;
  return hr_scope_ok(s) ? transposed(s, x, first, options ? options->name : NULL) : HR_NO_OUTPUT;
}
