#include "headrace/status.h"

#include "runtime/base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hr_error {
  hr_code code;
  bool is_type_error, is_run_error;
  char *message; /* text, then the node once it is known */
  char *node;    /* NULL where none is known */
  char *op;
};

/* What every constructor falls back to when it cannot allocate: shared, never changed, never freed. */
static struct hr_error out_of_memory = {.code = HR_RESOURCE_EXHAUSTED, .message = (char *)"out of memory"};

static hr_status status_new(hr_code code, char *message) {
  struct hr_error *error = message ? calloc(1, sizeof *error) : NULL;
  if (!error) {
    free(message);
    return &out_of_memory;
  }
  error->code = code;
  error->message = message;
  return error;
}

hr_status hr_error_v(hr_code code, const char *format, va_list arguments) {
  hr_text text = {0};
  hr_text_vprintf(&text, format, arguments);
  return status_new(code, hr_text_take(&text));
}

hr_status hr_error(hr_code code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  hr_status status = hr_error_v(code, format, arguments);
  va_end(arguments);
  return status;
}

hr_status hr_status_as_type_error(hr_status status) {
  if (status && status != &out_of_memory) status->is_type_error = true;
  return status;
}

bool hr_status_is_type_error(hr_status status) { return status && status->is_type_error; }

hr_status hr_status_as_run_error(hr_status status) {
  if (status && status != &out_of_memory) status->is_run_error = true;
  return status;
}

bool hr_status_is_run_error(hr_status status) { return status && status->is_run_error; }

hr_status hr_type_error(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  hr_status status = hr_error_v(HR_INVALID_ARGUMENT, format, arguments);
  va_end(arguments);
  return hr_status_as_type_error(status);
}

hr_status hr_error_out_of_memory(unsigned long long bytes, const char *what) {
  return hr_error(HR_RESOURCE_EXHAUSTED, "out of memory when allocating %llu bytes for %s", bytes, what);
}

hr_code hr_status_code(hr_status status) { return status ? status->code : HR_OK; }

const char *hr_status_message(hr_status status) { return status ? status->message : ""; }

static const struct {
  const char *name, *class_name;
} codes[] = {
    [HR_OK] = {"OK", "OK"},
    [HR_CANCELLED] = {"CANCELLED", "CancelledError"},
    [HR_UNKNOWN] = {"UNKNOWN", "UnknownError"},
    [HR_INVALID_ARGUMENT] = {"INVALID_ARGUMENT", "InvalidArgumentError"},
    [HR_DEADLINE_EXCEEDED] = {"DEADLINE_EXCEEDED", "DeadlineExceededError"},
    [HR_NOT_FOUND] = {"NOT_FOUND", "NotFoundError"},
    [HR_ALREADY_EXISTS] = {"ALREADY_EXISTS", "AlreadyExistsError"},
    [HR_PERMISSION_DENIED] = {"PERMISSION_DENIED", "PermissionDeniedError"},
    [HR_RESOURCE_EXHAUSTED] = {"RESOURCE_EXHAUSTED", "ResourceExhaustedError"},
    [HR_FAILED_PRECONDITION] = {"FAILED_PRECONDITION", "FailedPreconditionError"},
    [HR_ABORTED] = {"ABORTED", "AbortedError"},
    [HR_OUT_OF_RANGE] = {"OUT_OF_RANGE", "OutOfRangeError"},
    [HR_UNIMPLEMENTED] = {"UNIMPLEMENTED", "UnimplementedError"},
    [HR_INTERNAL] = {"INTERNAL", "InternalError"},
    [HR_UNAVAILABLE] = {"UNAVAILABLE", "UnavailableError"},
    [HR_DATA_LOSS] = {"DATA_LOSS", "DataLossError"},
    [HR_UNAUTHENTICATED] = {"UNAUTHENTICATED", "UnauthenticatedError"},
};

const char *hr_code_name(hr_code code) {
  return (unsigned)code < sizeof codes / sizeof *codes ? codes[code].name : codes[HR_UNKNOWN].name;
}

const char *hr_code_class_name(hr_code code) {
  return (unsigned)code < sizeof codes / sizeof *codes ? codes[code].class_name : codes[HR_UNKNOWN].class_name;
}

/* Puts `text` in place of the message; keeps the old one when memory is out. */
static hr_status replace_message(hr_status status, hr_text *text) {
  char *message = hr_text_take(text);
  if (!message) return status;
  free(status->message);
  status->message = message;
  return status;
}

hr_status hr_status_prefix(hr_status status, const char *format, ...) {
  if (!status || status == &out_of_memory) return status;
  hr_text text = {0};
  va_list arguments;
  va_start(arguments, format);
  hr_text_vprintf(&text, format, arguments);
  va_end(arguments);
  hr_text_add_string(&text, status->message);
  return replace_message(status, &text);
}

hr_status hr_status_at_node(hr_status status, const char *node, const char *op, const char *where) {
  if (!status || status == &out_of_memory || status->node) return status;
  char *node_copy = strdup(node), *op_copy = strdup(op);
  if (!node_copy || !op_copy) {
    free(node_copy);
    free(op_copy);
    return status;
  }
  status->node = node_copy;
  status->op = op_copy;
  hr_text text = {0};
  hr_text_printf(&text, "%s\n\t [[node %s (%s)", status->message, node, op);
  if (where) hr_text_printf(&text, " defined at %s", where);
  hr_text_add_string(&text, "]]");
  return replace_message(status, &text);
}

hr_status hr_status_from_within(hr_status status) {
  if (!status || status == &out_of_memory) return status;
  free(status->node);
  free(status->op);
  status->node = status->op = NULL;
  return status;
}

const char *hr_status_node(hr_status status) { return status ? status->node : NULL; }
const char *hr_status_op(hr_status status) { return status ? status->op : NULL; }

hr_status hr_status_copy(hr_status status) {
  if (!status || status == &out_of_memory) return status;
  hr_status copy = status_new(status->code, strdup(status->message));
  if (copy == &out_of_memory) return copy;
  copy->is_type_error = status->is_type_error;
  copy->is_run_error = status->is_run_error;
  if (status->node) {
    copy->node = strdup(status->node);
    copy->op = strdup(status->op);
  }
  return copy;
}

void hr_status_free(hr_status status) {
  if (!status || status == &out_of_memory) return;
  free(status->message);
  free(status->node);
  free(status->op);
  free(status);
}

void hr_status_keep_first(hr_status *first, hr_status status) {
  if (*first)
    hr_status_free(status);
  else
    *first = status;
}
