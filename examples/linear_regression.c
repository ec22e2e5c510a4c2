/* Fits a line to six points: builds a graph, differentiates it, trains it. */
#include <headrace/headrace.h>
#include <stdio.h>

static float number(const hr_tensor *scalar) { return *(const float *)hr_tensor_data(scalar); }

int main(void) {
  const float xs[] = {0, 1, 2, 3, 4, 5}, ys[] = {1.1f, 2.9f, 5.2f, 6.8f, 9.1f, 10.9f};
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope s = hr_builder_root(builder);
  hr_output x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(6), xs, .name = "x");
  hr_output y = hr_constant_array(s, HR_FLOAT, HR_SHAPE(6), ys, .name = "y");
  hr_var *slope = hr_tf_variable(s, 0.0f, .name = "slope"), *offset = hr_tf_variable(s, 0.0f, .name = "offset");
  hr_output error = hr_minus(s, hr_plus(s, hr_times(s, slope, x), offset), y);
  hr_output loss = hr_reduce_mean(s, hr_square(s, error), .name = "loss");

  hr_gradient d[2]; /* d loss / d slope, d loss / d offset: nodes of the same graph */
  hr_gradients(s, HR_LIST(loss), HR_LIST(hr_var_ref(slope), hr_var_ref(offset)), d);
  hr_output down_slope = hr_var_assign_sub(s, slope, hr_times(s, 0.05f, d[0].value));
  hr_output down_offset = hr_var_assign_sub(s, offset, hr_times(s, 0.05f, d[1].value));
  hr_node *train = hr_group(s, down_slope.node, down_offset.node);
  hr_node *initialize = hr_global_variables_initializer(s);

  hr_session *session = NULL;
  hr_tensor values[3] = {0};
  hr_status status = hr_builder_status(builder); /* the first mistake in all of the above, if there was one */
  if (!status) status = hr_session_new(graph, NULL, &session);
  if (!status) status = hr_run_node(session, initialize);
  for (int step = 0; step < 500 && !status; ++step)
    status = hr_run_node(session, train);
  hr_output fetches[] = {hr_var_value(slope), hr_var_value(offset), loss};
  if (!status) status = hr_session_run(session, 0, NULL, 3, fetches, values, 0, NULL);
  if (!status) printf("y = %.2f x + %.2f, loss %.4f\n", number(&values[0]), number(&values[1]), number(&values[2]));
  if (status) fprintf(stderr, "%s\n", hr_status_message(status));

  int exit_code = status ? 1 : 0;
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&values[i]);
  hr_status_free(status);
  hr_session_free(session);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return exit_code;
}
