/* A whole program, from an empty graph to a loaded model, with every allocation failing in turn: it ends with
 * ResourceExhausted or with the right numbers, and never in another way. HEADRACE_MEMORY_STEP=1 tries them all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failing_memory.h"
#include "headrace/headrace.h"
#include "runtime/io/file.h"

static char folder[64];

static const char *in_folder(const char *name, char path[128]) {
  snprintf(path, 128, "%s/%s", folder, name);
  return path;
}

static void empty_folder(void) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s/*", folder);
  assert_int_equal(system(command), 0);
}

/* Everything that a program holds; zeroed, nothing. */
typedef struct program {
  hr_graph *graph;
  hr_builder *builder;
  hr_session *session;
  hr_saver *saver;
  hr_optimizer *optimizer;
  hr_saved_model_builder *model;
  char *path;
  hr_owned_bytes bytes, more;
} program;

static void program_end(program *p) {
  free(p->path);
  free(p->bytes.data);
  free(p->more.data);
  hr_saved_model_builder_free(p->model);
  hr_optimizer_free(p->optimizer);
  hr_saver_free(p->saver);
  hr_session_free(p->session);
  hr_builder_free(p->builder);
  hr_graph_unref(p->graph);
  *p = (program){0};
}

static hr_status begin(program *p) {
  p->graph = hr_graph_new();
  p->builder = p->graph ? hr_builder_new(p->graph) : NULL;
  if (!p->builder) return hr_error_out_of_memory(0, "a graph");
  const hr_session_options options = {.intra_op_threads = 1, .inter_op_threads = -1};
  return hr_session_new(p->graph, &options, &p->session);
}

/* Trains, saves, restores and exports. */
static hr_status train(program *p) {
  HR_TRY(begin(p));
  char path[128];
  hr_scope s = hr_builder_root(p->builder);
  hr_graph_set_seed(p->graph, true, 1);
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "x");
  hr_output hidden = hr_dense(s, x, 3, .activation = hr_tanh_activation, .name = "hidden");
  hr_output y = hr_reduce_sum(s, hidden, .name = "y");
  p->optimizer = hr_adam_optimizer(0.1);
  hr_node *step = p->optimizer ? hr_minimize(s, p->optimizer, hr_square(s, y)) : NULL;
  if (!step && hr_builder_ok(p->builder)) return hr_error_out_of_memory(0, "an optimizer");
  hr_output summary = hr_summary_scalar(s, "y", y);
  hr_node *init = hr_global_variables_initializer(s);
  p->saver = hr_saver_new(s);
  HR_TRY(hr_builder_status(p->builder));

  HR_TRY(hr_run_node(p->session, init));
  hr_tensor in, value;
  HR_TRY(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){1, 2}, (float[]){1, 2}, &in));
  const hr_feed feed = {x, &in};
  hr_status status = HR_SUCCESS;
  for (int i = 0; i < 2 && !status; ++i)
    status = hr_session_run(p->session, 1, &feed, 0, NULL, NULL, 1, &step);
  if (!status) status = hr_session_run(p->session, 1, &feed, 1, &summary, &value, 0, NULL);
  if (!status) hr_tensor_clear(&value);
  hr_tensor_clear(&in);
  HR_TRY(status);

  HR_TRY(hr_saver_save(p->saver, p->session, in_folder("model.ckpt", path), &p->path, .global_step = 2));
  HR_TRY(hr_saver_restore(p->saver, p->session, p->path));
  HR_TRY(hr_graph_export(p->graph, NULL, &p->bytes));
  HR_TRY(hr_convert_variables_to_constants(p->session, p->bytes.data, p->bytes.length, HR_STRINGS("y"), &p->more));
  free(p->more.data);
  p->more = (hr_owned_bytes){0};
  HR_TRY(hr_predict_signature_def(1, &(hr_named_output){"x", x}, 1, &(hr_named_output){"y", y}, &p->more));
  HR_TRY(hr_saved_model_builder_new(in_folder("model", path), &p->model));
  const hr_signature signature = {"serving_default", {p->more.data, p->more.length}};
  HR_TRY(hr_saved_model_add_meta_graph_and_variables(p->model, s, p->session, HR_STRINGS("serve"), .num_signatures = 1,
                                                     .signatures = &signature));
  return hr_saved_model_save(p->model, false, NULL);
}

/* Loads the model and asks it. */
static hr_status use(program *p, float *answer) {
  HR_TRY(begin(p));
  char path[128];
  HR_TRY(hr_saved_model_load(hr_builder_root(p->builder), p->session, HR_STRINGS("serve"), in_folder("model", path),
                             NULL));
  hr_output x, y;
  HR_TRY(hr_graph_output(p->graph, "x", &x));
  HR_TRY(hr_graph_output(p->graph, "y", &y));
  hr_tensor in, value;
  HR_TRY(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){1, 2}, (float[]){1, 2}, &in));
  hr_status status = hr_session_run(p->session, 1, &(hr_feed){x, &in}, 1, &y, &value, 0, NULL);
  hr_tensor_clear(&in);
  HR_TRY(status);
  *answer = *(float *)hr_tensor_data(&value);
  hr_tensor_clear(&value);
  return HR_SUCCESS;
}

static hr_status whole(float *answer) {
  program p = {0};
  hr_status status = train(&p);
  program_end(&p);
  if (!status) status = use(&p, answer);
  program_end(&p);
  return status;
}

static void fail_in_turn(bool for_good) {
  float right = NAN, answer = NAN;
  assert_null(whole(&right));
  empty_folder();
  const char *text = getenv("HEADRACE_MEMORY_STEP");
  long step = text ? strtol(text, NULL, 10) : 7, n = for_good ? 1 : 0;
  for (bool reached = true; reached; n += step) {
    memory_fails_after(n, for_good);
    hr_status status = whole(&answer);
    reached = memory_recovers();
    if (status && hr_status_code(status) != HR_RESOURCE_EXHAUSTED)
      fail_msg("allocation %ld: %s: %s", n, hr_code_name(hr_status_code(status)), hr_status_message(status));
    if (status && !reached) fail_msg("allocation %ld was not reached: %s", n, hr_status_message(status));
    if (!status && answer != right) fail_msg("allocation %ld: %g, not %g", n, (double)answer, (double)right);
    hr_status_free(status);
    empty_folder();
  }
  assert_true(n > 500);
}

static void one_allocation_fails(void **state) {
  (void)state;
  fail_in_turn(false);
}
static void memory_stays_out(void **state) {
  (void)state;
  fail_in_turn(true);
}

/* The disk is not what is tested. */
static int no_fsync(int fd) {
  (void)fd;
  return 0;
}

static int make_folder(void **state) {
  (void)state;
  hr_file_system_calls.fsync = no_fsync;
  strcpy(folder, "/tmp/headrace_memory_XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}
static int remove_folder(void **state) {
  (void)state;
  empty_folder();
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_allocation_fails), cmocka_unit_test(memory_stays_out)};
  return cmocka_run_group_tests_name("memory_program", tests, make_folder, remove_folder);
}
