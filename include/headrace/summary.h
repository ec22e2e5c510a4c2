/* Summaries for TensorBoard: the nodes that make them, and the writer of event files. */
#ifndef HEADRACE_SUMMARY_H
#define HEADRACE_SUMMARY_H

#include "headrace/io.h"
#include "headrace/math.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

typedef struct hr_summary_options {
  const hr_strings *collections; /* NULL: "summaries" */
  const char *family;            /* put before the tag, so that TensorBoard shows it in that tab */
} hr_summary_options;

/* tf.summary.*: a serialised Summary. Its tag is the node's name: `name` with characters other than letters, digits and
 * "-_./" replaced by '_', inside the name scope, made unique without regard to case. */
HR_API hr_output hr_summary_scalar_with(hr_scope scope, const char *name, hr_operand value,
                                        const hr_summary_options *options);
HR_API hr_output hr_summary_histogram_with(hr_scope scope, const char *name, hr_operand values,
                                           const hr_summary_options *options);
#define hr_summary_scalar(scope, name, value, ...)                                                                     \
  hr_summary_scalar_with((scope), (name), HR_OPERAND(value), &(hr_summary_options){__VA_ARGS__})
#define hr_summary_histogram(scope, name, values, ...)                                                                 \
  hr_summary_histogram_with((scope), (name), HR_OPERAND(values), &(hr_summary_options){__VA_ARGS__})
/* Any tensor; `metadata` is a serialised SummaryMetadata, which may be empty. */
HR_API hr_output hr_summary_tensor_with(hr_scope scope, const char *name, hr_operand tensor, hr_bytes metadata,
                                        const hr_summary_options *options);
#define hr_summary_tensor(scope, name, tensor, ...)                                                                    \
  hr_summary_tensor_with((scope), (name), HR_OPERAND(tensor), (hr_bytes){"", 0}, &(hr_summary_options){__VA_ARGS__})
/* Strings, for TensorBoard's text tab. */
HR_API hr_output hr_summary_text_with(hr_scope scope, const char *name, hr_output text,
                                      const hr_summary_options *options);
#define hr_summary_text(scope, name, text, ...)                                                                        \
  hr_summary_text_with((scope), (name), (text), &(hr_summary_options){__VA_ARGS__})

typedef struct hr_summary_media_options {
  int64_t max_outputs;           /* how many of the batch are shown; default 3 */
  const hr_strings *collections; /* as above */
  const char *family;
} hr_summary_media_options;
#define HR_SUMMARY_MEDIA_DEFAULTS .max_outputs = 3
/* Pictures [batch, height, width, 1, 3 or 4 channels]; floats are scaled to 0..255, uint8 are taken as they are. */
HR_API hr_output hr_summary_image_with(hr_scope scope, const char *name, hr_operand tensor,
                                       const hr_summary_media_options *options);
#define hr_summary_image(scope, name, tensor, ...)                                                                     \
  HR_CALL_OP_(hr_summary_media_options, hr_summary_image_with((scope), (name), HR_OPERAND(tensor), &hr_options_),      \
              HR_SUMMARY_MEDIA_DEFAULTS, ##__VA_ARGS__)
/* Sounds [batch, frames] or [batch, frames, channels] in -1..1, of so many frames a second. */
HR_API hr_output hr_summary_audio_with(hr_scope scope, const char *name, hr_operand tensor, hr_operand sample_rate,
                                       const hr_summary_media_options *options);
#define hr_summary_audio(scope, name, tensor, sample_rate, ...)                                                        \
  HR_CALL_OP_(hr_summary_media_options,                                                                                \
              hr_summary_audio_with((scope), (name), HR_OPERAND(tensor), HR_OPERAND(sample_rate), &hr_options_),       \
              HR_SUMMARY_MEDIA_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_summary_merge_options {
  const hr_strings *collections; /* that the result is added to; NULL: none */
  const char *name;
} hr_summary_merge_options;
/* tf.summary.merge: one Summary of many. InvalidArgument for none. */
HR_API hr_output hr_summary_merge_with(hr_scope scope, hr_operands inputs, const hr_summary_merge_options *options);
#define hr_summary_merge(scope, inputs, ...)                                                                           \
  hr_summary_merge_with((scope), HR_OPERANDS_OF(inputs), &(hr_summary_merge_options){__VA_ARGS__})

/* tf.summary.merge_all of a collection (NULL: "summaries"), which is HR_NO_OUTPUT, without an error, where that is
 * empty. */
HR_API hr_output hr_summary_merge_all(hr_scope scope, const char *collection);

/* ---- tf.summary.FileWriter ------------------------------------------------------------------------------------- */

/* Writes an event file through a thread of its own. Any number of threads may add. */
typedef struct hr_file_writer hr_file_writer;

/* Makes the directory and an event file in it; writes `graph`, if it is not NULL, as GraphDef and MetaGraphDef.
 * `options` may be NULL. Errors of the file system. */
HR_API HR_MUST_USE hr_status hr_file_writer_new(const char *directory, const hr_graph *graph,
                                                const hr_event_writer_options *options, hr_file_writer **out);

/* A serialised Summary, as a summary node gives it. A tag's metadata is written the first time only. InvalidArgument
 * for bytes that are no Summary. */
HR_API HR_MUST_USE hr_status hr_file_writer_add_summary(hr_file_writer *writer, const void *summary, size_t length,
                                                        int64_t step);
/* The same of a fetched summary: a scalar string tensor. */
HR_API HR_MUST_USE hr_status hr_file_writer_add_fetched(hr_file_writer *writer, const hr_tensor *summary, int64_t step);
/* One number under a tag, without a node. */
HR_API HR_MUST_USE hr_status hr_file_writer_add_scalar(hr_file_writer *writer, const char *tag, float value,
                                                       int64_t step);
HR_API HR_MUST_USE hr_status hr_file_writer_add_graph(hr_file_writer *writer, const hr_graph *graph, int64_t step);
/* Serialised GraphDef, MetaGraphDef and SessionLog. */
HR_API HR_MUST_USE hr_status hr_file_writer_add_graph_def(hr_file_writer *writer, const void *graph_def, size_t length,
                                                          int64_t step);
HR_API HR_MUST_USE hr_status hr_file_writer_add_meta_graph(hr_file_writer *writer, const void *meta_graph,
                                                           size_t length, int64_t step);
HR_API HR_MUST_USE hr_status hr_file_writer_add_session_log(hr_file_writer *writer, const void *session_log,
                                                            size_t length, int64_t step);
/* A serialised RunMetadata under a tag. InvalidArgument for a tag that was used already. */
HR_API HR_MUST_USE hr_status hr_file_writer_add_run_metadata(hr_file_writer *writer, const void *run_metadata,
                                                             size_t length, const char *tag, int64_t step);

/* A whole serialised Event, with its own time and step. */
HR_API HR_MUST_USE hr_status hr_file_writer_add_event(hr_file_writer *writer, const void *event, size_t length);

/* Waits until everything added is in the file. */
HR_API HR_MUST_USE hr_status hr_file_writer_flush(hr_file_writer *writer);
HR_API const char *hr_file_writer_path(const hr_file_writer *writer);
/* Flushes, closes and frees, whatever it returns; NULL is allowed. */
HR_API HR_MUST_USE hr_status hr_file_writer_close(hr_file_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
