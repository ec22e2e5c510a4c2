/* What the kernels of connectionist temporal classification share (Graves and others, "Connectionist Temporal
 * Classification", 2006): inputs [times, batch, classes], of which the last class is the blank. */
#ifndef HR_KERNELS_CPU_CTC_CTC_H
#define HR_KERNELS_CPU_CTC_CTC_H

#include "headrace/kernel.h"

/* Inputs 0 and `lengths_input`, checked. */
typedef struct hr_ctc_inputs {
  const hr_tensor *inputs; /* float or double */
  const int32_t *lengths;  /* of each sequence of the batch, at most `times` */
  int64_t times, batch, classes;
} hr_ctc_inputs;
/* InvalidArgument for other ranks; `refusal` for lengths that do not fit. */
HR_MUST_USE hr_status hr_ctc_inputs_read(hr_kernel_context *ctx, int lengths_input, hr_code refusal,
                                         hr_ctc_inputs *out);

/* The input of a class at a time. */
static inline double hr_ctc_input(const hr_ctc_inputs *c, int64_t time, int64_t b, int64_t label) {
  int64_t at = (time * c->batch + b) * c->classes + label;
  return c->inputs->dtype == HR_FLOAT ? (double)((const float *)hr_tensor_data(c->inputs))[at]
                                      : ((const double *)hr_tensor_data(c->inputs))[at];
}
/* The logarithm of the sum of the exponentials of a time's inputs. */
double hr_ctc_norm(const hr_ctc_inputs *c, int64_t time, int64_t b);
/* log(e^a + e^b). */
double hr_log_add(double a, double b);

/* A sequence of labels. */
typedef struct hr_labels {
  int64_t count, room;
  int64_t *items;
} hr_labels;
HR_MUST_USE hr_status hr_labels_add(hr_labels *labels, int64_t label);

typedef struct hr_beam_search hr_beam_search;
/* Finds the `width` most probable sequences of labels of sequence `b` (Graves, "Sequence Transduction with Recurrent
 * Neural Networks", 2012); one search serves many sequences. ResourceExhausted when out of memory. */
HR_MUST_USE hr_status hr_beam_search_new(int64_t width, int64_t classes, hr_beam_search **out);
void hr_beam_search_free(hr_beam_search *search);
HR_MUST_USE hr_status hr_beam_search_run(hr_beam_search *search, const hr_ctc_inputs *c, int64_t b);
/* How many it found, and number `i` of them, the most probable first: the labels, those that follow themselves once if
 * `merge_repeated`, and the logarithm of the probability. */
int64_t hr_beam_search_found(const hr_beam_search *search);
HR_MUST_USE hr_status hr_beam_search_path(const hr_beam_search *search, int64_t i, bool merge_repeated, hr_labels *out,
                                          double *log_probability);

#endif
