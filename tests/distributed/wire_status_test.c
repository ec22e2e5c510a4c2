/* Errors that come from servers, and go to clients. */
#include "distributed/wire_status.h"
#include "headrace/headrace.h"
#include "transport_testing.h"

static void assert_wire(const hr_graph *graph, const char *text, const char *message, const char *node) {
  hr_status status = hr_status_from_wire(HR_INVALID_ARGUMENT, hr_view_of(text), graph);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  assert_string_equal(hr_status_message(status), message);
  if (node)
    assert_string_equal(hr_status_node(status), node);
  else
    assert_null(hr_status_node(status));
  hr_status_free(status);
}

static void test_nodes(void **state) {
  (void)state;
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  (void)hr_constant_f32(hr_builder_root(builder), 1); /* Const */
  assert_wire(graph, "bad\n\t [[{{node Const}}]]", "bad\n\t [[node Const (Const)]]", "Const");
  assert_wire(graph, "bad\n\t [[{{node other}}]]\n\t [[{{node Const}}]]",
              "bad\n\t [[node other]]\n\t [[node Const (Const)]]", "Const");
  assert_wire(graph, "{{node Const}} is bad", "node Const is bad", NULL);
  assert_wire(graph, "bad [[{{node Const", "bad [[{{node Const", NULL);
  assert_wire(graph, "", "", NULL);
  assert_wire(NULL, "bad\n\t [[{{node Const}}]]", "bad\n\t [[{{node Const}}]]", NULL);
  hr_builder_free(builder);
  hr_graph_unref(graph);
}

static void test_codes(void **state) {
  (void)state;
  assert_null(hr_status_from_wire(HR_OK, HR_VIEW("fine"), NULL));
  assert_fails(hr_status_from_wire(99, HR_VIEW("odd"), NULL), HR_UNKNOWN, "odd");
  assert_fails(hr_status_from_wire(-1, HR_VIEW("odd"), NULL), HR_UNKNOWN, "odd");
}

static void test_to_wire(void **state) {
  (void)state;
  hr_status status = hr_status_at_node(hr_error(HR_INTERNAL, "bad"), "a/b", "MatMul", "file.py:3");
  hr_text text = {0};
  hr_status_to_wire(status, &text);
  assert_string_equal(text.data, "bad\n\t [[{{node a/b}}]]");
  hr_text_free(&text);
  hr_status_free(status);
  status = hr_error(HR_INTERNAL, "no node");
  hr_status_to_wire(status, &text);
  assert_string_equal(text.data, "no node");
  hr_text_free(&text);
  hr_status_free(status);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_nodes), cmocka_unit_test(test_codes),
                                     cmocka_unit_test(test_to_wire)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
