/* Tensors: a typed, shaped view of a counted buffer.
 *
 * An hr_tensor is a value of a few cache lines whose head (data, buffer, dtype, rank, elements, scalar) fills the
 * first. Copying the struct does not take a reference: use hr_tensor_copy (shares the buffer) and hr_tensor_clear. A
 * zeroed struct is the empty value (dtype HR_INVALID) and may be cleared. A plain one-element tensor may live inside
 * the struct itself (`buffer` and `data` are NULL), so scalars in flight allocate nothing; always reach the bytes
 * through hr_tensor_data.
 */
#ifndef HEADRACE_TENSOR_H
#define HEADRACE_TENSOR_H

#include "headrace/dtype.h"
#include "headrace/shape.h"
#include "headrace/status.h"
#ifndef __cplusplus
#include <stdatomic.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- allocators and buffers ------------------------------------------------------------------------------------ */

#define HR_ALIGNMENT 64

typedef struct hr_allocator hr_allocator;
typedef struct hr_buffer hr_buffer;

/* Where buffers come from. One call gives the header and the bytes together. Thread-safe unless its maker says other.
 */
struct hr_allocator {
  /* A buffer of `bytes` (>= 0) with data aligned to HR_ALIGNMENT, `references` 1, `allocator` set; NULL when memory is
   * out. Contents are undefined. */
  hr_buffer *(*allocate)(hr_allocator *self, size_t bytes);
  /* Takes back a buffer whose count reached zero. */
  void (*release)(hr_allocator *self, hr_buffer *buffer);
  const char *name;
};

/* Counted bytes. `references` is atomic; everything else is fixed at birth. */
struct hr_buffer {
  int32_t references; /* by atomic operations only; the compilers' own, which C++ reads too */
  bool borrowed;      /* the bytes belong to somebody for a limited time (a feed): copy before keeping, never write */
  void *data;
  size_t bytes;
  hr_allocator *allocator; /* NULL for memory that was handed in */
  /* Ends the contents, before the allocator (if any) takes the bytes back: strings, memory handed in. May be NULL. */
  void (*free_data)(void *data, size_t bytes, void *argument);
  void *argument;
  int32_t place; /* the allocator's own */
};

/* The process's CPU allocator (mimalloc). */
HR_API hr_allocator *hr_cpu_allocator(void);

/* Calls into hr_cpu_allocator so far, allocations only: tests prove with it that steady state allocates nothing. */
HR_API uint64_t hr_cpu_allocator_calls(void);

/* Wraps memory that somebody else made; `free_data` (may be NULL) runs when the last reference goes. NULL when out of
 * memory (then free_data has not run). */
HR_API hr_buffer *hr_buffer_wrap(void *data, size_t bytes, void (*free_data)(void *, size_t, void *), void *argument);

static inline hr_buffer *hr_buffer_ref(hr_buffer *buffer) {
  __atomic_fetch_add(&buffer->references, 1, __ATOMIC_RELAXED);
  return buffer;
}
/* Ends a buffer whose count has reached zero: for hr_buffer_unref. */
HR_API void hr_buffer_destroy(hr_buffer *buffer);
static inline void hr_buffer_unref(hr_buffer *buffer) {
  if (__atomic_load_n(&buffer->references, __ATOMIC_ACQUIRE) == 1 ||
      __atomic_fetch_sub(&buffer->references, 1, __ATOMIC_ACQ_REL) == 1)
    hr_buffer_destroy(buffer);
}
static inline bool hr_buffer_is_shared(const hr_buffer *buffer) {
  return __atomic_load_n(&buffer->references, __ATOMIC_ACQUIRE) != 1;
}

/* ---- strings --------------------------------------------------------------------------------------------------- */

/* An element of an HR_STRING tensor: any bytes. Up to HR_STRING_INLINE bytes live inside. A zeroed struct is "". */
#define HR_STRING_INLINE 22
typedef struct hr_string {
  union {
    struct {
      char *data;
      size_t length;
    } heap;
    char small[HR_STRING_INLINE + 1];
  };
  uint8_t tag; /* 0..HR_STRING_INLINE: length of an inline string; 255: on the heap */
} hr_string;

static inline const char *hr_string_data(const hr_string *s) { return s->tag == 255 ? s->heap.data : s->small; }
static inline size_t hr_string_length(const hr_string *s) { return s->tag == 255 ? s->heap.length : s->tag; }
/* Replaces the contents by a copy of the bytes. ResourceExhausted leaves the old contents. */
HR_API HR_MUST_USE hr_status hr_string_set(hr_string *s, const void *bytes, size_t length);
HR_API void hr_string_clear(hr_string *s);

/* ---- tensors --------------------------------------------------------------------------------------------------- */

typedef struct hr_tensor {
  void *data;        /* NULL where the element is in `scalar` */
  hr_buffer *buffer; /* NULL where the element is in `scalar` */
  uint8_t dtype;     /* hr_dtype, never a reference type */
  int8_t rank;
  /* How a TensorProto holds it, so that a graph that was read is written the same: 0 as tf.make_tensor_proto does it;
   * n: as a list of n values, the last one standing for the rest (tf.constant(0.0, shape=[3]) is 1); -1: as
   * tensor_content. Only a wish: data that does not fit the form is written as for 0. */
  int32_t proto_values;
  int64_t elements; /* product of dims */
  union {           /* the element of a plain one-element tensor without a buffer */
    char bytes[16];
    float f32;
    double f64;
    int32_t i32;
    int64_t i64;
    bool b;
  } scalar;
  int64_t dims[HR_MAX_RANK];
} hr_tensor;

/* The bytes: elements in row-major order. Valid until the struct moves or is cleared. */
static inline void *hr_tensor_data(const hr_tensor *t) { return t->data ? t->data : (void *)t->scalar.bytes; }
static inline hr_dtype hr_tensor_dtype(const hr_tensor *t) { return (hr_dtype)t->dtype; }
static inline bool hr_tensor_is_valid(const hr_tensor *t) { return t->dtype != HR_INVALID; }
static inline hr_shape hr_tensor_shape(const hr_tensor *t) {
  hr_shape shape = {.rank = t->rank, .dims = {0}};
  for (int i = 0; i < t->rank; ++i)
    shape.dims[i] = t->dims[i];
  return shape;
}
/* Bytes of the elements; for strings the bytes of the hr_string structs. */
HR_API size_t hr_tensor_bytes(const hr_tensor *t);

/* A new tensor; `*out` is overwritten, not cleared. One element of a plain dtype stays inline. Strings start empty;
 * other contents are undefined. ResourceExhausted names size and allocator; InvalidArgument for a bad shape. */
HR_API HR_MUST_USE hr_status hr_tensor_new(hr_allocator *allocator, hr_dtype dtype, const hr_shape *shape,
                                           hr_tensor *out);

/* From memory of the caller, row-major, copied. `dims` may be NULL for rank 0. Not for strings. */
HR_API HR_MUST_USE hr_status hr_tensor_from(hr_dtype dtype, int rank, const int64_t *dims, const void *data,
                                            hr_tensor *out);

/* A view of the caller's memory, which must live and stay unchanged until the tensor is cleared: for feeds. */
HR_API HR_MUST_USE hr_status hr_tensor_borrow(hr_dtype dtype, int rank, const int64_t *dims, const void *data,
                                              hr_tensor *out);

/* Scalars: no allocation. */
HR_API hr_tensor hr_tensor_f32(float value);
HR_API hr_tensor hr_tensor_f64(double value);
HR_API hr_tensor hr_tensor_i32(int32_t value);
HR_API hr_tensor hr_tensor_i64(int64_t value);
HR_API hr_tensor hr_tensor_bool(bool value);
HR_API HR_MUST_USE hr_status hr_tensor_string(const void *bytes, size_t length, hr_tensor *out);
/* A vector of C strings (copied). */
HR_API HR_MUST_USE hr_status hr_tensor_strings(int64_t count, const char *const *strings, hr_tensor *out);

/* `*out` (overwritten) shares the buffer of `in`. */
static inline void hr_tensor_copy(const hr_tensor *in, hr_tensor *out) {
  *out = *in;
  if (out->buffer) hr_buffer_ref(out->buffer);
}
/* `*out` (overwritten) has its own bytes. */
HR_API HR_MUST_USE hr_status hr_tensor_clone(hr_allocator *allocator, const hr_tensor *in, hr_tensor *out);
static inline void hr_tensor_clear(hr_tensor *t) {
  if (t->buffer) hr_buffer_unref(t->buffer);
  t->buffer = NULL;
  t->data = NULL;
  t->dtype = HR_INVALID;
}
/* `*out` (overwritten) shares the buffer under another shape with as many elements (InvalidArgument otherwise). */
HR_API HR_MUST_USE hr_status hr_tensor_reshape(const hr_tensor *in, const hr_shape *shape, hr_tensor *out);

/* Plain tensors: same dtype, shape and bytes. Strings: same elements. */
HR_API bool hr_tensor_equal(const hr_tensor *a, const hr_tensor *b);

/* "Tensor<type: float shape: [2,2] values: [1 2][3 4]>", at most `max_entries` elements (-1: all); a malloc'd string
 * that the caller frees, NULL when out of memory. */
HR_API char *hr_tensor_text_dup(const hr_tensor *t, int64_t max_entries);

#ifdef __cplusplus
}
#endif
#endif
