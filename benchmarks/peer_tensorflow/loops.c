// Timed loops over TensorFlow's public C API, loaded into a Python process that has loaded TensorFlow
// (tensorflow_c.py). The declarations are the part of that API which the loops use.

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct TF_Status TF_Status;
typedef struct TF_Graph TF_Graph;
typedef struct TF_Operation TF_Operation;
typedef struct TF_OperationDescription TF_OperationDescription;
typedef struct TF_Session TF_Session;
typedef struct TF_SessionOptions TF_SessionOptions;
typedef struct TF_ImportGraphDefOptions TF_ImportGraphDefOptions;
typedef struct TF_Tensor TF_Tensor;
typedef struct TF_Buffer TF_Buffer;

typedef struct {
  TF_Operation *operation;
  int index;
} TF_Output;

enum { TF_FLOAT = 1, TF_INT64 = 9 };

TF_Status *TF_NewStatus(void);
void TF_DeleteStatus(TF_Status *);
int TF_GetCode(const TF_Status *);
const char *TF_Message(const TF_Status *);
TF_Buffer *TF_NewBufferFromString(const void *, size_t);
void TF_DeleteBuffer(TF_Buffer *);
TF_Graph *TF_NewGraph(void);
void TF_DeleteGraph(TF_Graph *);
TF_ImportGraphDefOptions *TF_NewImportGraphDefOptions(void);
void TF_DeleteImportGraphDefOptions(TF_ImportGraphDefOptions *);
void TF_GraphImportGraphDef(TF_Graph *, const TF_Buffer *, const TF_ImportGraphDefOptions *, TF_Status *);
TF_Operation *TF_GraphOperationByName(TF_Graph *, const char *);
TF_OperationDescription *TF_NewOperation(TF_Graph *, const char *, const char *);
void TF_AddInput(TF_OperationDescription *, TF_Output);
void TF_SetAttrType(TF_OperationDescription *, const char *, int);
void TF_SetAttrTensor(TF_OperationDescription *, const char *, TF_Tensor *, TF_Status *);
TF_Operation *TF_FinishOperation(TF_OperationDescription *, TF_Status *);
TF_SessionOptions *TF_NewSessionOptions(void);
void TF_DeleteSessionOptions(TF_SessionOptions *);
void TF_SetConfig(TF_SessionOptions *, const void *, size_t, TF_Status *);
TF_Session *TF_NewSession(TF_Graph *, const TF_SessionOptions *, TF_Status *);
void TF_CloseSession(TF_Session *, TF_Status *);
void TF_DeleteSession(TF_Session *, TF_Status *);
void TF_SessionRun(TF_Session *, const TF_Buffer *, const TF_Output *, TF_Tensor *const *, int, const TF_Output *,
                   TF_Tensor **, int, const TF_Operation *const *, int, TF_Buffer *, TF_Status *);
TF_Tensor *TF_NewTensor(int, const int64_t *, int, void *, size_t, void (*)(void *, size_t, void *), void *);
TF_Tensor *TF_AllocateTensor(int, const int64_t *, int, size_t);
void *TF_TensorData(const TF_Tensor *);
void TF_DeleteTensor(TF_Tensor *);

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(TF_Status *status) {
  if (TF_GetCode(status) != 0) {
    fprintf(stderr, "TensorFlow: %s\n", TF_Message(status));
    exit(1);
  }
}

static void keep(void *data, size_t size, void *context) { (void)data, (void)size, (void)context; }

TF_Graph *peer_graph(const void *definition, size_t size) {
  TF_Status *status = TF_NewStatus();
  TF_Graph *graph = TF_NewGraph();
  TF_ImportGraphDefOptions *options = TF_NewImportGraphDefOptions();
  TF_Buffer *buffer = TF_NewBufferFromString(definition, size);
  TF_GraphImportGraphDef(graph, buffer, options, status);
  check(status);
  TF_DeleteBuffer(buffer);
  TF_DeleteImportGraphDefOptions(options);
  TF_DeleteStatus(status);
  return graph;
}

TF_Session *peer_session(TF_Graph *graph, const void *config, size_t size) {
  TF_Status *status = TF_NewStatus();
  TF_SessionOptions *options = TF_NewSessionOptions();
  TF_SetConfig(options, config, size, status);
  check(status);
  TF_Session *session = TF_NewSession(graph, options, status);
  check(status);
  TF_DeleteSessionOptions(options);
  TF_DeleteStatus(status);
  return session;
}

void peer_close(TF_Session *session, TF_Graph *graph) {
  TF_Status *status = TF_NewStatus();
  TF_CloseSession(session, status);
  TF_DeleteSession(session, status);
  TF_DeleteGraph(graph);
  TF_DeleteStatus(status);
}

// Seconds that importing a serialized GraphDef takes.
double peer_time_import(const void *definition, size_t size) {
  double start = now();
  TF_Graph *graph = peer_graph(definition, size);
  double seconds = now() - start;
  TF_DeleteGraph(graph);
  return seconds;
}

// Seconds that a chain of scalar additions takes to build, node by node, with shape inference.
double peer_time_build(int nodes) {
  TF_Status *status = TF_NewStatus();
  TF_Graph *graph = TF_NewGraph();
  TF_Tensor *one = TF_AllocateTensor(TF_FLOAT, NULL, 0, sizeof(float));
  *(float *)TF_TensorData(one) = 1;
  double start = now();
  TF_OperationDescription *description = TF_NewOperation(graph, "Const", "one");
  TF_SetAttrType(description, "dtype", TF_FLOAT);
  TF_SetAttrTensor(description, "value", one, status);
  TF_Output root = {TF_FinishOperation(description, status), 0}, last = root;
  for (int i = 0; i < nodes; i++) {
    char name[24];
    snprintf(name, sizeof name, "add_%d", i);
    description = TF_NewOperation(graph, "AddV2", name);
    TF_AddInput(description, last);
    TF_AddInput(description, root);
    last.operation = TF_FinishOperation(description, status);
    check(status);
  }
  double seconds = now() - start;
  TF_DeleteTensor(one);
  TF_DeleteGraph(graph);
  TF_DeleteStatus(status);
  return seconds;
}

// One thread's share of peer_time_runs.
typedef struct {
  TF_Session *session;
  TF_Output feed, fetch;      // operation NULL: none
  const TF_Operation *target; // NULL: none
  long runs;
} loop;

static void *run_loop(void *argument) {
  loop *l = argument;
  TF_Status *status = TF_NewStatus();
  TF_Tensor *value = TF_AllocateTensor(TF_FLOAT, NULL, 0, sizeof(float)), *result = NULL;
  *(float *)TF_TensorData(value) = 3;
  int feeds = l->feed.operation != NULL, fetches = l->fetch.operation != NULL, targets = l->target != NULL;
  for (long i = 0; i < l->runs; i++) {
    TF_SessionRun(l->session, NULL, &l->feed, &value, feeds, &l->fetch, &result, fetches, &l->target, targets, NULL,
                  status);
    check(status);
    if (fetches) TF_DeleteTensor(result);
  }
  TF_DeleteTensor(value);
  TF_DeleteStatus(status);
  return NULL;
}

// Seconds for `runs` runs in each of `threads` threads at once: a scalar fed, a tensor fetched, a target run, as named
// (NULL: none).
double peer_time_runs(TF_Session *session, TF_Graph *graph, const char *feed, const char *fetch, const char *target,
                      long runs, int threads) {
  loop l = {.session = session, .runs = runs};
  if (feed != NULL) l.feed.operation = TF_GraphOperationByName(graph, feed);
  if (fetch != NULL) l.fetch.operation = TF_GraphOperationByName(graph, fetch);
  if (target != NULL) l.target = TF_GraphOperationByName(graph, target);
  double start = now();
  if (threads == 1) {
    run_loop(&l);
  } else {
    pthread_t *ids = calloc((size_t)threads, sizeof *ids);
    for (int i = 0; i < threads; i++)
      pthread_create(&ids[i], NULL, run_loop, &l);
    for (int i = 0; i < threads; i++)
      pthread_join(ids[i], NULL);
    free(ids);
  }
  return now() - start;
}

// Seconds for `steps` training steps, fed batch after batch out of `rows` rows of images and labels (64-byte aligned,
// so that TensorFlow takes them without a copy where it can).
double peer_time_training(TF_Session *session, TF_Graph *graph, float *images, int64_t *labels, long rows, long batch,
                          long steps) {
  TF_Status *status = TF_NewStatus();
  TF_Output feeds[2] = {{TF_GraphOperationByName(graph, "X"), 0}, {TF_GraphOperationByName(graph, "y"), 0}};
  const TF_Operation *train = TF_GraphOperationByName(graph, "train");
  int64_t dims[2] = {batch, 784};
  double start = now();
  for (long i = 0, row = 0; i < steps; i++, row = row + 2 * batch <= rows ? row + batch : 0) {
    TF_Tensor *values[2] = {
        TF_NewTensor(TF_FLOAT, dims, 2, images + row * 784, sizeof(float) * (size_t)batch * 784, keep, NULL),
        TF_NewTensor(TF_INT64, dims, 1, labels + row, sizeof(int64_t) * (size_t)batch, keep, NULL)};
    TF_SessionRun(session, NULL, feeds, values, 2, NULL, NULL, 0, &train, 1, NULL, status);
    check(status);
    TF_DeleteTensor(values[0]);
    TF_DeleteTensor(values[1]);
  }
  double seconds = now() - start;
  TF_DeleteStatus(status);
  return seconds;
}
