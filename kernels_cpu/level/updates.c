/* Update rules. Formulas and order of evaluation are those of TensorFlow's Apply ops. */
#include "kernels_cpu/level/updates.h"
#include "kernels_cpu/level/level.h"

#define UNWRAP(...) __VA_ARGS__
#define LOOP(type, name, setup, ...)                                                                                   \
  static void name##_##type(void *const slots[HR_UPDATE_SLOTS], const void *gradient, const void *parameters,          \
                            int64_t n) {                                                                               \
    typedef HR_TYPE_##type T;                                                                                          \
    const T *grad = gradient, *p = parameters;                                                                         \
    T *var = slots[0], *s1 = slots[1], *s2 = slots[2], *s3 = slots[3];                                                 \
    (void)p, (void)s1, (void)s2, (void)s3;                                                                             \
    UNWRAP setup;                                                                                                      \
    HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {                                                                   \
      const T g = grad[i];                                                                                             \
      __VA_ARGS__                                                                                                      \
    }                                                                                                                  \
  }
/* UPDATE(name, (declarations from the parameters p), statements for element i and its gradient g) */
#define UPDATE(...) HR_FLOATS(LOOP, __VA_ARGS__)

#define POWER(x, y)    _Generic((x), float : powf, double : pow)(x, y)
#define EXPONENTIAL(x) _Generic((x), float : expf, double : exp)(x)

/* var -= alpha * delta */
UPDATE(GradientDescent, (const T alpha = p[0]), var[i] -= g * alpha;)

/* The proximal step: shrinks by l1 and l2 after a gradient step of size `rate`. */
#define SHRINK(x, rate)                                                                                                \
  (l1 > 0 ? HR_SIGN(x) * HR_MAX(HR_ABS(x) - (rate)*l1, (T)0) / (1 + l2 * (rate)) : (x) / (1 + l2 * (rate)))
UPDATE(ProximalGradientDescent, (const T alpha = p[0], l1 = p[1], l2 = p[2]), {
  T step = var[i] - g * alpha;
  var[i] = SHRINK(step, alpha);
})

UPDATE(Momentum, (const T lr = p[0], momentum = p[1]), {
  s1[i] = s1[i] * momentum + g;
  var[i] -= s1[i] * lr;
})
UPDATE(NesterovMomentum, (const T lr = p[0], momentum = p[1]), {
  s1[i] = s1[i] * momentum + g;
  var[i] -= g * lr + s1[i] * momentum * lr;
})

/* The accumulator holds the step itself. */
UPDATE(KerasMomentum, (const T lr = p[0], momentum = p[1]), {
  s1[i] = s1[i] * momentum - g * lr;
  var[i] += s1[i];
})
UPDATE(NesterovKerasMomentum, (const T lr = p[0], momentum = p[1]), {
  s1[i] = s1[i] * momentum - g * lr;
  var[i] += s1[i] * momentum - g * lr;
})

/* Kingma and Ba, with TensorFlow's alpha = lr sqrt(1 - beta2^t) / (1 - beta1^t) and epsilon outside of the root. */
#define ADAM_PARAMETERS                                                                                                \
  (const T beta1 = p[3], beta2 = p[4], epsilon = p[5], alpha = p[2] * HR_SQRT((T)(1 - p[1])) / (1 - p[0]))
UPDATE(Adam, ADAM_PARAMETERS, {
  s1[i] += (g - s1[i]) * (1 - beta1);
  s2[i] += (g * g - s2[i]) * (1 - beta2);
  var[i] -= (s1[i] * alpha) / (HR_SQRT(s2[i]) + epsilon);
})
UPDATE(NesterovAdam, ADAM_PARAMETERS, {
  s1[i] += (g - s1[i]) * (1 - beta1);
  s2[i] += (g * g - s2[i]) * (1 - beta2);
  var[i] -= ((g * (1 - beta1) + beta1 * s1[i]) * alpha) / (HR_SQRT(s2[i]) + epsilon);
})

/* Reddi et al., On the Convergence of Adam and Beyond: s3 is the largest s2 so far. */
UPDATE(Amsgrad, ADAM_PARAMETERS, {
  s1[i] += (g - s1[i]) * (1 - beta1);
  s2[i] += (g * g - s2[i]) * (1 - beta2);
  s3[i] = HR_MAX(s3[i], s2[i]);
  var[i] -= (s1[i] * alpha) / (HR_SQRT(s3[i]) + epsilon);
})

UPDATE(AdaMax, (const T rate = p[1] / (1 - p[0]), beta1 = p[2], beta2 = p[3], epsilon = p[4]), {
  s1[i] += (g - s1[i]) * (1 - beta1);
  s2[i] = HR_MAX(beta2 * s2[i], HR_ABS(g));
  var[i] -= rate * (s1[i] / (s2[i] + epsilon));
})

UPDATE(Adagrad, (const T lr = p[0]), {
  s1[i] += g * g;
  var[i] -= g * lr / HR_SQRT(s1[i]);
})
UPDATE(AdagradFixed, (const T lr = p[0]), var[i] -= g * lr / HR_SQRT(s1[i]);)
UPDATE(AdagradV2, (const T lr = p[0], epsilon = p[1]), {
  s1[i] += g * g;
  var[i] -= g * lr / (HR_SQRT(s1[i]) + epsilon);
})
UPDATE(AdagradV2Fixed, (const T lr = p[0], epsilon = p[1]), var[i] -= g * lr / (HR_SQRT(s1[i]) + epsilon);)

UPDATE(ProximalAdagrad, (const T lr = p[0], l1 = p[1], l2 = p[2]), {
  s1[i] += g * g;
  T rate = lr / HR_SQRT(s1[i]);
  T step = var[i] - g * rate;
  var[i] = SHRINK(step, rate);
})

/* Duchi et al., dual averaging: s1 sums gradients, s2 their squares. */
UPDATE(AdagradDA, (const T lr = p[0], l1 = p[1], l2 = p[2], step = p[3]), {
  s1[i] += g;
  s2[i] += g * g;
  T direction = l1 > 0 ? HR_SIGN(s1[i]) * HR_MAX(HR_ABS(s1[i]) - l1 * step, (T)0) : s1[i];
  var[i] = lr * -1 * direction / (l2 * step * lr + HR_SQRT(s2[i]));
})

UPDATE(Adadelta, (const T lr = p[0], rho = p[1], epsilon = p[2]), {
  s1[i] = s1[i] * rho + g * g * (1 - rho);
  T update = HR_SQRT(s2[i] + epsilon) / HR_SQRT(s1[i] + epsilon) * g;
  s2[i] = s2[i] * rho + update * update * (1 - rho);
  var[i] -= update * lr;
})

UPDATE(RMSProp, (const T lr = p[0], rho = p[1], momentum = p[2], epsilon = p[3]), {
  s1[i] += (g * g - s1[i]) * (1 - rho);
  s2[i] = s2[i] * momentum + (g * lr) / HR_SQRT(s1[i] + epsilon);
  var[i] -= s2[i];
})
UPDATE(CenteredRMSProp, (const T lr = p[0], rho = p[1], momentum = p[2], epsilon = p[3]), {
  s2[i] += (g * g - s2[i]) * (1 - rho);
  s1[i] += (g - s1[i]) * (1 - rho);
  s3[i] = s3[i] * momentum + (g * lr) / HR_SQRT((s2[i] - s1[i] * s1[i]) + epsilon);
  var[i] -= s3[i];
})

/* McMahan et al., Ad Click Prediction: s1 sums squares, s2 is the linear term. The usual power of -1/2 takes roots. */
#define FTRL_STEP(root_new, root_old, shrunk)                                                                          \
  T squares = s1[i] + g * g, new_root = root_new(squares), old_root = root_old(s1[i]);                                 \
  s2[i] += (shrunk) - (new_root - old_root) / lr * var[i];                                                             \
  T over = l1 * HR_SIGN(s2[i]) - s2[i];                                                                                \
  var[i] = HR_ABS(s2[i]) > l1 ? over / (new_root / lr + 2 * l2) : 0;                                                   \
  s1[i] = squares;
#define FTRL_ROOT(x)  HR_SQRT(x)
#define FTRL_POWER(x) POWER(x, -power)
UPDATE(FtrlPower, (const T lr = p[0], l1 = p[1], l2 = p[2], power = p[3]), {FTRL_STEP(FTRL_POWER, FTRL_POWER, g)})
UPDATE(FtrlPowerV2, (const T lr = p[0], l1 = p[1], l2 = p[2], shrinkage = p[3], power = p[4]),
       {FTRL_STEP(FTRL_POWER, FTRL_POWER, g + 2 * shrinkage * var[i])})
#define IS_ROOT(power) ((power) == (T)-0.5)
#define FTRL_LOOPS(type, ...)                                                                                          \
  LOOP(type, FtrlRoot, (const T lr = p[0], l1 = p[1], l2 = p[2]), {FTRL_STEP(FTRL_ROOT, FTRL_ROOT, g)})                \
  LOOP(type, FtrlRootV2, (const T lr = p[0], l1 = p[1], l2 = p[2], shrinkage = p[3]),                                  \
       {FTRL_STEP(FTRL_ROOT, FTRL_ROOT, g + 2 * shrinkage * var[i])})                                                  \
  static void Ftrl_##type(void *const *slots, const void *gradient, const void *parameters, int64_t n) {               \
    typedef HR_TYPE_##type T;                                                                                          \
    (IS_ROOT(((const T *)parameters)[3]) ? FtrlRoot_##type : FtrlPower_##type)(slots, gradient, parameters, n);        \
  }                                                                                                                    \
  static void FtrlV2_##type(void *const *slots, const void *gradient, const void *parameters, int64_t n) {             \
    typedef HR_TYPE_##type T;                                                                                          \
    (IS_ROOT(((const T *)parameters)[4]) ? FtrlRootV2_##type : FtrlPowerV2_##type)(slots, gradient, parameters, n);    \
  }
HR_FLOATS(FTRL_LOOPS, )

/* Bello et al., Neural Optimizer Search. */
UPDATE(AddSign, (const T lr = p[0], alpha = p[1], decay = p[2], beta = p[3]), {
  s1[i] = s1[i] * beta + g * (1 - beta);
  T agreement = HR_SIGN(g) * HR_SIGN(s1[i]);
  var[i] -= lr * (alpha + decay * agreement) * g;
})
UPDATE(PowerSign,
       (const T lr = p[0], beta = p[3], agree = EXPONENTIAL(p[1] * p[2]), differ = EXPONENTIAL(-(p[1] * p[2]))), {
         s1[i] = s1[i] * beta + g * (1 - beta);
         T agreement = HR_SIGN(g) * HR_SIGN(s1[i]);
         var[i] -= lr * (agreement > 0 ? agree : agreement < 0 ? differ : 1) * g;
       })

#define F32(name) name##_f32,
#define F64(name) name##_f64,
extern const hr_update_table HR_LEVELED(updates);
const hr_update_table HR_LEVELED(updates) = {{HR_UPDATE_LIST(F32)}, {HR_UPDATE_LIST(F64)}};
