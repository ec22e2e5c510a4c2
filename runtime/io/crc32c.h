/* CRC-32C (Castagnoli; RFC 3720, appendix B.4), by the processor's instruction where it has one, and the masked form
 * that TensorFlow and LevelDB store, so that a checksum of bytes which hold checksums stays sound. */
#ifndef HR_RUNTIME_IO_CRC32C_H
#define HR_RUNTIME_IO_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of A followed by `bytes`, where `crc` is that of A (0 for an empty A). */
uint32_t hr_crc32c_extend(uint32_t crc, const void *bytes, size_t length);

/* The same by table, on every processor: what hr_crc32c_extend must equal. */
uint32_t hr_crc32c_extend_by_table(uint32_t crc, const void *bytes, size_t length);

static inline uint32_t hr_crc32c(const void *bytes, size_t length) { return hr_crc32c_extend(0, bytes, length); }

static inline uint32_t hr_crc32c_mask(uint32_t crc) { return (crc >> 15 | crc << 17) + 0xa282ead8u; }
static inline uint32_t hr_crc32c_unmask(uint32_t masked) {
  uint32_t rotated = masked - 0xa282ead8u;
  return rotated >> 17 | rotated << 15;
}

#endif
