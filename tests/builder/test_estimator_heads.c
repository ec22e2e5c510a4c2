/* The heads of ready models in C: what a linear classifier of three classes tells, as TensorFlow 1.15 builds it
 * (programs/canned_models.py), and mistakes. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/arrays.h"
#include "headrace/estimator.h"
#include "headrace/feature_column.h"
#include "headrace/ops.h"
#include "headrace/session.h"
#include "headrace/summary.h"

/* Whether a run of one fetch fails with a text in its message. */
static bool run_fails(hr_session *session, hr_output fetch, const char *text) {
  hr_tensor value;
  hr_status status = hr_session_run(session, 0, NULL, 1, &fetch, &value, 0, NULL);
  bool failed = status && strstr(hr_status_message(status), text);
  if (!status) hr_tensor_clear(&value);
  hr_status_free(status);
  return failed;
}

static void predictions(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output given = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2, 3), ((const float[]){1, 2, 0, 3, -1, 0}));
  hr_output logits = hr_head_logits(s, given, 3);
  hr_head_classes p = hr_head_multi_class_predictions(s, logits, 3);
  hr_head_classes named =
      hr_head_multi_class_predictions(s, logits, 3, .vocabulary = hr_operand_list(HR_OPERANDS("red", "green", "blue")));
  hr_head_two_classes two =
      hr_head_binary_predictions(s, hr_constant_array(s, HR_FLOAT, HR_SHAPE(2, 1), ((const float[]){0, 2})));
  hr_node *fill = hr_tables_initializer(s);
  expect_ok(t.builder);
  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  assert_null(hr_session_run(session, 0, NULL, 0, NULL, NULL, 1, &fill));
  hr_tensor values[5];
  hr_output fetches[] = {p.class_ids, p.all_classes, named.classes, two.logistic, two.class_ids};
  assert_null(hr_session_run(session, 0, NULL, 5, fetches, values, 0, NULL));
  const int64_t *ids = hr_tensor_data(&values[0]);
  assert_true(values[0].rank == 2 && ids[0] == 1 && ids[1] == 0);
  assert_true(values[1].dims[0] == 2 && values[1].dims[1] == 3);
  const hr_string *names = hr_tensor_data(&values[2]);
  assert_string_equal(hr_string_data(&names[0]), "green");
  assert_string_equal(hr_string_data(&names[1]), "red");
  const float *logistic = hr_tensor_data(&values[3]);
  assert_true(logistic[0] == 0.5f && logistic[1] > 0.88f && logistic[1] < 0.881f);
  assert_int_equal(((int64_t *)hr_tensor_data(&values[4]))[1], 1);
  for (int i = 0; i < 5; ++i)
    hr_tensor_clear(&values[i]);
  hr_session_free(session);
  testing_graph_free(&t);
}

static void labels_and_weights(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output logits = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2, 3), ((const float[]){1, 2, 0, 3, -1, 0}));
  hr_output flat = hr_constant_array(s, HR_INT32, HR_SHAPE(2), ((const int32_t[]){2, 5}));
  hr_output labels = hr_head_labels(s, hr_operand_output(flat), logits, 1);
  hr_output checked = hr_head_labels_in_range(s, labels, 3);
  hr_output open = hr_placeholder_with_default(s, flat, HR_SHAPE_UNKNOWN);
  hr_output weights = hr_head_weights(hr_name_scope(s, "weights"), open, logits, true);
  expect_ok(t.builder);
  assert_int_equal(hr_output_shape(labels)->rank, 2);
  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  assert_true(run_fails(session, checked, "Labels must <= n_classes - 1"));
  assert_true(run_fails(session, weights, "weights shape must be"));
  hr_session_free(session);

  hr_head_labels(s, hr_operand_output(hr_tf_reshape(s, flat, HR_SHAPE(1, 2))), logits, 1);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "labels", "1", "2", NULL);
  hr_head_logits(s, logits, 4);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "logits_dimension", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(predictions), cmocka_unit_test(labels_and_weights)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
