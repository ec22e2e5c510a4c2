#include "tests/conformance/recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
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

bool recorded_exists(const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s%s", RECORDED, name);
  return access(path, F_OK) == 0;
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

/* ---- GraphDefs -------------------------------------------------------------------------------------------------- */

typedef struct node_list {
  hr_view *items; /* malloc'd: NodeDefs */
  size_t count;
} node_list;

/* The fields of a message that are bytes and have the number. */
static node_list fields_of(hr_view message, uint32_t wanted) {
  node_list list = {0};
  uint32_t field = 0;
  hr_wire_type type = HR_WIRE_VARINT;
  for (hr_wire wire = hr_wire_of_view(message); !hr_wire_done(&wire);) {
    hr_view bytes;
    assert_true(hr_wire_tag(&wire, &field, &type));
    if (field != wanted || type != HR_WIRE_BYTES) {
      assert_true(hr_wire_skip(&wire, type));
      continue;
    }
    assert_true(hr_wire_bytes(&wire, &bytes));
    list.items = realloc(list.items, (list.count + 1) * sizeof *list.items);
    assert_non_null(list.items);
    list.items[list.count++] = bytes;
  }
  return list;
}

enum { GRAPH_NODE = 1, NODE_NAME = 1, NODE_INPUT = 3 };

static int compare_views(const void *a, const void *b) {
  const hr_view *x = a, *y = b;
  int order = memcmp(x->data, y->data, x->length < y->length ? x->length : y->length);
  return order ? order : (x->length > y->length) - (x->length < y->length);
}

bool recorded_same_nodes(hr_view a, hr_view b) {
  node_list x = fields_of(a, GRAPH_NODE), y = fields_of(b, GRAPH_NODE);
  bool same = x.count == y.count;
  if (same && x.count > 0) {
    qsort(x.items, x.count, sizeof *x.items, compare_views);
    qsort(y.items, y.count, sizeof *y.items, compare_views);
  }
  for (size_t i = 0; same && i < x.count; ++i)
    same = hr_view_equal(x.items[i], y.items[i]);
  free(x.items);
  free(y.items);
  return same;
}

/* "name", "name:1" or "^name" of an input. */
static hr_view node_of(hr_view input) {
  if (input.length > 0 && input.data[0] == '^') return (hr_view){input.data + 1, input.length - 1};
  const char *colon = memchr(input.data, ':', input.length);
  return (hr_view){input.data, colon ? (size_t)(colon - input.data) : input.length};
}

static bool is_among(const hr_view *names, size_t count, hr_view name) {
  for (size_t i = 0; i < count; ++i)
    if (hr_view_equal(names[i], name)) return true;
  return false;
}

bool recorded_reads_ahead(hr_view graph) {
  node_list nodes = fields_of(graph, GRAPH_NODE);
  hr_view *names = calloc(nodes.count + 1, sizeof *names);
  assert_non_null(names);
  bool ahead = false;
  for (size_t i = 0; i < nodes.count; ++i) {
    node_list name = fields_of(nodes.items[i], NODE_NAME), inputs = fields_of(nodes.items[i], NODE_INPUT);
    assert_int_equal(name.count, 1);
    names[i] = name.items[0];
    for (size_t k = 0; k < inputs.count; ++k)
      ahead = ahead || !is_among(names, i, node_of(inputs.items[k]));
    free(name.items);
    free(inputs.items);
  }
  free(names);
  free(nodes.items);
  return ahead;
}
