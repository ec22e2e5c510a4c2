#include "distributed/wire_status.h"

static const char own_mark[] = "\n\t [[node ", mark[] = "[[{{node ", mark_end[] = "}}]]";

void hr_status_to_wire(hr_status status, hr_text *out) {
  const char *message = hr_status_message(status), *node = hr_status_node(status), *at = NULL;
  for (const char *next = node ? strstr(message, own_mark) : NULL; next; next = strstr(next + 1, own_mark))
    at = next; /* the last one is the status's own */
  if (!at) {
    hr_text_add_string(out, message);
    return;
  }
  hr_text_add(out, message, (size_t)(at - message));
  hr_text_printf(out, "\n\t %s%s%s", mark, node, mark_end);
}

hr_status hr_status_for_wire(hr_status status) {
  if (!status || !hr_status_node(status)) return status;
  hr_text text = {0};
  hr_status_to_wire(status, &text);
  hr_status plain = hr_error(hr_status_code(status), "%s", text.data ? text.data : "");
  hr_text_free(&text);
  hr_status_free(status);
  return plain;
}

/* A node's name between marks: the text behind it, or NULL. */
static const char *read_mark(const char *at, const char *begin, const char *end, hr_view *name) {
  size_t length = strlen(begin);
  if (strncmp(at, begin, length) != 0) return NULL;
  const char *stop = strstr(at + length, end);
  if (!stop) return NULL;
  *name = (hr_view){at + length, (size_t)(stop - at) - length};
  return stop + strlen(end);
}

static hr_node *find_node(const hr_graph *graph, hr_view name) {
  hr_text copy = {0};
  hr_text_add(&copy, name.data, name.length);
  hr_node *node = copy.data ? hr_graph_find(graph, copy.data) : NULL;
  hr_text_free(&copy);
  return node;
}

/* The text without the mark of the first node that the graph has, which it returns; other marks become plain text. */
static hr_node *take_mark(const char *text, const hr_graph *graph, hr_text *out) {
  hr_node *found = NULL;
  while (*text) {
    hr_view name;
    const char *behind = found ? NULL : read_mark(text, mark, mark_end, &name);
    hr_node *node = behind ? find_node(graph, name) : NULL;
    if (node) {
      found = node;
      while (out->length > 0 && strchr(" \t\n", out->data[out->length - 1]))
        --out->length;
      text = behind;
    } else if ((behind = read_mark(text, "{{node ", "}}", &name))) {
      hr_text_add_string(out, "node ");
      hr_text_add(out, name.data, name.length);
      text = behind;
    } else {
      hr_text_add(out, text++, 1);
    }
  }
  return found;
}

hr_status hr_status_find_node(hr_status status, const hr_graph *graph) {
  if (!status || !graph || hr_status_node(status) || !strstr(hr_status_message(status), "{{node ")) return status;
  hr_text text = {0};
  hr_node *node = take_mark(hr_status_message(status), graph, &text);
  if (!text.failed) {
    hr_status plain = hr_error(hr_status_code(status), "%.*s", (int)text.length, text.data ? text.data : "");
    hr_status_free(status);
    status = node ? hr_status_at_node(plain, hr_node_name(node), hr_node_op(node), hr_node_where(node)) : plain;
  }
  hr_text_free(&text);
  return status;
}

hr_status hr_status_from_wire(int64_t code, hr_view text, const hr_graph *graph) {
  if (code == HR_OK) return HR_SUCCESS;
  hr_code known = code > HR_OK && code <= HR_UNAUTHENTICATED ? (hr_code)code : HR_UNKNOWN;
  return hr_status_find_node(hr_error(known, "%.*s", (int)text.length, text.data ? text.data : ""), graph);
}
