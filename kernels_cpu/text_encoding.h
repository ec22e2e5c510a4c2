/* Characters of strings in any encoding. */
#ifndef HR_KERNELS_CPU_TEXT_ENCODING_H
#define HR_KERNELS_CPU_TEXT_ENCODING_H

#include "runtime/base/text.h"

/* Reads an encoding by its name: UTF-8, UTF-16 and UTF-32 in both byte orders, ASCII, Latin-1, and what iconv knows. */
typedef struct hr_decoder hr_decoder;
/* InvalidArgument "Could not create converter for input encoding: NAME". */
HR_MUST_USE hr_status hr_decoder_new(const char *name, size_t length, hr_decoder **out);
void hr_decoder_free(hr_decoder *decoder);
/* What follows is the start of a string. */
void hr_decoder_restart(hr_decoder *decoder);
/* How many bytes the next character has, which is written to `*character`: -1 where they are none. 0 at the end. */
size_t hr_decoder_next(hr_decoder *decoder, const char *bytes, size_t length, int32_t *character);

typedef enum hr_unicode_encoding { HR_UTF8, HR_UTF16_BE, HR_UTF32_BE } hr_unicode_encoding;
/* Writes characters. As in UTF-16, halves of a pair make one character; a half alone is written as it is, in UTF-8 as
 * U+FFFD. */
typedef struct hr_encoder {
  hr_unicode_encoding encoding;
  int32_t half; /* the first one of a pair that waits for the second; 0: none */
} hr_encoder;
void hr_encoder_add(hr_encoder *encoder, int32_t character, hr_text *out);
void hr_encoder_end(hr_encoder *encoder, hr_text *out);

#endif
