/* Runs the programs of data/scopes.tsv (what record_scopes.py says of them) and compares every answer with
 * TensorFlow's: names, devices, control inputs, colocation, containers, attribute scopes, seeds, messages. */
#include "graph_testing.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_WORDS 16
#define MAX_OPEN  16

typedef struct program {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope open[MAX_OPEN]; /* the root first */
  int depth;
  char prefixes[MAX_OPEN][32]; /* of device functions */
  char answer[4096];
} program;

static void start(program *p) {
  p->graph = hr_graph_new();
  p->builder = hr_builder_new(p->graph);
  assert_non_null(p->builder);
  p->open[0] = hr_builder_root(p->builder);
  p->depth = 0;
}

static void end(program *p) {
  hr_builder_free(p->builder);
  hr_graph_unref(p->graph);
}

static const char *nothing(const char *word) { return strcmp(word, "-") == 0 ? NULL : word; }

static hr_node *find(program *p, const char *name) { return nothing(name) ? hr_graph_find(p->graph, name) : NULL; }

static const char *or_dash(const char *text) { return *text ? text : "-"; }

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

static void set_attr(hr_node_builder *n, char *word) {
  char *value = strchr(word, '=');
  assert_non_null(value);
  *value++ = '\0';
  hr_dtype dtype = hr_dtype_from_name(value);
  if (value[0] == '[') {
    int64_t numbers[8];
    int count = 0;
    for (char *number = strtok(value + 1, "|]"); number; number = strtok(NULL, "|]"))
      numbers[count++] = atoll(number);
    if (strcmp(word, "shape") == 0) {
      hr_partial_shape shape = {.rank = count};
      memcpy(shape.dims, numbers, sizeof numbers);
      hr_node_set_shape(n, word, &shape);
    } else {
      hr_node_set_attr(n, word,
                       &(hr_attr_value){.kind = HR_ATTR_INT, .is_list = true, .count = count, .ints = numbers});
    }
  } else if (dtype != HR_INVALID) {
    hr_node_set_type(n, word, dtype);
  } else if (value[0] >= '0' && value[0] <= '9') {
    hr_node_set_int(n, word, atoll(value));
  } else {
    hr_node_set_string(n, word, value);
  }
}

static void add_inputs(program *p, hr_node_builder *n, char *words) {
  if (!nothing(words)) return;
  for (char *group = words, *next; group; group = next) {
    next = strchr(group, ';');
    if (next) *next++ = '\0';
    bool is_list = group[0] == '[';
    hr_output outputs[8];
    int count = 0;
    char *position;
    for (char *name = strtok_r(group, "[],", &position); name; name = strtok_r(NULL, "[],", &position))
      assert_ok(hr_graph_output(p->graph, name, &outputs[count++]));
    if (is_list)
      hr_node_add_input_list(n, (hr_outputs){count, outputs});
    else
      hr_node_add_input(n, outputs[0]);
  }
}

static void add_list_text(char *text, const hr_attr_value *list) {
  for (int32_t i = 0; i < list->count; ++i)
    sprintf(text + strlen(text), "%s%s", i ? "," : "", list->strings[i].data);
}

static void describe(program *p, const hr_node *node) {
  char controls[512] = "", class[512] = "";
  for (int32_t i = 0; i < hr_node_control_input_count(node); ++i)
    sprintf(controls + strlen(controls), "%s%s", i ? "," : "", hr_node_name(hr_node_control_input(node, i)));
  const hr_attr_value *groups = hr_node_attr(node, "_class"), *container = hr_node_attr(node, "container"),
                      *test = hr_node_attr(node, "_test");
  if (groups) add_list_text(class, groups);
  snprintf(p->answer, sizeof p->answer, "%s %s %s %s %s %s", hr_node_name(node), or_dash(hr_node_device(node)),
           or_dash(controls), or_dash(class), container ? or_dash(container->s) : "-", test ? or_dash(test->s) : "-");
}

static void make_node(program *p, hr_scope scope, int count, char **words) {
  hr_node_builder *n = hr_node_begin(scope, words[1], nothing(words[2]));
  if (count > 3) add_inputs(p, n, words[3]);
  for (int i = 4; i < count; ++i)
    set_attr(n, words[i]);
  hr_node *node = hr_node_finish(n);
  if (node) describe(p, node);
}

/* ---- scopes ---------------------------------------------------------------------------------------------------- */

static const char *prefixed_op(void *argument, const hr_node *node) {
  static char device[64];
  snprintf(device, sizeof device, "/job:%s%s", (const char *)argument, hr_node_op(node));
  return device;
}

static hr_scope open_attr(hr_scope scope, const char *name, const char *value) {
  return hr_attr_scope(scope, name, value ? &HR_ATTR_STRING_VALUE(value) : NULL);
}

static hr_scope open_controls(program *p, hr_scope scope, int count, char **words) {
  hr_node *nodes[MAX_WORDS];
  for (int i = 1; i < count; ++i)
    assert_non_null(nodes[i - 1] = find(p, words[i]));
  return hr_control_dependencies(scope, count - 1, nodes);
}

/* The scope that the command opens; `*opens` false where it opens none. */
static hr_scope open_scope(program *p, hr_scope scope, int count, char **words, bool *opens) {
  const char *command = words[0], *name = count > 1 ? nothing(words[1]) : NULL;
  if (strcmp(command, "scope") == 0) {
    scope = hr_name_scope(scope, name);
    strcpy(p->answer, or_dash(hr_scope_name(scope)));
    return scope;
  }
  if (strcmp(command, "device") == 0) return hr_device_scope(scope, name);
  if (strcmp(command, "device-function") == 0)
    return hr_device_scope_by(scope, prefixed_op, strcpy(p->prefixes[p->depth], name));
  if (strcmp(command, "colocate") == 0) return hr_colocate_with(scope, find(p, name), false);
  if (strcmp(command, "colocate-only") == 0) return hr_colocate_with(scope, find(p, words[1]), true);
  if (strcmp(command, "container") == 0) return hr_container(scope, name);
  if (strcmp(command, "attr") == 0) return open_attr(scope, name, nothing(words[2]));
  if (strcmp(command, "controls") == 0) return open_controls(p, scope, count, words);
  if (strcmp(command, "controls-clear") == 0) return hr_control_dependencies(scope, 0, NULL);
  *opens = false;
  return scope;
}

static void run(program *p, int count, char **words) {
  const char *command = words[0], *name = count > 1 ? nothing(words[1]) : NULL;
  hr_scope scope = p->open[p->depth];
  bool opens = true;
  hr_scope inner = open_scope(p, scope, count, words, &opens);
  if (opens) {
    if (hr_scope_ok(scope)) p->open[++p->depth] = inner;
  } else if (strcmp(command, "close") == 0) {
    hr_scope_close(p->open[p->depth--]);
  } else if (strcmp(command, "node") == 0) {
    make_node(p, scope, count, words);
  } else if (strcmp(command, "unique") == 0 || strcmp(command, "use") == 0) {
    strcpy(p->answer, hr_unique_name(scope, name, strcmp(command, "use") == 0));
  } else if (strcmp(command, "graph-seed") == 0) {
    hr_graph_set_seed(p->graph, name != NULL, name ? atoll(name) : 0);
  } else if (strcmp(command, "seeds") == 0) {
    int64_t seed, seed2;
    hr_scope_seeds(scope, name ? atoll(name) : HR_NO_SEED, &seed, &seed2);
    sprintf(p->answer, "%lld %lld", (long long)seed, (long long)seed2);
  } else {
    fail_msg("unknown command %s", command);
  }
  hr_status status = hr_builder_status(p->builder);
  if (status) snprintf(p->answer, sizeof p->answer, "error: %s", hr_status_message(status));
  char *node_text = strstr(p->answer, "\n\t [[node");
  if (node_text) *node_text = '\0';
  hr_status_free(status);
}

/* The order of allowed dtypes is the registry's there and the dtypes' here. */
static size_t compared_length(const char *expected) {
  const char *list = strstr(expected, "not in list of allowed values: ");
  return list ? (size_t)(list - expected) : strlen(expected) + 1;
}

static void answers_are_tensorflows(void **state) {
  (void)state;
  FILE *file = fopen(TEST_DATA "scopes.tsv", "r");
  assert_non_null(file);
  static program p;
  bool started = false;
  int wrong = 0, line_number = 0;
  for (char line[4096]; fgets(line, sizeof line, file);) {
    ++line_number;
    line[strcspn(line, "\n")] = '\0';
    char *expected = strchr(line, '\t'), command[sizeof line], *words[MAX_WORDS] = {0};
    assert_non_null(expected);
    *expected++ = '\0';
    int count = 0;
    strcpy(command, line);
    for (char *word = strtok(command, " "); word && count < MAX_WORDS; word = strtok(NULL, " "))
      words[count++] = word;
    assert_true(count > 0);
    if (strcmp(words[0], "case") == 0) {
      if (started) end(&p);
      start(&p);
      started = true;
      continue;
    }
    p.answer[0] = '\0';
    run(&p, count, words);
    if (strncmp(p.answer, expected, compared_length(expected)) == 0) continue;
    print_error("line %d: %s\n  expected %s\n  answered %s\n", line_number, line, expected, p.answer);
    ++wrong;
  }
  fclose(file);
  if (started) end(&p);
  assert_true(line_number > 300);
  assert_int_equal(wrong, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_tensorflows)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
