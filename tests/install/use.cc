// The public headers read as C++17, and what stands under the macros can be called.
#include <headrace/headrace.h>

#include <cstdio>

int main() {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope s = hr_builder_root(builder);
  hr_output a = hr_zeros_with(s, hr_dims_from_shape({2, {2, 4}}), nullptr);
  hr_output b = hr_zeros_with(s, hr_dims_from_shape({2, {4, 3}}), nullptr);
  hr_output product = hr_tf_matmul_with(s, hr_operand_output(a), hr_operand_output(b), nullptr);
  hr_status status = hr_builder_status(builder);
  char shape[HR_SHAPE_TEXT];
  if (!status)
    std::printf("%s %s\n", hr_node_op(product.node), hr_partial_shape_text(hr_output_shape(product), shape));
  int exit_code = status ? 1 : 0;
  hr_status_free(status);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return exit_code;
}
