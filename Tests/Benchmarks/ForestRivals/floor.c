#include "forest_rivals.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

typedef int8_t bytes __attribute__((ext_vector_type(32), aligned(32)));

enum { vectors = 8 };
/// What a real tree keeps at hand: features, codes and results.
static bytes memory[4][17][vectors];

__attribute__((target("avx2"), noinline)) static void pairs_once(size_t count) {
  bytes left = 1, right = 2, limit = 3;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < vectors; j++) {
      __asm__ volatile("" : "+x"(limit));
      memory[3][i % 8][j] = limit > memory[0][i % 16][j] ? left : right;
    }
}

__attribute__((target("avx2"), noinline)) static void splits_once(size_t count) {
  bytes limit = 3;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < vectors; j++) {
      __asm__ volatile("" : "+x"(limit));
      memory[3][i % 8][j] =
          limit > memory[0][i % 16][j] ? memory[1][3][j] : memory[2][i % 8][j];
    }
}

double rival_floor_seconds(size_t pairs, size_t splits, size_t blocks) {
  double start = seconds();
  for (size_t block = 0; block < blocks; block++)
    for (size_t row = 0; row < rival_rows; row += 32 * vectors) {
      pairs_once(pairs);
      splits_once(splits);
    }
  return seconds() - start;
}
