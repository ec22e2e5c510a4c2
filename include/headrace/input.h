/* Input pipelines of queues: producers of names, numbers and slices, and batches of what comes out of them. Each adds a
 * queue runner to the graph's collection: hr_start_queue_runners (coordinator.h) sets them to work. Readers of files
 * are ops: hr_text_line_reader_v2, hr_tf_record_reader_v2, hr_fixed_length_record_reader_v2, hr_whole_file_reader_v2,
 * hr_identity_reader_v2, and hr_reader_read_v2 and hr_reader_read_up_to_v2, which take names from a queue.
 * hr_lmdb_reader is of the first generation: hr_reader_read reads it, from a queue by hr_queue_for_reader.
 *
 *   hr_tensor_queue *names = hr_string_input_producer(s, HR_OPERANDS("a.csv", "b.csv"), .num_epochs = 10);
 *   hr_output reader = hr_text_line_reader_v2(s, .skip_header_lines = 1);
 *   hr_reader_read_v2_outputs line = hr_reader_read_v2(s, reader, hr_tensor_queue_handle(names));
 *   hr_outputs row = hr_tf_decode_csv(s, line.value, HR_OPERANDS(0.5, 1));
 *   hr_any_tensors batch = hr_shuffle_batch(s, HR_BATCH_OF(row), 32, 1000, 500);
 */
#ifndef HEADRACE_INPUT_H
#define HEADRACE_INPUT_H

#include "headrace/queues.h"
#include "headrace/sparse.h"
#include "headrace/variables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- names of files ---------------------------------------------------------------------------------------------- */

/* tf.train.match_filenames_once: a local variable with the names of the files that match, as they are when it is
 * initialised. */
HR_API hr_var *hr_match_filenames_once_with(hr_scope scope, hr_operand pattern, const hr_op_options *options);
#define hr_match_filenames_once(scope, pattern, ...)                                                                   \
  hr_match_filenames_once_with((scope), HR_OPERAND(pattern), &(hr_op_options){__VA_ARGS__})

/* ---- readers ----------------------------------------------------------------------------------------------------- */

/* A queue's handle as the ops of this reader take it: for a reader by reference a reference, which FakeQueue makes. */
HR_API hr_output hr_queue_for_reader(hr_scope scope, hr_output reader, hr_output queue);

/* ---- producers --------------------------------------------------------------------------------------------------- */

typedef struct hr_limit_epochs_options {
  int64_t num_epochs; /* 0: without end */
  const char *name;
} hr_limit_epochs_options;
/* tf.train.limit_epochs: the tensor, so many times; then OutOfRange. They are counted in a local variable "epochs". */
HR_API hr_output hr_limit_epochs_with(hr_scope scope, hr_operand tensor, const hr_limit_epochs_options *options);
#define hr_limit_epochs(scope, tensor, ...)                                                                            \
  hr_limit_epochs_with((scope), HR_OPERAND(tensor), &(hr_limit_epochs_options){__VA_ARGS__})

typedef struct hr_input_producer_options {
  hr_partial_shape element_shape; /* what is known of an element's; default: nothing */
  int64_t num_epochs;             /* 0: without end */
  bool shuffle;                   /* in each epoch anew; default true */
  int64_t seed;                   /* default HR_NO_SEED */
  int64_t capacity;               /* of the queue; default 32 */
  const char *shared_name;
  const char *summary_name; /* of a summary of how full the queue is; NULL: none */
  hr_node *cancel_op;       /* of the queue runner; left out: made */
  const char *name;
} hr_input_producer_options;
#define HR_INPUT_PRODUCER_DEFAULTS                                                                                     \
  .element_shape = {.rank = HR_UNKNOWN_RANK}, .shuffle = true, .seed = HR_NO_SEED, .capacity = 32
/* tf.train.input_producer: a queue of the rows of a tensor. InvalidArgument where their shape is not known. */
HR_API hr_tensor_queue *hr_input_producer_with(hr_scope scope, hr_operand input_tensor,
                                               const hr_input_producer_options *options);
#define hr_input_producer(scope, input_tensor, ...)                                                                    \
  HR_CALL_OP_(hr_input_producer_options, hr_input_producer_with((scope), HR_OPERAND(input_tensor), &hr_options_),      \
              HR_INPUT_PRODUCER_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_producer_options {
  int64_t num_epochs; /* 0: without end */
  bool shuffle;       /* default true */
  int64_t seed;       /* default HR_NO_SEED */
  int64_t capacity;   /* default 32 */
  const char *shared_name;
  const char *name;
  hr_node *cancel_op; /* of string_input_producer */
} hr_producer_options;
#define HR_PRODUCER_DEFAULTS .shuffle = true, .seed = HR_NO_SEED, .capacity = 32
/* tf.train.string_input_producer: a queue of strings; runs that find none fail. */
HR_API hr_tensor_queue *hr_string_input_producer_with(hr_scope scope, hr_operand string_tensor,
                                                      const hr_producer_options *options);
#define hr_string_input_producer(scope, string_tensor, ...)                                                            \
  HR_CALL_OP_(hr_producer_options, hr_string_input_producer_with((scope), HR_OPERAND(string_tensor), &hr_options_),    \
              HR_PRODUCER_DEFAULTS, ##__VA_ARGS__)
/* tf.train.range_input_producer: a queue of the numbers from 0 to limit - 1. */
HR_API hr_tensor_queue *hr_range_input_producer_with(hr_scope scope, hr_operand limit,
                                                     const hr_producer_options *options);
#define hr_range_input_producer(scope, limit, ...)                                                                     \
  HR_CALL_OP_(hr_producer_options, hr_range_input_producer_with((scope), HR_OPERAND(limit), &hr_options_),             \
              HR_PRODUCER_DEFAULTS, ##__VA_ARGS__)
/* tf.train.slice_input_producer: a slice of each tensor, all with one index, another one in each run. */
HR_API hr_outputs hr_slice_input_producer_with(hr_scope scope, hr_operands tensor_list,
                                               const hr_producer_options *options);
#define hr_slice_input_producer(scope, tensor_list, ...)                                                               \
  HR_CALL_OP_(hr_producer_options, hr_slice_input_producer_with((scope), HR_OPERANDS_OF(tensor_list), &hr_options_),   \
              HR_PRODUCER_DEFAULTS, ##__VA_ARGS__)

/* ---- batches ----------------------------------------------------------------------------------------------------- */

/* What is batched together; and several sources of it, one a thread, which have the same dtypes and shapes. Borrowed
 * for the call. */
typedef struct hr_batch_items {
  int32_t count;
  const hr_any_operand *items; /* or */
  const hr_output *outputs;
} hr_batch_items;
typedef struct hr_batch_sources {
  int32_t count;
  const hr_batch_items *items;
} hr_batch_sources;
#define HR_BATCH_ITEMS(...)                                                                                            \
  ((hr_batch_items){(int32_t)(sizeof((hr_any_operand[]){__VA_ARGS__}) / sizeof(hr_any_operand)),                       \
                    (hr_any_operand[]){__VA_ARGS__}, NULL})
static inline hr_batch_items hr_batch_of(hr_outputs x) { return (hr_batch_items){x.count, NULL, x.items}; }
#define HR_BATCH_OF(outputs) hr_batch_of(outputs)

typedef struct hr_batch_options {
  hr_operand keep_input;          /* maybe_batch: a bool, or a vector of them for many: what is false is left out */
  int32_t num_threads;            /* default 1; of one source */
  int64_t capacity;               /* of the queue; default 32 */
  bool enqueue_many;              /* each tensor has many elements, along its first dimension */
  hr_shapes shapes;               /* of the elements; none: those of the tensors, whose ranks must be known */
  bool dynamic_pad;               /* sizes may be unknown: a batch is padded with zeros to its largest element */
  bool allow_smaller_final_batch; /* what is left over at the end is a batch too */
  const char *shared_name;
  const char *name;
} hr_batch_options;
#define HR_BATCH_DEFAULTS .num_threads = 1, .capacity = 32
/* tf.train.batch, and, with `keep_input`, tf.train.maybe_batch: a batch of `batch_size` elements. */
HR_API hr_any_tensors hr_batch_with(hr_scope scope, hr_batch_items tensors, hr_operand batch_size,
                                    const hr_batch_options *options);
#define hr_batch(scope, tensors, batch_size, ...)                                                                      \
  HR_CALL_OP_(hr_batch_options, hr_batch_with((scope), (tensors), HR_OPERAND(batch_size), &hr_options_),               \
              HR_BATCH_DEFAULTS, ##__VA_ARGS__)
/* tf.train.batch_join, tf.train.maybe_batch_join. The first source says how many components there are: what others have
 * beyond them is left. */
HR_API hr_any_tensors hr_batch_join_with(hr_scope scope, hr_batch_sources tensors_list, hr_operand batch_size,
                                         const hr_batch_options *options);
#define hr_batch_join(scope, tensors_list, batch_size, ...)                                                            \
  HR_CALL_OP_(hr_batch_options, hr_batch_join_with((scope), (tensors_list), HR_OPERAND(batch_size), &hr_options_),     \
              HR_BATCH_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_shuffle_batch_options {
  hr_operand keep_input;
  int32_t num_threads; /* default 1 */
  int64_t seed;        /* default HR_NO_SEED */
  bool enqueue_many;
  hr_shapes shapes;
  bool allow_smaller_final_batch;
  const char *shared_name;
  const char *name;
} hr_shuffle_batch_options;
#define HR_SHUFFLE_BATCH_DEFAULTS .num_threads = 1, .seed = HR_NO_SEED
/* tf.train.shuffle_batch, tf.train.maybe_shuffle_batch: batches of elements in random order. InvalidArgument unless
 * `capacity` is larger than `min_after_dequeue`, the number of elements that stay to choose from. */
HR_API hr_any_tensors hr_shuffle_batch_with(hr_scope scope, hr_batch_items tensors, hr_operand batch_size,
                                            int64_t capacity, int64_t min_after_dequeue,
                                            const hr_shuffle_batch_options *options);
#define hr_shuffle_batch(scope, tensors, batch_size, capacity, min_after_dequeue, ...)                                 \
  HR_CALL_OP_(hr_shuffle_batch_options,                                                                                \
              hr_shuffle_batch_with((scope), (tensors), HR_OPERAND(batch_size), (capacity), (min_after_dequeue),       \
                                    &hr_options_),                                                                     \
              HR_SHUFFLE_BATCH_DEFAULTS, ##__VA_ARGS__)
/* tf.train.shuffle_batch_join, tf.train.maybe_shuffle_batch_join. */
HR_API hr_any_tensors hr_shuffle_batch_join_with(hr_scope scope, hr_batch_sources tensors_list, hr_operand batch_size,
                                                 int64_t capacity, int64_t min_after_dequeue,
                                                 const hr_shuffle_batch_options *options);
#define hr_shuffle_batch_join(scope, tensors_list, batch_size, capacity, min_after_dequeue, ...)                       \
  HR_CALL_OP_(hr_shuffle_batch_options,                                                                                \
              hr_shuffle_batch_join_with((scope), (tensors_list), HR_OPERAND(batch_size), (capacity),                  \
                                         (min_after_dequeue), &hr_options_),                                           \
              HR_SHUFFLE_BATCH_DEFAULTS, ##__VA_ARGS__)

/* ---- buckets ----------------------------------------------------------------------------------------------------- */

typedef struct hr_bucket_options {
  bool size_of_each;         /* batch_size has one for each bucket, be there only one: the size of a batch is unknown */
  int32_t num_threads;       /* default 1 */
  int64_t capacity;          /* of the queue of batches, and of each bucket; default 32 */
  hr_ints bucket_capacities; /* of each bucket; none: `capacity` */
  hr_shapes shapes;
  bool dynamic_pad;
  bool allow_smaller_final_batch;
  hr_operand keep_input;
  const char *shared_name;
  const char *name;
} hr_bucket_options;
#define HR_BUCKET_DEFAULTS .num_threads = 1, .capacity = 32
typedef struct hr_bucketed {
  hr_output which; /* bucket it is */
  hr_any_tensors batch;
} hr_bucketed;
/* tf.contrib.training.bucket: batches of elements that are in the same bucket, of which `which_bucket` says the number.
 * `batch_size`: one for all buckets, or one for each. */
HR_API hr_bucketed hr_bucket_with(hr_scope scope, hr_batch_items tensors, hr_operand which_bucket,
                                  hr_operands batch_size, int32_t num_buckets, const hr_bucket_options *options);
#define hr_bucket(scope, tensors, which_bucket, batch_size, num_buckets, ...)                                          \
  HR_CALL_OP_(hr_bucket_options,                                                                                       \
              hr_bucket_with((scope), (tensors), HR_OPERAND(which_bucket), HR_OPERANDS_OF(batch_size), (num_buckets),  \
                             &hr_options_),                                                                            \
              HR_BUCKET_DEFAULTS, ##__VA_ARGS__)
/* tf.contrib.training.bucket_by_sequence_length: batches of elements of about one length: bucket i has those below
 * boundary i, which ascend. What comes first of a batch are the lengths. */
HR_API hr_any_tensors hr_bucket_by_sequence_length_with(hr_scope scope, hr_operand input_length, hr_batch_items tensors,
                                                        hr_operands batch_size, hr_ints bucket_boundaries,
                                                        const hr_bucket_options *options);
#define hr_bucket_by_sequence_length(scope, input_length, tensors, batch_size, bucket_boundaries, ...)                 \
  HR_CALL_OP_(hr_bucket_options,                                                                                       \
              hr_bucket_by_sequence_length_with((scope), HR_OPERAND(input_length), (tensors),                          \
                                                HR_OPERANDS_OF(batch_size), (bucket_boundaries), &hr_options_),        \
              HR_BUCKET_DEFAULTS, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
