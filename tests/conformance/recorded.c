#include "tests/conformance/recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <zlib.h>

#include "runtime/base/wire.h"

hr_text recorded_file(const char *name) {
  char path[4096], block[65536];
  snprintf(path, sizeof path, "%s%s", RECORDED, name);
  hr_text text = {0};
  gzFile file = gzopen(path, "rb"); /* reads files that are not compressed as they are */
  if (!file) fail_msg("cannot open %s", path);
  int count;
  while ((count = gzread(file, block, sizeof block)) > 0)
    hr_text_add(&text, block, (size_t)count);
  gzclose(file);
  if (count < 0 || text.failed) fail_msg("cannot read %s", path);
  return text;
}

static hr_view take(hr_view *rest, size_t length) {
  if (length > rest->length) fail_msg("recording ends in the middle of a record");
  hr_view taken = {rest->data, length};
  rest->data += length;
  rest->length -= length;
  return taken;
}

static uint32_t take_u32(hr_view *rest) { return hr_read_u32(take(rest, 4).data); }

static hr_view take_block(hr_view *rest) { return take(rest, take_u32(rest)); }

static uint32_t take_count(hr_view *rest) {
  uint32_t count = take_u32(rest);
  if (count > RECORDED_MAX) fail_msg("recording has %u items in a list", (unsigned)count);
  return count;
}

bool recorded_next_value(hr_view *rest, recorded_value *out) {
  if (rest->length == 0) return false;
  uint32_t kind = take_u32(rest);
  if (kind > RECORDED_DIGEST) fail_msg("recording has a record of kind %u", (unsigned)kind);
  out->kind = (recorded_kind)kind;
  out->step = take_u32(rest);
  uint32_t name_length = take_u32(rest), size = take_u32(rest);
  out->name = take(rest, name_length);
  out->payload = take(rest, size);
  return true;
}

recorded_digest recorded_digest_of(const recorded_value *value) {
  hr_view rest = value->payload;
  recorded_digest digest = {.crc = take_u32(&rest)};
  digest.elements = hr_read_u64(take(&rest, 8).data);
  digest.ends = rest;
  return digest;
}

static recorded_shapes take_shapes(hr_view *rest) {
  recorded_shapes shapes = {.count = take_count(rest)};
  for (uint32_t i = 0; i < shapes.count; ++i)
    shapes.shapes[i] = take_block(rest);
  shapes.refusal = take_block(rest);
  return shapes;
}

bool recorded_next_kernel(hr_view *rest, recorded_kernel *out) {
  if (rest->length == 0) return false;
  hr_view body = take_block(rest);
  *out = (recorded_kernel){.node = take_block(&body)};
  out->num_inputs = take_count(&body);
  for (uint32_t i = 0; i < out->num_inputs; ++i) {
    out->inputs[i].is_variable = take_u32(&body) != 0;
    out->inputs[i].value = take_block(&body);
  }
  out->code = take_u32(&body);
  out->message = take_block(&body);
  out->num_outputs = take_count(&body);
  for (uint32_t i = 0; i < out->num_outputs; ++i)
    out->outputs[i] = take_block(&body);
  for (uint32_t left = take_count(&body); left > 0; --left) {
    uint32_t input = take_u32(&body);
    if (input >= out->num_inputs) fail_msg("recording has no input %u", (unsigned)input);
    out->inputs[input].after = take_block(&body);
  }
  out->shaped = take_shapes(&body);
  out->constant = take_shapes(&body);
  if (body.length != 0) fail_msg("recording has more than it should");
  return true;
}
