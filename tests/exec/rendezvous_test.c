/* Senders and receivers meet in either order. */
#include "../session/fixture.h"
#include "runtime/exec/rendezvous.h"

typedef struct test_receiver {
  hr_receiver base;
  int calls;
  hr_code code;
  float value;
} test_receiver;

static void receive(hr_receiver *self, hr_status status, hr_tensor *tensor, bool is_dead) {
  (void)is_dead;
  test_receiver *r = (test_receiver *)self;
  ++r->calls;
  r->code = hr_status_code(status);
  if (!status) r->value = *(float *)hr_tensor_data(tensor);
  hr_tensor_clear(tensor);
  hr_status_free(status);
}

static void test_either_order(void **state) {
  (void)state;
  hr_rendezvous r;
  hr_rendezvous_init(&r);
  test_receiver early = {.base.receive = receive}, late = {.base.receive = receive};
  hr_rendezvous_receive(&r, "a", &early.base);
  assert_int_equal(early.calls, 0);
  hr_tensor one = hr_tensor_f32(1), two = hr_tensor_f32(2), three = hr_tensor_f32(3);
  assert_ok(hr_rendezvous_send(&r, "b", &two, false));
  assert_int_equal(early.calls, 0);
  assert_ok(hr_rendezvous_send(&r, "a", &one, false));
  assert_int_equal(early.calls, 1);
  assert_true(early.value == 1);
  assert_ok(hr_rendezvous_send(&r, "b", &three, false));
  hr_rendezvous_receive(&r, "b", &late.base); /* in the order they were sent */
  assert_true(late.calls == 1 && late.value == 2);
  hr_rendezvous_receive(&r, "b", &late.base);
  assert_true(late.calls == 2 && late.value == 3);
  hr_rendezvous_clear(&r);
}

static void test_abort(void **state) {
  (void)state;
  hr_rendezvous r;
  hr_rendezvous_init(&r);
  test_receiver waiting = {.base.receive = receive}, late = {.base.receive = receive},
                forgotten = {.base.receive = receive};
  hr_tensor one = hr_tensor_f32(1), two = hr_tensor_f32(2);
  hr_rendezvous_receive(&r, "a", &waiting.base);
  hr_rendezvous_receive(&r, "a", &forgotten.base);
  assert_true(hr_rendezvous_forget(&r, &forgotten.base));
  assert_false(hr_rendezvous_forget(&r, &forgotten.base));
  assert_ok(hr_rendezvous_send(&r, "lost", &one, false));
  hr_status reason = hr_error(HR_ABORTED, "gone");
  hr_rendezvous_abort(&r, reason);
  hr_status_free(reason);
  assert_true(waiting.calls == 1 && waiting.code == HR_ABORTED);
  assert_int_equal(forgotten.calls, 0);
  hr_rendezvous_receive(&r, "a", &late.base);
  assert_true(late.calls == 1 && late.code == HR_ABORTED);
  assert_fails(hr_rendezvous_send(&r, "a", &two, false), HR_ABORTED, "gone");
  hr_rendezvous_empty(&r);
  assert_ok(hr_rendezvous_send(&r, "a", &two, false));
  hr_rendezvous_clear(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_either_order), cmocka_unit_test(test_abort)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
