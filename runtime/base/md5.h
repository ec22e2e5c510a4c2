/* MD5 (RFC 1321): TensorFlow derives seeds and names from it. */
#ifndef HR_RUNTIME_BASE_MD5_H
#define HR_RUNTIME_BASE_MD5_H

#include <stddef.h>
#include <stdint.h>

void hr_md5(const void *bytes, size_t length, uint8_t digest[16]);

#endif
