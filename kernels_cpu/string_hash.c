/* StringToHashBucket, StringToHashBucketFast, StringToHashBucketStrong. */
#include "kernels_cpu/string_arguments.h"
#include "runtime/base/fingerprint.h"

static hr_status hash_all(hr_kernel_context *ctx, uint64_t (*hash)(hr_view text, const uint64_t key[2]),
                          const uint64_t key[2]) {
  const hr_tensor *x = hr_input(ctx, 0);
  uint64_t buckets = (uint64_t)hr_node_attr(hr_context_node(ctx), "num_buckets")->i;
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  int64_t *to = hr_tensor_data(out);
  for (int64_t i = 0; i < x->elements; ++i)
    to[i] = (int64_t)(hash(hr_string_view(hr_string_at(x, i)), key) % buckets);
  return HR_SUCCESS;
}

static uint64_t plain_hash(hr_view text, const uint64_t key[2]) {
  (void)key;
  return hr_hash64(text.data, text.length);
}
static hr_status plain(hr_kernel_context *ctx) { return hash_all(ctx, plain_hash, NULL); }
HR_KERNEL(.op = "StringToHashBucket", .compute = plain);

static uint64_t fast_hash(hr_view text, const uint64_t key[2]) {
  (void)key;
  return hr_fingerprint64(text.data, text.length);
}
static hr_status fast(hr_kernel_context *ctx) { return hash_all(ctx, fast_hash, NULL); }
HR_KERNEL(.op = "StringToHashBucketFast", .compute = fast);

static hr_status strong_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *key;
  HR_TRY(hr_construction_attr(c, "key", &key));
  *state = NULL;
  if (key->count == 2) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Key must have 2 elements");
}
static uint64_t strong_hash(hr_view text, const uint64_t key[2]) { return hr_sip_hash(key, text.data, text.length); }
static hr_status strong(hr_kernel_context *ctx) {
  const int64_t *given = hr_node_attr(hr_context_node(ctx), "key")->ints;
  const uint64_t key[2] = {(uint64_t)given[0], (uint64_t)given[1]};
  return hash_all(ctx, strong_hash, key);
}
HR_KERNEL(.op = "StringToHashBucketStrong", .create = strong_create, .compute = strong);
