/* tf.train.Saver: the nodes that save and restore variables, and checkpoints kept over time. */
#ifndef HEADRACE_SAVER_H
#define HEADRACE_SAVER_H

#include "headrace/session.h"
#include "headrace/variables.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_saver hr_saver;

/* What a saver saves beside variables. */
typedef enum hr_saved_kind {
  HR_SAVED_TABLE,    /* a table that changes: its keys and values, as "NAME-keys" and "NAME-values" */
  HR_SAVED_ITERATOR, /* where an iterator is, as "NAME-state" */
} hr_saved_kind;
typedef struct hr_saved_object {
  hr_saved_kind kind;
  const char *name;
  hr_output handle;
  hr_output tensors[2]; /* what is saved: of a table its exported keys and values, of an iterator its state */
} hr_saved_object;

typedef struct hr_saver_options {
  const char *name;               /* name scope of the nodes; default "save" */
  const hr_vars *vars;            /* NULL: all global variables */
  const char *const *names;       /* under which each of `vars` is stored; NULL: its own name */
  const hr_saved_object *objects; /* what is saved beside them */
  int32_t num_objects;
  bool sharded;                         /* one data file a device */
  bool reshape;                         /* restore into other shapes of as many elements */
  bool allow_empty;                     /* no variables, no nodes: saving writes the MetaGraph only */
  bool version1;                        /* write checkpoints of version 1; all savers read both */
  bool pad_step_number;                 /* "-00000042" behind the path in place of "-42" */
  bool save_relative_paths;             /* in the state file: seen from its directory */
  int32_t max_to_keep;                  /* default 5; 0 keeps all */
  double keep_checkpoint_every_n_hours; /* default 10000 */
  const char *filename;                 /* of the placeholder; default "model" */
} hr_saver_options;
#define HR_SAVER_DEFAULTS .max_to_keep = 5, .keep_checkpoint_every_n_hours = 10000
/* Builds the nodes. InvalidArgument: no variables, two of one name, two names for one, slices beside a whole variable
 * of one name. NULL after an error. */
HR_API hr_saver *hr_saver_new_with(hr_scope scope, const hr_saver_options *options);
#define hr_saver_new(scope, ...)                                                                                       \
  HR_CALL_OP_(hr_saver_options, hr_saver_new_with((scope), &hr_options_), HR_SAVER_DEFAULTS, ##__VA_ARGS__)
/* NULL is allowed; the nodes stay. */
HR_API void hr_saver_free(hr_saver *saver);

typedef struct hr_saver_proto_options {
  const char *scope; /* stands before the names in the graph, but not before those in the message; NULL: none */
} hr_saver_proto_options;
/* A saver over nodes that are there already, as a MetaGraph stores it. InvalidArgument for bytes that are no SaverDef.
 */
HR_API HR_MUST_USE hr_status hr_saver_from_proto_with(const void *saver_def, size_t length, hr_saver **out,
                                                      const hr_saver_proto_options *options);
#define hr_saver_from_proto(saver_def, length, out, ...)                                                               \
  hr_saver_from_proto_with((saver_def), (length), (out), &(hr_saver_proto_options){__VA_ARGS__})
/* A serialised SaverDef, malloc'd. NotFound where the saver's nodes are not in the scope. */
HR_API HR_MUST_USE hr_status hr_saver_to_proto_with(const hr_saver *saver, char **bytes, size_t *length,
                                                    const hr_saver_proto_options *options);
#define hr_saver_to_proto(saver, bytes, length, ...)                                                                   \
  hr_saver_to_proto_with((saver), (bytes), (length), &(hr_saver_proto_options){__VA_ARGS__})

typedef struct hr_save_options {
  int64_t global_step;           /* put behind the path as "-N"; default: none */
  const char *latest_filename;   /* of the state file; default "checkpoint" */
  const char *meta_graph_suffix; /* default "meta" */
  bool write_meta_graph;         /* default true: PATH.meta */
  bool write_state;              /* default true */
  bool strip_default_attrs;      /* leave attributes out of the MetaGraph that equal the op's default */
} hr_save_options;
#define HR_NO_STEP       INT64_MIN
#define HR_SAVE_DEFAULTS .global_step = HR_NO_STEP, .write_meta_graph = true, .write_state = true
/* Saver.save: writes the checkpoint, the state file that names it, and the graph; deletes what max_to_keep leaves no
 * place for. The parent directory is made where it is missing, but for version 1. `*saved` (may be NULL) is the
 * checkpoint's path, malloc'd: with the step, and for version 1 in several files a pattern that matches them. Errors:
 * InvalidArgument where the path collides with the state file or the directory cannot be, those of the run
 * (FailedPrecondition for an uninitialised variable), those of the file system. An earlier checkpoint stays whole. */
HR_API HR_MUST_USE hr_status hr_saver_save_with(hr_saver *saver, hr_session *session, const char *path, char **saved,
                                                const hr_save_options *options);
#define hr_saver_save(saver, session, path, saved, ...)                                                                \
  HR_CALL_OP_(hr_save_options, hr_saver_save_with((saver), (session), (path), (saved), &hr_options_),                  \
              HR_SAVE_DEFAULTS, ##__VA_ARGS__)

/* Saver.restore. InvalidArgument for NULL and for a path without a checkpoint; NotFound for a name that the checkpoint
 * lacks; InvalidArgument for another shape or dtype; DataLoss for a damaged file. */
HR_API HR_MUST_USE hr_status hr_saver_restore(hr_saver *saver, hr_session *session, const char *path);

/* Saver.last_checkpoints: the kept paths, oldest first. Borrowed. */
HR_API int32_t hr_saver_checkpoint_count(const hr_saver *saver);
HR_API const char *hr_saver_checkpoint(const hr_saver *saver, int32_t index);
/* When it was written: seconds since 1970. */
HR_API double hr_saver_checkpoint_time(const hr_saver *saver, int32_t index);
/* Saver.set_last_checkpoints_with_time, and with `times` NULL set_last_checkpoints: makes these the kept ones, whether
 * they exist or not. */
HR_API HR_MUST_USE hr_status hr_saver_set_checkpoints(hr_saver *saver, int32_t count, const char *const *paths,
                                                      const double *times);
/* Saver.recover_last_checkpoints: makes those of `paths` that exist the kept ones, so that it deletes them in time. */
HR_API HR_MUST_USE hr_status hr_saver_recover(hr_saver *saver, int32_t count, const char *const *paths);

/* What tf.train.init_from_checkpoint does to a variable: its initializer becomes one that reads the tensor `name` of a
 * checkpoint, or a slice of it ("" for all). */
HR_API void hr_var_init_from_checkpoint(hr_scope scope, hr_var *var, const char *prefix, const char *name,
                                        const char *slice);

#ifdef __cplusplus
}
#endif
#endif
