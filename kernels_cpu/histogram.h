/* Histograms with TensorFlow's default buckets, for summaries. */
#ifndef HR_KERNELS_CPU_HISTOGRAM_H
#define HR_KERNELS_CPU_HISTOGRAM_H

#include "runtime/base/text.h"

/* Bounds 1e-12 * 1.1^i below 1e20 and DBL_MAX, the same negative, and 0. */
#define HR_HISTOGRAM_POSITIVE 774
#define HR_HISTOGRAM_BUCKETS  (2 * (HR_HISTOGRAM_POSITIVE + 1) + 1)

typedef struct hr_histogram {
  double min, max, count, sum, sum_squares;
  double buckets[HR_HISTOGRAM_BUCKETS]; /* bucket i holds what is below bound i and not below bound i-1 */
} hr_histogram;

void hr_histogram_init(hr_histogram *histogram);
void hr_histogram_add(hr_histogram *histogram, double value); /* finite */

/* Appends the fields of a HistogramProto; a run of empty buckets is one. */
void hr_histogram_to_proto(const hr_histogram *histogram, hr_text *out);

#endif
