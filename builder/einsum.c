/* tf.einsum: products of two tensors at a time, each as a product of matrices. */
#include "builder/builder.h"
#include "headrace/linalg.h"
#include <ctype.h>

#define MAX_LABELS 52 /* letters, a dimension each */

/* The dimensions of a tensor, as letters. */
typedef struct labels {
  int count;
  char items[HR_MAX_RANK + 1];
} labels;

typedef struct term {
  hr_output value;
  labels axes;
} term;

static int index_of(const labels *l, char axis) {
  for (int i = 0; i < l->count; ++i)
    if (l->items[i] == axis) return i;
  return -1;
}
static bool has(const labels *l, char axis) { return index_of(l, axis) >= 0; }

/* ---- the equation ---------------------------------------------------------------------------------------------- */

typedef struct equation {
  char text[256]; /* without spaces */
  bool used[128]; /* the letters in it */
} equation;

static bool read_text(hr_scope s, const char *given, equation *e) {
  size_t length = 0;
  *e = (equation){{0}, {false}};
  for (const char *c = given; *c; ++c) {
    if (*c == ' ') continue;
    bool is_letter = isalpha((unsigned char)*c) != 0;
    if (length + 1 == sizeof e->text || !(is_letter || strchr(".,->", *c))) {
      hr_refuse(s, "Indices have incorrect format: %s", given);
      return false;
    }
    if (is_letter) e->used[(unsigned char)*c] = true;
    e->text[length++] = *c;
  }
  return true;
}

/* The letters from `text` to `end`; "..." stands for the letters in `ellipsis`. */
static bool read_labels(hr_scope s, const equation *e, const char *text, const char *end, const labels *ellipsis,
                        labels *out) {
  *out = (labels){0};
  for (const char *c = text; c < end; ++c) {
    bool is_ellipsis = *c == '.';
    if (is_ellipsis && (end - c < 3 || c[1] != '.' || c[2] != '.')) break;
    if (!is_ellipsis && !isalpha((unsigned char)*c)) break;
    int count = is_ellipsis ? ellipsis->count : 1;
    if (out->count + count > HR_MAX_RANK) break;
    memcpy(out->items + out->count, is_ellipsis ? ellipsis->items : c, (size_t)count);
    out->count += count;
    if (is_ellipsis) c += 2;
    if (c + 1 == end) return true;
  }
  if (text == end) return true;
  hr_refuse(s, "Indices have incorrect format: %s", e->text);
  return false;
}

/* Letters that the equation does not use, for the dimensions that "..." stands for in an input. */
static bool ellipsis_of(hr_scope s, const equation *e, const char *text, const char *end, int rank, labels *out) {
  int named = 0;
  bool found = false;
  for (const char *c = text; c < end; ++c) {
    named += isalpha((unsigned char)*c) != 0;
    found = found || *c == '.';
  }
  out->count = 0;
  if (!found) return true;
  if (rank < 0) {
    hr_refuse(s, "Unable to statically infer ellipsis axes.");
    return false;
  }
  /* The last dimensions get the same letters in every input. */
  int wanted = rank - named;
  char free[MAX_LABELS];
  int num_free = 0;
  for (int c = 'A'; c <= 'z'; ++c)
    if (isalpha(c) && !e->used[c]) free[num_free++] = (char)c;
  if (wanted < 0 || wanted > num_free || wanted > HR_MAX_RANK) {
    hr_refuse(s, "An input of rank %d does not fit the equation %s", rank, e->text);
    return false;
  }
  out->count = wanted;
  for (int i = 0; i < wanted; ++i)
    out->items[i] = free[num_free - wanted + i];
  return true;
}

/* Without "->": the letters that appear once, in order; behind those of "...". */
static void implied_output(const term *terms, int count, const labels *ellipsis, labels *out) {
  *out = *ellipsis;
  for (int axis = 'A'; axis <= 'z'; ++axis) {
    int seen = 0;
    for (int i = 0; i < count; ++i)
      seen += has(&terms[i].axes, (char)axis);
    if (seen == 1 && !has(ellipsis, (char)axis) && out->count < HR_MAX_RANK) out->items[out->count++] = (char)axis;
  }
}

static bool check_terms(hr_scope s, const equation *e, const term *terms, int count, const labels *output) {
  for (int i = 0; i < count; ++i)
    for (int j = 0; j < terms[i].axes.count; ++j) {
      char axis = terms[i].axes.items[j];
      if (index_of(&terms[i].axes, axis) != j) {
        hr_refuse(s, "Subscript not supported: an axis appears more than once: %.*s", terms[i].axes.count,
                  terms[i].axes.items);
        return false;
      }
      int inputs = 0;
      for (int k = 0; k < count; ++k)
        inputs += has(&terms[k].axes, axis);
      if (inputs > 2 && !has(output, axis)) {
        hr_scope_fail(s,
                      hr_error(HR_UNIMPLEMENTED,
                               "einsum(\"%s\") sums over the index %c of more than two inputs, which is not there yet",
                               e->text, axis));
        return false;
      }
    }
  return true;
}

/* Letters for the dimensions of all inputs, and of the output. */
static bool read_equation(hr_scope s, const char *text, int count, term *terms, labels *output) {
  equation e;
  if (!read_text(s, text, &e)) return false;
  const char *arrow = strstr(e.text, "->"), *end = arrow ? arrow : e.text + strlen(e.text);
  int wanted = 1;
  for (const char *c = e.text; c < end; ++c)
    wanted += *c == ',';
  if (wanted != count) {
    hr_refuse(s, "Got %d arguments for equation \"%s\", expecting %d", count, e.text, wanted);
    return false;
  }
  labels longest = {0};
  const char *at = e.text;
  for (int i = 0; i < count; ++i) {
    const char *stop = memchr(at, ',', (size_t)(end - at));
    if (!stop) stop = end;
    labels ellipsis;
    int rank = hr_output_rank(terms[i].value);
    if (!ellipsis_of(s, &e, at, stop, rank, &ellipsis) || !read_labels(s, &e, at, stop, &ellipsis, &terms[i].axes))
      return false;
    if (ellipsis.count > longest.count) longest = ellipsis;
    at = stop + 1;
  }
  if (arrow && !read_labels(s, &e, arrow + 2, arrow + strlen(arrow), &longest, output)) return false;
  if (!arrow) implied_output(terms, count, &longest, output);
  return check_terms(s, &e, terms, count, output);
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

static hr_operand times(hr_scope s, hr_operand a, hr_operand b) {
  if (a.kind == HR_OPERAND_INT && b.kind == HR_OPERAND_INT) return hr_operand_int(a.i * b.i);
  return hr_operand_output(hr_times(s, a, b));
}

static hr_operand product(hr_scope s, int count, const hr_operand *sizes) {
  hr_operand result = hr_operand_int(1);
  for (int i = 0; i < count; ++i)
    result = times(s, result, sizes[i]);
  return result;
}

/* The sizes of a tensor: numbers, and slices of its shape where they are not known. */
static void sizes_of(hr_scope s, hr_output x, hr_operand *sizes) {
  const hr_partial_shape *shape = hr_output_shape(x);
  hr_output tensor = HR_NO_OUTPUT;
  for (int i = 0; i < shape->rank; ++i) {
    sizes[i] = hr_operand_int(shape->dims[i]);
    if (shape->dims[i] >= 0) continue;
    if (!tensor.node) tensor = hr_tf_shape(s, x);
    sizes[i] = hr_operand_output(hr_at(s, tensor, HR_INDEX(i)));
  }
}

/* A reshape, left out where it changes nothing. */
static hr_output reshaped(hr_scope s, hr_output x, int rank, const hr_operand *sizes) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(x);
  bool same = shape->rank == rank, known = true;
  hr_partial_shape wanted = {.rank = rank};
  for (int i = 0; i < rank; ++i) {
    known = known && sizes[i].kind == HR_OPERAND_INT;
    if (sizes[i].kind == HR_OPERAND_INT) wanted.dims[i] = sizes[i].i;
    same = same && known && shape->dims[i] == sizes[i].i;
  }
  if (same) return x;
  return known ? hr_tf_reshape(s, x, wanted) : hr_tf_reshape(s, x, ((hr_operands){rank, sizes, NULL}));
}

/* The tensor with its dimensions in another order. */
static term turned(hr_scope s, term t, const labels *order) {
  int64_t perm[HR_MAX_RANK];
  bool same = true;
  for (int i = 0; i < order->count; ++i) {
    perm[i] = index_of(&t.axes, order->items[i]);
    same = same && perm[i] == i;
  }
  if (same) return t;
  return (term){hr_tf_transpose(s, t.value, .perm = hr_operand_ints((hr_ints){order->count, perm})), *order};
}

/* ---- two at a time --------------------------------------------------------------------------------------------- */

/* Appends the axes of `from` that are (not) in the other lists, in alphabetical order. */
static int append(labels *out, const labels *from, const labels *other, const labels *summed, bool in_other,
                  bool is_summed) {
  int added = 0;
  for (int axis = 'A'; axis <= 'z'; ++axis)
    if (has(from, (char)axis) && has(other, (char)axis) == in_other && has(summed, (char)axis) == is_summed) {
      out->items[out->count++] = (char)axis;
      ++added;
    }
  return added;
}

/* Without anything to sum: x with dimensions behind, y with dimensions between, multiplied. */
static term multiplied(hr_scope s, term x, term y, int shared) {
  for (int i = shared; i < y.axes.count; ++i)
    x.value = hr_tf_expand_dims(s, x.value, -1);
  for (int i = shared; i < x.axes.count; ++i)
    y.value = hr_tf_expand_dims(s, y.value, shared);
  term result = {hr_mul(s, x.value, y.value), x.axes};
  for (int i = shared; i < y.axes.count && result.axes.count < HR_MAX_RANK; ++i)
    result.axes.items[result.axes.count++] = y.axes.items[i];
  return result;
}

/* x [shared..., own..., summed...] times y [shared..., summed..., own...]. */
static term contracted(hr_scope s, term x, term y, int shared, int num_summed) {
  hr_operand x_sizes[HR_MAX_RANK], y_sizes[HR_MAX_RANK], sizes[2 * HR_MAX_RANK];
  sizes_of(s, x.value, x_sizes);
  int x_own = x.axes.count - shared - num_summed, y_own = y.axes.count - shared - num_summed;
  hr_operand rows = product(s, x_own, x_sizes + shared);
  hr_operand summed = product(s, num_summed, x_sizes + shared + x_own);
  memcpy(sizes, x_sizes, sizeof *sizes * (size_t)shared);
  sizes[shared] = rows;
  sizes[shared + 1] = summed;
  hr_output left = reshaped(s, x.value, shared + 2, sizes);
  sizes_of(s, y.value, y_sizes);
  hr_operand columns = product(s, y_own, y_sizes + shared + num_summed);
  memcpy(sizes, y_sizes, sizeof *sizes * (size_t)shared);
  sizes[shared] = summed;
  sizes[shared + 1] = columns;
  hr_output right = reshaped(s, y.value, shared + 2, sizes);
  hr_output matrix = hr_tf_matmul(s, left, right);
  labels axes = {.count = shared + x_own};
  memcpy(axes.items, x.axes.items, (size_t)axes.count);
  memcpy(sizes, x_sizes, sizeof *sizes * (size_t)axes.count);
  memcpy(sizes + axes.count, y_sizes + shared + num_summed, sizeof *sizes * (size_t)y_own);
  if (axes.count + y_own > HR_MAX_RANK) {
    hr_refuse(s, "einsum needs a tensor of rank %d; ranks above %d are not supported", axes.count + y_own, HR_MAX_RANK);
    return (term){HR_NO_OUTPUT, axes};
  }
  memcpy(axes.items + axes.count, y.axes.items + shared + num_summed, (size_t)y_own);
  axes.count += y_own;
  return (term){reshaped(s, matrix, axes.count, sizes), axes};
}

static term combined(hr_scope s, term x, term y, const labels *output) {
  labels summed = {0}, x_order = {0}, y_order = {0};
  for (int i = 0; i < x.axes.count; ++i) {
    char axis = x.axes.items[i];
    if (has(&y.axes, axis) && !has(output, axis)) summed.items[summed.count++] = axis;
  }
  int shared = append(&x_order, &x.axes, &y.axes, &summed, true, false);
  append(&x_order, &x.axes, &y.axes, &summed, false, false);
  append(&x_order, &x.axes, &y.axes, &summed, true, true);
  append(&y_order, &y.axes, &x.axes, &summed, true, false);
  append(&y_order, &y.axes, &x.axes, &summed, true, true);
  append(&y_order, &y.axes, &x.axes, &summed, false, false);
  x = turned(s, x, &x_order);
  y = turned(s, y, &y_order);
  if (!hr_scope_ok(s)) return x;
  return summed.count == 0 ? multiplied(s, x, y, shared) : contracted(s, x, y, shared, summed.count);
}

/* Sums what the output has not. */
static term reduced(hr_scope s, term t, const labels *output) {
  int64_t axes[HR_MAX_RANK];
  labels kept = {0};
  int count = 0;
  for (int i = 0; i < t.axes.count; ++i)
    if (has(output, t.axes.items[i]))
      kept.items[kept.count++] = t.axes.items[i];
    else
      axes[count++] = i;
  if (count == 0) return t;
  return (term){hr_reduce_sum(s, t.value, .axis = hr_operand_ints((hr_ints){count, axes})), kept};
}

hr_output hr_einsum_with(hr_scope scope, const char *equation, hr_operands inputs, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "einsum");
  int count = inputs.count;
  term *terms = hr_keep_bytes(s, sizeof *terms * (size_t)(count + 1));
  for (int i = 0; terms && i < count; ++i)
    terms[i].value = hr_convert(s, hr_operands_at(inputs, i), HR_INVALID, NULL);
  labels output;
  if (!terms || !hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (count == 0) return hr_refuse(s, "einsum needs at least one input");
  if (!read_equation(s, equation, count, terms, &output)) return HR_NO_OUTPUT;
  for (int i = 0; i < count; ++i) {
    int rank = hr_output_rank(terms[i].value);
    if (rank < 0 || rank != terms[i].axes.count)
      return hr_refuse(s, "Input %d of einsum(\"%s\") has rank %d, not %d", i, equation, rank, terms[i].axes.count);
  }
  term result = terms[0];
  for (int i = 1; i < count && hr_scope_ok(s); ++i)
    result = combined(s, result, terms[i], &output);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  result = reduced(s, result, &output);
  bool fits = result.axes.count == output.count;
  for (int i = 0; fits && i < output.count; ++i)
    fits = has(&result.axes, output.items[i]) && index_of(&output, output.items[i]) == i;
  if (!fits) return hr_refuse(s, "Invalid equation: %s", equation);
  return turned(s, result, &output).value;
}
