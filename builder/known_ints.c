#include "builder/known_ints.h"
#include "headrace/arrays.h"

hr_known_ints hr_known_vector(int count, const int64_t *items) {
  hr_known_ints x = {HR_NO_OUTPUT, count, {0}};
  memcpy(x.items, items, sizeof *items * (size_t)count);
  return x;
}

hr_known_ints hr_ints_of(hr_scope scope, hr_output tensor) {
  hr_known_ints x = {HR_NO_OUTPUT, 0, {0}};
  if (!hr_static_ints(scope, tensor, HR_MAX_RANK, x.items, &x.count)) x.tensor = tensor;
  return x;
}

hr_operand hr_known_operand(const hr_known_ints *x) {
  if (!hr_ints_are_known(x)) return hr_operand_output(x->tensor);
  return x->count < 0 ? hr_operand_int(x->items[0]) : hr_operand_ints((hr_ints){x->count, x->items});
}

static int64_t floor_mod(int64_t x, int64_t y) {
  if (y == 0 || y == -1) return 0;
  int64_t rest = x % y;
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}
/* Sums and products wrap: what does not fit is refused where it becomes a tensor. */
static int64_t compute(hr_operator operation, int64_t x, int64_t y) {
  switch (operation) {
  case HR_OPERATOR_PLUS: return (int64_t)((uint64_t)x + (uint64_t)y);
  case HR_OPERATOR_MINUS: return (int64_t)((uint64_t)x - (uint64_t)y);
  case HR_OPERATOR_TIMES: return (int64_t)((uint64_t)x * (uint64_t)y);
  case HR_OPERATOR_FLOORDIV: return y == 0 ? 0 : y == -1 ? (int64_t)(0 - (uint64_t)x) : (x - floor_mod(x, y)) / y;
  default: return floor_mod(x, y);
  }
}

hr_known_ints hr_ints_math(hr_scope s, hr_operator operation, hr_known_ints x, hr_known_ints y) {
  if (!hr_ints_are_known(&x) || !hr_ints_are_known(&y))
    return hr_unknown_ints(hr_operate(s, operation, hr_known_operand(&x), hr_known_operand(&y), NULL));
  hr_known_ints z = x.count < 0 ? y : x;
  for (int i = 0; i < (z.count < 0 ? 1 : z.count); ++i)
    z.items[i] = compute(operation, x.items[x.count < 0 ? 0 : i], y.items[y.count < 0 ? 0 : i]);
  return z;
}

hr_known_ints hr_ints_item(hr_scope s, const hr_known_ints *x, int i) {
  return hr_ints_are_known(x) ? hr_known_int(x->items[i]) : hr_unknown_ints(hr_at(s, x->tensor, HR_INDEX(i)));
}
