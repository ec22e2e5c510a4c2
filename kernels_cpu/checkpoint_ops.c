/* SaveV2, RestoreV2, those of version 1 (Save, SaveSlices, Restore, RestoreSlice), MergeV2Checkpoints, ShardedFilename,
 * ShardedFilespec. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/data/iterator_state.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/io/bundle.h"
#include "runtime/io/version1.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static hr_status out_of_names(void) { return hr_error_out_of_memory(0, "names in a checkpoint"); }

/* Checks the inputs that the ops on several tensors have in common: a file's name, and `vectors` lists of texts. */
static hr_status check_names(hr_kernel_context *ctx, int vectors, int64_t count) {
  const hr_tensor *prefix = hr_input(ctx, 0);
  if (prefix->elements != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Input prefix should have a single element, got %" PRId64 " instead.",
                    prefix->elements);
  static const char *const what[] = {"tensor_names", "shape_and_slices"};
  for (int i = 0; i < vectors; ++i) {
    const hr_tensor *t = hr_input(ctx, i + 1);
    if (t->rank != 1 || t->elements != count)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Input %s should be a 1-D tensor with %" PRId64 " elements, got shape %s instead.", what[i],
                      count, HR_TENSOR_SHAPE_TEXT(t));
  }
  return HR_SUCCESS;
}

/* What a specification says of the tensor to save; "" is the whole of it. */
static hr_status parse_slice(const char *spec, const hr_tensor *tensor, hr_shape *full, hr_tensor_slice *slice) {
  hr_shape part, shape = hr_tensor_shape(tensor);
  *full = shape;
  *slice = hr_tensor_slice_whole(shape.rank);
  if (!spec[0]) return HR_SUCCESS;
  HR_TRY(hr_tensor_slice_parse(spec, full, slice, &part));
  if (hr_shape_equal(&shape, &part)) return HR_SUCCESS;
  char text[HR_SHAPE_TEXT];
  return hr_error(HR_INVALID_ARGUMENT,
                  "Slice in shape_and_slice specification does not match the shape of the tensor to save: %s, "
                  "tensor: %s, slice: %s",
                  spec, HR_TENSOR_SHAPE_TEXT(tensor), hr_shape_text(&part, text));
}

static hr_status save_tensor(hr_bundle_writer *writer, const char *name, const char *spec, const hr_tensor *tensor) {
  hr_shape full;
  hr_tensor_slice slice;
  HR_TRY(parse_slice(spec, tensor, &full, &slice));
  return hr_bundle_writer_add_slice(writer, name, &full, &slice, tensor);
}

/* The state of an iterator is saved as a string. */
static hr_status save_state(hr_bundle_writer *writer, const char *name, const char *spec, const hr_tensor *state) {
  hr_view bytes;
  hr_tensor text;
  HR_TRY(hr_iterator_state_bytes(state, &bytes));
  HR_TRY(hr_tensor_string(bytes.data, bytes.length, &text));
  hr_status status = save_tensor(writer, name, spec, &text);
  hr_tensor_clear(&text);
  return status;
}

static hr_status save_all(hr_kernel_context *ctx, hr_bundle_writer *writer, int count) {
  for (int i = 0; i < count; ++i) {
    char *name = hr_string_element_dup(hr_input(ctx, 1), i), *spec = hr_string_element_dup(hr_input(ctx, 2), i);
    const hr_tensor *tensor = hr_input(ctx, 3 + i);
    bool is_state = hr_tensor_dtype(tensor) == HR_VARIANT;
    hr_status status = !name || !spec ? out_of_names()
                       : is_state     ? save_state(writer, name, spec, tensor)
                                      : save_tensor(writer, name, spec, tensor);
    free(name);
    free(spec);
    HR_TRY(status);
  }
  return hr_bundle_writer_finish(writer);
}

static hr_status save(hr_kernel_context *ctx) {
  int count = hr_input_count(ctx) - 3;
  HR_TRY(check_names(ctx, 2, count));
  char *prefix = hr_string_element_dup(hr_input(ctx, 0), 0);
  if (!prefix) return out_of_names();
  hr_bundle_writer *writer = NULL;
  hr_status status = hr_bundle_writer_open(prefix, 1, &writer);
  if (!status) {
    status = save_all(ctx, writer, count);
    hr_bundle_writer_free(writer);
  }
  free(prefix);
  return status;
}
HR_KERNEL(.op = "SaveV2", .compute = save);

/* ---- version 1 ------------------------------------------------------------------------------------------------- */

/* Adds the tensors behind the `vectors` lists of texts; without a list of slices all are whole. */
static hr_status gather_version1(hr_kernel_context *ctx, hr_version1_writer *writer, int vectors, int count) {
  for (int i = 0; i < count; ++i) {
    const hr_tensor *tensor = hr_input(ctx, 1 + vectors + i);
    char *name = hr_string_element_dup(hr_input(ctx, 1), i);
    char *spec = vectors > 1 ? hr_string_element_dup(hr_input(ctx, 2), i) : strdup("");
    hr_shape full;
    hr_tensor_slice slice;
    hr_status status = name && spec ? parse_slice(spec, tensor, &full, &slice) : out_of_names();
    if (!status) status = hr_version1_writer_add(writer, name, &full, &slice, tensor);
    free(name);
    free(spec);
    HR_TRY(status);
  }
  return HR_SUCCESS;
}

static hr_status save_version1(hr_kernel_context *ctx, int vectors) {
  int count = hr_input_count(ctx) - 1 - vectors;
  HR_TRY(check_names(ctx, vectors, count));
  char *path = hr_string_element_dup(hr_input(ctx, 0), 0);
  hr_version1_writer *writer = path ? hr_version1_writer_new() : NULL;
  hr_status status = writer ? gather_version1(ctx, writer, vectors, count) : out_of_names();
  if (!status) status = hr_version1_writer_finish(writer, path);
  hr_version1_writer_free(writer);
  free(path);
  return status;
}

static hr_status save_whole(hr_kernel_context *ctx) { return save_version1(ctx, 1); }
static hr_status save_slices(hr_kernel_context *ctx) { return save_version1(ctx, 2); }
HR_KERNEL(.op = "Save", .compute = save_whole);
HR_KERNEL(.op = "SaveSlices", .compute = save_slices);

/* ---- restoring ------------------------------------------------------------------------------------------------- */

static hr_status restore_state(hr_kernel_context *ctx, const hr_checkpoint_reader *reader, const char *name,
                               int index) {
  hr_tensor text;
  HR_TRY(hr_checkpoint_reader_get(reader, name, &text));
  hr_status status = hr_iterator_state_new(hr_string_view(hr_string_at(&text, 0)), hr_output_slot(ctx, index));
  hr_tensor_clear(&text);
  return status;
}

static hr_status restore_tensor(hr_kernel_context *ctx, const hr_checkpoint_reader *reader, const char *name,
                                const char *spec, int index) {
  hr_dtype stored, wanted = hr_output_type(ctx, index);
  hr_shape stored_shape;
  HR_TRY(hr_checkpoint_reader_info(reader, name, &stored, &stored_shape));
  bool is_state = wanted == HR_VARIANT && stored == HR_STRING && stored_shape.rank == 0 && !spec[0];
  if (is_state) return restore_state(ctx, reader, name, index);
  if (stored != wanted)
    return hr_error(HR_INVALID_ARGUMENT, "tensor_name = %s; expected dtype %s does not equal original dtype %s", name,
                    hr_dtype_name(wanted), hr_dtype_name(stored));
  hr_tensor tensor;
  if (!spec[0]) {
    HR_TRY(hr_checkpoint_reader_get(reader, name, &tensor));
  } else {
    hr_shape full, part;
    hr_tensor_slice slice;
    HR_TRY(hr_tensor_slice_parse(spec, &full, &slice, &part));
    if (!hr_shape_equal(&full, &stored_shape)) {
      char asked[HR_SHAPE_TEXT], have[HR_SHAPE_TEXT];
      return hr_error(
          HR_INVALID_ARGUMENT,
          "tensor_name = %s; shape in shape_and_slice spec %s does not match the shape stored in checkpoint: "
          "%s",
          name, hr_shape_text(&full, asked), hr_shape_text(&stored_shape, have));
    }
    HR_TRY(hr_checkpoint_reader_get_slice(reader, name, &slice, &tensor));
  }
  hr_output_move(ctx, index, &tensor);
  return HR_SUCCESS;
}

/* A tensor of several. */
typedef struct wish {
  char *name, *spec;
  hr_status status;
} wish;

typedef struct restoring {
  hr_kernel_context *ctx;
  hr_checkpoint_reader *reader;
  wish *wishes;
  int count;
} restoring;

static void restore_tensors(void *argument, int64_t begin, int64_t end) {
  const restoring *r = argument;
  for (int64_t i = begin; i < end; ++i) {
    wish *w = &r->wishes[i];
    w->status = restore_tensor(r->ctx, r->reader, w->name, w->spec, (int)i);
  }
}

/* Roughly what a tensor takes. NotFound where one is missing, before any is read. */
static hr_status estimate_nanos(const restoring *r, double *nanos) {
  static const double nanos_per_byte = 0.3, nanos_per_tensor = 1000;
  double bytes = 0;
  for (int i = 0; i < r->count; ++i) {
    hr_dtype dtype;
    hr_shape shape;
    HR_TRY(hr_checkpoint_reader_info(r->reader, r->wishes[i].name, &dtype, &shape));
    bytes += (double)hr_shape_elements(&shape) * (double)hr_dtype_size(dtype);
  }
  *nanos = nanos_per_tensor + nanos_per_byte * bytes / r->count;
  return HR_SUCCESS;
}

static hr_status restore_all(restoring *r, const char *prefix) {
  for (int i = 0; i < r->count; ++i) {
    wish *w = &r->wishes[i];
    w->name = hr_string_element_dup(hr_input(r->ctx, 1), i);
    w->spec = hr_string_element_dup(hr_input(r->ctx, 2), i);
    if (!w->name || !w->spec) return out_of_names();
  }
  HR_TRY(hr_checkpoint_reader_open(prefix, &r->reader));
  double nanos;
  HR_TRY(estimate_nanos(r, &nanos));
  hr_parallel_for(r->ctx, r->count, nanos, restore_tensors, r);
  hr_status first = HR_SUCCESS;
  for (int i = 0; i < r->count; ++i) {
    if (first)
      hr_status_free(r->wishes[i].status);
    else
      first = r->wishes[i].status;
  }
  return first;
}

static hr_status restore(hr_kernel_context *ctx) {
  restoring r = {.ctx = ctx, .count = hr_output_count(ctx)};
  HR_TRY(check_names(ctx, 2, r.count));
  char *prefix = hr_string_element_dup(hr_input(ctx, 0), 0);
  r.wishes = calloc((size_t)r.count + 1, sizeof *r.wishes);
  hr_status status = prefix && r.wishes ? restore_all(&r, prefix) : out_of_names();
  for (int i = 0; i < r.count && r.wishes; ++i) {
    free(r.wishes[i].name);
    free(r.wishes[i].spec);
  }
  hr_checkpoint_reader_free(r.reader);
  free(r.wishes);
  free(prefix);
  return status;
}
HR_KERNEL(.op = "RestoreV2", .compute = restore);

/* Restore and RestoreSlice, which read one tensor. */
static hr_status restore_one(hr_kernel_context *ctx) {
  static const char *const what[] = {"file_pattern", "tensor_name", "shape_and_slice"};
  char *texts[3] = {0};
  hr_status status = HR_SUCCESS;
  for (int i = 0; i < hr_input_count(ctx) && !status; ++i) {
    if (hr_input(ctx, i)->elements != 1)
      status = hr_error(HR_INVALID_ARGUMENT, "Input %s must be a string scalar; got shape %s", what[i],
                        HR_TENSOR_SHAPE_TEXT(hr_input(ctx, i)));
    else if (!(texts[i] = hr_string_element_dup(hr_input(ctx, i), 0)))
      status = out_of_names();
  }
  hr_checkpoint_reader *reader = NULL;
  if (!status) status = hr_checkpoint_reader_open(texts[0], &reader);
  if (!status) status = restore_tensor(ctx, reader, texts[1], texts[2] ? texts[2] : "", 0);
  hr_checkpoint_reader_free(reader);
  for (int i = 0; i < 3; ++i)
    free(texts[i]);
  return status;
}
HR_KERNEL(.op = "Restore", .compute = restore_one);
HR_KERNEL(.op = "RestoreSlice", .compute = restore_one);

/* ---- merging --------------------------------------------------------------------------------------------------- */

static hr_status merge(hr_kernel_context *ctx) {
  const hr_tensor *parts = hr_input(ctx, 0), *merged = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(parts, 1, "Input checkpoint_prefixes"));
  if (merged->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Input destination_prefix should be a scalar tensor, got shape %s instead.",
                    HR_TENSOR_SHAPE_TEXT(merged));
  size_t count = (size_t)parts->elements, filled = 0;
  char **prefixes = calloc(count + 1, sizeof *prefixes); /* the last one is the destination */
  if (!prefixes) return out_of_names();
  hr_status status = HR_SUCCESS;
  for (; filled <= count && !status; ++filled) {
    prefixes[filled] =
        filled < count ? hr_string_element_dup(parts, (int64_t)filled) : hr_string_element_dup(merged, 0);
    if (!prefixes[filled]) status = out_of_names();
  }
  if (!status)
    status = hr_bundle_merge((const char *const *)prefixes, count, prefixes[count],
                             hr_node_attr(hr_context_node(ctx), "delete_old_dirs")->b);
  for (size_t i = 0; i < filled; ++i)
    free(prefixes[i]);
  free(prefixes);
  return status;
}
HR_KERNEL(.op = "MergeV2Checkpoints", .compute = merge);

/* ---- names of sharded files ------------------------------------------------------------------------------------ */

static hr_status sharded_name(hr_kernel_context *ctx, bool one_shard) {
  const hr_tensor *base = hr_input(ctx, 0);
  int64_t shard = 0, shards;
  if (base->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "basename must be a scalar, not shape %s", HR_TENSOR_SHAPE_TEXT(base));
  if (one_shard) HR_TRY(hr_scalar_argument(hr_input(ctx, 1), "shard", &shard));
  HR_TRY(hr_scalar_argument(hr_input(ctx, one_shard ? 2 : 1), "num_shards", &shards));
  const hr_string *name = hr_tensor_data(base);
  hr_text text = {0};
  hr_text_add(&text, hr_string_data(name), hr_string_length(name));
  if (one_shard)
    hr_text_printf(&text, "-%05d-of-%05d", (int)shard, (int)shards);
  else
    hr_text_printf(&text, "-%s-of-%05d",
                   "?"
                   "????",
                   (int)shards);
  return hr_output_text(ctx, 0, &text);
}

static hr_status sharded_filename(hr_kernel_context *ctx) { return sharded_name(ctx, true); }
static hr_status sharded_filespec(hr_kernel_context *ctx) { return sharded_name(ctx, false); }
HR_KERNEL(.op = "ShardedFilename", .flags = HR_KERNEL_CHEAP, .compute = sharded_filename);
HR_KERNEL(.op = "ShardedFilespec", .flags = HR_KERNEL_CHEAP, .compute = sharded_filespec);
