/* Gradients of matrix products. */
#include "ops/gradients/gradient.h"

/* One product for each input: which two of (grad, a, b) it multiplies, and which of them are transposed. */
typedef struct product {
  int8_t left, right;
  bool transpose_left, transpose_right;
} product;
enum { GRAD, A, B };

/* By transpose_a, transpose_b; then the gradient of a and that of b. */
static const product products[2][2][2] = {
    {{{GRAD, B, false, true}, {A, GRAD, true, false}}, {{GRAD, B, false, false}, {GRAD, A, true, false}}},
    {{{B, GRAD, false, true}, {A, GRAD, false, false}}, {{B, GRAD, true, true}, {GRAD, A, true, true}}},
};

hr_status hr_gradient_matmul(hr_gradient_context *c) {
  const product *p = products[hr_bool_attr(c, "transpose_a")][hr_bool_attr(c, "transpose_b")];
  hr_scope s = c->scope;
  hr_output factors[] = {hr_dy(c, 0), HR_NO_OUTPUT, HR_NO_OUTPUT};
  factors[A] = hr_conj_of(s, hr_x(c, 0));
  factors[B] = hr_conj_of(s, hr_x(c, 1));
  for (int i = 0; i < 2; ++i) {
    hr_dx(c, i, hr_matmul(s, factors[p[i].left], factors[p[i].right], .transpose_a = p[i].transpose_left,
                          .transpose_b = p[i].transpose_right));
  }
  return HR_SUCCESS;
}
