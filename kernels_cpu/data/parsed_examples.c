/* ParseExampleDataset: the features of batches of serialised Examples. */
#include "kernels_cpu/data/mapped.h"
#include "kernels_cpu/parsing/example_batch.h"
#include "kernels_cpu/sparse_bytes.h"

typedef struct parsed {
  hr_dataset head;
  hr_graph *graph; /* of the node, whose attributes the plan looks at: a reference */
  hr_feature_plan plan;
  hr_feature_keys *keys;          /* sparse ones, then dense ones */
  hr_tensor *defaults;            /* of the dense ones */
  const hr_tensor **default_list; /* the same */
  int32_t *places;                /* the component of each key */
} parsed;

typedef struct parser {
  hr_iterator head;
  hr_tensor *parts; /* what a batch is parsed into */
} parser;

static int32_t parts_of(const parsed *d) { return 3 * d->plan.num_sparse + d->plan.num_dense; }

static void destroy(hr_dataset *dataset) {
  parsed *d = (parsed *)dataset;
  if (d->defaults) hr_element_clear(d->defaults, d->plan.num_dense);
  free(d->defaults);
  free(d->default_list);
  free(d->places);
  hr_feature_keys_free(d->keys);
  hr_feature_plan_clear(&d->plan);
  if (d->graph) hr_graph_unref(d->graph);
}

static hr_status open(hr_iterator *it) {
  return hr_element_new(parts_of((parsed *)it->dataset), &((parser *)it)->parts);
}

static void close_parser(hr_iterator *it) { free(((parser *)it)->parts); }

/* Puts the parts where they belong, and leaves none. */
static hr_status put_parts(const parsed *d, hr_tensor *parts, hr_tensor *element) {
  int32_t sparse = d->plan.num_sparse;
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < sparse && !status; ++i) {
    hr_tensor three[3];
    for (int32_t k = 0; k < 3; ++k)
      hr_element_move(&parts[k * sparse + i], &three[k], 1);
    status = hr_sparse_variants(three, &element[d->places[i]]);
  }
  for (int32_t i = 0; i < d->plan.num_dense && !status; ++i)
    hr_element_move(&parts[3 * sparse + i], &element[d->places[sparse + i]], 1);
  if (status) hr_element_clear(element, d->head.width);
  return status;
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const parsed *d = (parsed *)it->dataset;
  parser *p = (parser *)it;
  hr_tensor serialized = {0};
  const hr_tensor none = {.dtype = HR_STRING, .rank = 1};
  HR_TRY(hr_iterator_next(it->input, pull, &serialized, end));
  if (*end) return HR_SUCCESS;
  memset(element, 0, sizeof *element * (size_t)d->head.width);
  hr_status status = hr_tensor_dtype(&serialized) == HR_STRING
                         ? hr_example_batch_parse(&(hr_example_batch){.plan = &d->plan,
                                                                      .keys = d->keys,
                                                                      .serialized = &serialized,
                                                                      .names = &none,
                                                                      .defaults = d->default_list,
                                                                      .pool = it->pipeline->pool,
                                                                      .outputs = p->parts})
                         : hr_error(HR_INVALID_ARGUMENT, "Input dataset should be a dataset of vectors of strings");
  hr_tensor_clear(&serialized);
  if (!status) status = put_parts(d, p->parts, element);
  if (status) hr_element_clear(p->parts, parts_of(d));
  return status;
}

static int64_t cardinality(const hr_dataset *d) { return hr_dataset_cardinality(d->inputs[0]); }

static const hr_dataset_type type = {.name = "ParseExampleDataset",
                                     .iterator_size = sizeof(parser),
                                     .opens_input = true,
                                     .destroy = destroy,
                                     .open = open,
                                     .next = next,
                                     .close = close_parser,
                                     .save = hr_save_nothing,
                                     .restore = hr_restore_nothing,
                                     .cardinality = cardinality};

/* ---- the kernel -------------------------------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b, void *keys) {
  hr_view x = hr_feature_key(keys, *(const int32_t *)a), y = hr_feature_key(keys, *(const int32_t *)b);
  int order = memcmp(x.data, y.data, x.length < y.length ? x.length : y.length);
  return order ? order : (x.length > y.length) - (x.length < y.length);
}

/* Components stand in the order of the keys' texts. */
static hr_status find_places(parsed *d) {
  int32_t count = d->plan.num_sparse + d->plan.num_dense, *order = malloc(sizeof *order * ((size_t)count + 1));
  d->places = malloc(sizeof *d->places * ((size_t)count + 1));
  if (!order || !d->places) {
    free(order);
    return hr_error_out_of_memory(sizeof *order * (size_t)count, "the features to parse");
  }
  for (int32_t i = 0; i < count; ++i)
    order[i] = i;
  qsort_r(order, (size_t)count, sizeof *order, compare_keys, d->keys);
  for (int32_t i = 0; i < count; ++i)
    d->places[order[i]] = i;
  free(order);
  return HR_SUCCESS;
}

static hr_status read_keys(const hr_node *node, parsed *d) {
  const hr_attr_value *sparse = hr_node_attr(node, "sparse_keys"), *dense = hr_node_attr(node, "dense_keys");
  if (sparse->count != d->plan.num_sparse || dense->count != d->plan.num_dense)
    return hr_error(HR_INVALID_ARGUMENT, "%d and %d keys for %d sparse and %d dense features", (int)sparse->count,
                    (int)dense->count, (int)d->plan.num_sparse, (int)d->plan.num_dense);
  int32_t count = sparse->count + dense->count;
  if (count != d->head.width)
    return hr_error(HR_INVALID_ARGUMENT, "%d features, and elements of %d components", (int)count, (int)d->head.width);
  hr_view *names = malloc(sizeof *names * ((size_t)count + 1));
  if (!names) return hr_error_out_of_memory(sizeof *names * (size_t)count, "the keys of features");
  for (int32_t i = 0; i < count; ++i) {
    hr_bytes key = i < sparse->count ? sparse->strings[i] : dense->strings[i - sparse->count];
    names[i] = (hr_view){key.data, key.length};
  }
  d->keys = hr_feature_keys_new(count, names);
  free(names);
  return d->keys ? find_places(d) : hr_error_out_of_memory(0, "the keys of features");
}

static hr_status check_components(const parsed *d) {
  for (int32_t i = 0; i < d->plan.num_sparse; ++i)
    if (d->head.dtypes[d->places[i]] != HR_VARIANT)
      return hr_error(HR_INVALID_ARGUMENT, "Component %d is a sparse feature, which comes as variants",
                      (int)d->places[i]);
  for (int32_t i = 0; i < d->plan.num_dense; ++i) {
    int32_t place = d->places[d->plan.num_sparse + i];
    if (d->head.dtypes[place] != d->plan.dense[i].dtype)
      return hr_error(HR_INVALID_ARGUMENT, "Component %d is a feature of %s, not of %s", (int)place,
                      hr_dtype_name(d->plan.dense[i].dtype), hr_dtype_name(d->head.dtypes[place]));
  }
  return HR_SUCCESS;
}

static hr_status read_defaults(const hr_kernel_context *ctx, parsed *d) {
  HR_TRY(hr_element_new(d->plan.num_dense, &d->defaults));
  d->default_list = malloc(sizeof *d->default_list * ((size_t)d->plan.num_dense + 1));
  if (!d->default_list) return hr_error_out_of_memory(0, "the defaults of features");
  for (int32_t i = 0; i < d->plan.num_dense; ++i) {
    HR_TRY(hr_keep_input_shared(ctx, 2 + i, &d->defaults[i]));
    d->default_list[i] = &d->defaults[i];
    HR_TRY(hr_feature_plan_check_default(&d->plan, i, &d->defaults[i]));
  }
  return HR_SUCCESS;
}

static hr_status read_inputs(const hr_kernel_context *ctx, parsed *d) {
  const hr_node *node = hr_context_node(ctx);
  int64_t calls;
  HR_TRY(hr_int_input(ctx, 1, "num_parallel_calls", &calls));
  if (calls != -1 && calls <= 0) return hr_error(HR_INVALID_ARGUMENT, "num_parallel_calls must be greater than zero.");
  if (d->head.inputs[0]->width != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Input dataset should be a dataset of vectors of strings");
  d->graph = hr_graph_ref(node->graph);
  HR_TRY(hr_feature_plan_of(hr_node_attr(node, "sparse_types"), hr_node_attr(node, "Tdense"),
                            hr_node_attr(node, "dense_shapes"), &d->plan));
  HR_TRY(read_keys(node, d));
  HR_TRY(check_components(d));
  return read_defaults(ctx, d);
}

static hr_status parse_example_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(parsed), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (parsed *)d));
}
HR_KERNEL(.op = "ParseExampleDataset", .compute = parse_example_dataset);
HR_KERNEL(.op = "ExperimentalParseExampleDataset", .compute = parse_example_dataset);
