/* Calls: what arrives, what errors say, and how calls end early. */
#include "distributed/transport.h"
#include "runtime/exec/poll.h"
#include "transport_testing.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the server ------------------------------------------------------------------------------------------------ */

typedef struct service {
  sem_t held;      /* posted when a call to Hold has come in */
  sem_t cancelled; /* posted when its client has gone */
  _Atomic int32_t echoes;
  hr_rpc_server *server;
  hr_channel *channel;
} service;

static void echo(void *argument, hr_rpc *rpc) {
  service *s = argument;
  ++s->echoes;
  hr_slices request = *hr_rpc_request(rpc);
  *hr_rpc_request(rpc) = (hr_slices){0};
  hr_rpc_reply(rpc, HR_SUCCESS, &request);
}

/* Fails with the code that the request's first byte is. */
static void fail_with(void *argument, hr_rpc *rpc) {
  (void)argument;
  char *text = text_of(hr_rpc_request(rpc));
  hr_rpc_reply(rpc, hr_error((hr_code)text[0], "failed for %s", text + 1), NULL);
  free(text);
}

static void end_held(void *rpc) {
  service *s = *(service **)hr_rpc_request(rpc)->slices[0].data;
  hr_rpc_reply(rpc, hr_error(HR_CANCELLED, "given up"), NULL);
  sem_post(&s->cancelled);
}

/* Answers only when the client gives up. */
static void hold(void *argument, hr_rpc *rpc) {
  service *s = argument;
  hr_slices_clear(hr_rpc_request(rpc));
  service **self = malloc(sizeof *self);
  *self = s;
  hr_slices_add(hr_rpc_request(rpc), (hr_slice){self, sizeof *self, free, self});
  bool may = hr_rpc_on_cancel(rpc, end_held, rpc);
  sem_post(&s->held);
  if (!may) end_held(rpc);
}

/* How much time the client gives. */
static void time_left(void *argument, hr_rpc *rpc) {
  (void)argument;
  hr_text text = {0};
  int64_t left = hr_rpc_time_left_ms(rpc);
  hr_text_add_string(&text, left == INT64_MAX ? "any" : left > 20000 && left <= 110000 ? "hundred" : "other");
  hr_slices answer = {0};
  hr_slices_add_text(&answer, &text);
  hr_rpc_reply(rpc, HR_SUCCESS, &answer);
}

/* Calls Echo of the same server and waits for it: handlers that wait must not keep others from running. */
static void ask_echo(void *argument, hr_rpc *rpc) {
  service *s = argument;
  char *text = text_of(hr_rpc_request(rpc)), *answer;
  hr_status status = ask(s->channel, "/test/Echo", text, 100000, &answer);
  hr_slices response = {0};
  if (!status) hr_slices_add(&response, (hr_slice){answer, strlen(answer), free, answer});
  hr_rpc_reply(rpc, status, &response);
  free(text);
}

/* The tests run with each of the two transports on either side: what is made next is of the one that the variable
 * names, "grpc" or none. */
static void use_transport(const char *variable) {
  const char *name = getenv(variable);
  setenv("HEADRACE_TRANSPORT", name ? name : "", 1);
}

static service *start_service(const hr_rpc_server_options *given, const hr_tls *client_tls) {
  service *s = calloc(1, sizeof *s);
  sem_init(&s->held, 0, 0);
  sem_init(&s->cancelled, 0, 0);
  hr_rpc_method methods[] = {
      {"/test/Echo", echo, s, true},          {"/test/Fail", fail_with, s, true},    {"/test/Hold", hold, s, true},
      {"/test/TimeLeft", time_left, s, true}, {"/test/AskEcho", ask_echo, s, false},
  };
  hr_rpc_server_options options = {.host = "localhost"};
  if (given) options = *given;
  options.methods = methods;
  options.method_count = sizeof methods / sizeof *methods;
  use_transport("SERVER_TRANSPORT");
  assert_ok(hr_rpc_server_new(&options, &s->server));
  assert_ok(hr_rpc_server_start(s->server));
  use_transport("CLIENT_TRANSPORT");
  char address[64];
  snprintf(address, sizeof address, "localhost:%d", hr_rpc_server_port(s->server));
  assert_ok(hr_channel_new(address, client_tls, &s->channel));
  return s;
}

static void stop_service(service *s) {
  hr_rpc_server_free(s->server);
  hr_channel_unref(s->channel);
  sem_destroy(&s->held);
  sem_destroy(&s->cancelled);
  free(s);
}

static int setup(void **state) {
  *state = start_service(NULL, NULL);
  return 0;
}
static int teardown(void **state) {
  stop_service(*state);
  return 0;
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

static void assert_echo(hr_channel *channel, const char *text) {
  char *answer;
  assert_ok(ask(channel, "/test/Echo", text, 100000, &answer));
  assert_string_equal(answer, text);
  free(answer);
}

static void test_echo(void **state) {
  service *s = *state;
  assert_echo(s->channel, "hello");
  assert_echo(s->channel, "");
  assert_echo(s->channel, "again");
}

static void test_handlers_that_wait(void **state) {
  service *s = *state;
  char *answer;
  assert_ok(ask(s->channel, "/test/AskEcho", "deep", 100000, &answer));
  assert_string_equal(answer, "deep");
  free(answer);
}

static void count_release(void *count) { ++*(_Atomic int32_t *)count; }

static void test_slices_are_released_once(void **state) {
  service *s = *state;
  static _Atomic int32_t released;
  released = 0;
  enum { PIECES = 40 };
  hr_slices request = {0}, response;
  char *piece = malloc(100000);
  memset(piece, 'x', 100000);
  for (int i = 0; i < PIECES; ++i)
    hr_slices_add(&request, (hr_slice){piece, 100000, count_release, &released});
  assert_ok(hr_channel_call(s->channel, "/test/Echo", &request, NULL, NULL, &response));
  assert_int_equal(request.count, 0);
  assert_int_equal(response.bytes, PIECES * 100000);
  hr_slices_clear(&response);
  for (int i = 0; i < 100000 && released != PIECES; ++i)
    usleep(1000);
  assert_int_equal(released, PIECES);
  free(piece);
}

static void test_large_message(void **state) {
  service *s = *state;
  size_t bytes = (size_t)48 << 20;
  char *data = malloc(bytes);
  for (size_t i = 0; i < bytes; ++i)
    data[i] = (char)(i * 31 >> 3);
  hr_slices request = {0}, response;
  hr_slices_add(&request, (hr_slice){data, bytes, NULL, NULL});
  assert_ok(hr_channel_call(s->channel, "/test/Echo", &request, NULL, NULL, &response));
  assert_int_equal(response.bytes, bytes);
  char *back = malloc(bytes);
  hr_slice_reader reader = hr_slice_reader_of(&response);
  assert_true(hr_slice_reader_copy(&reader, back, bytes));
  assert_true(hr_slice_reader_done(&reader));
  assert_memory_equal(data, back, bytes);
  hr_slices_clear(&response);
  free(back);
  free(data);
}

/* ---- errors ---------------------------------------------------------------------------------------------------- */

static void test_codes(void **state) {
  service *s = *state;
  for (int code = HR_CANCELLED; code <= HR_UNAUTHENTICATED; ++code) {
    char text[] = {(char)code, 'x', ' ', 0}, *answer;
    assert_fails(ask(s->channel, "/test/Fail", text, 0, &answer), (hr_code)code, "failed for x");
  }
}

static void test_long_errors_are_cut(void **state) {
  service *s = *state;
  char *text = calloc(1, 20001), *answer;
  memset(text, 'e', 20000);
  text[0] = HR_NOT_FOUND;
  assert_fails(ask(s->channel, "/test/Fail", text, 0, &answer), HR_NOT_FOUND, "cut short");
  free(text);
}

static void test_unknown_method(void **state) {
  service *s = *state;
  char *answer;
  assert_fails(ask(s->channel, "/test/Nothing", "x", 100000, &answer), HR_UNIMPLEMENTED, "/test/Nothing");
  assert_echo(s->channel, "lives");
}

static void test_oversized_message(void **state) {
  (void)state;
  service *s = start_service(&(hr_rpc_server_options){.host = "localhost", .max_message = 1000}, NULL);
  char *text = calloc(1, 5001), *answer;
  memset(text, 'o', 5000);
  assert_fails(ask(s->channel, "/test/Echo", text, 100000, &answer), HR_RESOURCE_EXHAUSTED, "5000 bytes");
  assert_int_equal(s->echoes, 0);
  assert_echo(s->channel, "small");
  free(text);
  stop_service(s);
}

static void test_unreachable(void **state) {
  (void)state;
  hr_channel *channel;
  char *answer;
  assert_ok(hr_channel_new("127.0.0.1:1", NULL, &channel));
  assert_fails(ask(channel, "/test/Echo", "x", 100000, &answer), HR_UNAVAILABLE, "127.0.0.1:1");
  hr_slices request = message_of("x"), response;
  hr_call_options patient = {.timeout_ms = 300, .wait_for_ready = true};
  assert_fails(hr_channel_call(channel, "/test/Echo", &request, &patient, NULL, &response), HR_DEADLINE_EXCEEDED, "");
  hr_channel_unref(channel);
}

static void test_port_taken(void **state) {
  service *s = *state;
  hr_rpc_server_options options = {.host = "localhost", .port = hr_rpc_server_port(s->server)};
  hr_rpc_server *second;
  assert_fails(hr_rpc_server_new(&options, &second), HR_UNKNOWN, "Could not start gRPC server");
  assert_null(second);
}

/* ---- ends before the end --------------------------------------------------------------------------------------- */

static void test_deadline(void **state) {
  service *s = *state;
  char *answer;
  int64_t limit = 50;
  do /* until the call comes to the server within its time */
    assert_fails(ask(s->channel, "/test/Hold", "x", limit *= 2, &answer), HR_DEADLINE_EXCEEDED, "");
  while (sem_trywait(&s->held) != 0 && limit < 100000);
  assert_posted(&s->cancelled);
  assert_ok(ask(s->channel, "/test/TimeLeft", "x", 100000, &answer));
  assert_string_equal(answer, "hundred");
  free(answer);
  assert_ok(ask(s->channel, "/test/TimeLeft", "x", 0, &answer));
  assert_string_equal(answer, "any");
  free(answer);
}

static void *cancel_when_held(void *argument) {
  void **pair = argument;
  service *s = pair[0];
  assert_posted(&s->held);
  hr_cancellation_cancel(pair[1], HR_CANCELLED);
  return NULL;
}

static void test_cancellation(void **state) {
  service *s = *state;
  hr_cancellation cancellation;
  hr_cancellation_init(&cancellation);
  void *pair[] = {s, &cancellation};
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, cancel_when_held, pair), 0);
  hr_slices request = message_of("x"), response;
  assert_fails(hr_channel_call(s->channel, "/test/Hold", &request, NULL, &cancellation, &response), HR_CANCELLED, "");
  pthread_join(thread, NULL);
  assert_posted(&s->cancelled);
  request = message_of("x"); /* one that is cancelled before it begins */
  assert_fails(hr_channel_call(s->channel, "/test/Hold", &request, NULL, &cancellation, &response), HR_CANCELLED, "");
  hr_cancellation_clear(&cancellation);
}

static int polls;
static hr_status interrupt(void *argument) {
  (void)argument;
  return ++polls < 2 ? HR_SUCCESS : hr_error(HR_ABORTED, "the host says so");
}

static void test_poll_hook(void **state) {
  service *s = *state;
  char *answer;
  polls = 0;
  assert_ok(hr_set_poll(interrupt, NULL));
  assert_fails(ask(s->channel, "/test/Hold", "x", 100000, &answer), HR_ABORTED, "the host says so");
  assert_ok(hr_set_poll(NULL, NULL));
  assert_posted(&s->cancelled);
}

typedef struct ending {
  sem_t posted;
  hr_status status;
  char *answer;
} ending;

static void end_call(void *argument, hr_status status, hr_slices *response) {
  ending *e = argument;
  e->status = status;
  e->answer = status ? NULL : text_of(response);
  sem_post(&e->posted);
}

static void test_asynchronous(void **state) {
  service *s = *state;
  enum { CALLS = 200 };
  ending endings[CALLS];
  for (int i = 0; i < CALLS; ++i) {
    sem_init(&endings[i].posted, 0, 0);
    hr_slices request = message_of(i % 2 ? "odd" : "even");
    hr_channel_start(s->channel, "/test/Echo", &request, NULL, end_call, &endings[i], NULL);
  }
  for (int i = 0; i < CALLS; ++i) {
    assert_posted(&endings[i].posted);
    assert_ok(endings[i].status);
    assert_string_equal(endings[i].answer, i % 2 ? "odd" : "even");
    free(endings[i].answer);
    sem_destroy(&endings[i].posted);
  }
}

static void test_asynchronous_cancel(void **state) {
  service *s = *state;
  ending e;
  sem_init(&e.posted, 0, 0);
  hr_slices request = message_of("x");
  hr_call *call;
  hr_channel_start(s->channel, "/test/Hold", &request, NULL, end_call, &e, &call);
  assert_posted(&s->held);
  hr_call_cancel(call);
  hr_call_unref(call);
  assert_posted(&e.posted);
  assert_fails(e.status, HR_CANCELLED, "");
  assert_posted(&s->cancelled);
  sem_destroy(&e.posted);
}

static void test_server_stops(void **state) {
  (void)state;
  service *s = start_service(NULL, NULL);
  ending e;
  sem_init(&e.posted, 0, 0);
  hr_slices request = message_of("x");
  hr_channel_start(s->channel, "/test/Hold", &request, NULL, end_call, &e, NULL);
  assert_posted(&s->held);
  hr_rpc_server_stop(s->server, 50);
  assert_posted(&e.posted);
  assert_true(hr_status_code(e.status) == HR_UNAVAILABLE || hr_status_code(e.status) == HR_CANCELLED);
  hr_status_free(e.status);
  char *answer;
  assert_fails(ask(s->channel, "/test/Echo", "x", 100000, &answer), HR_UNAVAILABLE, "");
  assert_fails(hr_rpc_server_start(s->server), HR_FAILED_PRECONDITION, "stopped");
  sem_destroy(&e.posted);
  stop_service(s);
}

/* ---- strangers ------------------------------------------------------------------------------------------------- */

static int connect_to(const service *s) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)hr_rpc_server_port(s->server)),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
  return fd;
}

static void test_garbage(void **state) {
  service *s = *state;
  uint32_t random = 1;
  for (int round = 0; round < 30; ++round) {
    int fd = connect_to(s);
    char bytes[4096];
    size_t start = 0;
    if (round % 3 == 0) { /* HTTP/2 at first */
      static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
      start = sizeof preface - 1;
      memcpy(bytes, preface, start);
    }
    for (size_t i = start; i < sizeof bytes; ++i)
      bytes[i] = (char)((random = random * 1664525 + 1013904223) >> 24);
    (void)!send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
    close(fd);
  }
  assert_echo(s->channel, "lives");
}

/* A client that vanishes in the middle of a call. */
static void test_vanished_client(void **state) {
  service *s = *state;
  char port[16];
  snprintf(port, sizeof port, "localhost:%d", hr_rpc_server_port(s->server));
  pid_t child = fork();
  if (child == 0) {
    execl("/proc/self/exe", "transport_test", "hold", port, (char *)NULL);
    _exit(1);
  }
  assert_posted(&s->held);
  kill(child, SIGKILL);
  assert_posted(&s->cancelled);
  waitpid(child, NULL, 0);
  assert_echo(s->channel, "lives");
}

static void test_fork(void **state) {
  service *s = *state;
  assert_echo(s->channel, "before");
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    char *answer;
    hr_status status = ask(s->channel, "/test/Echo", "x", 1000, &answer);
    hr_channel *fresh;
    hr_status second = hr_channel_new("localhost:1", NULL, &fresh);
    _exit(hr_status_code(status) == HR_FAILED_PRECONDITION && hr_status_code(second) == HR_FAILED_PRECONDITION ? 0 : 1);
  }
  int result;
  waitpid(child, &result, 0);
  assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
  assert_echo(s->channel, "after");
}

/* ---- TLS ------------------------------------------------------------------------------------------------------- */

static hr_tls *certificates(const char *ca, const char *own) {
  char ca_path[512], certificate[512], key[512];
  const char *folder = getenv("CERTIFICATES");
  snprintf(ca_path, sizeof ca_path, "%s/%s.pem", folder, ca ? ca : "");
  snprintf(certificate, sizeof certificate, "%s/%s.pem", folder, own ? own : "");
  snprintf(key, sizeof key, "%s/%s.key", folder, own ? own : "");
  hr_tls *tls;
  assert_ok(hr_tls_load(ca ? ca_path : NULL, own ? certificate : NULL, own ? key : NULL, &tls));
  return tls;
}

static void assert_tls(const hr_tls *server, const hr_tls *client, bool works) {
  service *s = start_service(&(hr_rpc_server_options){.host = "localhost", .tls = server}, client);
  char *answer;
  if (works)
    assert_echo(s->channel, "secret");
  else
    assert_fails(ask(s->channel, "/test/Echo", "x", 100000, &answer), HR_UNAVAILABLE, "");
  stop_service(s);
}

static void test_tls(void **state) {
  (void)state;
  hr_tls *server = certificates(NULL, "server"), *mutual = certificates("ca", "server");
  hr_tls *client = certificates("ca", NULL), *known = certificates("ca", "client");
  hr_tls *stranger = certificates("ca", "stranger"), *distrustful = certificates("stranger", NULL);
  const hr_transport *transport;
  hr_status missing = hr_transport_for(client, &transport);
  bool is_missing = hr_status_code(missing) == HR_UNIMPLEMENTED; /* gRPC's library, which is built without sanitizers */
  hr_status_free(missing);
  if (!is_missing) {
    assert_tls(server, client, true);
    assert_tls(server, NULL, false);
    assert_tls(server, distrustful, false);
    assert_tls(NULL, client, false);
    assert_tls(mutual, known, true);
    assert_tls(mutual, client, false);
    assert_tls(mutual, stranger, false);
    hr_rpc_server *none;
    assert_fails(hr_rpc_server_new(&(hr_rpc_server_options){.tls = client}, &none), HR_INVALID_ARGUMENT, "certificate");
  }
  hr_tls *all[] = {server, mutual, client, known, stranger, distrustful};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
    hr_tls_free(all[i]);
}

static void test_tls_files(void **state) {
  (void)state;
  hr_tls *tls;
  assert_fails(hr_tls_load("/nowhere/ca.pem", NULL, NULL, &tls), HR_NOT_FOUND, "/nowhere/ca.pem");
  char path[512];
  snprintf(path, sizeof path, "%s/server.pem", getenv("CERTIFICATES"));
  assert_fails(hr_tls_load(NULL, path, NULL, &tls), HR_INVALID_ARGUMENT, "the key is missing");
  assert_ok(hr_tls_load(NULL, "", NULL, &tls));
  assert_null(tls);
}

/* ---- addresses ------------------------------------------------------------------------------------------------- */

/* Whether the port can be reached through an address of this machine. */
static bool reachable(int32_t port, uint32_t address) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(address)};
  bool connected = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
  close(fd);
  return connected;
}

/* Whether a server with such a name warns of who may reach it, on stderr. */
static bool warns(const char *host) {
  char text[4096] = {0};
  FILE *file = tmpfile();
  assert_non_null(file);
  fflush(stderr);
  int before = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  service *s = start_service(&(hr_rpc_server_options){.host = host}, NULL);
  dup2(before, STDERR_FILENO);
  close(before);
  stop_service(s);
  rewind(file);
  (void)!fread(text, 1, sizeof text - 1, file);
  fclose(file);
  return strstr(text, "can be reached from other machines and has no TLS") != NULL;
}

static void test_warning(void **state) {
  (void)state;
  assert_false(warns("localhost"));
  assert_false(warns("127.0.0.1"));
  assert_true(warns("worker7.example"));
  assert_true(warns(""));
}

static void test_loopback_only(void **state) {
  (void)state;
  const uint32_t other = 0x7f000005; /* 127.0.0.5: any address that is not 127.0.0.1 */
  const char *closed[] = {"localhost", "127.0.0.1"};
  for (int i = 0; i < 2; ++i) {
    service *s = start_service(&(hr_rpc_server_options){.host = closed[i]}, NULL);
    assert_true(reachable(hr_rpc_server_port(s->server), INADDR_LOOPBACK));
    assert_false(reachable(hr_rpc_server_port(s->server), other));
    stop_service(s);
  }
  service *s = start_service(&(hr_rpc_server_options){.host = "worker7.example"}, NULL);
  assert_true(reachable(hr_rpc_server_port(s->server), other));
  stop_service(s);
}

/* As a program of its own: calls Hold until it is killed. */
static int hold_for_ever(const char *address) {
  hr_channel *channel;
  char *answer;
  hr_status status = hr_channel_new(address, NULL, &channel);
  if (!status) status = ask(channel, "/test/Hold", "x", 300000, &answer);
  return hr_status_code(status);
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "hold") == 0) return hold_for_ever(argv[2]);
#define WITH_SERVICE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      WITH_SERVICE(test_echo),
      WITH_SERVICE(test_handlers_that_wait),
      WITH_SERVICE(test_slices_are_released_once),
      WITH_SERVICE(test_large_message),
      WITH_SERVICE(test_codes),
      WITH_SERVICE(test_long_errors_are_cut),
      WITH_SERVICE(test_unknown_method),
      cmocka_unit_test(test_oversized_message),
      cmocka_unit_test(test_unreachable),
      WITH_SERVICE(test_port_taken),
      WITH_SERVICE(test_deadline),
      WITH_SERVICE(test_cancellation),
      WITH_SERVICE(test_poll_hook),
      WITH_SERVICE(test_asynchronous),
      WITH_SERVICE(test_asynchronous_cancel),
      cmocka_unit_test(test_server_stops),
      WITH_SERVICE(test_garbage),
      WITH_SERVICE(test_vanished_client),
      WITH_SERVICE(test_fork),
      cmocka_unit_test(test_tls),
      cmocka_unit_test(test_tls_files),
      cmocka_unit_test(test_warning),
      cmocka_unit_test(test_loopback_only),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
