/* Hashes of bytes that stay the same for ever: graphs and checkpoints depend on what they give. */
#ifndef HR_RUNTIME_BASE_FINGERPRINT_H
#define HR_RUNTIME_BASE_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

/* FarmHash's Fingerprint64 (github.com/google/farmhash), which TensorFlow calls so too. */
uint64_t hr_fingerprint64(const void *bytes, size_t length);

/* The fingerprint of two things in a row, of theirs (TensorFlow's FingerprintCat64). */
uint64_t hr_fingerprint_cat64(uint64_t first, uint64_t second);

/* TensorFlow's Hash64: MurmurHash64A, with a seed of its own, or another one. */
uint64_t hr_hash64(const void *bytes, size_t length);
uint64_t hr_hash64_seeded(const void *bytes, size_t length, uint64_t seed);

/* SipHash-2-4 (Aumasson and Bernstein) with a key of 128 bits: whoever does not know the key cannot make collisions. */
uint64_t hr_sip_hash(const uint64_t key[2], const void *bytes, size_t length);

#endif
