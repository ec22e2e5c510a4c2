#include "builder/python_text.h"

const char *hr_tensor_python_text(hr_scope s, hr_output x) {
  char text[HR_SHAPE_TEXT];
  bool ranked = hr_output_rank(x) >= 0;
  return hr_keep_printf(s, "Tensor(\"%s:%d\"%s%s, dtype=%s)", hr_node_name(x.node), (int)x.index,
                        ranked ? ", shape=" : "", ranked ? hr_partial_shape_tuple_text(hr_output_shape(x), text) : "",
                        hr_dtype_python_name(hr_output_dtype(x)));
}

const char *hr_tensor_python_item(hr_scope s, hr_output x) {
  char text[HR_SHAPE_TEXT];
  return hr_keep_printf(s, "<tf.Tensor '%s:%d' shape=%s dtype=%s>", hr_node_name(x.node), (int)x.index,
                        hr_partial_shape_tuple_text(hr_output_shape(x), text),
                        hr_dtype_python_name(hr_output_dtype(x)));
}
