/* Requests from strangers: every method of a server is sent nothing, noise, and messages in which bytes were changed.
 * It answers something, and lives. */
#include "headrace/graph_io.h"
#include "proto/master.pb-c.h"
#include "proto/worker.pb-c.h"
#include "tests/distributed/cluster_testing.h"

#define MASTER(name) "/tensorflow.MasterService/" name
#define WORKER(name) "/tensorflow.WorkerService/" name

static const char *const methods[] = {
    MASTER("CreateSession"),
    MASTER("ExtendSession"),
    MASTER("PartialRunSetup"),
    MASTER("RunStep"),
    MASTER("CloseSession"),
    MASTER("ListDevices"),
    MASTER("Reset"),
    MASTER("MakeCallable"),
    MASTER("RunCallable"),
    MASTER("ReleaseCallable"),
    WORKER("GetStatus"),
    WORKER("CreateWorkerSession"),
    WORKER("DeleteWorkerSession"),
    WORKER("RegisterGraph"),
    WORKER("DeregisterGraph"),
    WORKER("RunGraph"),
    WORKER("CleanupGraph"),
    WORKER("CleanupAll"),
    WORKER("RecvTensor"),
    WORKER("RecvBuf"),
    WORKER("Logging"),
    WORKER("Tracing"),
    WORKER("CompleteGroup"),
    WORKER("CompleteInstance"),
    WORKER("GetStepSequence"),
    WORKER("MarkRecvFinished"),
};
enum { METHODS = sizeof methods / sizeof *methods };

static uint32_t seed = 1;
static uint32_t next_random(void) { return (seed = seed * 1664525 + 1013904223) >> 8; }

typedef struct bytes {
  char *data;
  size_t length;
} bytes;

static bytes packed(const void *proto) {
  hr_text text = {0};
  hr_proto_pack(proto, &text);
  size_t length = text.length;
  return (bytes){hr_text_take(&text), length};
}

/* A graph with a variable, a branch and a loop. */
static hr_owned_bytes graph_def(void) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope s = hr_builder_root(builder);
  hr_output x = hr_placeholder(s, HR_FLOAT, .name = "x");
  hr_output sum = hr_add(s, x, hr_constant_f32(s, 2));
  (void)hr_matmul(s, hr_constant_array(s, HR_FLOAT, HR_SHAPE(1, 2), ((float[]){1, 2})), sum, .name = "y");
  assert_ok(hr_builder_status(builder));
  hr_owned_bytes def;
  assert_ok(hr_graph_export(graph, NULL, &def));
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return def;
}

/* Well-made messages: with a graph in them, with unknown handles. */
static int make_messages(bytes *out) {
  int count = 0;
  hr_arena arena = {0};
  hr_owned_bytes def = graph_def();
  HrPb__GraphDef *graph;
  assert_ok(hr_proto_unpack(&hr_pb__graph_def__descriptor, &arena, def.data, def.length, NULL, &graph));
  HrPb__CreateSessionRequest create = HR_PB__CREATE_SESSION_REQUEST__INIT;
  create.graph_def = graph;
  out[count++] = packed(&create);
  HrPb__RegisterGraphRequest registration = HR_PB__REGISTER_GRAPH_REQUEST__INIT;
  registration.graph_def = graph;
  registration.session_handle = (char *)(uintptr_t) "unknown";
  out[count++] = packed(&registration);
  HrPb__TensorProto tensor = HR_PB__TENSOR_PROTO__INIT;
  tensor.dtype = HR_PB__DATA_TYPE__DT_FLOAT;
  tensor.n_float_val = 1;
  tensor.float_val = (float[]){1};
  HrPb__NamedTensorProto named = HR_PB__NAMED_TENSOR_PROTO__INIT, *list[] = {&named};
  named.name = (char *)(uintptr_t) "x:0";
  named.tensor = &tensor;
  char *names[] = {(char *)(uintptr_t) "y:0"};
  HrPb__RunStepRequest step = HR_PB__RUN_STEP_REQUEST__INIT;
  step.session_handle = (char *)(uintptr_t) "unknown";
  step.n_feed = step.n_fetch = 1;
  step.feed = list;
  step.fetch = names;
  out[count++] = packed(&step);
  HrPb__RunGraphRequest run = HR_PB__RUN_GRAPH_REQUEST__INIT;
  run.session_handle = (char *)(uintptr_t) "unknown";
  run.graph_handle = (char *)(uintptr_t) "unknown";
  run.step_id = 7;
  run.n_send = run.n_recv_key = 1;
  run.send = list;
  run.recv_key = names;
  out[count++] = packed(&run);
  HrPb__RecvTensorRequest receive = HR_PB__RECV_TENSOR_REQUEST__INIT;
  receive.step_id = 7;
  receive.rendezvous_key = (char *)(uintptr_t) "/job:ps/replica:0/task:0/device:CPU:0;0000000000000001;/job:ps/"
                                               "replica:0/task:0/device:CPU:0;e;0:0";
  out[count++] = packed(&receive);
  hr_arena_free(&arena);
  free(def.data);
  return count;
}

/* Any answer will do. */
static void send_bytes(hr_channel *channel, const char *method, const char *data, size_t length) {
  hr_slices request = {0}, response;
  hr_slices_add(&request, (hr_slice){data, length, NULL, NULL});
  hr_call_options options = {.timeout_ms =
                                 strstr(method, "RecvTensor") ? 30 : 100000}; /* that one waits for its step */
  hr_status status = hr_channel_call(channel, method, &request, &options, NULL, &response);
  if (hr_status_code(status) == HR_UNAVAILABLE) fail_msg("%s ended the server: %s", method, hr_status_message(status));
  hr_status_free(status);
  hr_slices_clear(&response);
}

static void assert_works(const hr_server *server) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_output one = hr_constant_f32(hr_builder_root(builder), 1);
  hr_session *session;
  hr_tensor value;
  assert_ok(hr_session_new(graph, &(hr_session_options){.target = hr_server_target(server)}, &session));
  assert_ok(hr_evaluate(session, one, &value));
  hr_session_free(session);
  hr_builder_free(builder);
  hr_graph_unref(graph);
}

static void test_all_methods(void **state) {
  (void)state;
  cluster c;
  cluster_start(&c, 1, 0);
  hr_channel *channel;
  assert_ok(hr_channel_new(hr_server_target(c.ps[0]) + strlen("grpc://"), NULL, &channel));
  bytes messages[8];
  int count = make_messages(messages);
  for (int m = 0; m < METHODS; ++m) {
    char noise[300];
    send_bytes(channel, methods[m], "", 0);
    for (size_t i = 0; i < sizeof noise; ++i)
      noise[i] = (char)next_random();
    send_bytes(channel, methods[m], noise, sizeof noise);
    for (int i = 0; i < count; ++i)
      send_bytes(channel, methods[m], messages[i].data, messages[i].length);
  }
  assert_works(c.ps[0]);
  for (int round = 0; round < 400; ++round) {
    int i = (int)(next_random() % (uint32_t)count);
    char *changed = malloc(messages[i].length);
    memcpy(changed, messages[i].data, messages[i].length);
    for (uint32_t change = 0; change <= next_random() % 4; ++change)
      changed[next_random() % messages[i].length] = (char)next_random();
    static const char *const own[] = {MASTER("CreateSession"), WORKER("RegisterGraph"), MASTER("RunStep"),
                                      WORKER("RunGraph"), WORKER("RecvTensor")};
    send_bytes(channel, own[i], changed, messages[i].length);
    free(changed);
  }
  assert_works(c.ps[0]);
  for (int i = 0; i < count; ++i)
    free(messages[i].data);
  hr_channel_unref(channel);
  hr_server_free(c.ps[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_methods)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
