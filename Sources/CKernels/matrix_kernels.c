#include "matrix_kernels.h"
#include "forest_targets.h"

#define MATRIX(name) name##_plain
#define MATRIX_TARGET
#define MATRIX_LANES 4
#define MATRIX_ROWS 4
#include "matrix_body.h"

// Vectors of 512 bits were slower than these at the sizes of small models.
#ifdef FOREST_X86
#define MATRIX(name) name##_avx2
#define MATRIX_TARGET FOREST_AVX2
#define MATRIX_LANES 8
#define MATRIX_ROWS 6
#include "matrix_body.h"
#endif

void matrix_multiply(
    forest_instructions instructions, const float *left, const float *right, size_t rows,
    size_t inner, size_t columns, bool adds, float *packed, float *result) {
#ifdef FOREST_X86
  if (instructions != forest_plain) {
    multiply_avx2(left, right, rows, inner, columns, adds, packed, result);
    return;
  }
#endif
  multiply_plain(left, right, rows, inner, columns, adds, packed, result);
}

void matrix_exponentials(
    forest_instructions instructions, const float *values, size_t count, float *result) {
#ifdef FOREST_X86
  if (instructions != forest_plain) {
    exponentials_avx2(values, count, result);
    return;
  }
#endif
  exponentials_plain(values, count, result);
}
