/* Gradient of RGBToHSV. Hue and saturation have another formula for each order of the three channels; all of them are
 * built, and truth values as numbers pick the one that holds. */
#include "ops/gradients/gradient.h"

enum { R, G, B, CHANNELS };

typedef struct color_parts {
  hr_scope s;
  hr_output rgb[CHANNELS];
  hr_output is_most[CHANNELS], is_least[CHANNELS]; /* 1 or 0: the first of equal ones, and the last */
  hr_output saturation, value;
} color_parts;

static hr_output channel_of(hr_scope s, hr_output pixels, int channel) {
  return hr_at(s, pixels, HR_ELLIPSIS, HR_INDEX(channel));
}

static hr_output inverse(const color_parts *p, hr_output x) {
  return hr_binary(p->s, "DivNoNan", 1.0, x, .name = "div_no_nan");
}

static hr_output as_number(const color_parts *p, hr_output truth) {
  return hr_tf_cast(p->s, truth, hr_output_base_dtype(p->rgb[R]));
}

/* Whether a channel compares so with the two others. */
typedef struct comparison {
  int channel;
  const char *first;
  int than_first;
  const char *second;
  int than_second;
} comparison;

static hr_output compare(const color_parts *p, const comparison *c) {
  hr_output first = hr_binary(p->s, c->first, p->rgb[c->channel], p->rgb[c->than_first]);
  hr_output second = hr_binary(p->s, c->second, p->rgb[c->channel], p->rgb[c->than_second]);
  return as_number(p, hr_and(p->s, first, second));
}

static hr_output is_positive(const color_parts *p, int channel) {
  return as_number(p, hr_binary(p->s, "Greater", p->rgb[channel], 0.0));
}

/* Of the saturation, (most - least) / most, by channel x; y and z are the others. */
static hr_output saturation_slope(const color_parts *p, int x, int y, int z) {
  hr_scope s = p->s;
  hr_output positive = is_positive(p, x);
  hr_output least_y = hr_times(s, p->is_least[y], p->rgb[y]), least_z = hr_times(s, p->is_least[z], p->rgb[z]);
  hr_output as_most = hr_times(s, p->is_most[x], hr_add(s, least_y, least_z));
  as_most = hr_times(s, as_most, inverse(p, hr_square(s, p->rgb[x])));
  hr_output as_least = hr_times(s, p->is_least[x], -1.0);
  hr_output most_y = hr_times(s, p->is_most[y], p->rgb[y]), most_z = hr_times(s, p->is_most[z], p->rgb[z]);
  as_least = hr_times(s, as_least, inverse(p, hr_plus(s, most_y, most_z)));
  return hr_times(s, positive, hr_add(s, as_most, as_least));
}

/* What adds to the hue's slope where `most` and `least` are the channels at the ends: 60 times a difference of two
 * channels, (to - from), or 1 or -1, over a difference or its square. */
typedef struct hue_term {
  int most, least;
  bool negative, squared;
  int to, from;       /* squared: the numerator */
  int below, less_by; /* the denominator */
} hue_term;

static hr_output hue_term_of(const color_parts *p, const hue_term *t) {
  hr_scope s = p->s;
  hr_output term = hr_times(s, is_positive(p, t->most), p->is_most[t->most]);
  term = hr_times(s, term, p->is_least[t->least]);
  if (t->negative) term = hr_times(s, term, -1.0);
  if (t->squared) term = hr_times(s, term, hr_minus(s, p->rgb[t->to], p->rgb[t->from]));
  hr_output below = hr_minus(s, p->rgb[t->below], p->rgb[t->less_by]);
  if (t->squared) below = hr_square(s, below);
  term = hr_times(s, term, inverse(p, below));
  return hr_times(s, 60.0, term);
}

/* Where channel x itself is the most. */
static hr_output hue_term_of_most(const color_parts *p, int x) {
  hr_scope s = p->s;
  hr_output term = hr_times(s, is_positive(p, x), p->is_most[x]);
  term = hr_times(s, term, -1.0);
  term = hr_times(s, term, hr_minus(s, p->rgb[(x + 1) % CHANNELS], p->rgb[(x + 2) % CHANNELS]));
  term = hr_times(s, term, inverse(p, hr_square(s, p->saturation)));
  term = hr_times(s, term, inverse(p, hr_square(s, p->value)));
  return hr_times(s, 60.0, term);
}

static hr_output hue_slope(const color_parts *p, int x) {
  static const hue_term terms[CHANNELS][4] = {
      {{G, R, false, true, B, G, R, G},
       {G, B, true, false, 0, 0, G, B},
       {B, R, false, true, B, G, B, R},
       {B, G, false, false, 0, 0, B, G}},
      {{R, G, false, true, R, B, R, G},
       {R, B, false, false, 0, 0, R, B},
       {B, G, false, true, R, B, B, G},
       {B, R, true, false, 0, 0, B, R}},
      {{R, B, false, true, G, R, R, B},
       {R, G, true, false, 0, 0, R, G},
       {G, B, false, true, G, R, G, B},
       {G, R, false, false, 0, 0, G, R}},
  };
  hr_output all[5] = {hue_term_of_most(p, x)};
  for (int i = 0; i < 4; ++i)
    all[1 + i] = hue_term_of(p, &terms[x][i]);
  hr_output sum = all[0];
  for (int i = 1; i < 5; ++i)
    sum = hr_plus(p->s, sum, all[i]);
  return hr_truediv(p->s, sum, 360.0);
}

/* The gradient of channel `of` of the output times its slopes by the three channels of the input. */
static hr_output weigh_slopes(const color_parts *p, hr_output grad, int of, const hr_output slopes[CHANNELS]) {
  hr_operand products[CHANNELS];
  for (int i = 0; i < CHANNELS; ++i) {
    hr_output part = channel_of(p->s, grad, of);
    products[i] = hr_operand_output(hr_times(p->s, part, slopes[i]));
  }
  return hr_stack(p->s, ((hr_operands){CHANNELS, products, NULL}), .axis = -1);
}

hr_status hr_gradient_rgb_to_hsv(hr_gradient_context *c) {
  static const comparison most[CHANNELS] = {
      {R, "GreaterEqual", B, "GreaterEqual", G}, {G, "Greater", R, "GreaterEqual", B}, {B, "Greater", R, "Greater", G}};
  static const comparison least[CHANNELS] = {
      {R, "Less", B, "Less", G}, {G, "LessEqual", R, "Less", B}, {B, "LessEqual", R, "LessEqual", G}};
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), saturation_slopes[CHANNELS], hue_slopes[CHANNELS];
  color_parts p = {.s = s};
  for (int i = 0; i < CHANNELS; ++i)
    p.rgb[i] = channel_of(s, hr_x(c, 0), i);
  p.saturation = channel_of(s, hr_y(c, 0), 1);
  p.value = channel_of(s, hr_y(c, 0), 2);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  for (int i = 0; i < CHANNELS; ++i)
    p.is_most[i] = compare(&p, &most[i]);
  for (int i = 0; i < CHANNELS; ++i)
    p.is_least[i] = compare(&p, &least[i]);
  saturation_slopes[R] = saturation_slope(&p, R, G, B);
  saturation_slopes[G] = saturation_slope(&p, G, R, B);
  saturation_slopes[B] = saturation_slope(&p, B, G, R);
  for (int i = 0; i < CHANNELS; ++i)
    hue_slopes[i] = hue_slope(&p, i);
  hr_output by_value = weigh_slopes(&p, grad, 2, p.is_most);
  hr_output by_saturation = weigh_slopes(&p, grad, 1, saturation_slopes);
  hr_output by_hue = weigh_slopes(&p, grad, 0, hue_slopes);
  hr_dx(c, 0, hr_add(s, hr_add(s, by_value, by_saturation), by_hue));
  return HR_SUCCESS;
}
