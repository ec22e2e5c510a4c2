/* UnsortedSegmentJoin. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <stdlib.h>

/* [num_segments] and the dimensions of the inputs behind those of the ids. */
static hr_status out_shape(const hr_tensor *in, const hr_tensor *ids, int64_t segments, hr_shape *out) {
  bool fits = ids->rank <= in->rank;
  for (int d = 0; d < ids->rank && fits; ++d)
    fits = ids->dims[d] == in->dims[d];
  if (!fits)
    return hr_error(HR_INVALID_ARGUMENT, "The shape of segment_ids %s is not the beginning of that of inputs %s",
                    HR_TENSOR_SHAPE_TEXT(ids), HR_TENSOR_SHAPE_TEXT(in));
  if (segments < 0) return hr_error(HR_INVALID_ARGUMENT, "num_segments must not be negative: %" PRId64, segments);
  int64_t dims[HR_MAX_RANK + 1] = {segments};
  int rank = 1;
  for (int d = ids->rank; d < in->rank; ++d)
    dims[rank++] = in->dims[d];
  return hr_shape_make(rank, dims, out);
}

/* Appends each input to the text of its place; `used` says which places have some. */
static hr_status join(const hr_tensor *in, const hr_tensor *ids, int64_t segments, hr_view separator, hr_text *texts,
                      bool *used) {
  int64_t inner = hr_dims_product(in, ids->rank, in->rank);
  for (int64_t i = 0; i < ids->elements; ++i) {
    int64_t id = hr_index_at(ids, i);
    if (id < 0 || id >= segments)
      return hr_error(HR_INVALID_ARGUMENT,
                      "segment_ids are not allowed to exceed num_segments or to have negative values.");
    for (int64_t k = 0; k < inner; ++k) {
      int64_t place = id * inner + k;
      hr_view text = hr_string_view(hr_string_at(in, i * inner + k));
      if (used[place]) hr_text_add(&texts[place], separator.data, separator.length);
      hr_text_add(&texts[place], text.data, text.length);
      used[place] = true;
    }
  }
  return HR_SUCCESS;
}

static hr_status unsorted_segment_join(hr_kernel_context *ctx) {
  const hr_tensor *in = hr_input(ctx, 0), *ids = hr_input(ctx, 1);
  const hr_attr_value *separator = hr_node_attr(hr_context_node(ctx), "separator");
  int64_t segments;
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_rank_check(hr_input(ctx, 2), 0, "num_segments"));
  HR_TRY(hr_scalar_argument(hr_input(ctx, 2), "num_segments", &segments));
  HR_TRY(out_shape(in, ids, segments, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  size_t count = (size_t)out->elements;
  hr_text *texts = calloc(count + 1, sizeof *texts);
  bool *used = calloc(count + 1, sizeof *used);
  hr_status status = texts && used ? HR_SUCCESS : hr_error_out_of_memory(count * sizeof *texts, "joined strings");
  if (!status) status = join(in, ids, segments, (hr_view){separator->s, (size_t)separator->count}, texts, used);
  for (size_t i = 0; i < count && texts; ++i) {
    if (!status) status = hr_string_set_text((hr_string *)hr_tensor_data(out) + i, &texts[i]);
    hr_text_free(&texts[i]);
  }
  free(texts);
  free(used);
  return status;
}
HR_KERNEL(.op = "UnsortedSegmentJoin", .types = {{"Tindices", HR_INDEX_TYPES}, {"Tnumsegments", HR_INDEX_TYPES}},
          .compute = unsorted_segment_join);
