/* HTTP/2 by hand: what other clients may send, and what nobody may; servers and clients whose other side is silent. */
#include "distributed/http2/connection.h"
#include "transport_testing.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

/* ---- a server that answers what it was asked --------------------------------------------------------------------- */

static void echo(void *unused, hr_rpc *rpc) {
  (void)unused;
  hr_slices request = *hr_rpc_request(rpc);
  *hr_rpc_request(rpc) = (hr_slices){0};
  hr_rpc_reply(rpc, HR_SUCCESS, &request);
}

static sem_t held, given_up;
static void end_held(void *rpc) {
  hr_rpc_reply(rpc, hr_error(HR_CANCELLED, "given up"), NULL);
  sem_post(&given_up);
}
static void hold(void *unused, hr_rpc *rpc) {
  (void)unused;
  bool may = hr_rpc_on_cancel(rpc, end_held, rpc);
  sem_post(&held);
  if (!may) end_held(rpc);
}

static int setup(void **state) {
  const hr_rpc_method methods[] = {{"/test/Echo", echo, NULL, true}, {"/test/Hold", hold, NULL, true}};
  hr_rpc_server *server;
  assert_ok(hr_rpc_server_new(
      &(hr_rpc_server_options){.host = "localhost", .max_message = 1 << 20, .method_count = 2, .methods = methods},
      &server));
  assert_ok(hr_rpc_server_start(server));
  *state = server;
  sem_init(&held, 0, 0);
  sem_init(&given_up, 0, 0);
  return 0;
}
static int teardown(void **state) {
  hr_rpc_server_free(*state);
  return 0;
}

/* ---- a client's bytes -------------------------------------------------------------------------------------------- */

static int connect_to(const hr_rpc_server *server) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)hr_rpc_server_port(server)),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
  return fd;
}

static void put(hr_text *out, int type, int flags, uint32_t stream, const void *payload, size_t length) {
  char head[HR_H2_HEAD] = {(char)(length >> 16), (char)(length >> 8), (char)length, (char)type, (char)flags};
  hr_h2_write32(head + 5, stream);
  hr_text_add(out, head, sizeof head);
  hr_text_add(out, payload, length);
}

/* A block of headers for a call. */
static hr_text request_block(const char *path) {
  hr_hpack_encoder encoder;
  hr_hpack_encoder_init(&encoder);
  hr_text block = {0};
  hr_hpack_encode(&encoder, &block, HR_VIEW(":method"), HR_VIEW("POST"), false);
  hr_hpack_encode(&encoder, &block, HR_VIEW(":path"), hr_view_of(path), false);
  hr_hpack_encode(&encoder, &block, HR_VIEW("te"), HR_VIEW("trailers"), false);
  hr_hpack_encoder_clear(&encoder);
  return block;
}

static hr_text beginning(void) {
  hr_text out = {0};
  hr_text_add_string(&out, HR_H2_PREFACE);
  put(&out, HR_H2_SETTINGS, 0, 0, "", 0);
  return out;
}

static void put_headers(hr_text *out, uint32_t stream, const char *path) {
  hr_text block = request_block(path);
  put(out, HR_H2_HEADERS, HR_H2_END_HEADERS, stream, block.data, block.length);
  hr_text_free(&block);
}

static void send_all(int fd, hr_text *out) {
  assert_int_equal(send(fd, out->data, out->length, MSG_NOSIGNAL), out->length);
  hr_text_free(out);
}

/* Milliseconds that no machine needs. */
enum { LONG = 100000 };

/* What has come of DATA on streams, and whether the last headers have. */
typedef struct answer {
  hr_text data;
  size_t enough; /* bytes of it; 0: all there are */
  bool ended, pinged;
  int window_updates;
} answer;

/* False at the end of the connection, or after `milliseconds` of silence. */
static bool receive(int fd, void *bytes, size_t count, int milliseconds) {
  for (size_t have = 0; have < count;) {
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (poll(&wait, 1, milliseconds) != 1) return false;
    ssize_t got = recv(fd, (char *)bytes + have, count - have, 0);
    if (got <= 0) return false;
    have += (size_t)got;
  }
  return true;
}

/* Reads frames until there is enough, the stream has ended or a ping is answered; or to the end of the connection. */
static void read_answer(int fd, answer *a) {
  char head[HR_H2_HEAD];
  static char payload[1 << 22];
  while (!a->ended && !a->pinged && !(a->enough && a->data.length >= a->enough) &&
         receive(fd, head, sizeof head, LONG)) {
    size_t length = hr_h2_read32(head) >> 8;
    assert_true(length <= sizeof payload && receive(fd, payload, length, LONG));
    if (head[3] == HR_H2_DATA) hr_text_add(&a->data, payload, length);
    a->pinged |= head[3] == HR_H2_PING && head[4] & HR_H2_ACK;
    a->window_updates += head[3] == HR_H2_WINDOW_UPDATE;
    a->ended |= (head[3] == HR_H2_HEADERS || head[3] == HR_H2_DATA) && head[4] & HR_H2_END_STREAM;
  }
}

static void assert_echoed(int fd, const char *text) {
  answer a = {0};
  read_answer(fd, &a);
  assert_true(a.ended);
  assert_int_equal(a.data.length, strlen(text) + 5);
  assert_memory_equal(a.data.data + 5, text, strlen(text));
  hr_text_free(&a.data);
}

/* ---- what others may send ---------------------------------------------------------------------------------------- */

static void test_padding_and_pieces(void **state) {
  int fd = connect_to(*state);
  hr_text out = beginning();
  hr_text block = request_block("/test/Echo"), padded = {0};
  hr_text_add(&padded, "\3\0\0\0\0\7", 6); /* three bytes of padding, and a priority */
  hr_text_add(&padded, block.data, 5);
  hr_text_add(&padded, "\0\0\0", 3);
  put(&out, HR_H2_HEADERS, HR_H2_PADDED | HR_H2_WITH_PRIORITY, 1, padded.data, padded.length);
  for (size_t at = 5; at < block.length; ++at)
    put(&out, HR_H2_CONTINUATION, at + 1 == block.length ? HR_H2_END_HEADERS : 0, 1, block.data + at, 1);
  put(&out, 77, 0, 0, "unknown", 7);
  put(&out, HR_H2_PRIORITY, 0, 1, "\0\0\0\0\7", 5);
  static const char message[] = "\0\0\0\0\5hello";
  for (size_t at = 0; at < 10; ++at) {
    char piece[5] = {2, message[at], 9, 9};
    put(&out, HR_H2_DATA, HR_H2_PADDED, 1, piece, 4);
  }
  put(&out, HR_H2_DATA, HR_H2_END_STREAM, 1, "", 0);
  send_all(fd, &out);
  assert_echoed(fd, "hello");
  hr_text_free(&block);
  hr_text_free(&padded);
  close(fd);
}

/* Reads `count` bytes of an answer; no more come, as a ping shows that is answered behind them. */
static void read_all_that_comes(int fd, size_t count, answer *a) {
  a->enough = count;
  read_answer(fd, a);
  assert_int_equal(a->data.length, count);
  hr_text out = {0};
  put(&out, HR_H2_PING, 0, 0, "12345678", 8);
  send_all(fd, &out);
  a->enough = 0;
  read_answer(fd, a);
  assert_true(a->pinged);
  assert_int_equal(a->data.length, count);
  a->pinged = false;
}

/* An answer waits for windows, the stream's and the connection's. */
static void test_windows(void **state) {
  int fd = connect_to(*state);
  enum { LENGTH = 100000 };
  hr_text out = {0};
  hr_text_add_string(&out, HR_H2_PREFACE);
  put(&out, HR_H2_SETTINGS, 0, 0, "\0\4\0\0\0\12", 6); /* a window of ten bytes */
  put_headers(&out, 1, "/test/Echo");
  char *message = calloc(1, LENGTH + 5);
  hr_h2_write32(message + 1, LENGTH);
  memset(message + 5, 'w', LENGTH);
  for (size_t at = 0; at < LENGTH + 5; at += 16000)
    put(&out, HR_H2_DATA, at + 16000 < LENGTH + 5 ? 0 : HR_H2_END_STREAM, 1, message + at,
        at + 16000 < LENGTH + 5 ? 16000 : LENGTH + 5 - at);
  send_all(fd, &out);
  answer a = {0};
  read_all_that_comes(fd, 10, &a);
  put(&out, HR_H2_WINDOW_UPDATE, 0, 1, "\0\1\0\0", 4); /* 65536 */
  send_all(fd, &out);
  read_all_that_comes(fd, 65535, &a); /* the connection's first window */
  put(&out, HR_H2_WINDOW_UPDATE, 0, 0, "\0\1\0\0", 4);
  put(&out, HR_H2_WINDOW_UPDATE, 0, 1, "\0\1\0\0", 4);
  send_all(fd, &out);
  read_answer(fd, &a);
  assert_true(a.ended);
  assert_int_equal(a.data.length, LENGTH + 5);
  assert_memory_equal(a.data.data, message, LENGTH + 5);
  hr_text_free(&a.data);
  free(message);
  close(fd);
}

static void test_ping(void **state) {
  int fd = connect_to(*state);
  hr_text out = beginning();
  put(&out, HR_H2_PING, 0, 0, "12345678", 8);
  send_all(fd, &out);
  answer a = {0};
  read_answer(fd, &a);
  assert_true(a.pinged);
  close(fd);
}

static void test_compressed(void **state) {
  int fd = connect_to(*state);
  hr_text out = beginning();
  put_headers(&out, 1, "/test/Echo");
  char text[] = "compressed compressed compressed", packed[200] = {1};
  uLongf length = sizeof packed - 5;
  assert_int_equal(compress((unsigned char *)packed + 5, &length, (const unsigned char *)text, strlen(text)), Z_OK);
  hr_h2_write32(packed + 1, (uint32_t)length);
  put(&out, HR_H2_DATA, HR_H2_END_STREAM, 1, packed, length + 5);
  send_all(fd, &out);
  assert_echoed(fd, text);
  close(fd);
}

/* The other call of the connection does not notice. */
static void test_reset(void **state) {
  int fd = connect_to(*state);
  hr_text out = beginning();
  put_headers(&out, 1, "/test/Hold");
  put(&out, HR_H2_DATA, HR_H2_END_STREAM, 1, "\0\0\0\0\1x", 6);
  send_all(fd, &out);
  assert_posted(&held);
  put(&out, HR_H2_RST_STREAM, 0, 1, "\0\0\0\10", 4);
  put_headers(&out, 3, "/test/Echo");
  put(&out, HR_H2_DATA, HR_H2_END_STREAM, 3, "\0\0\0\0\3abc", 8);
  send_all(fd, &out);
  assert_posted(&given_up);
  assert_echoed(fd, "abc");
  close(fd);
}

/* ---- what nobody may send ---------------------------------------------------------------------------------------- */

static void assert_hangs_up(const hr_rpc_server *server, hr_text out) {
  int fd = connect_to(server);
  send_all(fd, &out);
  answer a = {0};
  read_answer(fd, &a);
  char byte;
  ssize_t left = recv(fd, &byte, 1, MSG_DONTWAIT);
  assert_true(left == 0 || (left < 0 && errno != EAGAIN));
  hr_text_free(&a.data);
  close(fd);
}

static void test_broken(void **state) {
  static const struct {
    int type, flags;
    uint32_t stream;
    const char *payload;
    size_t length;
  } frames[] = {
      {HR_H2_DATA, 0, 0, "x", 1},                                /* on no stream */
      {HR_H2_DATA, HR_H2_PADDED, 1, "\7x", 2},                   /* more padding than bytes */
      {HR_H2_DATA, HR_H2_PADDED, 1, "", 0},                      /* no length of it */
      {HR_H2_HEADERS, HR_H2_END_HEADERS, 0, "\x82", 1},          /* on no stream */
      {HR_H2_HEADERS, HR_H2_END_HEADERS, 2, "\x82", 1},          /* a server's number */
      {HR_H2_HEADERS, HR_H2_END_HEADERS, 1, "\x80", 1},          /* no headers */
      {HR_H2_HEADERS, HR_H2_PADDED, 1, "\7", 1},                 /* padding */
      {HR_H2_CONTINUATION, HR_H2_END_HEADERS, 1, "\x82", 1},     /* of nothing */
      {HR_H2_SETTINGS, 0, 0, "\0\4\xff\xff\xff\xff", 6},         /* a window */
      {HR_H2_SETTINGS, 0, 0, "\0\5\0\0\0\1", 6},                 /* a frame's size */
      {HR_H2_SETTINGS, 0, 0, "\0\5\0\0", 4},                     /* half of one */
      {HR_H2_PING, 0, 0, "123", 3},                              /* of another size */
      {HR_H2_WINDOW_UPDATE, 0, 0, "\0\0\0\0", 4},                /* by nothing */
      {HR_H2_WINDOW_UPDATE, 0, 0, "\x7f\xff\xff\xff", 4},        /* by too much */
      {HR_H2_RST_STREAM, 0, 0, "\0\0\0\0", 4},                   /* of no stream */
      {HR_H2_PUSH_PROMISE, HR_H2_END_HEADERS, 1, "\0\0\0\2", 4}, /* a client's */
      {HR_H2_GOAWAY, 0, 0, "\0", 1},
  };
  for (size_t i = 0; i < sizeof frames / sizeof *frames; ++i) {
    hr_text out = beginning();
    put(&out, frames[i].type, frames[i].flags, frames[i].stream, frames[i].payload, frames[i].length);
    assert_hangs_up(*state, out);
  }
  hr_text out = {0};
  hr_text_add_string(&out, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assert_hangs_up(*state, out);
  out = beginning();
  hr_text_add(&out, "\xff\xff\xff\0\0\0\0\0\1", 9); /* a frame of 16 MB */
  assert_hangs_up(*state, out);
  out = beginning();
  for (int i = 0; i < 100; ++i) { /* headers without end */
    char zeros[1000] = {0};
    put(&out, i ? HR_H2_CONTINUATION : HR_H2_HEADERS, 0, 1, zeros, sizeof zeros);
  }
  assert_hangs_up(*state, out);
}

/* A message that says how long it is and does not come, or is too long, or comes twice: the connection lives. */
static void test_bad_messages(void **state) {
  static const struct {
    const char *data;
    size_t length;
  } messages[] = {{"\0\0\0\0\7ab", 7},
                  {"\0\x7f\xff\xff\xff"
                   "ab",
                   7},
                  {"\0\0\0\0\1abc", 8},
                  {"\0\0", 2},
                  {"\1\0\0\0\3abc", 8}};
  for (size_t i = 0; i < sizeof messages / sizeof *messages; ++i) {
    int fd = connect_to(*state);
    hr_text out = beginning();
    put_headers(&out, 1, "/test/Echo");
    put(&out, HR_H2_DATA, HR_H2_END_STREAM, 1, messages[i].data, messages[i].length);
    put(&out, HR_H2_PING, 0, 0, "12345678", 8);
    send_all(fd, &out);
    answer a = {0};
    read_answer(fd, &a);
    a.ended = false;
    read_answer(fd, &a);
    assert_true(a.pinged);
    assert_int_equal(a.data.length, 0);
    hr_text_free(&a.data);
    close(fd);
  }
}

/* ---- silence ----------------------------------------------------------------------------------------------------- */

/* A socket that takes connections, as the system does for a program that has been stopped, and never says a word. */
static int silent_server(char *address, size_t size) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
  assert_int_equal(listen(fd, 5), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
  snprintf(address, size, "127.0.0.1:%d", ntohs(at.sin_port));
  return fd;
}

/* No call hangs: the connection is tried, twice HEADRACE_KEEPALIVE_MS, and given up. */
static void test_silent_server(void **state) {
  (void)state;
  char address[64];
  int fd = silent_server(address, sizeof address);
  hr_channel *channel;
  char *answer;
  assert_ok(hr_channel_new(address, NULL, &channel));
  assert_fails(ask(channel, "/test/Echo", "x", 0, &answer), HR_UNAVAILABLE, "keepalive");
  char *large = calloc(1, (32 << 20) + 1); /* more than the system takes */
  memset(large, 'x', 32 << 20);
  assert_fails(ask(channel, "/test/Echo", large, 0, &answer), HR_UNAVAILABLE, "keepalive");
  free(large); /* nothing looks at it any more */
  hr_channel_unref(channel);
  close(fd);
}

/* Its time is up before that. */
static void test_deadline_at_a_silent_server(void **state) {
  (void)state;
  char address[64];
  int fd = silent_server(address, sizeof address);
  hr_channel *channel;
  char *answer;
  assert_ok(hr_channel_new(address, NULL, &channel));
  char *large = calloc(1, (32 << 20) + 1);
  memset(large, 'x', 32 << 20);
  assert_fails(ask(channel, "/test/Echo", large, 50, &answer), HR_DEADLINE_EXCEEDED, "");
  free(large);
  hr_channel_unref(channel);
  close(fd);
}

static void note_end(void *ended, hr_status status, hr_slices *response) {
  (void)response;
  assert_int_equal(hr_status_code(status), HR_DEADLINE_EXCEEDED);
  hr_status_free(status);
  sem_post(ended);
}

/* A call that ends in the middle of its answer, and its channel with it; then the rest of the answer comes, or does
 * not. */
static void test_half_an_answer(void **state) {
  (void)state;
  for (int rest = 0; rest < 2; ++rest) {
    char address[64], byte;
    sem_t ended;
    sem_init(&ended, 0, 0);
    int listener = silent_server(address, sizeof address);
    hr_channel *channel;
    assert_ok(hr_channel_new(address, NULL, &channel));
    hr_slices request = message_of("x");
    hr_channel_start(channel, "/test/Echo", &request, &(hr_call_options){.timeout_ms = 200}, note_end, &ended, NULL);
    int fd = accept(listener, NULL, NULL);
    assert_int_equal(recv(fd, &byte, 1, 0), 1); /* it has begun */
    hr_text out = {0};
    put(&out, HR_H2_SETTINGS, 0, 0, "", 0);
    put(&out, HR_H2_HEADERS, HR_H2_END_HEADERS, 1, "\x88", 1);
    char *half = calloc(1, 100005);
    hr_h2_write32(half + 1, 100000);
    size_t sent = out.length + 50000;
    put(&out, HR_H2_DATA, 0, 1, half, 100005);
    assert_int_equal(send(fd, out.data, sent, MSG_NOSIGNAL), sent);
    assert_posted(&ended);
    hr_channel_unref(channel);
    if (rest)
      (void)!send(fd, out.data + sent, out.length - sent, MSG_NOSIGNAL);
    else
      (void)shutdown(fd, SHUT_WR);
    while (recv(fd, &byte, 1, 0) > 0) /* until the client has hung up, too */
      ;
    close(fd);
    close(listener);
    free(half);
    hr_text_free(&out);
    sem_destroy(&ended);
  }
}

/* A server notices that its client is silent. */
static void test_silent_client(void **state) {
  int fd = connect_to(*state);
  hr_text out = beginning();
  put_headers(&out, 1, "/test/Hold");
  put(&out, HR_H2_DATA, HR_H2_END_STREAM, 1, "\0\0\0\0\1x", 6);
  send_all(fd, &out);
  assert_posted(&held);
  assert_posted(&given_up);
  close(fd);
}

/* Who is silent is noticed soon in a process of its own, where nobody else needs time to answer. */
static int main_of_silence(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_silent_server),
      cmocka_unit_test_setup_teardown(test_silent_client, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void) {
  if (getenv("HEADRACE_KEEPALIVE_MS")) return main_of_silence();
#define WITH_SERVER(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      WITH_SERVER(test_padding_and_pieces),
      WITH_SERVER(test_windows),
      WITH_SERVER(test_ping),
      WITH_SERVER(test_compressed),
      WITH_SERVER(test_reset),
      WITH_SERVER(test_broken),
      WITH_SERVER(test_bad_messages),
      cmocka_unit_test(test_deadline_at_a_silent_server),
      cmocka_unit_test(test_half_an_answer),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (failed) return failed;
  setenv("HEADRACE_KEEPALIVE_MS", "300", 1);
  execl("/proc/self/exe", "http2_test", (char *)NULL);
  return 1;
}
