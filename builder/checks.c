#include "builder/checks.h"
#include "builder/builder.h"

hr_node *hr_assert_equal(hr_scope scope, hr_output x, hr_output y) {
  /* TensorFlow opens the scope once to look for trivial cases, and again to build. */
  hr_name_scope(scope, "assert_equal");
  hr_scope s = hr_name_scope(scope, "assert_equal");
  hr_output holds = hr_reduce_all(s, hr_equal(s, x, y));
  if (!hr_scope_ok(s)) return NULL;
  const char *text[3] = {
      "Condition x == y did not hold element-wise:",
      hr_keep_printf(s, "x (%s:%d) = ", hr_node_name(x.node), (int)x.index),
      hr_keep_printf(s, "y (%s:%d) = ", hr_node_name(y.node), (int)y.index),
  };
  if (!hr_scope_ok(s)) return NULL;
  hr_scope a = hr_name_scope(s, "Assert");
  /* The texts become constants twice: for a guarded form that int32 data does not need, and for the op. */
  for (int i = 0; i < 3; ++i)
    hr_constant_string(a, text[i]);
  hr_scope data = hr_name_scope(a, "Assert");
  hr_output condition = hr_constant_string(data, text[0], .name = "data_0");
  hr_output x_text = hr_constant_string(data, text[1], .name = "data_1");
  hr_output y_text = hr_constant_string(data, text[2], .name = "data_3");
  return hr_assert(data, holds, HR_LIST(condition, x_text, x, y_text, y), .summarize = 3, .name = hr_scope_name(data));
}
