/* Reads what record.py and record_kernels.py wrote below recorded/ (README.md describes the formats). For tests:
 * whatever cannot be read fails the running test. */
#ifndef HR_TESTS_CONFORMANCE_RECORDED_H
#define HR_TESTS_CONFORMANCE_RECORDED_H

#include "runtime/base/text.h"

/* The most inputs, outputs and shapes of a recorded kernel. */
#define RECORDED_MAX 16

/* A file below recorded/, unpacked where it is compressed. The caller frees it with hr_text_free. */
hr_text recorded_file(const char *name);
/* Whether there is such a file. */
bool recorded_exists(const char *name);

static inline hr_view recorded_view(const hr_text *file) { return (hr_view){file->data, file->length}; }

typedef enum recorded_kind { RECORDED_FEED, RECORDED_TARGET, RECORDED_FETCH, RECORDED_DIGEST } recorded_kind;

/* A record of values.bin. Views point into the file. */
typedef struct recorded_value {
  recorded_kind kind;
  uint32_t step;
  hr_view name;    /* of a tensor, or of an operation */
  hr_view payload; /* feed and fetch: TensorProto; target: nothing; digest: see recorded_digest */
} recorded_value;

/* Takes the next record off `*rest`; false at the end. */
bool recorded_next_value(hr_view *rest, recorded_value *out);

/* A long tensor's fingerprint. */
typedef struct recorded_digest {
  uint32_t crc; /* zlib's crc32 of the elements' bytes */
  uint64_t elements;
  hr_view ends; /* TensorProto of the first 16 and last 16 elements */
} recorded_digest;

recorded_digest recorded_digest_of(const recorded_value *value);

/* Static shapes of the outputs where the op could be built; else why not. */
typedef struct recorded_shapes {
  uint32_t count;
  hr_view shapes[RECORDED_MAX]; /* TensorShapeProto */
  hr_view refusal;              /* empty: it could be built */
} recorded_shapes;

/* A case of kernels/FAMILY.bin.gz. Views point into the file; tensors are TensorProtos. */
typedef struct recorded_kernel {
  hr_view node; /* NodeDef */
  uint32_t num_inputs;
  struct {
    bool is_variable; /* a reference to one, or a handle */
    hr_view value;
    hr_view after; /* of a variable, where the run succeeded */
  } inputs[RECORDED_MAX];
  uint32_t code; /* of the run, whose inputs have unknown shapes */
  hr_view message;
  uint32_t num_outputs;
  hr_view outputs[RECORDED_MAX];
  recorded_shapes shaped;   /* inputs of known shape and unknown value */
  recorded_shapes constant; /* constant inputs */
} recorded_kernel;

/* Takes the next case off `*rest`; false at the end. */
bool recorded_next_kernel(hr_view *rest, recorded_kernel *out);

/* Whether two GraphDefs have the same nodes, in whatever order. */
bool recorded_same_nodes(hr_view a, hr_view b);
/* Whether a node of a GraphDef stands before one that it reads, as in branches and loops: import puts such nodes in
 * another order. */
bool recorded_reads_ahead(hr_view graph);

#endif
