/* Random ops with a parameter for each column of the output (RandomGamma, RandomPoisson), and the numbers they draw. */
#ifndef HR_KERNELS_CPU_RANDOM_OUTPUTS_H
#define HR_KERNELS_CPU_RANDOM_OUTPUTS_H

#include "kernels_cpu/random_normal.h"
#include "kernels_cpu/random_state.h"

/* A stretch of a generator as doubles of two distributions. A block makes two numbers of either, which are used last
 * first. */
typedef struct hr_number_source {
  hr_philox generator;
  double uniforms[2], normals[2];
  int uniforms_left, normals_left;
} hr_number_source;

static inline double hr_next_uniform(hr_number_source *source) {
  if (source->uniforms_left == 0) {
    uint32_t numbers[4];
    hr_philox_next(&source->generator, numbers);
    source->uniforms[0] = hr_philox_to_double(numbers[0], numbers[1]);
    source->uniforms[1] = hr_philox_to_double(numbers[2], numbers[3]);
    source->uniforms_left = 2;
  }
  return source->uniforms[--source->uniforms_left];
}

static inline double hr_next_normal(hr_number_source *source) {
  if (source->normals_left == 0) {
    uint32_t numbers[4];
    hr_philox_next(&source->generator, numbers);
    hr_normal_pair_f64(numbers, source->normals);
    source->normals_left = 2;
  }
  return source->normals[--source->normals_left];
}

typedef struct hr_random_outputs hr_random_outputs;
/* Makes element `place` of the output from element `parameter` of the parameters. */
typedef void hr_random_output(const hr_random_outputs *job, int64_t place, int64_t parameter, hr_number_source *source);
struct hr_random_outputs {
  const hr_tensor *parameters;
  hr_tensor *out;
  int64_t samples; /* of each parameter */
  hr_philox generator;
  hr_random_output *make;
};

/* Output 0 of the shape in input 0 followed by that of the parameters, input 1, by a kernel made by hr_random_create.
 * `nanos`: what an element costs. Each has a stretch of the generator of its own, parameter by parameter, so that any
 * thread may make any of them. InvalidArgument for a shape that is none. */
HR_MUST_USE hr_status hr_random_outputs_make(hr_kernel_context *ctx, double nanos, hr_random_output *make);

#endif
