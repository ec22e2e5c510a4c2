/* Status: how every fallible function answers.
 *
 * An hr_status is a pointer. NULL is success, so the happy path costs one register test. Anything else is an error that
 * the caller owns: hand it on, or free it with hr_status_free. Codes are those of TensorFlow (and of gRPC).
 */
#ifndef HEADRACE_STATUS_H
#define HEADRACE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HR_API                 __attribute__((visibility("default")))
#define HR_MUST_USE            __attribute__((warn_unused_result))
#define HR_PRINTF(text, first) __attribute__((format(printf, text, first)))

typedef enum hr_code {
  HR_OK = 0,
  HR_CANCELLED = 1,
  HR_UNKNOWN = 2,
  HR_INVALID_ARGUMENT = 3,
  HR_DEADLINE_EXCEEDED = 4,
  HR_NOT_FOUND = 5,
  HR_ALREADY_EXISTS = 6,
  HR_PERMISSION_DENIED = 7,
  HR_RESOURCE_EXHAUSTED = 8,
  HR_FAILED_PRECONDITION = 9,
  HR_ABORTED = 10,
  HR_OUT_OF_RANGE = 11,
  HR_UNIMPLEMENTED = 12,
  HR_INTERNAL = 13,
  HR_UNAVAILABLE = 14,
  HR_DATA_LOSS = 15,
  HR_UNAUTHENTICATED = 16,
} hr_code;

typedef struct hr_error *hr_status;

#define HR_SUCCESS ((hr_status)0)

/* A new error with a printf-style message. Never returns NULL: when memory is out it returns a preallocated
 * HR_RESOURCE_EXHAUSTED error. `code` must not be HR_OK. */
HR_API HR_MUST_USE hr_status hr_error(hr_code code, const char *format, ...) HR_PRINTF(2, 3)
    __attribute__((returns_nonnull));
HR_API HR_MUST_USE hr_status hr_error_v(hr_code code, const char *format, va_list arguments) HR_PRINTF(2, 0)
    __attribute__((returns_nonnull));

/* An InvalidArgument error about a value's type, which Python reports as TypeError rather than ValueError. */
HR_API HR_MUST_USE hr_status hr_type_error(const char *format, ...) HR_PRINTF(1, 2) __attribute__((returns_nonnull));
/* The same kind of mark on another error. Takes the status and returns it; NULL stays NULL. */
HR_API HR_MUST_USE hr_status hr_status_as_type_error(hr_status status);
HR_API bool hr_status_is_type_error(hr_status status);
/* Marks an error that was found while building, but is one of those that a run gives, which Python raises as such. */
HR_API HR_MUST_USE hr_status hr_status_as_run_error(hr_status status);
HR_API bool hr_status_is_run_error(hr_status status);
/* The error of a failed allocation of `bytes` for `what` (a short noun phrase). */
HR_API HR_MUST_USE hr_status hr_error_out_of_memory(unsigned long long bytes, const char *what)
    __attribute__((returns_nonnull));

/* HR_OK for NULL. */
HR_API hr_code hr_status_code(hr_status status);

/* The text, with the node once one was named; "" for NULL. Borrowed: until the status is freed or changed. */
HR_API const char *hr_status_message(hr_status status);

/* TensorFlow's upper-case spelling of a code, as in "INVALID_ARGUMENT", and its class, as in "InvalidArgumentError". */
HR_API const char *hr_code_name(hr_code code);
HR_API const char *hr_code_class_name(hr_code code);

/* Puts text before the message, as in "While reading x: ...". Takes the status and returns it; NULL stays NULL. */
HR_API HR_MUST_USE hr_status hr_status_prefix(hr_status status, const char *format, ...) HR_PRINTF(2, 3);

/* Names the node that failed, once: later calls leave the first name. NULL stays NULL. The message then ends in
 * TensorFlow's "\n\t [[node NAME (OP) defined at WHERE]]" form; `where` (may be NULL) says where the program created
 * the node. */
HR_API HR_MUST_USE hr_status hr_status_at_node(hr_status status, const char *node, const char *op, const char *where);

/* An error of something that a node ran inside: the text keeps the name of what failed there, and the node itself is
 * yet to be named. Takes the status and returns it; NULL stays NULL. */
HR_API HR_MUST_USE hr_status hr_status_from_within(hr_status status);

/* The failing node's name, or NULL where none is known. Borrowed. */
HR_API const char *hr_status_node(hr_status status);
HR_API const char *hr_status_op(hr_status status);

/* A copy that the caller owns; NULL for NULL. */
HR_API HR_MUST_USE hr_status hr_status_copy(hr_status status);

/* Frees an error; NULL is allowed. */
HR_API void hr_status_free(hr_status status);

/* Frees `status` where `*first` already holds an error, else stores it there: keeps the first of several errors. */
HR_API void hr_status_keep_first(hr_status *first, hr_status status);

/* Returns from the calling function with the error of `expression`, if it has one. */
#define HR_TRY(expression)                                                                                             \
  do {                                                                                                                 \
    hr_status hr_try_status_ = (expression);                                                                           \
    if (__builtin_expect(hr_try_status_ != HR_SUCCESS, 0)) return hr_try_status_;                                      \
  } while (0)

/* Leaves by `goto label` with the error of `expression` in `status`, if it has one. */
#define HR_TRY_GOTO(status, expression, label)                                                                         \
  do {                                                                                                                 \
    (status) = (expression);                                                                                           \
    if (__builtin_expect((status) != HR_SUCCESS, 0)) goto label;                                                       \
  } while (0)

#ifdef __cplusplus
}
#endif
#endif
