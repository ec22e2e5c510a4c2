/* Convolutions of windows of 3 x 3 that move by one pixel, by Winograd's F(2x2, 3x3): 16 multiplications for four
 * results where the windows themselves need 36.
 *
 * A tile is 2 x 2 results, or the 4 x 4 pixels that they see. Filters, pixels and results are each spread into 16
 * numbers, sums and differences of theirs; number n of the results is the product of number n of the pixels with number
 * n of the filters, summed up over channels, which is a matrix product for each n. Gradients are the same the other way
 * round. */
#ifndef HR_KERNELS_CPU_LEVEL_WINOGRAD_H
#define HR_KERNELS_CPU_LEVEL_WINOGRAD_H

#include <stdbool.h>
#include <stdint.h>

enum { HR_WINOGRAD_NUMBERS = 16, HR_WINOGRAD_TAPS = 9, HR_WINOGRAD_PIXELS = 4, HR_WINOGRAD_RESULTS = 2 };

/* Pixels (i, j) of a tile at data + i * line + j * pixel, `channels` floats each. */
typedef struct hr_winograd_tile {
  float *data;
  int64_t line, pixel, channels;
} hr_winograd_tile;

/* c (+)= a b: a[row * a_row + term * a_term], one of the steps being 1; b in panels of `columns` of the loops, each
 * b_panel floats behind the last, rows of a panel b_term apart; rows of c lie c_row apart. */
typedef struct hr_winograd_product {
  const float *a, *b;
  float *c;
  int64_t a_row, a_term, b_panel, b_term, c_row;
  int64_t rows, panels, terms; /* rows: a multiple of the loops' */
  bool adds;
} hr_winograd_product;

/* Numbers lie `apart` floats from one to the next, and whole vectors of them are written, so that rows of numbers have
 * room for a multiple of `columns`. Those that gather say whether all that they wrote is finite. */
typedef struct hr_winograd_loops {
  int rows, columns; /* of a block of a product */
  void (*spread_pixels)(const hr_winograd_tile *tile, float *numbers, int64_t apart);
  void (*spread_results)(const hr_winograd_tile *tile, float *numbers, int64_t apart);
  bool (*gather_results)(const hr_winograd_tile *tile, const float *numbers, int64_t apart);
  /* `count` filters of one channel, whose taps lie `tap` floats apart; numbers in panels of `columns`. */
  void (*spread_filters)(const float *filters, int64_t tap, int64_t count, float *numbers, int64_t apart,
                         int64_t panel);
  bool (*gather_filters)(float *filters, int64_t tap, int64_t count, const float *numbers, int64_t apart);
  void (*multiply)(const hr_winograd_product *product);
} hr_winograd_loops;

#endif
