/* Convolutions of floats by oneDNN.
 *
 * Work is cut in pieces: groups of images, or bands of rows of one large image. The cut follows from the shape alone,
 * each piece is one call on one thread, and the pieces of a filter's gradient are added in their order, so that results
 * do not depend on threads. Images and results stay as they lie, channels last; filters are put into oneDNN's blocks.
 */
#include "kernels_cpu/convolution/convolution.h"

#include "kernels_cpu/library_threads.h"
#include "kernels_cpu/row_arithmetic.h"
#include <dnnl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* ---- compiled code --------------------------------------------------------------------------------------------- */

/* What a piece looks like: everything that code is compiled for. */
typedef struct shape {
  hr_convolution_part part;
  int64_t images, channels, filters;
  hr_window_axis axes[HR_WINDOW_AXES];
} shape;

typedef struct code {
  struct code *next;
  shape shape;
  bool is_there; /* oneDNN has code for the shape */
  dnnl_primitive_t convolve;
  dnnl_primitive_t reorder; /* of the filter into blocks, or its gradient out of them; NULL where blocks are plain */
  dnnl_memory_desc_t operands[HR_CONVOLUTION_PARTS], plain_filter, scratch;
} code;

enum { MAX_CODES = 64 };
struct hr_convolution_cache {
  pthread_mutex_t lock;
  code *first;
  int count;
};

static dnnl_engine_t engine; /* of the process; NULL: oneDNN could make none */
static void make_engine(void) {
  if (dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) engine = NULL;
}

static void free_code(code *code) {
  if (code->convolve) dnnl_primitive_destroy(code->convolve);
  if (code->reorder) dnnl_primitive_destroy(code->reorder);
  free(code);
}

hr_status hr_convolution_cache_new(hr_convolution_cache **out) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_engine);
  *out = calloc(1, sizeof **out);
  if (!*out) return hr_error_out_of_memory(sizeof **out, "a kernel");
  pthread_mutex_init(&(*out)->lock, NULL);
  return HR_SUCCESS;
}

void hr_convolution_cache_free(hr_convolution_cache *cache) {
  for (code *c = cache->first, *next; c; c = next) {
    next = c->next;
    free_code(c);
  }
  pthread_mutex_destroy(&cache->lock);
  free(cache);
}

/* Sizes as oneDNN counts them: batch, channels, then the axes, of which images have two. */
static int describe_sizes(const shape *s, dnnl_dims_t dims[HR_CONVOLUTION_PARTS]) {
  int spatial = s->axes[0].in == 1 && s->axes[0].window == 1 && s->axes[0].stride == 1 ? 2 : 3;
  dnnl_dim_t *x = dims[HR_CONVOLUTION_X], *filter = dims[HR_CONVOLUTION_FILTER], *y = dims[HR_CONVOLUTION_Y];
  x[0] = y[0] = s->images;
  x[1] = filter[1] = s->channels;
  y[1] = filter[0] = s->filters;
  for (int i = 0; i < spatial; ++i) {
    const hr_window_axis *axis = &s->axes[HR_WINDOW_AXES - spatial + i];
    x[2 + i] = axis->in;
    y[2 + i] = axis->out;
    filter[2 + i] = axis->window;
  }
  return spatial;
}

/* The descriptor of the convolution: data as they lie, filters as oneDNN likes. */
static dnnl_status_t describe(const shape *s, dnnl_prop_kind_t kind, dnnl_memory_desc_t *plain_filter,
                              dnnl_convolution_desc_t *out) {
  dnnl_dims_t dims[HR_CONVOLUTION_PARTS], strides, dilates, before, after;
  int spatial = describe_sizes(s, dims), rank = spatial + 2;
  for (int i = 0; i < spatial; ++i) {
    const hr_window_axis *axis = &s->axes[HR_WINDOW_AXES - spatial + i];
    int64_t end = (axis->out - 1) * axis->stride + (axis->window - 1) * axis->dilation + 1 - axis->before;
    strides[i] = axis->stride;
    dilates[i] = axis->dilation - 1;
    before[i] = axis->before;
    after[i] = end > axis->in ? end - axis->in : 0;
  }
  dnnl_format_tag_t data = spatial == 2 ? dnnl_nhwc : dnnl_ndhwc;
  dnnl_memory_desc_t x, y, filter;
  dnnl_status_t status = dnnl_memory_desc_init_by_tag(&x, rank, dims[HR_CONVOLUTION_X], dnnl_f32, data);
  if (status == dnnl_success) status = dnnl_memory_desc_init_by_tag(&y, rank, dims[HR_CONVOLUTION_Y], dnnl_f32, data);
  if (status == dnnl_success)
    status = dnnl_memory_desc_init_by_tag(&filter, rank, dims[HR_CONVOLUTION_FILTER], dnnl_f32, dnnl_format_tag_any);
  if (status == dnnl_success)
    status = dnnl_memory_desc_init_by_tag(plain_filter, rank, dims[HR_CONVOLUTION_FILTER], dnnl_f32,
                                          spatial == 2 ? dnnl_hwio : dnnl_dhwio);
  if (status != dnnl_success) return status;
  if (kind == dnnl_backward_data)
    return dnnl_dilated_convolution_backward_data_desc_init(out, dnnl_convolution_direct, &x, &filter, &y, strides,
                                                            dilates, before, after);
  if (kind == dnnl_backward_weights)
    return dnnl_dilated_convolution_backward_weights_desc_init(out, dnnl_convolution_direct, &x, &filter, NULL, &y,
                                                               strides, dilates, before, after);
  return dnnl_dilated_convolution_forward_desc_init(out, kind, dnnl_convolution_direct, &x, &filter, NULL, &y, strides,
                                                    dilates, before, after);
}

static dnnl_status_t compile_reorder(code *code) {
  const dnnl_memory_desc_t *blocks = &code->operands[HR_CONVOLUTION_FILTER];
  if (dnnl_memory_desc_equal(&code->plain_filter, blocks)) return dnnl_success;
  bool is_result = code->shape.part == HR_CONVOLUTION_FILTER;
  dnnl_primitive_desc_t desc;
  dnnl_status_t status = dnnl_reorder_primitive_desc_create(&desc, is_result ? blocks : &code->plain_filter, engine,
                                                            is_result ? &code->plain_filter : blocks, engine, NULL);
  if (status != dnnl_success) return status;
  status = dnnl_primitive_create(&code->reorder, desc);
  dnnl_primitive_desc_destroy(desc);
  return status;
}

/* oneDNN's plain loops for what it has no code for: patches are faster. */
static bool is_reference(const_dnnl_primitive_desc_t desc) {
  const char *name = NULL;
  return dnnl_primitive_desc_query(desc, dnnl_query_impl_info_str, 0, &name) == dnnl_success && name &&
         strncmp(name, "ref", 3) == 0;
}

static dnnl_status_t compile_with(code *code, const_dnnl_primitive_attr_t attributes) {
  static const dnnl_prop_kind_t kinds[] = {[HR_CONVOLUTION_Y] = dnnl_forward_inference,
                                           [HR_CONVOLUTION_X] = dnnl_backward_data,
                                           [HR_CONVOLUTION_FILTER] = dnnl_backward_weights};
  static const dnnl_query_t queries[HR_CONVOLUTION_PARTS][HR_CONVOLUTION_PARTS] = {
      [HR_CONVOLUTION_Y] = {dnnl_query_dst_md, dnnl_query_src_md, dnnl_query_weights_md},
      [HR_CONVOLUTION_X] = {dnnl_query_diff_dst_md, dnnl_query_diff_src_md, dnnl_query_weights_md},
      [HR_CONVOLUTION_FILTER] = {dnnl_query_diff_dst_md, dnnl_query_src_md, dnnl_query_diff_weights_md}};
  const shape *s = &code->shape;
  dnnl_convolution_desc_t wanted;
  dnnl_primitive_desc_t hint = NULL, desc = NULL;
  dnnl_status_t status = dnnl_success;
  if (s->part != HR_CONVOLUTION_Y) { /* backward descriptors want to see the forward one */
    status = describe(s, dnnl_forward_training, &code->plain_filter, &wanted);
    if (status == dnnl_success) status = dnnl_primitive_desc_create(&hint, &wanted, attributes, engine, NULL);
  }
  if (status == dnnl_success) status = describe(s, kinds[s->part], &code->plain_filter, &wanted);
  if (status == dnnl_success) status = dnnl_primitive_desc_create(&desc, &wanted, attributes, engine, hint);
  if (status == dnnl_success && is_reference(desc)) status = dnnl_unimplemented;
  if (status == dnnl_success) {
    for (int i = 0; i < HR_CONVOLUTION_PARTS; ++i)
      code->operands[i] = *dnnl_primitive_desc_query_md(desc, queries[s->part][i], 0);
    code->scratch = *dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);
    status = dnnl_primitive_create(&code->convolve, desc);
  }
  if (status == dnnl_success) status = compile_reorder(code);
  if (desc) dnnl_primitive_desc_destroy(desc);
  if (hint) dnnl_primitive_desc_destroy(hint);
  return status;
}

static code *compile(const shape *shape) {
  code *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->shape = *shape;
  dnnl_primitive_attr_t attributes;
  if (!engine || dnnl_primitive_attr_create(&attributes) != dnnl_success) return c;
  int threads = hr_openmp_single(); /* code is compiled for a number of threads */
  c->is_there = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) == dnnl_success &&
                compile_with(c, attributes) == dnnl_success;
  hr_openmp_restore(threads);
  dnnl_primitive_attr_destroy(attributes);
  return c;
}

static bool same_shape(const shape *a, const shape *b) {
  bool same = a->part == b->part && a->images == b->images && a->channels == b->channels && a->filters == b->filters;
  for (int i = 0; i < HR_WINDOW_AXES; ++i) {
    const hr_window_axis *x = &a->axes[i], *y = &b->axes[i];
    same &= x->in == y->in && x->out == y->out && x->window == y->window && x->stride == y->stride &&
            x->dilation == y->dilation && x->before == y->before;
  }
  return same;
}

/* Code for a shape, which lives as long as the cache; NULL where there is none, or no room for more. */
static const code *find_code(hr_convolution_cache *cache, const shape *shape) {
  pthread_mutex_lock(&cache->lock);
  code *found = cache->first;
  while (found && !same_shape(&found->shape, shape))
    found = found->next;
  if (!found && cache->count < MAX_CODES && (found = compile(shape)) != NULL) {
    found->next = cache->first;
    cache->first = found;
    ++cache->count;
  }
  pthread_mutex_unlock(&cache->lock);
  return found && found->is_there ? found : NULL;
}

/* ---- the cut --------------------------------------------------------------------------------------------------- */

/* Operations of a piece, and the fewest that are worth a call; pieces of a filter's gradient, each of which has a sum.
 */
static const double PIECE_OPERATIONS = 1e7, FEWEST_OPERATIONS = 2e6;
enum { MAX_SUMS = 8 };

typedef struct cut {
  int64_t images; /* of a piece */
  int64_t groups; /* of images; the last one may be smaller */
  int64_t bands;  /* of each image, where a piece is one */
} cut;

static cut cut_of(const hr_convolution *c, hr_convolution_part part) {
  double operations =
      2.0 * (double)(hr_windows_out(c->axes) * c->filters) * (double)(hr_windows_taps(c->axes) * c->channels);
  cut cut = {.images = 1, .bands = 1};
  double all = operations * (double)c->batch, pieces = all / PIECE_OPERATIONS;
  if (pieces < MAX_SUMS) pieces = all / FEWEST_OPERATIONS < MAX_SUMS ? all / FEWEST_OPERATIONS : MAX_SUMS;
  if (part == HR_CONVOLUTION_FILTER && pieces > MAX_SUMS) pieces = MAX_SUMS;
  int64_t groups = pieces < 1 ? 1 : pieces > (double)c->batch ? c->batch : (int64_t)pieces;
  cut.images = (c->batch + groups - 1) / groups;
  cut.groups = (c->batch + cut.images - 1) / cut.images;
  bool is_image = c->axes[0].in == 1 && c->axes[0].window == 1;
  if (cut.images == 1 && cut.groups < 4 && is_image) {
    static const int64_t fewest_rows = 8;
    int64_t rows = part == HR_CONVOLUTION_X ? c->axes[1].in : c->axes[1].out;
    int64_t most = rows / fewest_rows, wanted = (int64_t)(operations / PIECE_OPERATIONS);
    cut.bands = wanted < most ? wanted : most;
    if (cut.bands > MAX_SUMS / cut.groups) cut.bands = MAX_SUMS / cut.groups;
    if (cut.bands < 1) cut.bands = 1;
  }
  return cut;
}

/* One call: code, and where the operands begin, in elements. */
typedef struct piece {
  const code *code;
  int64_t begins[HR_CONVOLUTION_PARTS];
} piece;

/* The rows [begin, end) of the result as an axis of its own, and the input's row that it begins with. */
static hr_window_axis band_of(const hr_window_axis *axis, int64_t begin, int64_t end, int64_t *first) {
  int64_t start = begin * axis->stride - axis->before;
  int64_t stop = (end - 1) * axis->stride - axis->before + (axis->window - 1) * axis->dilation + 1;
  hr_window_axis band = *axis;
  *first = start > 0 ? start : 0;
  band.before = start < 0 ? -start : 0;
  band.in = (stop < axis->in ? stop : axis->in) - *first;
  band.out = end - begin;
  return band;
}

/* The rows [begin, end) of the input as an axis of its own, and the first window that sees one of them. */
static hr_window_axis band_of_input(const hr_window_axis *axis, int64_t begin, int64_t end, int64_t *first) {
  int64_t reach = (axis->window - 1) * axis->dilation, unseen = begin + axis->before - reach;
  int64_t last = (end - 1 + axis->before) / axis->stride;
  hr_window_axis band = *axis;
  *first = unseen > 0 ? (unseen + axis->stride - 1) / axis->stride : 0;
  band.before = axis->before + begin - *first * axis->stride;
  band.in = end - begin;
  band.out = (last < axis->out ? last + 1 : axis->out) - *first;
  return band;
}

/* False where a piece has no code. */
static bool find_pieces(hr_convolution_cache *cache, const hr_convolution *c, hr_convolution_part part, const cut *cut,
                        piece *pieces) {
  const hr_window_axis *rows = &c->axes[1];
  bool of_input = part == HR_CONVOLUTION_X;
  int64_t count = of_input ? rows->in : rows->out;
  for (int64_t i = 0; i < cut->groups * cut->bands; ++i) {
    int64_t image = i / cut->bands * cut->images, band = i % cut->bands, first = 0;
    int64_t begin = count * band / cut->bands, end = count * (band + 1) / cut->bands;
    shape s = {.part = part, .images = cut->images, .channels = c->channels, .filters = c->filters};
    if (s.images > c->batch - image) s.images = c->batch - image;
    memcpy(s.axes, c->axes, sizeof s.axes);
    if (cut->bands > 1) s.axes[1] = (of_input ? band_of_input : band_of)(rows, begin, end, &first);
    if (s.axes[1].in <= 0 || s.axes[1].out <= 0 || s.axes[1].before < 0) return false;
    const piece *before = i > 0 ? &pieces[i - 1] : NULL;
    pieces[i].code = before && same_shape(&before->code->shape, &s) ? before->code : find_code(cache, &s);
    if (!pieces[i].code) return false;
    int64_t x_row = of_input ? begin : first, y_row = of_input ? first : begin;
    pieces[i].begins[HR_CONVOLUTION_X] = (image * hr_windows_in(c->axes) + x_row * c->axes[2].in) * c->channels;
    pieces[i].begins[HR_CONVOLUTION_Y] = (image * hr_windows_out(c->axes) + y_row * c->axes[2].out) * c->filters;
    pieces[i].begins[HR_CONVOLUTION_FILTER] = 0;
  }
  return true;
}

/* ---- execution ------------------------------------------------------------------------------------------------- */

enum { MAX_ARGUMENTS = 4 };
typedef struct argument {
  int index; /* DNNL_ARG_... */
  const dnnl_memory_desc_t *desc;
  void *data;
} argument;

/* One call on the calling thread, with signals held back: oneDNN's code keeps data where a handler's frame would go
 * (gemm.c). */
static dnnl_status_t execute(dnnl_primitive_t primitive, int count, const argument *arguments) {
  dnnl_stream_t stream = NULL;
  dnnl_exec_arg_t list[MAX_ARGUMENTS];
  dnnl_status_t status = dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
  int made = 0;
  for (; made < count && status == dnnl_success; ++made) {
    list[made].arg = arguments[made].index;
    status = dnnl_memory_create(&list[made].memory, arguments[made].desc, engine, arguments[made].data);
    if (status != dnnl_success) break;
  }
  if (status == dnnl_success) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    status = dnnl_primitive_execute(primitive, stream, count, list);
    if (status == dnnl_success) status = dnnl_stream_wait(stream);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  for (int i = 0; i < made; ++i)
    dnnl_memory_destroy(list[i].memory);
  if (stream) dnnl_stream_destroy(stream);
  return status;
}

static dnnl_status_t reorder_filter(const code *code, void *from, void *to) {
  bool is_result = code->shape.part == HR_CONVOLUTION_FILTER;
  const dnnl_memory_desc_t *blocks = &code->operands[HR_CONVOLUTION_FILTER];
  int threads = hr_openmp_single();
  dnnl_status_t status = execute(code->reorder, 2,
                                 (argument[]){{DNNL_ARG_FROM, is_result ? blocks : &code->plain_filter, from},
                                              {DNNL_ARG_TO, is_result ? &code->plain_filter : blocks, to}});
  hr_openmp_restore(threads);
  return status;
}

typedef struct job {
  const hr_kernel_context *ctx;
  const hr_convolution *c;
  hr_convolution_part part;
  int64_t count;
  const piece *pieces;
  char *filters;       /* in blocks: of all pieces, or for gradients one for each */
  size_t filter_bytes; /* from one to the next; 0: one for all */
  char *scratch;       /* for each piece */
  size_t scratch_bytes;
  _Atomic int failed; /* a dnnl_status_t */
} job;

static void run_pieces(void *opaque, int64_t begin, int64_t end) {
  static const int indices[HR_CONVOLUTION_PARTS][HR_CONVOLUTION_PARTS] = {
      [HR_CONVOLUTION_Y] = {DNNL_ARG_DST, DNNL_ARG_SRC, DNNL_ARG_WEIGHTS},
      [HR_CONVOLUTION_X] = {DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS},
      [HR_CONVOLUTION_FILTER] = {DNNL_ARG_DIFF_DST, DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS}};
  job *job = opaque;
  int threads = hr_openmp_single();
  for (int64_t i = begin; i < end && !hr_is_cancelled(job->ctx); ++i) {
    const piece *piece = &job->pieces[i];
    argument arguments[MAX_ARGUMENTS];
    for (int a = 0; a < HR_CONVOLUTION_PARTS; ++a) {
      char *data = a == HR_CONVOLUTION_FILTER ? job->filters + (size_t)i * job->filter_bytes
                                              : (char *)((float *)job->c->data[a] + piece->begins[a]);
      arguments[a] = (argument){indices[job->part][a], &piece->code->operands[a], data};
    }
    arguments[HR_CONVOLUTION_PARTS] =
        (argument){DNNL_ARG_SCRATCHPAD, &piece->code->scratch, job->scratch + (size_t)i * job->scratch_bytes};
    dnnl_status_t status = execute(piece->code->convolve, MAX_ARGUMENTS, arguments);
    if (status != dnnl_success) atomic_store(&job->failed, (int)status);
  }
  hr_openmp_restore(threads);
}

typedef struct addition {
  hr_binary_loop *add;
  float *sums;
  int64_t count, apart; /* sums, and elements from one to the next */
} addition;
static void add_sums(void *argument, int64_t begin, int64_t end) {
  const addition *a = argument;
  for (int64_t i = 1; i < a->count; ++i)
    a->add(a->sums + begin, a->sums + begin, a->sums + i * a->apart + begin, end - begin, HR_BOTH_ROWS);
}

static size_t round_up(size_t bytes) { return (bytes + 63) / 64 * 64; }

static void size_job(job *job, const code *code) {
  size_t blocks = dnnl_memory_desc_get_size(&code->operands[HR_CONVOLUTION_FILTER]);
  bool has_sums = job->part == HR_CONVOLUTION_FILTER;
  job->filter_bytes = has_sums ? round_up(blocks) : 0;
  for (int64_t i = 0; i < job->count; ++i) {
    size_t bytes = round_up(dnnl_memory_desc_get_size(&job->pieces[i].code->scratch));
    if (bytes > job->scratch_bytes) job->scratch_bytes = bytes;
  }
}

/* All pieces take the filter in one form: that which the first one's code likes. */
static bool share_a_filter(const piece *pieces, int64_t count) {
  for (int64_t i = 1; i < count; ++i)
    if (!dnnl_memory_desc_equal(&pieces[i].code->operands[HR_CONVOLUTION_FILTER],
                                &pieces[0].code->operands[HR_CONVOLUTION_FILTER]))
      return false;
  return true;
}

static dnnl_status_t run_job(hr_kernel_context *ctx, job *job, double piece_nanos) {
  const code *code = job->pieces[0].code;
  char *filter = job->c->data[HR_CONVOLUTION_FILTER];
  bool is_gradient = job->part == HR_CONVOLUTION_FILTER;
  if (!is_gradient) {
    if (code->reorder) {
      dnnl_status_t status = reorder_filter(code, filter, job->filters);
      if (status != dnnl_success) return status;
    } else {
      job->filters = filter;
    }
  }
  hr_parallel_for(ctx, job->count, piece_nanos, run_pieces, job);
  dnnl_status_t status = (dnnl_status_t)atomic_load(&job->failed);
  if (!is_gradient || status != dnnl_success) return status;
  size_t bytes = dnnl_memory_desc_get_size(&code->operands[HR_CONVOLUTION_FILTER]);
  addition addition = {hr_row_loop(HR_ROW_ADD, HR_FLOAT), (float *)job->filters, job->count,
                       (int64_t)(job->filter_bytes / sizeof(float))};
  if (job->count > 1)
    hr_parallel_for(ctx, (int64_t)(bytes / sizeof(float)), 0.2 * (double)job->count, add_sums, &addition);
  if (code->reorder) return reorder_filter(code, job->filters, filter);
  memcpy(filter, job->filters, bytes);
  return dnnl_success;
}

hr_status hr_convolve_blocks(hr_kernel_context *ctx, hr_convolution_cache *cache, const hr_convolution *c,
                             hr_convolution_part part, bool *done) {
  cut cut = cut_of(c, part);
  int64_t count = cut.groups * cut.bands;
  *done = false;
  hr_tensor scratch = {0};
  piece *pieces = calloc((size_t)count, sizeof *pieces);
  if (!pieces) return hr_error_out_of_memory((unsigned long long)count * sizeof *pieces, "a convolution");
  hr_status status = HR_SUCCESS;
  bool found = find_pieces(cache, c, part, &cut, pieces) && share_a_filter(pieces, count);
  if (!found && cut.bands > 1) { /* no code for a band */
    cut.bands = 1;
    count = cut.groups;
    found = find_pieces(cache, c, part, &cut, pieces) && share_a_filter(pieces, count);
  }
  if (found) {
    job job = {.ctx = ctx, .c = c, .part = part, .count = count, .pieces = pieces};
    size_job(&job, pieces[0].code);
    size_t filters = round_up(dnnl_memory_desc_get_size(&pieces[0].code->operands[HR_CONVOLUTION_FILTER]));
    if (part == HR_CONVOLUTION_FILTER) filters *= (size_t)count;
    int64_t bytes = (int64_t)(filters + (size_t)count * job.scratch_bytes + 64);
    HR_TRY_GOTO(status, hr_temporary_new(ctx, HR_UINT8, &(hr_shape){1, {bytes}}, &scratch), done);
    job.filters = (char *)round_up((size_t)hr_tensor_data(&scratch));
    job.scratch = job.filters + filters;
    static const double operations_a_nano = 60;
    double nanos = 2.0 * (double)(c->batch * hr_windows_out(c->axes) * c->filters) *
                   (double)(hr_windows_taps(c->axes) * c->channels) / operations_a_nano;
    dnnl_status_t result = run_job(ctx, &job, nanos / (double)count);
    if (result == dnnl_out_of_memory)
      status = hr_error(HR_RESOURCE_EXHAUSTED, "oneDNN ran out of memory");
    else if (result != dnnl_success)
      status = hr_error(HR_INTERNAL, "oneDNN failed with status %d", (int)result);
    *done = !status;
  }
done:
  hr_tensor_clear(&scratch);
  free(pieces);
  return status;
}
