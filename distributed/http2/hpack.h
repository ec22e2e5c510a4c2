/* HPACK (RFC 7541): how HTTP/2 writes the fields of headers. */
#ifndef HR_DISTRIBUTED_HTTP2_HPACK_H
#define HR_DISTRIBUTED_HTTP2_HPACK_H

#include "runtime/base/text.h"

typedef struct hr_hpack_field {
  hr_view name, value;
} hr_hpack_field;

#define HR_HPACK_STATIC 61
extern const hr_hpack_field hr_hpack_static[HR_HPACK_STATIC];
extern const uint8_t hr_hpack_code_length[257]; /* of each byte, and of the end */

/* The most that a table of fields holds, counted as HPACK does: what both sides begin with. */
#define HR_HPACK_TABLE_BYTES 4096
#define HR_HPACK_TABLE_ROOM  (HR_HPACK_TABLE_BYTES / 32)

/* Fields that were sent before, the latest first. A zeroed struct, with `limit` set, is empty. */
typedef struct hr_hpack_table {
  hr_hpack_field entries[HR_HPACK_TABLE_ROOM]; /* a ring; the bytes of a field are one allocation, its name's */
  int32_t first, count;
  size_t bytes, limit;
} hr_hpack_table;
void hr_hpack_table_clear(hr_hpack_table *table);

/* ---- reading --------------------------------------------------------------------------------------------------- */

typedef struct hr_hpack_decoder {
  hr_hpack_table table;
  hr_text scratch;
} hr_hpack_decoder;

void hr_hpack_decoder_init(hr_hpack_decoder *decoder);
void hr_hpack_decoder_clear(hr_hpack_decoder *decoder);
/* Calls `field` for each field of a whole block; the views last for the call. False for bytes that are no such block,
 * and where memory is out: the connection cannot go on then. */
bool hr_hpack_decode(hr_hpack_decoder *decoder, hr_view block, void (*field)(void *argument, hr_hpack_field field),
                     void *argument);

/* ---- writing --------------------------------------------------------------------------------------------------- */

typedef struct hr_hpack_encoder {
  hr_hpack_table table;
  bool has_shrunk; /* the other side keeps a smaller table: nothing is kept any more, which the next block says */
  bool is_plain;
} hr_hpack_encoder;

void hr_hpack_encoder_init(hr_hpack_encoder *encoder);
void hr_hpack_encoder_clear(hr_hpack_encoder *encoder);
/* SETTINGS_HEADER_TABLE_SIZE of the other side. */
void hr_hpack_encoder_limit(hr_hpack_encoder *encoder, size_t bytes);
/* Appends a field to a block. `is_usual`: it will come again, so that it is worth being kept. */
void hr_hpack_encode(hr_hpack_encoder *encoder, hr_text *block, hr_view name, hr_view value, bool is_usual);

#endif
