/* ParseSequenceExample, ParseSingleSequenceExample: a context of features, and lists of features, one a step of a
 * sequence. A single message is a batch of one whose outputs lack the batch's dimension. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/parsing/feature_plan.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <stdlib.h>

#define CONTEXT_FIELD 1
#define LISTS_FIELD   2

/* What is wanted of the context, or of the lists: sparse keys, then dense ones. */
typedef struct half {
  hr_feature_plan plan;
  hr_feature_keys *keys;
} half;

typedef struct plan {
  half context, lists;
} plan;

/* The steps of one list. */
typedef struct list {
  hr_view features;
  bool is_there;
} list;

typedef struct batch {
  hr_kernel_context *ctx;
  const plan *plan;
  const hr_feature_keys *context_keys, *list_keys;
  bool single;
  int64_t size;
  const hr_tensor *serialized, *names;
  int first_default;    /* the input with the first default of the context */
  const bool *may_lack; /* of each dense list: one that is not there is empty */
  hr_feature *context;  /* [size, context keys] */
  list *lists;          /* [size, list keys] */
} batch;

static int32_t count_keys(const half *h) { return h->plan.num_sparse + h->plan.num_dense; }
static hr_feature *context_of(const batch *b, int64_t example) {
  return b->context + example * count_keys(&b->plan->context);
}
static list *lists_of(const batch *b, int64_t example) { return b->lists + example * count_keys(&b->plan->lists); }

/* ---- errors ---------------------------------------------------------------------------------------------------- */

static hr_view name_of(const batch *b, int64_t example) {
  return b->names->elements > example ? hr_string_view(hr_string_at(b->names, example)) : HR_VIEW("<unknown>");
}
#define NAME_OF(b, example) (int)name_of(b, example).length, name_of(b, example).data
#define KEY_OF(keys, key)   (int)hr_feature_key(keys, key).length, hr_feature_key(keys, key).data

static hr_status malformed(const batch *b, int64_t example) {
  if (!b->single)
    return hr_error(HR_INVALID_ARGUMENT, "Invalid protocol message input, example id: %.*s", NAME_OF(b, example));
  hr_view bytes = hr_string_view(hr_string_at(b->serialized, example));
  return hr_error(HR_INVALID_ARGUMENT, "Could not parse example input, value: '%.*s'",
                  (int)(bytes.length < 1000 ? bytes.length : 1000), bytes.data);
}

static hr_status wrong_type(const batch *b, int64_t example, const hr_feature_keys *keys, int32_t key, hr_dtype is,
                            hr_dtype expected) {
  return hr_error(HR_INVALID_ARGUMENT,
                  "Name: %.*s, Key: %.*s, Index: %" PRId64 ".  Data types don't match. Expected type: %s, Actual type: "
                  "%s",
                  NAME_OF(b, example), KEY_OF(keys, key), example, hr_dtype_name(expected), hr_dtype_name(is));
}

static hr_status wrong_number(const batch *b, int64_t example, const hr_feature_keys *keys, int32_t key,
                              const hr_dense_feature *f, int64_t count) {
  char text[HR_SHAPE_TEXT];
  return hr_error(HR_INVALID_ARGUMENT,
                  "Name: %.*s, Key: %.*s, Index: %" PRId64 ".  Number of %s values != expected.  values size: %" PRId64
                  " but output shape: %s",
                  NAME_OF(b, example), KEY_OF(keys, key), example, hr_dtype_name(f->dtype), count,
                  hr_partial_shape_text(f->shape, text));
}

/* ---- finding --------------------------------------------------------------------------------------------------- */

static bool find_lists(const batch *b, hr_view bytes, list *found) {
  hr_wire wire = hr_wire_of_view(bytes);
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    hr_view entry, key, value;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    if (field != 1 || type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return false;
      continue;
    }
    if (!hr_wire_bytes(&wire, &entry) || !hr_wire_map_entry(entry, &key, &value)) return false;
    int32_t index = hr_feature_keys_find(b->list_keys, key);
    if (index >= 0) found[index] = (list){value, true};
  }
  return true;
}

static bool find_all(const batch *b, int64_t example) {
  hr_wire wire = hr_wire_of_view(hr_string_view(hr_string_at(b->serialized, example)));
  hr_view context = {"", 0}, lists;
  memset(lists_of(b, example), 0, (size_t)count_keys(&b->plan->lists) * sizeof(list));
  while (!hr_wire_done(&wire)) {
    uint32_t field;
    hr_wire_type type;
    if (!hr_wire_tag(&wire, &field, &type)) return false;
    if (field == CONTEXT_FIELD && type == HR_WIRE_BYTES) {
      if (!hr_wire_bytes(&wire, &context)) return false;
    } else if (field == LISTS_FIELD && type == HR_WIRE_BYTES) {
      if (!hr_wire_bytes(&wire, &lists) || !find_lists(b, lists, lists_of(b, example))) return false;
    } else if (!hr_wire_skip(&wire, type)) {
      return false;
    }
  }
  return hr_features_find(b->context_keys, context, context_of(b, example));
}

/* Takes the next feature off a list. False where the bytes are malformed. */
static bool next_feature(hr_wire *steps, hr_feature *out) {
  uint32_t field;
  hr_wire_type type;
  hr_view bytes;
  return hr_wire_tag(steps, &field, &type) && field == 1 && type == HR_WIRE_BYTES && hr_wire_bytes(steps, &bytes) &&
         hr_feature_of(bytes, out);
}

/* ---- sparse outputs -------------------------------------------------------------------------------------------- */

/* Sizes of a sparse output: its elements, the most steps of an example, the most values of a step. */
typedef struct sizes {
  int64_t elements, steps, values;
} sizes;

static hr_status count_feature(const batch *b, int64_t example, const hr_feature_keys *keys, int32_t key,
                               hr_dtype expected, const hr_feature *f, sizes *s) {
  if (f->dtype != HR_INVALID && f->dtype != expected) return wrong_type(b, example, keys, key, f->dtype, expected);
  int64_t count = hr_feature_count(f);
  if (count < 0) return malformed(b, example);
  s->elements += count;
  if (count > s->values) s->values = count;
  return HR_SUCCESS;
}

static hr_status new_sparse(const batch *b, int first, int32_t num_sparse, int32_t sparse, const sizes *s,
                            bool has_steps) {
  int rank = 1 + !b->single + has_steps;
  hr_tensor *unused, *shape;
  HR_TRY(hr_output_new(b->ctx, first + sparse, &(hr_shape){2, {s->elements, rank}}, &unused));
  HR_TRY(hr_output_new(b->ctx, first + num_sparse + sparse, &(hr_shape){1, {s->elements}}, &unused));
  HR_TRY(hr_output_new(b->ctx, first + 2 * num_sparse + sparse, &(hr_shape){1, {rank}}, &shape));
  int64_t *at = hr_tensor_data(shape);
  if (!b->single) *at++ = b->size;
  if (has_steps) *at++ = s->steps;
  *at = s->values;
  return HR_SUCCESS;
}

/* A cursor over the two outputs that are filled. */
typedef struct sparse_writer {
  int64_t *index;
  char *value;
  int64_t room; /* values */
  size_t size;  /* of a value */
} sparse_writer;

static sparse_writer writer_of(const batch *b, int first, int32_t num_sparse, int32_t sparse) {
  hr_tensor *indices = hr_output_slot(b->ctx, first + sparse),
            *values = hr_output_slot(b->ctx, first + num_sparse + sparse);
  return (sparse_writer){hr_tensor_data(indices), hr_tensor_data(values), values->elements,
                         hr_dtype_size(hr_tensor_dtype(values))};
}

static hr_status write_feature(const batch *b, sparse_writer *w, int64_t example, int64_t step, const hr_feature *f) {
  int64_t count = hr_feature_read(f, w->value, w->room);
  if (count == -2) return hr_feature_read_error(count);
  if (count < 0 || count > w->room) return malformed(b, example);
  for (int64_t i = 0; i < count; ++i) {
    if (!b->single) *w->index++ = example;
    if (step >= 0) *w->index++ = step;
    *w->index++ = i;
  }
  w->value += (size_t)count * w->size;
  w->room -= count;
  return HR_SUCCESS;
}

static hr_status context_sparse(const batch *b, int32_t sparse, int first) {
  const hr_feature_plan *p = &b->plan->context.plan;
  sizes s = {0};
  for (int64_t i = 0; i < b->size; ++i)
    HR_TRY(
        count_feature(b, i, b->context_keys, sparse, (hr_dtype)p->sparse_types[sparse], &context_of(b, i)[sparse], &s));
  HR_TRY(new_sparse(b, first, p->num_sparse, sparse, &s, false));
  sparse_writer w = writer_of(b, first, p->num_sparse, sparse);
  for (int64_t i = 0; i < b->size; ++i)
    HR_TRY(write_feature(b, &w, i, -1, &context_of(b, i)[sparse]));
  return w.room ? malformed(b, 0) : HR_SUCCESS;
}

static hr_status list_sparse(const batch *b, int32_t sparse, int first) {
  const hr_feature_plan *p = &b->plan->lists.plan;
  sizes s = {0};
  hr_feature f;
  for (int64_t i = 0; i < b->size; ++i) {
    int64_t steps = 0;
    for (hr_wire wire = hr_wire_of_view(lists_of(b, i)[sparse].features); !hr_wire_done(&wire); ++steps) {
      if (!next_feature(&wire, &f)) return malformed(b, i);
      HR_TRY(count_feature(b, i, b->list_keys, sparse, (hr_dtype)p->sparse_types[sparse], &f, &s));
    }
    if (steps > s.steps) s.steps = steps;
  }
  HR_TRY(new_sparse(b, first, p->num_sparse, sparse, &s, true));
  sparse_writer w = writer_of(b, first, p->num_sparse, sparse);
  for (int64_t i = 0; i < b->size; ++i) {
    int64_t step = 0;
    for (hr_wire wire = hr_wire_of_view(lists_of(b, i)[sparse].features); !hr_wire_done(&wire); ++step) {
      if (!next_feature(&wire, &f)) return malformed(b, i);
      HR_TRY(write_feature(b, &w, i, step, &f));
    }
  }
  return w.room ? malformed(b, 0) : HR_SUCCESS;
}

/* ---- dense outputs --------------------------------------------------------------------------------------------- */

/* Output [batch, steps, the feature's shape]; no batch where there is one message, no steps below 0. */
static hr_status new_dense(const batch *b, int output, const hr_dense_feature *f, int64_t steps, hr_tensor **out) {
  hr_shape shape = {0};
  if (!b->single) shape.dims[shape.rank++] = b->size;
  if (steps >= 0) shape.dims[shape.rank++] = steps;
  if (shape.rank + f->shape->rank > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  for (int d = 0; d < f->shape->rank; ++d)
    shape.dims[shape.rank++] = f->shape->dims[d];
  return hr_output_new(b->ctx, output, &shape, out);
}

static hr_status read_dense(const batch *b, int64_t example, const hr_feature_keys *keys, int32_t key,
                            const hr_dense_feature *f, const hr_feature *found, void *to) {
  if (found->dtype != f->dtype) return wrong_type(b, example, keys, key, found->dtype, f->dtype);
  int64_t count = hr_feature_read(found, to, f->elements);
  if (count == f->elements) return HR_SUCCESS;
  if (count == -1) return malformed(b, example);
  return count < 0 ? hr_feature_read_error(count) : wrong_number(b, example, keys, key, f, count);
}

static hr_status context_dense(const batch *b, int32_t dense, int output) {
  const hr_feature_plan *p = &b->plan->context.plan;
  const hr_dense_feature *f = &p->dense[dense];
  const hr_tensor *value = hr_input(b->ctx, b->first_default + dense);
  int32_t key = p->num_sparse + dense;
  HR_TRY(hr_feature_plan_check_default(p, dense, value));
  hr_tensor *out;
  HR_TRY(new_dense(b, output, f, -1, &out));
  char *to = hr_tensor_data(out);
  for (int64_t i = 0; i < b->size; ++i, to += (size_t)f->elements * hr_dtype_size(f->dtype)) {
    const hr_feature *found = &context_of(b, i)[key];
    if (found->dtype != HR_INVALID) {
      HR_TRY(read_dense(b, i, b->context_keys, key, f, found, to));
    } else {
      if (value->elements == 0)
        return hr_error(HR_INVALID_ARGUMENT, "Name: %.*s, Context feature '%.*s' is required but could not be found.",
                        NAME_OF(b, i), KEY_OF(b->context_keys, key));
      HR_TRY(hr_feature_copy_default(value, f->elements, to));
    }
  }
  return HR_SUCCESS;
}

static hr_status count_steps(const batch *b, int32_t dense, int64_t example, int64_t *steps) {
  int32_t key = b->plan->lists.plan.num_sparse + dense;
  const list *found = &lists_of(b, example)[key];
  if (!found->is_there && !b->may_lack[dense])
    return hr_error(HR_INVALID_ARGUMENT,
                    "Name: %.*s, Feature list '%.*s' is required but could not be found.  Did you mean to include it "
                    "in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?",
                    NAME_OF(b, example), KEY_OF(b->list_keys, key));
  hr_feature f;
  *steps = 0;
  for (hr_wire wire = hr_wire_of_view(found->features); !hr_wire_done(&wire); ++*steps)
    if (!next_feature(&wire, &f)) return malformed(b, example);
  return HR_SUCCESS;
}

static hr_status zeros(const hr_dense_feature *f, int64_t count, void *to) {
  if (f->dtype != HR_STRING) memset(to, 0, (size_t)count * hr_dtype_size(f->dtype)); /* strings start empty */
  return HR_SUCCESS;
}

/* Shorter lists are filled up with zeros; a batch tells how long each was. */
static hr_status list_dense(const batch *b, int32_t dense, int output, int lengths_output) {
  const hr_feature_plan *p = &b->plan->lists.plan;
  const hr_dense_feature *f = &p->dense[dense];
  int32_t key = p->num_sparse + dense;
  int64_t most = 0, steps;
  hr_tensor *lengths = NULL, *out;
  if (!b->single) HR_TRY(hr_output_new(b->ctx, lengths_output, &(hr_shape){1, {b->size}}, &lengths));
  for (int64_t i = 0; i < b->size; ++i) {
    HR_TRY(count_steps(b, dense, i, &steps));
    if (lengths) ((int64_t *)hr_tensor_data(lengths))[i] = steps;
    if (steps > most) most = steps;
  }
  HR_TRY(new_dense(b, output, f, most, &out));
  size_t step_bytes = (size_t)f->elements * hr_dtype_size(f->dtype);
  char *to = hr_tensor_data(out);
  for (int64_t i = 0; i < b->size; ++i) {
    steps = 0;
    for (hr_wire wire = hr_wire_of_view(lists_of(b, i)[key].features); !hr_wire_done(&wire); ++steps) {
      hr_feature found;
      if (!next_feature(&wire, &found)) return malformed(b, i);
      HR_TRY(read_dense(b, i, b->list_keys, key, f, &found, to));
      to += step_bytes;
    }
    HR_TRY(zeros(f, (most - steps) * f->elements, to));
    to += (size_t)(most - steps) * step_bytes;
  }
  return HR_SUCCESS;
}

/* ---- the kernels ----------------------------------------------------------------------------------------------- */

static hr_status output_all(batch *b) {
  const hr_feature_plan *context = &b->plan->context.plan, *lists = &b->plan->lists.plan;
  int output = 0;
  for (int32_t i = 0; i < context->num_sparse; ++i)
    HR_TRY(context_sparse(b, i, output));
  output += 3 * context->num_sparse;
  for (int32_t i = 0; i < context->num_dense; ++i)
    HR_TRY(context_dense(b, i, output + i));
  output += context->num_dense;
  for (int32_t i = 0; i < lists->num_sparse; ++i)
    HR_TRY(list_sparse(b, i, output));
  output += 3 * lists->num_sparse;
  for (int32_t i = 0; i < lists->num_dense; ++i)
    HR_TRY(list_dense(b, i, output + i, output + lists->num_dense + i));
  return HR_SUCCESS;
}

static hr_status parse(batch *b) {
  size_t examples = (size_t)b->size + 1;
  b->context = malloc((examples * (size_t)count_keys(&b->plan->context) + 1) * sizeof *b->context);
  b->lists = malloc((examples * (size_t)count_keys(&b->plan->lists) + 1) * sizeof *b->lists);
  if (!b->context || !b->lists) return hr_error_out_of_memory(0, "the features of sequences");
  for (int64_t i = 0; i < b->size; ++i)
    if (!find_all(b, i)) return malformed(b, i);
  return output_all(b);
}

static hr_status parse_and_clear(batch *b) {
  hr_status status = parse(b);
  free(b->context);
  free(b->lists);
  return status;
}

static hr_status plan_create(const hr_kernel_construction *c, void **state) {
  plan *p = calloc(1, sizeof *p);
  if (!p) return hr_error_out_of_memory(sizeof *p, "a kernel that parses sequences");
  hr_status status =
      hr_feature_plan_init(c, "context_sparse_types", "Tcontext_dense", "context_dense_shapes", &p->context.plan);
  if (!status)
    status = hr_feature_plan_init(c, "feature_list_sparse_types", "feature_list_dense_types",
                                  "feature_list_dense_shapes", &p->lists.plan);
  for (int32_t i = 0; i < p->context.plan.num_dense && !status; ++i)
    if (p->context.plan.dense[i].varies) status = hr_error(HR_INVALID_ARGUMENT, "context_dense_shapes must be known");
  for (int32_t i = 0; i < p->lists.plan.num_dense && !status; ++i)
    if (p->lists.plan.dense[i].varies)
      status = hr_error(HR_INVALID_ARGUMENT, "feature_list_dense_shapes must be known");
  *state = p;
  return status;
}

static void plan_destroy(void *state) {
  plan *p = state;
  if (!p) return;
  hr_feature_plan_clear(&p->context.plan);
  hr_feature_plan_clear(&p->lists.plan);
  hr_feature_keys_free(p->context.keys);
  hr_feature_keys_free(p->lists.keys);
  free(p);
}

static hr_feature_keys *keys_of_attrs(const hr_attr_value *sparse, const hr_attr_value *dense) {
  int32_t count = sparse->count + dense->count;
  hr_view *names = malloc((size_t)(count ? count : 1) * sizeof *names);
  if (!names) return NULL;
  for (int32_t i = 0; i < count; ++i) {
    const hr_bytes *name = i < sparse->count ? &sparse->strings[i] : &dense->strings[i - sparse->count];
    names[i] = (hr_view){name->data, name->length};
  }
  hr_feature_keys *keys = hr_feature_keys_new(count, names);
  free(names);
  return keys;
}

static hr_status half_keys(const hr_kernel_construction *c, const char *sparse_name, const char *dense_name, half *h) {
  const hr_attr_value *sparse, *dense;
  HR_TRY(hr_construction_attr(c, sparse_name, &sparse));
  HR_TRY(hr_construction_attr(c, dense_name, &dense));
  if (sparse->count != h->plan.num_sparse || dense->count != h->plan.num_dense)
    return hr_error(HR_INVALID_ARGUMENT, "%s has %d names for %d features, %s %d for %d", sparse_name, sparse->count,
                    h->plan.num_sparse, dense_name, dense->count, h->plan.num_dense);
  h->keys = keys_of_attrs(sparse, dense);
  return h->keys ? HR_SUCCESS : hr_error_out_of_memory(0, "the keys of features");
}

static hr_status batch_create(const hr_kernel_construction *c, void **state) {
  plan *p = NULL;
  hr_status status = plan_create(c, (void **)&p);
  if (!status) status = half_keys(c, "context_sparse_keys", "context_dense_keys", &p->context);
  if (!status) status = half_keys(c, "feature_list_sparse_keys", "feature_list_dense_keys", &p->lists);
  if (status)
    plan_destroy(p);
  else
    *state = p;
  return status;
}

static hr_status single_create(const hr_kernel_construction *c, void **state) {
  plan *p = NULL;
  hr_status status = plan_create(c, (void **)&p);
  if (status)
    plan_destroy(p);
  else
    *state = p;
  return status;
}

/* Which dense lists may be missing. */
static bool *flags_of(const batch *b, int64_t count, const hr_bytes *names, const hr_string *strings) {
  int32_t num_sparse = b->plan->lists.plan.num_sparse;
  bool *flags = calloc((size_t)b->plan->lists.plan.num_dense + 1, sizeof *flags);
  for (int64_t i = 0; flags && i < count; ++i) {
    hr_view name = names ? (hr_view){names[i].data, names[i].length} : hr_string_view(&strings[i]);
    int32_t key = hr_feature_keys_find(b->list_keys, name);
    if (key >= num_sparse) flags[key - num_sparse] = true;
  }
  return flags;
}

static hr_status parse_sequence_example(hr_kernel_context *ctx) {
  const plan *p = ctx->state;
  batch b = {.ctx = ctx,
             .plan = p,
             .context_keys = p->context.keys,
             .list_keys = p->lists.keys,
             .size = hr_input(ctx, 0)->elements,
             .serialized = hr_input(ctx, 0),
             .names = hr_input(ctx, 1),
             .first_default = 2};
  HR_TRY(hr_rank_check(b.serialized, 1, "serialized"));
  HR_TRY(hr_rank_check(b.names, 1, "debug_name"));
  if (b.names->elements && b.names->elements != b.size)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Expected len(debug_name) == len(serialized), but got: %" PRId64 " vs. %" PRId64, b.names->elements,
                    b.size);
  const hr_attr_value *empty = hr_node_attr(hr_context_node(ctx), "feature_list_dense_missing_assumed_empty");
  bool *flags = flags_of(&b, empty->count, empty->strings, NULL);
  if (!flags) return hr_error_out_of_memory(0, "the features of sequences");
  b.may_lack = flags;
  hr_status status = parse_and_clear(&b);
  free(flags);
  return status;
}
HR_KERNEL(.op = "ParseSequenceExample", .create = batch_create, .destroy = plan_destroy,
          .compute = parse_sequence_example);

/* Keys that are inputs. */
static hr_status keys_of_inputs(hr_kernel_context *ctx, int first, int32_t count, hr_feature_keys **out) {
  hr_view *names = malloc((size_t)(count ? count : 1) * sizeof *names);
  if (!names) return hr_error_out_of_memory(0, "the keys of features");
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < count && !status; ++i) {
    const hr_tensor *key = hr_input(ctx, first + i);
    if (key->elements != 1)
      status = hr_error(HR_INVALID_ARGUMENT, "Expected a key to be a scalar, got shape: %s", HR_TENSOR_SHAPE_TEXT(key));
    else
      names[i] = hr_string_view(hr_string_at(key, 0));
  }
  if (!status && !(*out = hr_feature_keys_new(count, names)))
    status = hr_error_out_of_memory(0, "the keys of features");
  free(names);
  return status;
}

static hr_status parse_with_keys(batch *b, const hr_tensor *empty) {
  bool *flags = flags_of(b, empty->elements, NULL, hr_tensor_data(empty));
  if (!flags) return hr_error_out_of_memory(0, "the features of sequences");
  b->may_lack = flags;
  hr_status status = parse_and_clear(b);
  free(flags);
  return status;
}

static hr_status parse_single_sequence_example(hr_kernel_context *ctx) {
  const plan *p = ctx->state;
  const hr_tensor *serialized = hr_input(ctx, 0);
  int32_t context = count_keys(&p->context), lists = count_keys(&p->lists);
  int first_default = 2 + context + lists;
  batch b = {.ctx = ctx,
             .plan = p,
             .single = true,
             .size = 1,
             .serialized = serialized,
             .names = hr_input(ctx, first_default + p->context.plan.num_dense),
             .first_default = first_default};
  if (serialized->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Expected serialized to be a scalar, got shape: %s",
                    HR_TENSOR_SHAPE_TEXT(serialized));
  hr_feature_keys *context_keys = NULL, *list_keys = NULL;
  hr_status status = keys_of_inputs(ctx, 2, context, &context_keys);
  if (!status) status = keys_of_inputs(ctx, 2 + context, lists, &list_keys);
  b.context_keys = context_keys;
  b.list_keys = list_keys;
  if (!status) status = parse_with_keys(&b, hr_input(ctx, 1));
  hr_feature_keys_free(context_keys);
  hr_feature_keys_free(list_keys);
  return status;
}
HR_KERNEL(.op = "ParseSingleSequenceExample", .create = single_create, .destroy = plan_destroy,
          .compute = parse_single_sequence_example);
