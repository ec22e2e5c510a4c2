/* Every op that has a kernel, with random attributes, shapes and extreme values, fed or constant: it must succeed or
 * fail, and what comes out must be a whole tensor of the shape that was known before. Sanitizers watch the rest.
 *
 * A round is made from its number alone. HEADRACE_TORTURE_ROUNDS and HEADRACE_TORTURE_FIRST choose others than the
 * usual ones, HEADRACE_TORTURE_OP one op, and HEADRACE_TORTURE_LOG=1 names each round before it runs. */
#include "headrace/session.h"
#include "runtime/base/heap.h"
#include "tests/robustness/random_op.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { USUAL_ROUNDS = 8000, ADDRESS_SPACE_MIB = 2048 };

/* A tensor may ask for all memory there is; here there is little, so that it gets none at once. */
HR_API const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1:max_allocation_size_mb=256"; }
HR_API const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "allocator_may_return_null=1:max_allocation_size_mb=256"; }

static int64_t setting(const char *name, int64_t usual) {
  const char *text = getenv(name);
  return text ? strtoll(text, NULL, 10) : usual;
}

/* Reads all bytes of an output; what is not there or not initialised shows under a sanitizer. */
static uint64_t sum_bytes(const hr_tensor *t) {
  uint64_t sum = 0;
  if (t->dtype == HR_STRING) {
    const hr_string *strings = hr_tensor_data(t);
    for (int64_t i = 0; i < t->elements; ++i)
      for (size_t k = 0; k < hr_string_length(&strings[i]); ++k)
        sum += (unsigned char)hr_string_data(&strings[i])[k];
    return sum;
  }
  const unsigned char *bytes = hr_tensor_data(t);
  for (size_t i = 0; i < hr_tensor_bytes(t); ++i)
    sum += bytes[i];
  return sum;
}

static volatile uint64_t seen; /* keeps the reading from being optimised away */

/* Ops whose static shape the reference does not hold against the value either: an attribute, which is the program's
 * word; one that forgets the batch dimensions (GatherV2, where the axis is unknown); one that takes every result for a
 * vector (the ops of unique elements along an axis); one that passes
 * on what it was given where nothing changes (SparseReshape); or one that calls a handle a pair of names (stacks,
 * accumulators, tensor arrays). */
static bool is_shape_unsure(const char *op) {
  if (strncmp(op, "Stack", 5) == 0 || strncmp(op, "TensorArray", 11) == 0) return true;
  static const char *const unsure[] = {
      "PlaceholderWithDefault",         "AccumulateNV2", "GatherV2", "UniqueV2", "UniqueWithCountsV2",
      "ResourceConditionalAccumulator", "SparseReshape"};
  for (size_t i = 0; i < sizeof unsure / sizeof *unsure; ++i)
    if (strcmp(op, unsure[i]) == 0) return true;
  return false;
}

/* What TensorFlow calls internal errors: a data format that the kernel has not, pictures without pixels. */
static bool may_be_internal(const char *op) {
  return strncmp(op, "FusedBatchNorm", 14) == 0 || strncmp(op, "EncodeJpeg", 10) == 0 || strcmp(op, "EncodePng") == 0;
}

static void check_output(int64_t round, const random_op *op, int32_t index, const hr_tensor *value) {
  hr_shape shape = hr_tensor_shape(value);
  hr_dtype declared = hr_dtype_base(hr_output_dtype((hr_output){op->node, index}));
  const hr_partial_shape *known = hr_output_shape((hr_output){op->node, index});
  char have[HR_SHAPE_TEXT], want[HR_SHAPE_TEXT];
  if (hr_tensor_dtype(value) != declared || hr_shape_elements(&shape) != value->elements ||
      (!is_shape_unsure(op->def->name) && !hr_shape_matches(&shape, known)))
    fail_msg("round %lld, %s: output %d is %s %s, not %s %s", (long long)round, op->def->name, index,
             hr_dtype_name(hr_tensor_dtype(value)), hr_shape_text(&shape, have), hr_dtype_name(declared),
             hr_partial_shape_text(known, want));
  if (declared == HR_BOOL)
    for (int64_t i = 0; i < value->elements; ++i)
      if (((const unsigned char *)hr_tensor_data(value))[i] > 1) fail_msg("round %lld: not a bool", (long long)round);
  seen += sum_bytes(value);
}

/* Runs the op once; true where it succeeded. */
static bool run(int64_t round, const random_op *op, hr_session *session) {
  for (int32_t i = 0; i < op->num_assigns; ++i) {
    hr_status status = hr_session_run(session, op->num_feeds, op->feeds, 0, NULL, NULL, 1, &op->assigns[i]);
    if (!status) continue;
    hr_status_free(status);
    return false;
  }
  hr_output fetches[MAX_OUTPUTS];
  hr_tensor values[MAX_OUTPUTS] = {0};
  int32_t count = hr_node_output_count(op->node);
  if (count > MAX_OUTPUTS) count = MAX_OUTPUTS;
  for (int32_t i = 0; i < count; ++i)
    fetches[i] = (hr_output){op->node, i};
  hr_status status =
      hr_session_run(session, op->num_feeds, op->feeds, count, fetches, values, 1, (hr_node *[]){op->node});
  hr_code code = hr_status_code(status);
  if ((code == HR_INTERNAL && !may_be_internal(op->def->name)) || code == HR_UNKNOWN)
    fail_msg("round %lld, %s: %s", (long long)round, op->def->name, hr_status_message(status));
  hr_status_free(status);
  if (code != HR_OK) return false;
  for (int32_t i = 0; i < count; ++i) {
    check_output(round, op, i, &values[i]);
    hr_tensor_clear(&values[i]);
  }
  return true;
}

/* Ops that wait for what no other run brings. */
static bool may_wait(const char *op) {
  static const char *const waiting[] = {"Barrier", "Map", "OrderedMap", "Queue", "Stage", "Unstage"};
  for (size_t i = 0; i < sizeof waiting / sizeof *waiting; ++i)
    if (strncmp(op, waiting[i], strlen(waiting[i])) == 0) return true;
  return false;
}

static bool play(int64_t round, const hr_op_def *def) {
  random_op op;
  bool succeeded = false;
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  hr_session *session = NULL;
  assert_non_null(builder);
  random_op_make(&op, def, (uint64_t)round, builder);
  hr_session_options options = {.inter_op_threads = 1, .intra_op_threads = round & 1 ? 1 : 2};
  options.operation_timeout_ms = may_wait(def->name) ? 5 : 60000;
  hr_status status = op.node ? hr_session_new(graph, &options, &session) : HR_SUCCESS;
  assert_null(status);
  if (session) {
    succeeded = run(round, &op, session);
    (void)run(round, &op, session); /* on the plan and the memory of the first */
  }
  hr_session_free(session);
  random_op_clear(&op);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return succeeded;
}

static void every_kernel_survives(void **state) {
  (void)state;
  int num_defs;
  const hr_op_def **defs = random_op_candidates(&num_defs);
  int64_t *successes = calloc((size_t)num_defs, sizeof *successes);
  assert_non_null(defs);
  assert_non_null(successes);
  int64_t first = setting("HEADRACE_TORTURE_FIRST", 0), rounds = setting("HEADRACE_TORTURE_ROUNDS", USUAL_ROUNDS);
  const char *only = getenv("HEADRACE_TORTURE_OP");
  bool log = getenv("HEADRACE_TORTURE_LOG") != NULL;
  for (int64_t round = first; round < first + rounds; ++round) {
    int index = (int)(round % num_defs);
    if (only && strcmp(only, defs[index]->name) != 0) continue;
    if (log) fprintf(stderr, "round %lld %s\n", (long long)round, defs[index]->name);
    successes[index] += play(round, defs[index]);
  }
  for (int i = 0; log && i < num_defs; ++i)
    fprintf(stderr, "%s: %lld\n", defs[i]->name, (long long)successes[i]);
  free(successes);
  free(defs);
}

static char folder[] = "/tmp/headrace-torture-XXXXXX";

static int in_own_folder(void **state) {
  (void)state;
#if !HR_ADDRESS_SANITIZER && !HR_THREAD_SANITIZER
  struct rlimit limit;
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = (rlim_t)ADDRESS_SPACE_MIB << 20;
  setrlimit(RLIMIT_AS, &limit);
#endif
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where) {
  (void)info, (void)kind, (void)where;
  return remove(path);
}

static int remove_folder(void **state) {
  (void)state;
  return nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_kernel_survives)};
  return cmocka_run_group_tests(tests, in_own_folder, remove_folder);
}
