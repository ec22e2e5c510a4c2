#include "kernels_cpu/data/memory_dataset.h"

typedef struct in_memory {
  hr_dataset head;
  hr_elements elements;
} in_memory;

typedef struct position {
  hr_iterator head;
  int64_t next;
} position;

static void destroy(hr_dataset *dataset) { hr_elements_free(&((in_memory *)dataset)->elements, dataset->width); }

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  (void)pull;
  const hr_elements *list = &((in_memory *)it->dataset)->elements;
  position *p = (position *)it;
  *end = p->next >= list->count;
  if (!*end) hr_element_copy(hr_elements_at(list, p->next++, it->dataset->width), element, it->dataset->width);
  return HR_SUCCESS;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  hr_state_put_int(writer, ((position *)it)->next);
  return HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  return hr_state_get_int_in(reader, 0, INT64_MAX, &((position *)it)->next);
}

static int64_t cardinality(const hr_dataset *dataset) { return ((const in_memory *)dataset)->elements.count; }

static const hr_dataset_type type = {.name = "WindowDataset",
                                     .iterator_size = sizeof(position),
                                     .destroy = destroy,
                                     .next = next,
                                     .save = save,
                                     .restore = restore,
                                     .cardinality = cardinality};

hr_status hr_memory_dataset(const hr_dataset *like, hr_elements *elements, hr_dataset **out) {
  int32_t *dtypes = calloc((size_t)like->width + 1, sizeof *dtypes);
  if (!dtypes) return hr_error_out_of_memory(sizeof *dtypes, "a dataset");
  for (int32_t i = 0; i < like->width; ++i)
    dtypes[i] = (int32_t)like->dtypes[i];
  hr_status status = hr_dataset_new(&type, sizeof(in_memory), like->width, dtypes, like->shapes, 0, NULL, out);
  free(dtypes);
  HR_TRY(status);
  ((in_memory *)*out)->elements = *elements;
  *elements = (hr_elements){0};
  return HR_SUCCESS;
}
