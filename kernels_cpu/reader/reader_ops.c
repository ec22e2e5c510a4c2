/* Readers: the ops that make and use them, by handle (V2) and by reference. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/reader/reader.h"
#include "kernels_cpu/string_arguments.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- making ------------------------------------------------------------------------------------------------------ */

typedef struct reader_plan {
  const hr_kernel_construction *construction;
  const hr_reader_kind *kind;
  hr_reader_options options;
} reader_plan;

static hr_status make_reader(void *argument, hr_resource **out) {
  reader_plan *plan = argument;
  char *name = hr_object_name(plan->construction);
  if (!name) return hr_error_out_of_memory(0, "the name of a reader");
  hr_reader *reader;
  hr_status status = hr_reader_new(plan->kind, &plan->options, name, &reader);
  free(name);
  if (!status) *out = &reader->resource;
  return status;
}

static const char *name_of_reader(const hr_resource *reader) { return ((const hr_reader *)reader)->name; }

static hr_status look_up_or_make(reader_plan *plan, void **state) {
  const hr_kernel_construction *c = plan->construction;
  HR_TRY(hr_object_state_new(c, &hr_reader_type, make_reader, plan, name_of_reader, state));
  const hr_reader *reader = (const hr_reader *)hr_object_of_state(*state);
  if (reader->kind == plan->kind) return HR_SUCCESS;
  hr_status status = hr_error(HR_INVALID_ARGUMENT, "Shared reader '%s' is a %s, not a %s", reader->name,
                              reader->kind->name, plan->kind->name);
  hr_object_state_free(*state);
  *state = NULL;
  return status;
}

static hr_status text_line_create(const hr_kernel_construction *c, void **state) {
  reader_plan plan = {c, &hr_text_line_reader, {0}};
  HR_TRY(hr_construction_int(c, "skip_header_lines", &plan.options.skip_header_lines));
  if (plan.options.skip_header_lines < 0)
    return hr_error(HR_INVALID_ARGUMENT, "skip_header_lines must be >= 0 not %" PRId64, plan.options.skip_header_lines);
  return look_up_or_make(&plan, state);
}

static hr_status bytes_attr(const hr_kernel_construction *c, const char *name, int64_t least, int64_t *out) {
  HR_TRY(hr_construction_int(c, name, out));
  if (*out < least || *out > INT64_MAX / 4)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be >= %" PRId64 " not %" PRId64, name, least, *out);
  return HR_SUCCESS;
}

static hr_status compression_attr(const hr_kernel_construction *c, const char *name, hr_compression *out) {
  const hr_attr_value *value;
  if (!hr_node_attr(c->node, name)) return HR_SUCCESS;
  HR_TRY(hr_construction_attr(c, name, &value));
  return hr_compression_from_name(value->s, out);
}

static hr_status fixed_length_create(const hr_kernel_construction *c, void **state) {
  reader_plan plan = {c, &hr_fixed_length_reader, {0}};
  hr_reader_options *o = &plan.options;
  HR_TRY(bytes_attr(c, "header_bytes", 0, &o->header_bytes));
  HR_TRY(bytes_attr(c, "record_bytes", 1, &o->record_bytes));
  HR_TRY(bytes_attr(c, "footer_bytes", 0, &o->footer_bytes));
  HR_TRY(bytes_attr(c, "hop_bytes", 0, &o->hop_bytes));
  if (o->hop_bytes == 0) o->hop_bytes = o->record_bytes;
  HR_TRY(compression_attr(c, "encoding", &o->compression));
  return look_up_or_make(&plan, state);
}

static hr_status record_create(const hr_kernel_construction *c, void **state) {
  reader_plan plan = {c, &hr_record_file_reader, {0}};
  HR_TRY(compression_attr(c, "compression_type", &plan.options.compression));
  return look_up_or_make(&plan, state);
}

static hr_status whole_file_create(const hr_kernel_construction *c, void **state) {
  return look_up_or_make(&(reader_plan){c, &hr_whole_file_reader, {0}}, state);
}

static hr_status identity_create(const hr_kernel_construction *c, void **state) {
  return look_up_or_make(&(reader_plan){c, &hr_identity_reader, {0}}, state);
}

static hr_status lmdb_create(const hr_kernel_construction *c, void **state) {
  return look_up_or_make(&(reader_plan){c, &hr_lmdb_reader, {0}}, state);
}

#define HR_READER_KERNELS(op_name, create_function)                                                                    \
  HR_KERNEL(.op = op_name, .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = create_function,                   \
            .destroy = hr_object_state_free, .compute = hr_output_object);                                             \
  HR_KERNEL(.op = op_name "V2", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = create_function,              \
            .destroy = hr_object_state_free, .compute = hr_output_object)

HR_READER_KERNELS("TextLineReader", text_line_create);
HR_READER_KERNELS("FixedLengthRecordReader", fixed_length_create);
HR_READER_KERNELS("TFRecordReader", record_create);
HR_READER_KERNELS("WholeFileReader", whole_file_create);
HR_READER_KERNELS("IdentityReader", identity_create);
HR_KERNEL(.op = "LMDBReader", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = lmdb_create,
          .destroy = hr_object_state_free, .compute = hr_output_object);

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static hr_status reader_of(const hr_kernel_context *ctx, hr_reader **out) {
  hr_resource *resource;
  HR_TRY(hr_input_object(ctx, 0, &hr_reader_type, &resource));
  *out = (hr_reader *)resource;
  return HR_SUCCESS;
}

/* The reader, and the queue with names of files: elements of one string. */
static hr_status reader_and_queue(const hr_kernel_context *ctx, hr_reader **reader, hr_queue **queue) {
  HR_TRY(reader_of(ctx, reader));
  HR_TRY(hr_input_queue(ctx, 1, queue));
  return hr_queue_check_dtypes(*queue, 1, (const int32_t[]){HR_STRING});
}

static void read(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_reader *reader;
  hr_queue *queue;
  hr_status status = reader_and_queue(ctx, &reader, &queue);
  if (status)
    done(argument, status);
  else
    hr_reader_read(reader, queue, ctx, done, argument);
}

static void read_up_to(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_reader *reader;
  hr_queue *queue;
  int64_t count;
  hr_status status = reader_and_queue(ctx, &reader, &queue);
  if (!status) status = hr_scalar_argument(hr_input(ctx, 2), "num_records", &count);
  if (!status && count < 0) status = hr_error(HR_INVALID_ARGUMENT, "num_records must not be negative: %" PRId64, count);
  if (status)
    done(argument, status);
  else
    hr_reader_read_up_to(reader, queue, count, ctx, done, argument);
}

/* ---- counts and state -------------------------------------------------------------------------------------------- */

static hr_status records_produced(hr_kernel_context *ctx) {
  hr_reader *reader;
  HR_TRY(reader_of(ctx, &reader));
  *hr_output_slot(ctx, 0) = hr_tensor_i64(atomic_load(&reader->produced));
  return HR_SUCCESS;
}

static hr_status work_units_completed(hr_kernel_context *ctx) {
  hr_reader *reader;
  HR_TRY(reader_of(ctx, &reader));
  *hr_output_slot(ctx, 0) = hr_tensor_i64(atomic_load(&reader->finished));
  return HR_SUCCESS;
}

static hr_status reset_work(hr_reader *reader, hr_kernel_context *ctx) {
  (void)ctx;
  hr_reader_reset(reader);
  return HR_SUCCESS;
}

static hr_status serialize_work(hr_reader *reader, hr_kernel_context *ctx) {
  hr_text text = {0};
  hr_status status = hr_reader_serialize(reader, &text);
  if (!status) return hr_output_text(ctx, 0, &text);
  hr_text_free(&text);
  return status;
}

static hr_status restore_work(hr_reader *reader, hr_kernel_context *ctx) {
  const hr_tensor *state = hr_input(ctx, 1);
  if (state->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Reader state must be scalar, but had shape: %s", HR_TENSOR_SHAPE_TEXT(state));
  return hr_reader_restore(reader, hr_string_view(hr_string_at(state, 0)));
}

/* These wait for their turn. */
static void use(hr_kernel_context *ctx, hr_status (*work)(hr_reader *, hr_kernel_context *), hr_done_function done,
                void *argument) {
  hr_reader *reader;
  hr_status status = reader_of(ctx, &reader);
  if (status)
    done(argument, status);
  else
    hr_reader_use(reader, ctx, work, done, argument);
}

static void reset(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  use(ctx, reset_work, done, argument);
}
static void serialize_state(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  use(ctx, serialize_work, done, argument);
}
static void restore_state(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  use(ctx, restore_work, done, argument);
}

#define HR_READING_KERNELS(op_name, way)                                                                               \
  HR_KERNEL(.op = op_name, way);                                                                                       \
  HR_KERNEL(.op = op_name "V2", way)

HR_READING_KERNELS("ReaderRead", .compute_async = read);
HR_READING_KERNELS("ReaderReadUpTo", .compute_async = read_up_to);
HR_READING_KERNELS("ReaderNumRecordsProduced", .compute = records_produced);
HR_READING_KERNELS("ReaderNumWorkUnitsCompleted", .compute = work_units_completed);
HR_READING_KERNELS("ReaderReset", .compute_async = reset);
HR_READING_KERNELS("ReaderSerializeState", .compute_async = serialize_state);
HR_READING_KERNELS("ReaderRestoreState", .compute_async = restore_state);
