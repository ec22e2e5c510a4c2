#include "kernels_cpu/random_outputs.h"
#include "kernels_cpu/arguments.h"
#include <string.h>

enum { BLOCKS_PER_OUTPUT = 256 };

static void make_range(void *argument, int64_t begin, int64_t end) {
  const hr_random_outputs *job = argument;
  for (int64_t i = begin; i < end; ++i) {
    hr_number_source source = {.generator = job->generator};
    hr_philox_skip(&source.generator, (uint64_t)i * BLOCKS_PER_OUTPUT);
    int64_t parameter = i / job->samples, row = i % job->samples;
    job->make(job, row * job->parameters->elements + parameter, parameter, &source);
  }
}

hr_status hr_random_outputs_make(hr_kernel_context *ctx, double nanos, hr_random_output *make) {
  hr_random_outputs job = {.parameters = hr_input(ctx, 1), .make = make};
  hr_shape samples, shape;
  int64_t dims[2 * HR_MAX_RANK];
  HR_TRY(hr_shape_argument(hr_input(ctx, 0), "shape", &samples));
  memcpy(dims, samples.dims, (size_t)samples.rank * sizeof *dims);
  for (int i = 0; i < job.parameters->rank; ++i)
    dims[samples.rank + i] = job.parameters->dims[i];
  HR_TRY(hr_shape_make(samples.rank + job.parameters->rank, dims, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &job.out));
  if (job.out->elements == 0) return HR_SUCCESS;
  job.samples = hr_shape_elements(&samples);
  job.generator = hr_random_reserve(ctx, (uint64_t)job.out->elements * BLOCKS_PER_OUTPUT);
  hr_parallel_for(ctx, job.out->elements, nanos, make_range, &job);
  return HR_SUCCESS;
}
