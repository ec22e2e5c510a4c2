#include "kernels_cpu/histogram.h"

#include "runtime/base/wire.h"
#include <float.h>
#include <pthread.h>

enum { MIN = 1, MAX = 2, COUNT = 3, SUM = 4, SUM_SQUARES = 5, BUCKET_LIMIT = 6, BUCKET = 7 };

static double bounds[HR_HISTOGRAM_BUCKETS];
static pthread_once_t bounds_once = PTHREAD_ONCE_INIT;

static void make_bounds(void) {
  double bound = 1e-12;
  bounds[HR_HISTOGRAM_POSITIVE + 1] = 0;
  for (int i = 0; i <= HR_HISTOGRAM_POSITIVE; ++i, bound *= 1.1) {
    double value = i < HR_HISTOGRAM_POSITIVE ? bound : DBL_MAX;
    bounds[HR_HISTOGRAM_POSITIVE + 2 + i] = value;
    bounds[HR_HISTOGRAM_POSITIVE - i] = -value;
  }
}

void hr_histogram_init(hr_histogram *histogram) {
  pthread_once(&bounds_once, make_bounds);
  *histogram = (hr_histogram){.min = DBL_MAX, .max = -DBL_MAX};
}

void hr_histogram_add(hr_histogram *histogram, double value) {
  int low = 0,
      high = HR_HISTOGRAM_BUCKETS - 1; /* the first bound above the value; DBL_MAX itself goes in the last one */
  while (low < high) {
    int middle = (low + high) / 2;
    if (bounds[middle] > value)
      high = middle;
    else
      low = middle + 1;
  }
  histogram->buckets[low] += 1;
  if (value < histogram->min) histogram->min = value;
  if (value > histogram->max) histogram->max = value;
  histogram->count += 1;
  histogram->sum += value;
  histogram->sum_squares += value * value;
}

/* As proto3 does: a zero is not written. */
static void put_double(hr_text *out, uint32_t field, double value) {
  if (value != 0) hr_wire_put_double(out, field, value);
}

static void put_doubles(hr_text *out, uint32_t field, const double *values, int count) {
  hr_wire_put_bytes(out, field, (hr_view){(const char *)values, (size_t)count * sizeof *values});
}

void hr_histogram_to_proto(const hr_histogram *histogram, hr_text *out) {
  double limits[HR_HISTOGRAM_BUCKETS], counts[HR_HISTOGRAM_BUCKETS];
  int count = 0;
  for (int i = 0; i < HR_HISTOGRAM_BUCKETS; ++i) {
    bool joins = count > 0 && histogram->buckets[i] == 0 && counts[count - 1] == 0;
    if (!joins) ++count;
    limits[count - 1] = bounds[i];
    counts[count - 1] = histogram->buckets[i];
  }
  put_double(out, MIN, histogram->min);
  put_double(out, MAX, histogram->max);
  put_double(out, COUNT, histogram->count);
  put_double(out, SUM, histogram->sum);
  put_double(out, SUM_SQUARES, histogram->sum_squares);
  put_doubles(out, BUCKET_LIMIT, limits, count);
  put_doubles(out, BUCKET, counts, count);
}
