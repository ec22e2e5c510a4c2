/* CTCGreedyDecoder, CTCBeamSearchDecoder: the labels of sequences, as sparse tensors. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/ctc/ctc.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is decoded: for each path and each sequence of the batch where its labels end; those of a path lie together. */
typedef struct decoded {
  int64_t paths, batch;
  hr_labels *labels; /* one a path */
  int64_t *ends;     /* [paths, batch] */
  hr_tensor *log_probabilities;
} decoded;

static void free_decoded(decoded *d) {
  for (int64_t i = 0; d->labels && i < d->paths; ++i)
    free(d->labels[i].items);
  free(d->labels);
  free(d->ends);
}

/* Outputs: of each path the indices, then the values, then the shapes; the probabilities. */
static hr_status new_decoded(hr_kernel_context *ctx, const hr_ctc_inputs *c, int64_t paths, decoded *out) {
  *out = (decoded){.paths = paths, .batch = c->batch};
  HR_TRY(hr_output_new(ctx, (int)(3 * paths), &(hr_shape){2, {c->batch, paths}}, &out->log_probabilities));
  out->labels = calloc((size_t)paths, sizeof *out->labels);
  out->ends = calloc((size_t)(paths * c->batch) + 1, sizeof *out->ends);
  return out->labels && out->ends ? HR_SUCCESS : hr_error_out_of_memory((size_t)paths * sizeof *out->labels, "paths");
}

static void end_sequence(decoded *d, int64_t path, int64_t b, double log_probability) {
  d->ends[path * d->batch + b] = d->labels[path].count;
  int64_t at = b * d->paths + path;
  if (d->log_probabilities->dtype == HR_FLOAT)
    ((float *)hr_tensor_data(d->log_probabilities))[at] = (float)log_probability;
  else
    ((double *)hr_tensor_data(d->log_probabilities))[at] = log_probability;
}

static hr_status write_decoded(hr_kernel_context *ctx, const decoded *d) {
  for (int64_t p = 0; p < d->paths; ++p) {
    const hr_labels *labels = &d->labels[p];
    hr_tensor *indices, *values, *shape;
    HR_TRY(hr_output_new(ctx, (int)p, &(hr_shape){2, {labels->count, 2}}, &indices));
    HR_TRY(hr_output_new(ctx, (int)(d->paths + p), &(hr_shape){1, {labels->count}}, &values));
    HR_TRY(hr_output_new(ctx, (int)(2 * d->paths + p), &(hr_shape){1, {2}}, &shape));
    int64_t *index = hr_tensor_data(indices), most = 0, begin = 0;
    if (labels->count) memcpy(hr_tensor_data(values), labels->items, (size_t)labels->count * sizeof *labels->items);
    for (int64_t b = 0; b < d->batch; ++b) {
      int64_t end = d->ends[p * d->batch + b];
      for (int64_t i = begin; i < end; ++i) {
        *index++ = b;
        *index++ = i - begin;
      }
      if (end - begin > most) most = end - begin;
      begin = end;
    }
    ((int64_t *)hr_tensor_data(shape))[0] = d->batch;
    ((int64_t *)hr_tensor_data(shape))[1] = most;
  }
  return HR_SUCCESS;
}

/* ---- the most probable label of each time ------------------------------------------------------------------------ */

static hr_status decode_greedily(const hr_ctc_inputs *c, bool merge_repeated, decoded *d) {
  for (int64_t b = 0; b < c->batch; ++b) {
    double sum = 0;
    int64_t last = -1;
    for (int64_t time = 0; time < c->lengths[b]; ++time) {
      int64_t best = 0;
      for (int64_t k = 1; k < c->classes; ++k)
        if (hr_ctc_input(c, time, b, k) > hr_ctc_input(c, time, b, best)) best = k;
      sum -= hr_ctc_input(c, time, b, best);
      if (best != c->classes - 1 && !(merge_repeated && best == last)) HR_TRY(hr_labels_add(&d->labels[0], best));
      last = best;
    }
    end_sequence(d, 0, b, sum);
  }
  return HR_SUCCESS;
}

static hr_status greedy_decoder(hr_kernel_context *ctx) {
  hr_ctc_inputs c;
  HR_TRY(hr_ctc_inputs_read(ctx, 1, HR_FAILED_PRECONDITION, &c));
  if (c.classes < 1) return hr_error(HR_INVALID_ARGUMENT, "inputs must have a class, the blank");
  decoded d;
  hr_status status = new_decoded(ctx, &c, 1, &d);
  if (!status) status = decode_greedily(&c, hr_state_flag(ctx, 0), &d);
  if (!status) status = write_decoded(ctx, &d);
  free_decoded(&d);
  return status;
}

static hr_status create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"merge_repeated", NULL}, state);
}
#define INPUT_TYPES (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE))
HR_KERNEL(.op = "CTCGreedyDecoder", .types = {{"T", INPUT_TYPES}}, .create = create, .compute = greedy_decoder);

/* ---- the most probable sequences --------------------------------------------------------------------------------- */

static hr_status decode_by_beams(const hr_ctc_inputs *c, int64_t width, bool merge_repeated, decoded *d) {
  hr_beam_search *search;
  hr_status status = hr_beam_search_new(width, c->classes, &search);
  for (int64_t b = 0; b < c->batch && !status; ++b) {
    status = hr_beam_search_run(search, c, b);
    if (!status && hr_beam_search_found(search) < d->paths)
      status = hr_error(HR_INVALID_ARGUMENT, "Less leaves in the beam search than requested.");
    for (int64_t p = 0; p < d->paths && !status; ++p) {
      double log_probability = 0;
      status = hr_beam_search_path(search, p, merge_repeated, &d->labels[p], &log_probability);
      end_sequence(d, p, b, log_probability);
    }
  }
  hr_beam_search_free(search);
  return status;
}

static hr_status beam_search_decoder(hr_kernel_context *ctx) {
  const hr_node *node = hr_context_node(ctx);
  int64_t width = hr_node_attr(node, "beam_width")->i, paths = hr_node_attr(node, "top_paths")->i;
  hr_ctc_inputs c;
  HR_TRY(hr_ctc_inputs_read(ctx, 1, HR_FAILED_PRECONDITION, &c));
  if (c.classes < 1) return hr_error(HR_INVALID_ARGUMENT, "inputs must have a class, the blank");
  if (paths > width) return hr_error(HR_INVALID_ARGUMENT, "requested more paths than the beam width.");
  if (width > 1 << 24) return hr_error(HR_INVALID_ARGUMENT, "A beam of %" PRId64 " sequences is too wide", width);
  decoded d;
  hr_status status = new_decoded(ctx, &c, paths, &d);
  if (!status) status = decode_by_beams(&c, width, hr_state_flag(ctx, 0), &d);
  if (!status) status = write_decoded(ctx, &d);
  free_decoded(&d);
  return status;
}
HR_KERNEL(.op = "CTCBeamSearchDecoder", .types = {{"T", INPUT_TYPES}}, .create = create,
          .compute = beam_search_decoder);
