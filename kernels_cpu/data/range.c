/* RangeDataset. */
#include "kernels_cpu/data/dataset_kernel.h"

typedef struct range {
  hr_dataset head;
  int64_t start, stop, step;
} range;

typedef struct position {
  hr_iterator head;
  int64_t next;
} position;

static hr_status open(hr_iterator *it) {
  ((position *)it)->next = ((range *)it->dataset)->start;
  return HR_SUCCESS;
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  (void)pull;
  const range *d = (range *)it->dataset;
  position *p = (position *)it;
  if (d->step > 0 ? p->next >= d->stop : p->next <= d->stop) {
    *end = true;
    return HR_SUCCESS;
  }
  element[0] = hr_tensor_i64(p->next);
  if (__builtin_add_overflow(p->next, d->step, &p->next)) p->next = d->stop;
  return HR_SUCCESS;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  hr_state_put_int(writer, ((position *)it)->next);
  return HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  return hr_state_get_int(reader, &((position *)it)->next);
}

static int64_t cardinality(const hr_dataset *dataset) {
  const range *d = (const range *)dataset;
  if (d->step > 0 ? d->start >= d->stop : d->start <= d->stop) return 0;
  unsigned __int128 distance = d->step > 0 ? (unsigned __int128)((__int128)d->stop - d->start)
                                           : (unsigned __int128)((__int128)d->start - d->stop);
  unsigned __int128 step = (unsigned __int128)(d->step > 0 ? (__int128)d->step : -(__int128)d->step);
  unsigned __int128 count = (distance + step - 1) / step;
  return count > INT64_MAX ? INT64_MAX : (int64_t)count;
}

static const hr_dataset_type type = {.name = "RangeDataset",
                                     .iterator_size = sizeof(position),
                                     .open = open,
                                     .next = next,
                                     .save = save,
                                     .restore = restore,
                                     .cardinality = cardinality};

static hr_status read_inputs(const hr_kernel_context *ctx, range *d) {
  HR_TRY(hr_int_input(ctx, 0, "start", &d->start));
  HR_TRY(hr_int_input(ctx, 1, "stop", &d->stop));
  HR_TRY(hr_int_input(ctx, 2, "step", &d->step));
  return d->step != 0 ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "step must be a non-zero integer.");
}

static hr_status range_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(range), 0, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (range *)d));
}
HR_KERNEL(.op = "RangeDataset", .compute = range_dataset);
