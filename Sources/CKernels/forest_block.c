#include "forest_kernels.h"

bool forest_load(const float *values, size_t count, float *block) {
  uint32_t missing = 0;
  for (size_t row = 0; row < count; row++) {
    missing |= values[row] != values[row];
    block[row] = values[row];
  }
  for (size_t row = count; row < forest_block_rows; row++) block[row] = 0;
  return missing;
}

void forest_flip_floats(const float *values, float *flipped) {
  for (size_t row = 0; row < forest_block_rows; row++) flipped[row] = -values[row];
}

void forest_flip_bytes(const int8_t *ranks, int threshold_count, int8_t *flipped) {
  for (size_t row = 0; row < forest_block_rows; row++)
    flipped[row] = ranks[row] == forest_missing_byte ? forest_missing_byte
                                                     : (int8_t)(threshold_count - ranks[row]);
}
