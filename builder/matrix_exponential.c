/* tf.linalg.expm: Pade's approximants of the exponential, and squarings (Higham, "The scaling and squaring method for
 * the matrix exponential revisited", 2005). */
#include "builder/builder.h"
#include "headrace/control_flow.h"
#include "headrace/linalg.h"

enum { MOST_TERMS = 14, MOST_DEGREES = 5 };

/* An approximant: its degree, the coefficients, and the norm up to which it serves. */
typedef struct approximant {
  int degree;
  double norm, coefficients[MOST_TERMS];
} approximant;
static const approximant single[] = {
    {3, 4.258730016922831e-1, {120, 60, 12}},
    {5, 1.880152677804762, {30240, 15120, 3360, 420, 30}},
    {7, 3.925724783138660, {17297280, 8648640, 1995840, 277200, 25200, 1512, 56}},
};
static const approximant twice[] = {
    {3, 1.495585217958292e-2, {120, 60, 12}},
    {5, 2.539398330063230e-1, {30240, 15120, 3360, 420, 30}},
    {7, 9.504178996162932e-1, {17297280, 8648640, 1995840, 277200, 25200, 1512, 56}},
    {9, 2.097847961257068, {17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90}},
    {13,
     5.371920351148152,
     {64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
      670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182}},
};

static hr_output product(hr_scope s, hr_output a, hr_output b) { return hr_tf_matmul(s, a, b); }

static hr_output number(hr_scope s, double value, hr_dtype dtype) { return hr_constant(s, value, .dtype = dtype); }

/* Identity matrices, as many as x has matrices. */
static hr_output identity_like(hr_scope s, hr_output x) {
  hr_output size = hr_at(s, hr_tf_shape(s, x), HR_INDEX(-2));
  hr_output batch = hr_at(s, hr_tf_shape(s, x), HR_SLICE(HR_OPEN, -2));
  return hr_eye(s, size, .batch_shape = hr_operand_output(batch), .dtype = hr_output_base_dtype(x));
}

/* sum + b[first] powers[first] + b[first - 2] powers[first - 2] ... down to `last`; without a sum to begin with where
 * that is no output. */
static hr_output add_terms(hr_scope s, hr_output sum, const hr_output *b, const hr_output *powers, int first, int last,
                           int of_power) {
  for (int k = first; k >= last; k -= 2) {
    hr_output term = hr_times(s, b[k], powers[(k - of_power) / 2]);
    sum = sum.node ? hr_plus(s, sum, term) : term;
  }
  return sum;
}

/* u and v, of which (v - u)^-1 (v + u) is the approximant. */
static void odd_and_even(hr_scope s, const approximant *a, hr_output x, hr_output *u, hr_output *v) {
  hr_output b[MOST_TERMS], powers[5]; /* x^0, x^2, x^4 ... */
  for (int i = 0; i < a->degree; ++i)
    b[i] = number(s, a->coefficients[i], hr_output_base_dtype(x));
  int even = a->degree == 13 ? 6 : a->degree - 1; /* the largest power that is made */
  powers[0] = identity_like(s, x);
  powers[1] = product(s, x, x);
  for (int i = 2; i <= even / 2; ++i)
    powers[i] = product(s, powers[i - 1], powers[1]);
  hr_output largest = powers[even / 2];
  if (a->degree == 13) {
    hr_output inner = product(s, largest, add_terms(s, largest, b, powers, 11, 9, 7));
    *u = product(s, x, add_terms(s, inner, b, powers, 7, 1, 1));
    inner = product(s, largest, add_terms(s, HR_NO_OUTPUT, b, powers, 12, 8, 6));
    *v = add_terms(s, inner, b, powers, 6, 0, 0);
  } else {
    *u = product(s, x, add_terms(s, largest, b, powers, a->degree - 2, 1, 1));
    *v = add_terms(s, HR_NO_OUTPUT, b, powers, a->degree - 1, 0, 0);
  }
}

/* For each matrix the value of the first approximant that serves its norm. */
static hr_output by_norm(hr_scope s, hr_output norm, const approximant *approximants, int count,
                         const hr_output *values) {
  hr_output serves[MOST_DEGREES];
  for (int i = 0; i < count - 1; ++i)
    serves[i] = hr_less(s, norm, number(s, approximants[i].norm, hr_output_base_dtype(norm)));
  hr_output value = values[count - 1];
  for (int i = count - 2; i >= 0; --i)
    value = hr_select(s, serves[i], values[i], value);
  return value;
}

/* How often each matrix is squared, and the most of them. */
typedef struct squarings {
  hr_output of_matrix, most;
} squarings;
static void squarings_left(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  hr_return(results, hr_less(s, variables.items[0], ((squarings *)argument)->most));
}
static void square(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  hr_output count = variables.items[0], x = variables.items[1];
  hr_return(results, hr_plus(s, count, 1));
  hr_output left = hr_less(s, count, ((squarings *)argument)->of_matrix);
  hr_return(results, hr_select(s, left, product(s, x, x), x));
}

/* The largest sum of magnitudes of a column, of each matrix. */
static hr_output norm_of(hr_scope s, hr_output x) {
  hr_output magnitudes = hr_tf_abs(s, x);
  hr_output rows = hr_minus(s, hr_tf_size(s, hr_tf_shape(s, x)), 2);
  return hr_reduce_max(s, hr_reduce_sum(s, magnitudes, .axis = hr_operand_output(rows)), .axis = HR_AXIS(-1));
}

/* The exponentials of a list of matrices. */
static hr_output exponentials(hr_scope s, hr_output x) {
  hr_dtype dtype = hr_output_base_dtype(x);
  bool is_twice = dtype == HR_DOUBLE || dtype == HR_COMPLEX128;
  const approximant *a = is_twice ? twice : single;
  int count = is_twice ? 5 : 3;
  hr_output norm = norm_of(s, x), u[MOST_DEGREES], v[MOST_DEGREES];
  hr_dtype real = hr_output_base_dtype(norm);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output logarithm = hr_log(s, hr_truediv(s, norm, number(s, a[count - 1].norm, real)));
  hr_output halvings = hr_floor(s, hr_truediv(s, logarithm, hr_log(s, number(s, 2, real))));
  squarings times = {hr_binary(s, "Maximum", halvings, 0), HR_NO_OUTPUT};
  for (int i = 0; i < count - 1; ++i)
    odd_and_even(s, &a[i], x, &u[i], &v[i]);
  hr_output base = number(s, 2, dtype);
  hr_output scale = hr_pow(s, base, hr_tf_cast(s, times.of_matrix, dtype));
  scale = hr_at(s, scale, HR_ELLIPSIS, HR_NEW_AXIS, HR_NEW_AXIS);
  odd_and_even(s, &a[count - 1], hr_truediv(s, x, scale), &u[count - 1], &v[count - 1]);
  hr_output odd = by_norm(s, norm, a, count, u), even = by_norm(s, norm, a, count, v);
  hr_output numerator = hr_plus(s, odd, even), denominator = hr_plus(s, hr_neg(s, odd), even);
  hr_output result = hr_matrix_solve(s, denominator, numerator);
  times.most = hr_reduce_max(s, times.of_matrix);
  const hr_while_functions functions = {squarings_left, square, &times};
  hr_outputs loop = hr_while_loop(s, HR_LIST(number(s, 0, real), result), &functions);
  return hr_scope_ok(s) ? loop.items[1] : HR_NO_OUTPUT;
}

static hr_output last_sizes(hr_scope s, hr_output x) { return hr_at(s, hr_tf_shape(s, x), HR_SLICE(-2, HR_OPEN)); }

static bool known(const hr_partial_shape *shape, int first, int last) {
  for (int i = first; i < last; ++i)
    if (shape->dims[i] < 0) return false;
  return shape->rank >= 0;
}

hr_output hr_expm_with(hr_scope scope, hr_operand input, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "matrix_exponential");
  hr_output x = hr_convert(s, input, HR_INVALID, "input");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape shape = *hr_output_shape(x);
  hr_dtype dtype = hr_output_base_dtype(x);
  int batch = shape.rank - 2;
  if (shape.rank >= 0 && batch < 0)
    return hr_refuse(s, "Subshape start out of bounds: -2, for shape with rank %d", shape.rank);
  if (dtype != HR_HALF && dtype != HR_FLOAT && dtype != HR_DOUBLE && !hr_dtype_is_complex(dtype))
    return hr_refuse(s, "tf.linalg.expm does not support matrices of type %s", hr_dtype_python_name(dtype));
  if (shape.rank >= 0 && shape.dims[batch] == 0 && shape.dims[batch + 1] == 0) return x;
  bool batch_known = known(&shape, 0, batch);
  hr_output batch_sizes = batch_known ? HR_NO_OUTPUT : hr_at(s, hr_tf_shape(s, x), HR_SLICE(HR_OPEN, -2));
  hr_output list = hr_tf_reshape(s, x, hr_tf_concat(s, HR_OPERANDS(HR_OPERANDS(-1), last_sizes(s, x)), 0));
  hr_output result = exponentials(s, list);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_operand front = batch_known ? hr_operand_ints((hr_ints){batch, shape.dims}) : hr_operand_output(batch_sizes);
  if (batch_known && known(hr_output_shape(result), 1, 3)) {
    hr_partial_shape whole = shape;
    memcpy(whole.dims + batch, hr_output_shape(result)->dims + 1, 2 * sizeof *whole.dims);
    return hr_tf_reshape(s, result, hr_operand_ints((hr_ints){whole.rank, whole.dims}));
  }
  return hr_tf_reshape(s, result, hr_tf_concat(s, HR_OPERANDS(front, last_sizes(s, result)), 0));
}
