/* Blocks of headers: what was read can be written and reads the same. The first byte says how long the first block is;
 * a second one, over the same table, follows. */
#include "distributed/http2/hpack.h"
#include <stdlib.h>

typedef struct copy {
  hr_hpack_encoder *encoder;
  hr_text block, flat;
} copy;

static void note(hr_text *flat, hr_hpack_field field) {
  hr_text_add(flat, field.name.data ? field.name.data : "", field.name.length);
  hr_text_add(flat, "\n", 1);
  hr_text_add(flat, field.value.data ? field.value.data : "", field.value.length);
  hr_text_add(flat, "\n", 1);
}

static void write_again(void *argument, hr_hpack_field field) {
  copy *c = argument;
  hr_hpack_encode(c->encoder, &c->block, field.name, field.value, field.name.length % 2);
  note(&c->flat, field);
}
static void read_again(void *flat, hr_hpack_field field) { note(flat, field); }

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  if (length < 1) return 0;
  size_t first = bytes[0] < length - 1 ? bytes[0] : length - 1;
  const char *text = (const char *)bytes + 1;
  hr_view blocks[] = {{text, first}, {text + first, length - 1 - first}};
  hr_hpack_decoder decoder, other;
  hr_hpack_encoder encoder;
  hr_hpack_decoder_init(&decoder);
  hr_hpack_decoder_init(&other);
  hr_hpack_encoder_init(&encoder);
  for (int i = 0; i < 2; ++i) {
    copy c = {.encoder = &encoder};
    hr_text flat = {0};
    bool good = hr_hpack_decode(&decoder, blocks[i], write_again, &c);
    /* What came before a mistake was written, too. */
    if (!hr_hpack_decode(&other, (hr_view){c.block.data, c.block.length}, read_again, &flat)) abort();
    if (flat.length != c.flat.length || (flat.length > 0 && memcmp(flat.data, c.flat.data, flat.length) != 0)) abort();
    hr_text_free(&c.block);
    hr_text_free(&c.flat);
    hr_text_free(&flat);
    if (!good) break;
  }
  hr_hpack_decoder_clear(&decoder);
  hr_hpack_decoder_clear(&other);
  hr_hpack_encoder_clear(&encoder);
  return 0;
}
