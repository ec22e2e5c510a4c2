/* Lookup tables against a plain array: keys come and go in random order. */
#include "kernels_cpu/lookup_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { KEYS = 300, ROUNDS = 20000 };

/* Numbers by a linear congruence: the same in every run. */
static uint32_t next_number(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/* Key `i` as a tensor of a table's dtype. */
static hr_tensor key_of(hr_dtype dtype, int i) {
  hr_tensor t;
  char text[64];
  if (dtype == HR_INT64) return hr_tensor_i64((int64_t)i * 1000003 - 77);
  if (dtype == HR_INT32) return hr_tensor_i32(i - KEYS / 2);
  int length = snprintf(text, sizeof text, i % 2 ? "k%d" : "a key that does not fit inside of a string: %d", i);
  assert_null(hr_tensor_string(text, (size_t)length, &t));
  return t;
}

static void keys_come_and_go(hr_dtype dtype) {
  hr_lookup_table *table;
  assert_null(hr_lookup_table_new(&(hr_lookup_table_options){"table", dtype, HR_INT64, {0}, false}, &table));
  int64_t expected[KEYS];
  int count = 0;
  for (int i = 0; i < KEYS; ++i)
    expected[i] = -1;
  uint32_t random = 42;
  hr_tensor fallback = hr_tensor_i64(-1);
  for (int round = 0; round < ROUNDS; ++round) {
    int i = (int)(next_number(&random) % KEYS);
    hr_tensor key = key_of(dtype, i), value = hr_tensor_i64(round), found = hr_tensor_i64(0);
    switch (next_number(&random) % 3) {
    case 0:
      assert_null(hr_lookup_table_insert(table, &key, &value, false));
      count += expected[i] < 0;
      expected[i] = round;
      break;
    case 1:
      assert_null(hr_lookup_table_remove(table, &key));
      count -= expected[i] >= 0;
      expected[i] = -1;
      break;
    default:
      assert_null(hr_lookup_table_find(table, &key, &fallback, &found));
      assert_int_equal(*(int64_t *)hr_tensor_data(&found), expected[i]);
    }
    hr_tensor_clear(&key);
    assert_int_equal(hr_lookup_table_size(table), count);
  }
  hr_tensor keys, values;
  assert_null(hr_lookup_table_export(table, hr_cpu_allocator(), &keys, &values));
  assert_int_equal(keys.elements, count);
  assert_null(hr_lookup_table_insert(table, &keys, &values, true));
  assert_int_equal(hr_lookup_table_size(table), count);
  hr_tensor_clear(&keys);
  hr_tensor_clear(&values);
  hr_resource_unref(&table->resource);
}

static void of_strings(void **state) {
  (void)state;
  keys_come_and_go(HR_STRING);
}
static void of_numbers(void **state) {
  (void)state;
  keys_come_and_go(HR_INT64);
  keys_come_and_go(HR_INT32);
}

static void of_vectors_of_strings(void **state) {
  (void)state;
  hr_lookup_table *table;
  assert_null(hr_lookup_table_new(&(hr_lookup_table_options){"table", HR_INT64, HR_STRING, {1, {2}}, false}, &table));
  hr_tensor values, found, key = hr_tensor_i64(5), other = hr_tensor_i64(6);
  assert_null(hr_tensor_strings(2, (const char *const[]){"left", "a longer text than fits inside"}, &values));
  assert_null(hr_lookup_table_insert(table, &key, &values, false));
  assert_null(hr_lookup_table_remove(table, &other));
  assert_null(hr_tensor_new(hr_cpu_allocator(), HR_STRING, &(hr_shape){1, {2}}, &found));
  assert_null(hr_lookup_table_find(table, &key, &values, &found));
  assert_true(hr_tensor_equal(&found, &values));
  assert_null(hr_lookup_table_remove(table, &key));
  assert_int_equal(hr_lookup_table_size(table), 0);
  hr_tensor_clear(&found);
  hr_tensor_clear(&values);
  hr_resource_unref(&table->resource);
}

/* A table that could not be filled is as it was. */
static void filled_once(void **state) {
  (void)state;
  hr_lookup_table *table;
  assert_null(hr_lookup_table_new(&(hr_lookup_table_options){"table", HR_INT64, HR_INT64, {0}, true}, &table));
  hr_tensor keys, values, found = hr_tensor_i64(0), fallback = hr_tensor_i64(-1), key = hr_tensor_i64(3);
  assert_null(hr_tensor_from(HR_INT64, 1, (int64_t[]){3}, (int64_t[]){1, 2, 1}, &keys));
  assert_null(hr_tensor_from(HR_INT64, 1, (int64_t[]){3}, (int64_t[]){7, 8, 9}, &values));
  hr_status status = hr_lookup_table_fill(table, &keys, &values);
  assert_int_equal(hr_status_code(status), HR_FAILED_PRECONDITION);
  hr_status_free(status);
  assert_int_equal(hr_lookup_table_size(table), 0);
  status = hr_lookup_table_find(table, &key, &fallback, &found);
  assert_int_equal(hr_status_code(status), HR_FAILED_PRECONDITION);
  hr_status_free(status);
  ((int64_t *)hr_tensor_data(&keys))[2] = 3;
  assert_null(hr_lookup_table_fill(table, &keys, &values));
  assert_null(hr_lookup_table_find(table, &key, &fallback, &found));
  assert_int_equal(found.scalar.i64, 9);
  hr_tensor_clear(&keys);
  hr_tensor_clear(&values);
  hr_resource_unref(&table->resource);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(of_strings), cmocka_unit_test(of_numbers),
                                     cmocka_unit_test(of_vectors_of_strings), cmocka_unit_test(filled_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
