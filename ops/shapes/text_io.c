/* Shapes of ops on strings, files and checkpoints. */
#include "ops/shapes/shapes.h"
#include <stdlib.h>

/* Inputs are scalars or have one shape. An input of unknown rank may be either, so it says nothing. */
hr_status hr_shape_fn_string_join(hr_shape_context *c) {
  hr_partial_shape result = HR_SHAPE_UNKNOWN;
  bool all_scalars = true;
  for (int i = 0; i < c->node->num_inputs; ++i) {
    const hr_partial_shape *s = hr_shape_input(c, i);
    if (s->rank != 0) all_scalars = false;
    if (s->rank > 0) HR_TRY(hr_partial_shape_merge(&result, s, &result));
  }
  if (all_scalars) result.rank = 0;
  return hr_shape_set(c, 0, &result);
}

/* The parts of a vector of strings as a sparse matrix: indices, values, shape. */
hr_status hr_shape_fn_string_split(hr_shape_context *c) {
  static const hr_partial_shape indices = {.rank = 2, .dims = {HR_UNKNOWN_DIM, 2}}, shape = {.rank = 1, .dims = {2}};
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 0, 1, &unused));
  HR_TRY(hr_check_scalar(c, 1));
  hr_shape_share(c, 0, &indices);
  hr_set_unknown_vector(c, 1);
  hr_shape_share(c, 2, &shape);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_substr(hr_shape_context *c) {
  const hr_partial_shape *position = hr_shape_input(c, 1), *length = hr_shape_input(c, 2);
  hr_partial_shape result;
  HR_TRY(hr_partial_shape_merge(position, length, &result));
  HR_TRY(hr_shape_broadcast(hr_shape_input(c, 0), position, &result));
  return hr_shape_set(c, 0, &result);
}

/* The template has a placeholder for each input. */
hr_status hr_shape_fn_string_format(hr_shape_context *c) {
  const hr_attr_value *template = hr_node_attr(c->node, "template"), *mark = hr_node_attr(c->node, "placeholder");
  int count = 0;
  if (mark->count > 0) {
    for (const char *at = template->s; (at = strstr(at, mark->s)); at += mark->count)
      ++count;
  }
  if (count != c->node->num_inputs)
    return hr_error(HR_INVALID_ARGUMENT, "num placeholders in template and num inputs must match: %d vs. %d", count,
                    c->node->num_inputs);
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

/* A new last dimension, as long as the strings turn out to be. */
hr_status hr_shape_fn_decode_raw(hr_shape_context *c) {
  hr_partial_shape s = *hr_shape_input(c, 0);
  HR_TRY(hr_shape_append(&s, HR_UNKNOWN_DIM));
  return hr_shape_set(c, 0, &s);
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

hr_status hr_shape_fn_matching_files(hr_shape_context *c) {
  HR_TRY(hr_shape_with_rank_at_most(hr_shape_input(c, 0), 1));
  hr_set_unknown_vector(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_merge_v2_checkpoints(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 0, 1, &unused));
  return hr_check_scalar(c, 1);
}

/* A file's name, so many vectors with a text for each tensor, and the tensors. */
static hr_status check_saving(hr_shape_context *c, int vectors) {
  HR_TRY(hr_check_scalar(c, 0));
  for (int i = 1; i <= vectors; ++i) {
    hr_partial_shape s;
    int64_t count;
    HR_TRY(hr_input_of_rank(c, i, 1, &s));
    HR_TRY(hr_dim_merge(hr_dim_at(&s, 0), c->node->num_inputs - 1 - vectors, &count));
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_save(hr_shape_context *c) { return check_saving(c, 1); }
hr_status hr_shape_fn_save_slices(hr_shape_context *c) { return check_saving(c, 2); }
hr_status hr_shape_fn_save_v2(hr_shape_context *c) { return check_saving(c, 2); }

/* A size and the character after it. */
static bool read_size(const char **text, int64_t *out) {
  if (**text < '0' || **text > '9') return false;
  char *end;
  long long value = strtoll(*text, &end, 10);
  *text = end;
  *out = value;
  return value < INT64_MAX;
}

/* The shape of a slice specification "4 5 0,2:-": sizes of the whole tensor, then for each dimension "-" or
 * "start,length". */
static hr_status read_slice_shape(const char *text, hr_partial_shape *out) {
  const char *at = text;
  out->rank = 0;
  int64_t size;
  for (const char *next = at; read_size(&next, &size) && *next == ' '; at = ++next)
    HR_TRY(hr_shape_append(out, size));
  for (int i = 0; i < out->rank; ++i) {
    int64_t start, length = out->dims[i];
    bool good = *at == '-';
    if (good) {
      ++at;
    } else {
      good = read_size(&at, &start) && *at++ == ',' && read_size(&at, &length);
    }
    if (!good || *at != (i + 1 < out->rank ? ':' : '\0'))
      return hr_error(HR_INVALID_ARGUMENT, "Expected a shape and a slice, found \"%s\"", text);
    ++at;
    out->dims[i] = length;
  }
  if (out->rank == 0) return hr_error(HR_INVALID_ARGUMENT, "Expected a shape and a slice, found \"%s\"", text);
  return HR_SUCCESS;
}

static hr_status set_slices(hr_shape_context *c, const hr_tensor *slices) {
  if (slices->elements != c->node->num_outputs)
    return hr_error(HR_INVALID_ARGUMENT, "%" PRId64 " slices for %d tensors", slices->elements, c->node->num_outputs);
  const hr_string *specifications = hr_tensor_data(slices);
  for (int i = 0; i < c->node->num_outputs; ++i) {
    const hr_string *text = &specifications[i];
    hr_partial_shape shape;
    if (hr_string_length(text) == 0) continue;
    char copy[1024];
    if (hr_string_length(text) >= sizeof copy) return hr_error(HR_INVALID_ARGUMENT, "Slice %d is too long", i);
    memcpy(copy, hr_string_data(text), hr_string_length(text));
    copy[hr_string_length(text)] = '\0';
    HR_TRY(read_slice_shape(copy, &shape));
    HR_TRY(hr_shape_set(c, i, &shape));
  }
  return HR_SUCCESS;
}

/* Whole tensors come in the shape they were saved in; slices, in input 2, say theirs. */
static hr_status set_known_slices(hr_shape_context *c) {
  hr_tensor values;
  bool known;
  HR_TRY(hr_shape_input_value(c, 2, &known, &values));
  if (!known) return HR_SUCCESS;
  hr_status status = set_slices(c, &values);
  hr_tensor_clear(&values);
  return status;
}

hr_status hr_shape_fn_restore(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  return hr_check_scalar(c, 1);
}

hr_status hr_shape_fn_restore_slice(hr_shape_context *c) {
  for (int i = 0; i < 3; ++i)
    HR_TRY(hr_check_scalar(c, i));
  return set_known_slices(c);
}

hr_status hr_shape_fn_restore_v2(hr_shape_context *c) {
  hr_partial_shape names, slices;
  HR_TRY(hr_check_scalar(c, 0));
  HR_TRY(hr_input_of_rank(c, 1, 1, &names));
  HR_TRY(hr_input_of_rank(c, 2, 1, &slices));
  HR_TRY(hr_partial_shape_merge(&names, &slices, &names));
  return set_known_slices(c);
}
