#include "runtime/graph/node_builder.h"

#include "runtime/graph/attr.h"
#include "runtime/graph/frame.h"
#include "runtime/graph/function_library.h"
#include <stdlib.h>

typedef struct growing_list {
  void *data;
  int32_t count, capacity;
} growing_list;

/* Taken from the builder's spare ones and given back by hr_node_finish, so that building allocates nothing in the long
 * run. Errors go to the scope's builder at once; what follows does nothing. */
struct hr_node_builder {
  hr_node_builder *next_spare, *next;
  hr_scope scope;
  const hr_op_def *op;      /* NULL after an error */
  char *name;               /* in the builder's arena, or NULL */
  growing_list inputs;      /* hr_output */
  growing_list arg_counts;  /* int32_t */
  growing_list controls;    /* hr_node * */
  hr_extra_attr *extra;     /* outside the op's own, in the graph's arena, newest first */
  hr_attr_value attrs[256]; /* num_attrs is a byte */
};

/* A place for one element more, or NULL with the error in the builder. */
static void *append(hr_node_builder *n, growing_list *list, size_t element) {
  if (list->count == list->capacity) {
    int32_t capacity = list->capacity ? list->capacity * 2 : 8;
    void *data = list->count > INT32_MAX / 2 ? NULL : realloc(list->data, (size_t)capacity * element);
    if (!data) {
      hr_scope_fail(n->scope, hr_error_out_of_memory((size_t)capacity * element, "a node under construction"));
      return NULL;
    }
    list->data = data;
    list->capacity = capacity;
  }
  return (char *)list->data + element * (size_t)list->count++;
}

static bool is_ok(const hr_node_builder *n) { return n && n->op && hr_scope_ok(n->scope); }

static hr_node_builder *take_spare(hr_builder *builder) {
  hr_node_builder *n = builder->spare_node_builders;
  if (n) {
    builder->spare_node_builders = n->next_spare;
    return n;
  }
  n = calloc(1, sizeof *n);
  if (!n) return NULL;
  n->next = builder->node_builders;
  builder->node_builders = n;
  return n;
}

hr_node_builder *hr_node_begin(hr_scope scope, const char *op, const char *name) {
  if (!hr_scope_ok(scope)) return NULL;
  hr_node_builder *n = take_spare(scope.builder);
  if (!n) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *n, "a node under construction"));
    return NULL;
  }
  n->scope = scope;
  n->op = hr_graph_find_op(scope.builder->graph, op, strlen(op));
  n->inputs.count = n->arg_counts.count = n->controls.count = 0;
  n->extra = NULL;
  n->name = name ? hr_arena_copy_string(&scope.builder->arena, name, strlen(name)) : NULL;
  if (!n->op)
    hr_scope_fail(scope, hr_error(HR_NOT_FOUND, "Op type not registered '%s'", op));
  else
    memset(n->attrs, 0, n->op->num_attrs * sizeof *n->attrs);
  if (name && !n->name) hr_scope_fail(scope, hr_error_out_of_memory(strlen(name), "a name"));
  return n;
}

static void add_input(hr_node_builder *n, hr_output input) {
  hr_output *place = append(n, &n->inputs, sizeof input);
  if (place) *place = input;
}

static void add_argument(hr_node_builder *n, int32_t count) {
  int32_t *place = append(n, &n->arg_counts, sizeof count);
  if (place) *place = count;
}

void hr_node_add_input(hr_node_builder *n, hr_output input) {
  if (!is_ok(n)) return;
  add_argument(n, 1);
  add_input(n, input);
}

void hr_node_add_input_list(hr_node_builder *n, hr_outputs inputs) {
  if (!is_ok(n)) return;
  add_argument(n, inputs.count);
  for (int32_t i = 0; i < inputs.count; ++i)
    add_input(n, inputs.items[i]);
}

void hr_node_add_control_input(hr_node_builder *n, hr_node *node) {
  if (!is_ok(n)) return;
  hr_node **place = append(n, &n->controls, sizeof node);
  if (place) *place = node;
}

/* Replaces one of the same name. */
static void set_extra(hr_node_builder *n, const char *name, const hr_attr_value *value) {
  hr_extra_attr *extra = n->extra;
  while (extra && strcmp(extra->name, name) != 0)
    extra = extra->next;
  if (!extra) {
    extra = HR_ARENA_NEW(hr_graph_arena(n->scope.builder->graph), hr_extra_attr);
    const char *interned = hr_graph_intern(n->scope.builder->graph, hr_view_of(name));
    if (!extra || !interned) {
      hr_scope_fail(n->scope, hr_error_out_of_memory(sizeof *extra, "an attribute"));
      return;
    }
    *extra = (hr_extra_attr){.next = n->extra, .name = interned};
    n->extra = extra;
  }
  extra->value = *value;
}

void hr_node_set_attr(hr_node_builder *n, const char *name, const hr_attr_value *value) {
  if (!is_ok(n)) return;
  hr_attr_value copy;
  hr_status status = hr_attr_copy(n->scope.builder->graph, value, &copy);
  if (status) {
    hr_scope_fail(n->scope, status);
    return;
  }
  int index = hr_op_attr_index(n->op, name, strlen(name));
  if (index >= 0) {
    n->attrs[index] = copy;
  } else if (name[0] == '_') {
    set_extra(n, name, &copy);
  } else {
    hr_scope_fail(n->scope, hr_error(HR_INVALID_ARGUMENT, "'%s' Op has no attr '%s'", n->op->name, name));
  }
}

void hr_node_set_int(hr_node_builder *n, const char *name, int64_t value) {
  hr_node_set_attr(n, name, &HR_ATTR_INT_VALUE(value));
}
void hr_node_set_float(hr_node_builder *n, const char *name, float value) {
  hr_node_set_attr(n, name, &HR_ATTR_FLOAT_VALUE(value));
}
void hr_node_set_bool(hr_node_builder *n, const char *name, bool value) {
  hr_node_set_attr(n, name, &HR_ATTR_BOOL_VALUE(value));
}
void hr_node_set_type(hr_node_builder *n, const char *name, hr_dtype value) {
  hr_node_set_attr(n, name, &HR_ATTR_TYPE_VALUE(value));
}
void hr_node_set_string(hr_node_builder *n, const char *name, const char *value) {
  hr_node_set_attr(n, name, &HR_ATTR_STRING_VALUE(value));
}
void hr_node_set_shape(hr_node_builder *n, const char *name, const hr_partial_shape *value) {
  hr_node_set_attr(n, name, &HR_ATTR_SHAPE_VALUE(value));
}
void hr_node_set_tensor(hr_node_builder *n, const char *name, const hr_tensor *value) {
  hr_node_set_attr(n, name, &HR_ATTR_TENSOR_VALUE(value));
}

static hr_node *finish(hr_node_builder *n) {
  if (n->arg_counts.count != n->op->num_inputs) {
    hr_scope_fail(n->scope, hr_error(HR_INVALID_ARGUMENT, "'%s' Op takes %d arguments, but %d were passed", n->op->name,
                                     n->op->num_inputs, n->arg_counts.count));
    return NULL;
  }
  return hr_add_node(n->scope, n->op,
                     &(hr_node_args){.name = n->name,
                                     .inputs = n->inputs.data,
                                     .num_inputs = n->inputs.count,
                                     .arg_counts = n->arg_counts.data,
                                     .attrs = n->attrs,
                                     .extra = n->extra,
                                     .num_controls = n->controls.count,
                                     .controls = n->controls.data});
}

hr_node *hr_node_finish(hr_node_builder *n) {
  if (!n) return NULL;
  hr_node *node = is_ok(n) ? finish(n) : NULL;
  hr_builder *builder = n->scope.builder;
  n->next_spare = builder->spare_node_builders;
  builder->spare_node_builders = n;
  return node;
}

void hr_node_builders_free(hr_builder *builder) {
  for (hr_node_builder *n = builder->node_builders, *next; n; n = next) {
    next = n->next;
    free(n->inputs.data);
    free(n->arg_counts.data);
    free(n->controls.data);
    free(n);
  }
}
