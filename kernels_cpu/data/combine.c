/* ZipDataset, ConcatenateDataset. */
#include "kernels_cpu/data/dataset_kernel.h"

/* ---- side by side ------------------------------------------------------------------------------------------------ */

typedef struct zip {
  hr_iterator head;
  hr_iterator **inputs;
  bool has_ended;
} zip;

static hr_status open_zip(hr_iterator *it) {
  zip *z = (zip *)it;
  hr_dataset *d = it->dataset;
  z->inputs = calloc((size_t)d->num_inputs + 1, sizeof(hr_iterator *));
  if (!z->inputs) return hr_error_out_of_memory(sizeof(hr_iterator *), "an iterator");
  for (int32_t i = 0; i < d->num_inputs; ++i)
    HR_TRY(hr_iterator_open_input(it, i, &z->inputs[i]));
  return HR_SUCCESS;
}

static void close_zip(hr_iterator *it) {
  zip *z = (zip *)it;
  for (int32_t i = 0; z->inputs && i < it->dataset->num_inputs; ++i)
    hr_iterator_close(z->inputs[i]);
  free(z->inputs);
}

static hr_status next_zip(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  zip *z = (zip *)it;
  if (z->has_ended) {
    *end = true;
    return HR_SUCCESS;
  }
  int32_t filled = 0;
  for (int32_t i = 0; i < it->dataset->num_inputs; ++i) {
    hr_status status = hr_iterator_next(z->inputs[i], pull, element + filled, end);
    if (status || *end) {
      hr_element_clear(element, filled);
      z->has_ended |= *end;
      return status;
    }
    filled += z->inputs[i]->dataset->width;
  }
  return HR_SUCCESS;
}

static hr_status save_zip(hr_iterator *it, hr_state_writer *writer) {
  zip *z = (zip *)it;
  hr_state_put_int(writer, z->has_ended);
  for (int32_t i = 0; i < it->dataset->num_inputs; ++i)
    HR_TRY(hr_iterator_save(z->inputs[i], writer));
  return HR_SUCCESS;
}

static hr_status restore_zip(hr_iterator *it, hr_state_reader *reader) {
  zip *z = (zip *)it;
  HR_TRY(hr_state_get_flag(reader, &z->has_ended));
  for (int32_t i = 0; i < it->dataset->num_inputs; ++i)
    HR_TRY(hr_iterator_restore(z->inputs[i], reader));
  return HR_SUCCESS;
}

static int64_t count_zip(const hr_dataset *d) {
  int64_t least = HR_INFINITE_CARDINALITY;
  for (int32_t i = 0; i < d->num_inputs; ++i) {
    int64_t n = hr_dataset_cardinality(d->inputs[i]);
    if (n == HR_UNKNOWN_CARDINALITY) return n;
    if (n >= 0 && (least < 0 || n < least)) least = n;
  }
  return least;
}

static const hr_dataset_type zip_type = {.name = "ZipDataset",
                                         .iterator_size = sizeof(zip),
                                         .open = open_zip,
                                         .next = next_zip,
                                         .close = close_zip,
                                         .save = save_zip,
                                         .restore = restore_zip,
                                         .cardinality = count_zip};

static hr_status check_widths(const hr_dataset *d) {
  int64_t width = 0;
  for (int32_t i = 0; i < d->num_inputs; ++i)
    width += d->inputs[i]->width;
  if (width == d->width) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "The elements of the inputs are %lld tensors, output_types has %d",
                  (long long)width, (int)d->width);
}

static hr_status zip_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &zip_type, sizeof *d, hr_input_count(ctx), &d));
  return hr_give_dataset(ctx, d, check_widths(d));
}
HR_KERNEL(.op = "ZipDataset", .compute = zip_dataset);

/* ---- one after the other ----------------------------------------------------------------------------------------- */

typedef struct chain {
  hr_iterator head;
  hr_iterator *current; /* NULL at the end */
  int64_t index;        /* of its dataset */
} chain;

static hr_status open_chain(hr_iterator *it) { return hr_iterator_open_input(it, 0, &((chain *)it)->current); }

static void close_chain(hr_iterator *it) { hr_iterator_close(((chain *)it)->current); }

static hr_status next_chain(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  chain *c = (chain *)it;
  *end = true;
  while (c->current) {
    HR_TRY(hr_iterator_next(c->current, pull, element, end));
    if (!*end) return HR_SUCCESS;
    hr_iterator_close(c->current);
    c->current = NULL;
    if (++c->index < it->dataset->num_inputs) HR_TRY(hr_iterator_open_input(it, c->index, &c->current));
  }
  return HR_SUCCESS;
}

static hr_status save_chain(hr_iterator *it, hr_state_writer *writer) {
  chain *c = (chain *)it;
  hr_state_put_int(writer, c->index);
  return c->current ? hr_iterator_save(c->current, writer) : HR_SUCCESS;
}

static hr_status restore_chain(hr_iterator *it, hr_state_reader *reader) {
  chain *c = (chain *)it;
  hr_iterator_close(c->current);
  c->current = NULL;
  HR_TRY(hr_state_get_int_in(reader, 0, it->dataset->num_inputs, &c->index));
  if (c->index == it->dataset->num_inputs) return HR_SUCCESS;
  HR_TRY(hr_iterator_open_input(it, c->index, &c->current));
  return hr_iterator_restore(c->current, reader);
}

static int64_t count_chain(const hr_dataset *d) {
  int64_t a = hr_dataset_cardinality(d->inputs[0]), b = hr_dataset_cardinality(d->inputs[1]), sum;
  if (a == HR_INFINITE_CARDINALITY || b == HR_INFINITE_CARDINALITY) return HR_INFINITE_CARDINALITY;
  if (a < 0 || b < 0) return HR_UNKNOWN_CARDINALITY;
  return __builtin_add_overflow(a, b, &sum) ? HR_UNKNOWN_CARDINALITY : sum;
}

static const hr_dataset_type chain_type = {.name = "ConcatenateDataset",
                                           .iterator_size = sizeof(chain),
                                           .open = open_chain,
                                           .next = next_chain,
                                           .close = close_chain,
                                           .save = save_chain,
                                           .restore = restore_chain,
                                           .cardinality = count_chain};

static hr_status check_same_types(const hr_dataset *d) {
  const hr_dataset *a = d->inputs[0], *b = d->inputs[1];
  bool same = a->width == b->width && a->width == d->width;
  for (int32_t i = 0; same && i < a->width; ++i)
    same = a->dtypes[i] == b->dtypes[i];
  return same ? HR_SUCCESS
              : hr_error(HR_INVALID_ARGUMENT, "input dataset and dataset to concatenate have different output_types");
}

static hr_status concatenate_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &chain_type, sizeof *d, 2, &d));
  return hr_give_dataset(ctx, d, check_same_types(d));
}
HR_KERNEL(.op = "ConcatenateDataset", .compute = concatenate_dataset);
