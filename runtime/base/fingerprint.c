#include "runtime/base/fingerprint.h"

#include <string.h>

/* All read little-endian. */
static uint64_t fetch64(const unsigned char *p) {
  uint64_t x = 0;
  for (int i = 7; i >= 0; --i)
    x = x << 8 | p[i];
  return x;
}
static uint64_t fetch32(const unsigned char *p) {
  return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}
static uint64_t rotate_right(uint64_t x, int bits) { return x >> bits | x << (64 - bits); }
static uint64_t rotate_left(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }
static uint64_t shift_mix(uint64_t x) { return x ^ x >> 47; }

/* ---- FarmHash -------------------------------------------------------------------------------------------------- */

static const uint64_t k0 = 0xc3a5c85c97cb3127, k1 = 0xb492b66fbe98f273, k2 = 0x9ae16a3b2f90404f;

static uint64_t mix_pair(uint64_t u, uint64_t v, uint64_t factor) {
  uint64_t a = shift_mix((u ^ v) * factor);
  return shift_mix((v ^ a) * factor) * factor;
}

static uint64_t hash_to_16(const unsigned char *s, size_t n) {
  uint64_t factor = k2 + n * 2;
  if (n >= 8) {
    uint64_t a = fetch64(s) + k2, b = fetch64(s + n - 8);
    return mix_pair(rotate_right(b, 37) * factor + a, (rotate_right(a, 25) + b) * factor, factor);
  }
  if (n >= 4) return mix_pair(n + (fetch32(s) << 3), fetch32(s + n - 4), factor);
  if (n == 0) return k2;
  uint64_t y = s[0] + ((uint64_t)s[n >> 1] << 8), z = n + ((uint64_t)s[n - 1] << 2);
  return shift_mix(y * k2 ^ z * k0) * k2;
}

static uint64_t hash_to_32(const unsigned char *s, size_t n) {
  uint64_t factor = k2 + n * 2, a = fetch64(s) * k1, b = fetch64(s + 8);
  uint64_t c = fetch64(s + n - 8) * factor, d = fetch64(s + n - 16) * k2;
  return mix_pair(rotate_right(a + b, 43) + rotate_right(c, 30) + d, a + rotate_right(b + k2, 18) + c, factor);
}

static uint64_t hash_to_64(const unsigned char *s, size_t n) {
  uint64_t factor = k2 + n * 2, a = fetch64(s) * k2, b = fetch64(s + 8);
  uint64_t c = fetch64(s + n - 8) * factor, d = fetch64(s + n - 16) * k2;
  uint64_t y = rotate_right(a + b, 43) + rotate_right(c, 30) + d;
  uint64_t z = mix_pair(y, a + rotate_right(b + k2, 18) + c, factor);
  uint64_t e = fetch64(s + 16) * factor, f = fetch64(s + 24);
  uint64_t g = (y + fetch64(s + n - 32)) * factor, h = (z + fetch64(s + n - 24)) * factor;
  return mix_pair(rotate_right(e + f, 43) + rotate_right(g, 30) + h, e + rotate_right(f + a, 18) + g, factor);
}

typedef struct pair {
  uint64_t first, second;
} pair;

/* 32 bytes and two seeds. */
static pair weak_hash(const unsigned char *s, uint64_t a, uint64_t b) {
  uint64_t z = fetch64(s + 24);
  a += fetch64(s);
  b = rotate_right(b + a + z, 21);
  uint64_t c = a;
  a += fetch64(s + 8) + fetch64(s + 16);
  b += rotate_right(a, 44);
  return (pair){a + z, b + c};
}

typedef struct state {
  uint64_t x, y, z;
  pair v, w;
} state;

/* 64 bytes; the last block has other factors. */
static void add_block(state *t, const unsigned char *s, uint64_t factor, uint64_t nine) {
  t->x = rotate_right(t->x + t->y + t->v.first + fetch64(s + 8), 37) * factor;
  t->y = rotate_right(t->y + t->v.second + fetch64(s + 48), 42) * factor;
  t->x ^= t->w.second * nine;
  t->y += t->v.first * nine + fetch64(s + 40);
  t->z = rotate_right(t->z + t->w.first, 33) * factor;
  t->v = weak_hash(s, t->v.second * factor, t->x + t->w.first);
  t->w = weak_hash(s + 32, t->z + t->w.second, t->y + fetch64(s + 16));
  uint64_t z = t->z;
  t->z = t->x;
  t->x = z;
}

uint64_t hr_fingerprint64(const void *bytes, size_t n) {
  const unsigned char *s = bytes;
  if (n <= 16) return hash_to_16(s, n);
  if (n <= 32) return hash_to_32(s, n);
  if (n <= 64) return hash_to_64(s, n);
  const uint64_t seed = 81;
  state t = {.x = seed * k2 + fetch64(s), .y = seed * k1 + 113};
  t.z = shift_mix(t.y * k2 + 113) * k2;
  size_t rest = (n - 1) & 63;
  const unsigned char *end = s + (n - 1) / 64 * 64, *last = end + rest - 63;
  for (; s != end; s += 64)
    add_block(&t, s, k1, 1);
  uint64_t factor = k1 + ((t.z & 0xff) << 1);
  t.w.first += rest;
  t.v.first += t.w.first;
  t.w.first += t.v.first;
  add_block(&t, last, factor, 9);
  return mix_pair(mix_pair(t.v.first, t.w.first, factor) + shift_mix(t.y) * k0 + t.z,
                  mix_pair(t.v.second, t.w.second, factor) + t.x, factor);
}

/* ---- Murmur ---------------------------------------------------------------------------------------------------- */

static const uint64_t murmur = 0xc6a4a7935bd1e995;

uint64_t hr_fingerprint_cat64(uint64_t first, uint64_t second) {
  uint64_t result = first ^ murmur;
  result ^= shift_mix(second * murmur) * murmur;
  result *= murmur;
  return shift_mix(shift_mix(result) * murmur);
}

uint64_t hr_hash64(const void *bytes, size_t n) { return hr_hash64_seeded(bytes, n, UINT64_C(0xDECAFCAFFE)); }

uint64_t hr_hash64_seeded(const void *bytes, size_t n, uint64_t seed) {
  const unsigned char *s = bytes;
  uint64_t h = seed ^ n * murmur;
  for (; n >= 8; s += 8, n -= 8)
    h = (h ^ shift_mix(fetch64(s) * murmur) * murmur) * murmur;
  if (n > 0) {
    for (size_t i = 0; i < n; ++i)
      h ^= (uint64_t)s[i] << 8 * i;
    h *= murmur;
  }
  return shift_mix(shift_mix(h) * murmur);
}

/* ---- SipHash --------------------------------------------------------------------------------------------------- */

static void sip_round(uint64_t v[4]) {
  v[0] += v[1];
  v[2] += v[3];
  v[1] = rotate_left(v[1], 13) ^ v[0];
  v[3] = rotate_left(v[3], 16) ^ v[2];
  v[0] = rotate_left(v[0], 32) + v[3];
  v[2] += v[1];
  v[1] = rotate_left(v[1], 17) ^ v[2];
  v[3] = rotate_left(v[3], 21) ^ v[0];
  v[2] = rotate_left(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word) {
  v[3] ^= word;
  sip_round(v);
  sip_round(v);
  v[0] ^= word;
}

uint64_t hr_sip_hash(const uint64_t key[2], const void *bytes, size_t n) {
  uint64_t v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
                   key[1] ^ 0x7465646279746573};
  const unsigned char *s = bytes;
  size_t rest = n;
  for (; rest >= 8; s += 8, rest -= 8)
    sip_word(v, fetch64(s));
  uint64_t last = (uint64_t)(n & 0xff) << 56;
  for (size_t i = 0; i < rest; ++i)
    last |= (uint64_t)s[i] << 8 * i;
  sip_word(v, last);
  v[2] ^= 0xff;
  for (int i = 0; i < 4; ++i)
    sip_round(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}
