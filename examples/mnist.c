/* Trains a 784-300-100-10 ReLU network on the MNIST digits, saves it, and trains on from there in the next run.
 *
 * Everything happens in the graph: shuffling, scaling the pixels, the network, its loss, the gradients, the updates,
 * counting the right answers. The program reads the files, feeds and prints. mnist.py is the same program in Python:
 * the same graph and, step by step, the same numbers. */
#include <getopt.h>
#include <headrace/headrace.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10, BATCH = 50, EVALUATION_BATCH = 1000 };

static const char usage[] =
    "Usage: mnist [options] [FOLDER]\n"
    "\n"
    "Trains a 784-300-100-10 network on the MNIST files in FOLDER (else in the folder that HEADRACE_MNIST\n"
    "names, else on the subset that comes with Headrace).\n"
    "\n"
    "  --epochs N         passes over the training images (default 10)\n"
    "  --steps N          stop after N steps of training\n"
    "  --checkpoint PATH  where the network is saved, and where training goes on from\n"
    "                     (default build/mnist/model.ckpt)\n"
    "  --events FOLDER    where TensorBoard's event files go (default build/mnist/events)\n"
    "  --fresh            start anew even if there is a checkpoint\n"
    "  --help             show this\n";

typedef struct settings {
  const char *folder, *checkpoint, *events;
  long epochs, steps;
  bool fresh;
} settings;

/* ---- data ------------------------------------------------------------------------------------------------------ */

typedef struct examples {
  hr_tensor images;     /* uint8 [count, 28, 28] */
  hr_tensor labels;     /* uint8 [count] */
  int64_t first, count; /* those that belong to the set */
} examples;

/* Reads FOLDER/NAME.gz, or FOLDER/NAME where it was unpacked. */
static hr_status read_file(const char *folder, const char *name, hr_tensor *out) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (access(path, F_OK) != 0) snprintf(path, sizeof path, "%s/%s.gz", folder, name);
  return hr_status_prefix(hr_idx_read(path, out), "Cannot read MNIST: ");
}

static hr_status check_examples(const char *folder, const char *part, const examples *data) {
  const hr_tensor *images = &data->images, *labels = &data->labels;
  bool fits = images->dtype == HR_UINT8 && images->rank == 3 && images->dims[1] == SIDE && images->dims[2] == SIDE &&
              labels->dtype == HR_UINT8 && labels->rank == 1 && labels->dims[0] == images->dims[0] &&
              labels->dims[0] >= BATCH;
  if (!fits)
    return hr_error(HR_INVALID_ARGUMENT, "The %s files in %s do not hold %d x %d images with a label each", part,
                    folder, SIDE, SIDE);
  const uint8_t *classes = hr_tensor_data(labels);
  for (int64_t i = 0; i < data->count; ++i) {
    if (classes[i] >= CLASSES)
      return hr_error(HR_INVALID_ARGUMENT, "Label %lld of the %s files in %s is %d, not a digit", (long long)i, part,
                      folder, classes[i]);
  }
  return HR_SUCCESS;
}

/* `part` is "train" or "t10k", as in the names of the files. */
static hr_status read_examples(const char *folder, const char *part, examples *out) {
  char name[64];
  snprintf(name, sizeof name, "%s-images-idx3-ubyte", part);
  HR_TRY(read_file(folder, name, &out->images));
  snprintf(name, sizeof name, "%s-labels-idx1-ubyte", part);
  HR_TRY(read_file(folder, name, &out->labels));
  out->count = out->labels.elements;
  return check_examples(folder, part, out);
}

/* Takes one example in twelve, from the front, out of the training set: what the helper of TensorFlow's tutorials does.
 */
static void split(examples *training, examples *validation) {
  int64_t count = training->count / 12;
  *validation = *training;
  validation->count = count;
  validation->first = 0;
  training->first = count;
  training->count -= count;
}

static const uint8_t *image_at(const examples *data, int64_t i) {
  return (const uint8_t *)hr_tensor_data(&data->images) + (data->first + i) * PIXELS;
}
static const uint8_t *label_at(const examples *data, int64_t i) {
  return (const uint8_t *)hr_tensor_data(&data->labels) + data->first + i;
}

static void clear_examples(examples *data) {
  hr_tensor_clear(&data->images);
  hr_tensor_clear(&data->labels);
}

/* ---- the network ----------------------------------------------------------------------------------------------- */

typedef struct network {
  hr_output images, labels; /* to feed: uint8 [batch, 28, 28] and [batch] */
  hr_output loss;           /* mean cross entropy of the batch */
  hr_output correct;        /* how many of the batch it recognises */
  hr_output order;          /* of the training examples: another one in each run */
  hr_var *step;             /* training steps so far */
  hr_optimizer *optimizer;
  hr_saver *saver;
  hr_node *train, *initialize;
} network;

static network build_network(hr_scope s, int64_t training_examples) {
  network n = {.images = hr_placeholder(s, HR_UINT8, .shape = HR_SHAPE(-1, SIDE, SIDE), .name = "images"),
               .labels = hr_placeholder(s, HR_UINT8, .shape = HR_SHAPE(-1), .name = "labels")};
  HR_WITH (shuffle, hr_name_scope(s, "shuffle")) {
    n.order = hr_tf_random_shuffle(shuffle, hr_tf_range(shuffle, 0, training_examples, 1), .name = "order");
  }
  hr_output labels = hr_tf_cast(s, n.labels, HR_INT32), logits = HR_NO_OUTPUT;
  HR_WITH (dnn, hr_name_scope(s, "dnn")) {
    hr_output x = hr_tf_reshape(dnn, n.images, HR_SHAPE(-1, PIXELS));
    x = hr_truediv(dnn, hr_tf_cast(dnn, x, HR_FLOAT), 255.0f);
    x = hr_dense(dnn, x, 300, .activation = hr_relu_activation, .name = "hidden1");
    x = hr_dense(dnn, x, 100, .activation = hr_relu_activation, .name = "hidden2");
    logits = hr_dense(dnn, x, CLASSES, .name = "outputs");
  }
  HR_WITH (loss, hr_name_scope(s, "loss")) {
    hr_output losses = hr_tf_sparse_softmax_cross_entropy_with_logits(loss, labels, logits);
    n.loss = hr_reduce_mean(loss, losses, .name = "loss");
  }
  HR_WITH (train, hr_name_scope(s, "train")) {
    n.step = hr_get_or_create_global_step(train);
    n.optimizer = hr_momentum_optimizer(0.05, 0.9);
    n.train = hr_minimize(train, n.optimizer, n.loss, .global_step = n.step);
  }
  HR_WITH (eval, hr_name_scope(s, "eval")) {
    hr_output is_correct = hr_tf_in_top_k(eval, logits, labels, 1);
    n.correct = hr_reduce_sum(eval, hr_tf_cast(eval, is_correct, HR_INT64), .name = "correct");
  }
  n.saver = hr_saver_new(s);
  n.initialize = hr_global_variables_initializer(s);
  return n;
}

/* ---- training -------------------------------------------------------------------------------------------------- */

typedef struct trainer {
  const examples *training, *validation;
  hr_callable *train;       /* images, labels -> loss, after a step of training */
  hr_callable *count;       /* images, labels -> correct */
  hr_callable *shuffle;     /* -> order */
  hr_tensor images, labels; /* the batch */
  hr_tensor order;          /* of the training examples in this epoch */
  hr_file_writer *events;
  int64_t steps_left;
  bool live; /* stdout is a terminal */
} trainer;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int64_t number(const hr_tensor *scalar) { return *(const int64_t *)hr_tensor_data(scalar); }

/* Copies the examples at t->order[first], ... into the batch. */
static void fill_batch(trainer *t, int64_t first) {
  const int32_t *order = hr_tensor_data(&t->order);
  uint8_t *batch_images = hr_tensor_data(&t->images), *batch_labels = hr_tensor_data(&t->labels);
  for (int64_t i = 0; i < BATCH; ++i) {
    memcpy(batch_images + i * PIXELS, image_at(t->training, order[first + i]), PIXELS);
    batch_labels[i] = *label_at(t->training, order[first + i]);
  }
}

static void show_progress(int64_t epoch, int64_t done, int64_t total, double loss, double rate) {
  enum { WIDTH = 30 };
  static const char bar[] = "==============================", room[] = "                              ";
  int filled = (int)(WIDTH * done / total);
  printf("\r%5lld  [%.*s%.*s] %3d %%  loss %.4f  %.0f examples/s ", (long long)epoch, filled, bar, WIDTH - filled, room,
         (int)(100 * done / total), loss, rate);
  fflush(stdout);
}

/* One pass over the training images; gives the mean loss and the examples a second. */
static hr_status train_epoch(trainer *t, int64_t epoch, double *mean_loss, double *rate) {
  int64_t batches = t->training->count / BATCH;
  if (batches > t->steps_left) batches = t->steps_left;
  t->steps_left -= batches;
  const double start = seconds();
  double shown = start, now = start, sum = 0;
  hr_tensor_clear(&t->order);
  HR_TRY(hr_callable_run(t->shuffle, NULL, &t->order));
  for (int64_t i = 0; i < batches; ++i) {
    fill_batch(t, i * BATCH);
    hr_tensor loss;
    HR_TRY(hr_callable_run(t->train, (const hr_tensor *[]){&t->images, &t->labels}, &loss));
    sum += *(const float *)hr_tensor_data(&loss);
    hr_tensor_clear(&loss);
    now = seconds();
    *mean_loss = sum / (double)(i + 1);
    *rate = (double)((i + 1) * BATCH) / (now - start);
    if (t->live && now - shown > 0.1) {
      show_progress(epoch, i + 1, batches, *mean_loss, *rate);
      shown = now;
    }
  }
  return HR_SUCCESS;
}

/* The share of the examples that the network recognises. */
static hr_status measure_accuracy(trainer *t, const examples *data, double *accuracy) {
  int64_t correct = 0;
  for (int64_t first = 0; first < data->count; first += EVALUATION_BATCH) {
    int64_t count = data->count - first < EVALUATION_BATCH ? data->count - first : EVALUATION_BATCH;
    hr_tensor images, labels, right;
    HR_TRY(hr_tensor_borrow(HR_UINT8, 3, (int64_t[]){count, SIDE, SIDE}, image_at(data, first), &images));
    hr_status status = hr_tensor_borrow(HR_UINT8, 1, &count, label_at(data, first), &labels);
    if (!status) {
      status = hr_callable_run(t->count, (const hr_tensor *[]){&images, &labels}, &right);
      hr_tensor_clear(&labels);
    }
    hr_tensor_clear(&images);
    HR_TRY(status);
    correct += number(&right);
    hr_tensor_clear(&right);
  }
  *accuracy = (double)correct / (double)data->count;
  return HR_SUCCESS;
}

static hr_status train_epochs(trainer *t, int64_t first_epoch, int64_t epochs) {
  printf("epoch    loss  validation accuracy  examples/s\n");
  for (int64_t epoch = first_epoch; epoch < first_epoch + epochs && t->steps_left > 0; ++epoch) {
    double loss = 0, rate = 0, accuracy;
    HR_TRY(train_epoch(t, epoch, &loss, &rate));
    HR_TRY(measure_accuracy(t, t->validation, &accuracy));
    HR_TRY(hr_file_writer_add_scalar(t->events, "loss", (float)loss, epoch));
    HR_TRY(hr_file_writer_add_scalar(t->events, "validation accuracy", (float)accuracy, epoch));
    printf("%s%5lld  %.4f  %17.2f %%  %10.0f\n", t->live ? "\r\033[K" : "", (long long)epoch, loss, 100 * accuracy,
           rate);
    fflush(stdout);
  }
  return HR_SUCCESS;
}

static hr_status make_trainer(hr_session *session, const network *n, const settings *settings, const examples *training,
                              const examples *validation, trainer *t) {
  *t = (trainer){
      .training = training, .validation = validation, .steps_left = settings->steps, .live = isatty(STDOUT_FILENO)};
  hr_output feeds[] = {n->images, n->labels};
  HR_TRY(hr_callable_new(session, 2, feeds, 1, &n->loss, 1, &n->train, &t->train));
  HR_TRY(hr_callable_new(session, 2, feeds, 1, &n->correct, 0, NULL, &t->count));
  HR_TRY(hr_callable_new(session, 0, NULL, 1, &n->order, 0, NULL, &t->shuffle));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_UINT8, &(hr_shape){3, {BATCH, SIDE, SIDE}}, &t->images));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_UINT8, &(hr_shape){1, {BATCH}}, &t->labels));
  return hr_file_writer_new(settings->events, hr_session_graph(session), NULL, &t->events);
}

static hr_status clear_trainer(trainer *t) {
  hr_callable_free(t->train);
  hr_callable_free(t->count);
  hr_callable_free(t->shuffle);
  hr_tensor_clear(&t->images);
  hr_tensor_clear(&t->labels);
  hr_tensor_clear(&t->order);
  return hr_file_writer_close(t->events);
}

/* ---- the program ----------------------------------------------------------------------------------------------- */

/* Restores the checkpoint if there is one and nobody asked for a fresh start; else initializes. */
static hr_status start(hr_session *session, const network *n, const settings *settings) {
  if (!settings->fresh && hr_checkpoint_exists(settings->checkpoint)) {
    HR_TRY(hr_status_prefix(hr_saver_restore(n->saver, session, settings->checkpoint),
                            "Cannot restore the checkpoint (--fresh starts anew): "));
    printf("Found the checkpoint %s: training goes on from there.\n\n", settings->checkpoint);
    return HR_SUCCESS;
  }
  printf("%s: starting with random weights.\n\n", settings->fresh ? "As asked" : "No checkpoint yet");
  return hr_run_node(session, n->initialize);
}

static hr_status save(hr_session *session, const network *n, const settings *settings) {
  HR_TRY(hr_saver_save(n->saver, session, settings->checkpoint, NULL));
  printf("Saved %s. Run again to train on from there.\n"
         "Watch the training with:  tensorboard --logdir %s\n",
         settings->checkpoint, settings->events);
  return HR_SUCCESS;
}

static hr_status train_in(hr_session *session, const network *n, const settings *settings, const examples *training,
                          const examples *validation, const examples *test) {
  HR_TRY(start(session, n, settings));
  hr_tensor step;
  HR_TRY(hr_evaluate(session, hr_var_value(n->step), &step));
  int64_t epochs_before = number(&step) / (training->count / BATCH);
  hr_tensor_clear(&step);
  trainer t;
  hr_status status = make_trainer(session, n, settings, training, validation, &t);
  double accuracy = 0;
  if (!status) status = train_epochs(&t, epochs_before + 1, settings->epochs);
  if (!status) status = measure_accuracy(&t, test, &accuracy);
  hr_status_keep_first(&status, clear_trainer(&t));
  HR_TRY(status);
  printf("\nTest accuracy: %.2f %%\n", 100 * accuracy);
  return save(session, n, settings);
}

static hr_status train(const settings *settings, const examples *training, const examples *validation,
                       const examples *test) {
  printf("MNIST from %s: %lld images to train on, %lld to validate and %lld to test with.\n", settings->folder,
         (long long)training->count, (long long)validation->count, (long long)test->count);
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  if (!builder) return hr_error_out_of_memory(0, "the graph");
  hr_graph_set_seed(graph, true, 42);
  network n = build_network(hr_builder_root(builder), training->count);
  hr_session *session = NULL;
  hr_status status = hr_builder_status(builder);
  if (!status) status = hr_session_new(graph, NULL, &session);
  if (!status) status = train_in(session, &n, settings, training, validation, test);
  hr_session_free(session);
  hr_saver_free(n.saver);
  hr_optimizer_free(n.optimizer);
  hr_builder_free(builder);
  hr_graph_unref(graph);
  return status;
}

static bool read_number(const char *option, const char *text, long *out) {
  char *end = NULL;
  *out = strtol(text, &end, 10);
  if (*end == '\0' && *out >= 1 && *out <= 1000000000) return true;
  fprintf(stderr, "mnist: --%s wants a number from 1 on, not '%s'\n", option, text);
  return false;
}

/* False where the arguments ask for nothing to run; `*exit_code` then says what to leave with. */
static bool read_settings(int argc, char **argv, settings *out, int *exit_code) {
  static const struct option options[] = {{"epochs", required_argument, NULL, 'e'},
                                          {"steps", required_argument, NULL, 's'},
                                          {"checkpoint", required_argument, NULL, 'c'},
                                          {"events", required_argument, NULL, 'v'},
                                          {"fresh", no_argument, NULL, 'f'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
  const char *folder = getenv("HEADRACE_MNIST");
  *out = (settings){.folder = folder ? folder : MNIST_FOLDER,
                    .checkpoint = "build/mnist/model.ckpt",
                    .events = "build/mnist/events",
                    .epochs = 10,
                    .steps = LONG_MAX};
  bool good = true;
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'e': good = read_number("epochs", optarg, &out->epochs) && good; break;
    case 's': good = read_number("steps", optarg, &out->steps) && good; break;
    case 'v': out->events = optarg; break;
    case 'c': out->checkpoint = optarg; break;
    case 'f': out->fresh = true; break;
    case 'h':
      fputs(usage, stdout);
      *exit_code = 0;
      return false;
    default: good = false;
    }
  }
  if (optind < argc) out->folder = argv[optind++];
  if (!good || optind < argc) fputs(usage, stderr);
  *exit_code = 2;
  return good && optind == argc;
}

int main(int argc, char **argv) {
  settings settings;
  int exit_code;
  if (!read_settings(argc, argv, &settings, &exit_code)) return exit_code;
  examples training = {0}, validation = {0}, test = {0};
  hr_status status = read_examples(settings.folder, "train", &training);
  if (!status) status = read_examples(settings.folder, "t10k", &test);
  if (!status) {
    split(&training, &validation);
    status = train(&settings, &training, &validation, &test);
  }
  clear_examples(&training);
  clear_examples(&test);
  if (!status) return 0;
  fprintf(stderr, "mnist: %s\n", hr_status_message(status));
  hr_status_free(status);
  return 1;
}
