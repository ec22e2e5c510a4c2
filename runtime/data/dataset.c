#include "runtime/data/dataset.h"
#include <stdlib.h>

/* ---- datasets ---------------------------------------------------------------------------------------------------- */

static void destroy(hr_resource *resource) {
  hr_dataset *dataset = (hr_dataset *)resource;
  if (dataset->type->destroy) dataset->type->destroy(dataset);
  hr_resource_unref(dataset->shared);
  for (int32_t i = 0; i < dataset->num_inputs; ++i)
    hr_dataset_unref(dataset->inputs[i]);
  free(dataset->inputs);
  free(dataset->shapes);
  free(dataset->dtypes);
  free(dataset);
}
const hr_resource_type hr_dataset_resource = {.name = "Dataset", .destroy = destroy};

hr_status hr_dataset_new(const hr_dataset_type *type, size_t size, int32_t width, const int32_t *dtypes,
                         const hr_partial_shape *shapes, int32_t num_inputs, hr_dataset *const *inputs,
                         hr_dataset **out) {
  *out = NULL;
  hr_dataset *d = calloc(1, size);
  hr_dtype *own_dtypes = calloc((size_t)width + 1, sizeof *own_dtypes);
  hr_partial_shape *own_shapes = calloc((size_t)width + 1, sizeof *own_shapes);
  hr_dataset **own_inputs = calloc((size_t)num_inputs + 1, sizeof *own_inputs);
  if (!d || !own_dtypes || !own_shapes || !own_inputs) {
    free(d);
    free(own_dtypes);
    free(own_shapes);
    free(own_inputs);
    return hr_error_out_of_memory(size, "a dataset");
  }
  for (int32_t i = 0; i < width; ++i) {
    own_dtypes[i] = (hr_dtype)dtypes[i];
    own_shapes[i] = shapes[i];
  }
  for (int32_t i = 0; i < num_inputs; ++i)
    own_inputs[i] = hr_dataset_ref(inputs[i]);
  hr_resource_init(&d->resource, &hr_dataset_resource);
  d->type = type;
  d->width = width;
  d->dtypes = own_dtypes;
  d->shapes = own_shapes;
  d->num_inputs = num_inputs;
  d->inputs = own_inputs;
  *out = d;
  return HR_SUCCESS;
}

hr_status hr_dataset_of(const hr_tensor *variant, hr_dataset **out) {
  hr_resource *resource;
  HR_TRY(hr_variant_get(variant, &hr_dataset_resource, &resource));
  *out = (hr_dataset *)resource;
  return HR_SUCCESS;
}

hr_status hr_iterator_shared(const hr_iterator *it, hr_resource_maker make, hr_resource **out) {
  hr_pipeline *p = it->pipeline;
  if (it->path) return hr_pipeline_shared(p, it->path, make, it->dataset, out);
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&p->lock);
  hr_resource **shared = &it->dataset->shared;
  if (!*shared) status = make(it->dataset, shared);
  *out = status ? NULL : hr_resource_ref(*shared);
  pthread_mutex_unlock(&p->lock);
  return status;
}

int64_t hr_dataset_cardinality(const hr_dataset *dataset) {
  return dataset->type->cardinality ? dataset->type->cardinality(dataset) : HR_UNKNOWN_CARDINALITY;
}

/* ---- iterators --------------------------------------------------------------------------------------------------- */

static hr_status open(hr_dataset *dataset, hr_pipeline *pipeline, bool is_optimized, uint64_t path, hr_iterator **out) {
  *out = NULL;
  const hr_dataset_type *type = dataset->type;
  hr_iterator *it = calloc(1, type->iterator_size);
  if (!it) return hr_error_out_of_memory(type->iterator_size, "an iterator");
  it->dataset = hr_dataset_ref(dataset);
  it->pipeline = pipeline;
  it->is_optimized = is_optimized;
  it->path = path;
  hr_status status = HR_SUCCESS;
  if (type->opens_input) status = hr_iterator_open_input(it, 0, &it->input);
  if (!status && type->open) status = type->open(it);
  if (status) {
    hr_iterator_close(it);
    return status;
  }
  *out = it;
  return HR_SUCCESS;
}

hr_status hr_iterator_open(hr_dataset *dataset, hr_pipeline *pipeline, hr_iterator **out) {
  return open(dataset, pipeline, false, 0, out);
}

hr_status hr_iterator_open_input(const hr_iterator *parent, int32_t index, hr_iterator **out) {
  uint64_t path = (parent->path + (uint64_t)index + 1) * UINT64_C(0x9E3779B97F4A7C15);
  path = parent->path ? (path ^ path >> 29) | 1 : 0;
  return open(parent->dataset->inputs[index], parent->pipeline, parent->is_optimized, path, out);
}

hr_status hr_iterator_open_fused(const hr_iterator *parent, hr_dataset *dataset, hr_iterator **out) {
  return open(dataset, parent->pipeline, parent->is_optimized, parent->path, out);
}

hr_status hr_iterator_open_made(const hr_iterator *parent, hr_dataset *dataset, hr_iterator **out) {
  return open(dataset, parent->pipeline, parent->is_optimized, 0, out);
}

void hr_iterator_close(hr_iterator *it) {
  if (!it) return;
  hr_dataset *dataset = it->dataset;
  if (dataset->type->close) dataset->type->close(it);
  if (dataset->type->opens_input) hr_iterator_close(it->input);
  free(it);
  hr_dataset_unref(dataset);
}

hr_status hr_iterator_save(hr_iterator *it, hr_state_writer *writer) {
  const hr_dataset_type *type = it->dataset->type;
  if (!type->save) return hr_error(HR_UNIMPLEMENTED, "%s does not support serialization", type->name);
  hr_state_put_bytes(writer, type->name, strlen(type->name));
  if (type->opens_input && !type->saves_input) {
    hr_state_put_int(writer, it->input != NULL);
    if (it->input) HR_TRY(hr_iterator_save(it->input, writer));
  }
  return type->save(it, writer);
}

hr_status hr_iterator_restore(hr_iterator *it, hr_state_reader *reader) {
  const hr_dataset_type *type = it->dataset->type;
  const char *name;
  size_t length;
  HR_TRY(hr_state_get_bytes(reader, &name, &length));
  if (length != strlen(type->name) || memcmp(name, type->name, length) != 0)
    return hr_error(HR_INVALID_ARGUMENT, "The state of a %.*s cannot be that of a %s", (int)(length > 64 ? 64 : length),
                    name, type->name);
  if (!type->restore) return hr_error(HR_UNIMPLEMENTED, "%s does not support serialization", type->name);
  if (type->opens_input && !type->saves_input) {
    bool has_input;
    HR_TRY(hr_state_get_flag(reader, &has_input));
    if (!has_input) {
      hr_iterator_close(it->input);
      it->input = NULL;
    } else {
      if (!it->input) HR_TRY(hr_iterator_open_input(it, 0, &it->input));
      HR_TRY(hr_iterator_restore(it->input, reader));
    }
  }
  return type->restore(it, reader);
}
