/* Summary messages as kernels write them, field by field in TensorFlow's order (proto/summary.proto). */
#ifndef HR_KERNELS_CPU_SUMMARY_VALUE_H
#define HR_KERNELS_CPU_SUMMARY_VALUE_H

#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/base/wire.h"

/* The field of Summary, and those of Summary.Value. */
enum { HR_SUMMARY_VALUE = 1 };
enum {
  HR_VALUE_TAG = 1,
  HR_VALUE_SIMPLE = 2,
  HR_VALUE_IMAGE = 4,
  HR_VALUE_HISTOGRAM = 5,
  HR_VALUE_AUDIO = 6,
  HR_VALUE_NODE_NAME = 7,
  HR_VALUE_TENSOR = 8,
  HR_VALUE_METADATA = 9
};

/* InvalidArgument "tag must be scalar, not shape [..]". */
static inline hr_status hr_summary_tag_check(const hr_tensor *tag) {
  if (tag->rank == 0) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "tag must be scalar, not shape %s", HR_TENSOR_SHAPE_TEXT(tag));
}

/* The tag, left out where it is empty. */
static inline void hr_summary_put_tag(hr_text *out, const hr_string *tag) {
  if (hr_string_length(tag)) hr_wire_put_bytes(out, HR_VALUE_TAG, hr_string_view(tag));
}

/* The tag of one of at most `most` pictures or sounds: "TAG/KIND/0", without the number where there cannot be two. */
static inline void hr_summary_put_numbered_tag(hr_text *out, const hr_string *tag, const char *kind, int64_t number,
                                               int64_t most) {
  size_t field = hr_wire_begin(out, HR_VALUE_TAG);
  hr_text_add(out, hr_string_data(tag), hr_string_length(tag));
  hr_text_printf(out, "/%s", kind);
  if (most > 1) hr_text_printf(out, "/%lld", (long long)number);
  hr_wire_end(out, field);
}

#endif
