/* The one tester of kernels: runs single ops on given tensors, and compares them with what TensorFlow 1.15 recorded
 * (tests/conformance/recorded/kernels; the format is in tests/conformance/README.md). */
#ifndef HR_TESTS_KERNELS_TESTER_H
#define HR_TESTS_KERNELS_TESTER_H

#include "runtime/session/single_op.h"

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- recorded values ------------------------------------------------------------------------------------------- */

/* How far results of an op may be from the recorded ones: |a - b| <= absolute + relative * max(|a|, |b|), for float and
 * for double; for complex numbers |a - b| is their distance. Values below the smallest normal number count as 0. */
typedef struct tester_tolerance {
  const char *op; /* NULL: every op; ends a list */
  double relative_f32, absolute_f32;
  double relative_f64, absolute_f64;
} tester_tolerance;

/* One recorded case. */
typedef struct tester_case {
  const char *op;
  int32_t num_attrs;
  const hr_named_attr *attrs;
  int32_t num_inputs;
  const hr_tensor *inputs;
  uint32_t code; /* the recorded status code */
  const char *message;
} tester_case;

typedef struct tester_family {
  const char *name;                   /* of the file, without ".bin.gz" */
  const char *const *ops;             /* NULL-ended: the ops to run, each of which must occur; NULL: all */
  const tester_tolerance *tolerances; /* the first that fits holds; ended by one for every op. NULL: 1e-6 and 1e-13 */
  /* True for cases where we do better than the reference, and another test says what is right. May be NULL. */
  bool (*is_other)(const tester_case *c);
} tester_family;

/* Runs the cases with one thread; fails after the last one, having printed the first differences. */
void tester_run_family(const tester_family *family);

/* ---- single ops ------------------------------------------------------------------------------------------------ */

/* Output 0 of an op that must succeed, made with so many threads inside the op. The caller clears it. */
hr_tensor tester_run_threads(int threads, const char *op, int num_inputs, const hr_tensor *inputs, int num_attrs,
                             const hr_named_attr *attrs);
/* The same with one thread. */
hr_tensor tester_run(const char *op, int num_inputs, const hr_tensor *inputs, int num_attrs,
                     const hr_named_attr *attrs);

/* The status code of an op that may fail. */
hr_code tester_code(const char *op, int num_inputs, const hr_tensor *inputs, int num_attrs, const hr_named_attr *attrs);

/* A tensor of the given bytes. */
hr_tensor tester_tensor(hr_dtype dtype, int rank, const int64_t *dims, const void *data);
#define TESTER_VECTOR(dtype, ...)                                                                                      \
  tester_tensor((dtype), 1, (int64_t[]){sizeof(__VA_ARGS__) / hr_dtype_size(dtype)}, (__VA_ARGS__))

/* A tensor of numbers, converted from int64 to any real or boolean dtype. */
hr_tensor tester_integers(hr_dtype dtype, int rank, const int64_t *dims, int64_t (*number)(int64_t i));

/* Numbers of any real or boolean tensor, one by one. */
double tester_number(const hr_tensor *t, int64_t i);

/* Fails with the place and both values where element i is not within the tolerance. */
void tester_assert_near(const hr_tensor *t, int64_t i, double expected, double relative, double absolute);

#endif
