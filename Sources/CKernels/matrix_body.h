// Products of matrices and exponentials. Defined by the includer, who includes this once for each
// kind of instructions:
//   MATRIX(name)    the names of functions
//   MATRIX_TARGET   their target attribute, or nothing
//   MATRIX_LANES    numbers of a vector; twice as many are at most matrix_panel_width
//   MATRIX_ROWS     rows of a tile: two vectors each stay in registers

typedef float __attribute__((ext_vector_type(MATRIX_LANES), aligned(4))) MATRIX(lanes);

// `rows` is a constant wherever this is inlined.
MATRIX_TARGET static inline __attribute__((always_inline)) void MATRIX(tile)(
    const float *left, const float *packed, size_t rows, size_t inner, size_t columns,
    size_t width, bool adds, float *result) {
  MATRIX(lanes) sums[MATRIX_ROWS][2];
#pragma unroll
  for (size_t row = 0; row < rows; row++) sums[row][0] = sums[row][1] = 0;
  for (size_t k = 0; k < inner; k++) {
    const MATRIX(lanes) *line = (const MATRIX(lanes) *)(packed + k * 2 * MATRIX_LANES);
    MATRIX(lanes) low = line[0], high = line[1];
#pragma unroll
    for (size_t row = 0; row < rows; row++) {
      float factor = left[row * inner + k];
      sums[row][0] += low * factor;
      sums[row][1] += high * factor;
    }
  }
#pragma unroll
  for (size_t row = 0; row < rows; row++) {
    float *line = result + row * columns;
    if (width == 2 * MATRIX_LANES) {
      MATRIX(lanes) *halves = (MATRIX(lanes) *)line;
      halves[0] = adds ? halves[0] + sums[row][0] : sums[row][0];
      halves[1] = adds ? halves[1] + sums[row][1] : sums[row][1];
    } else {
      float numbers[2 * MATRIX_LANES];
      ((MATRIX(lanes) *)numbers)[0] = sums[row][0];
      ((MATRIX(lanes) *)numbers)[1] = sums[row][1];
      for (size_t i = 0; i < width; i++) line[i] = adds ? line[i] + numbers[i] : numbers[i];
    }
  }
}

MATRIX_TARGET static void MATRIX(multiply)(
    const float *left, const float *right, size_t rows, size_t inner, size_t columns, bool adds,
    float *packed, float *result) {
  for (size_t column = 0; column < columns; column += 2 * MATRIX_LANES) {
    size_t width = columns - column < 2 * MATRIX_LANES ? columns - column : 2 * MATRIX_LANES;
    for (size_t k = 0; k < inner; k++) {
      for (size_t i = 0; i < 2 * MATRIX_LANES; i++)
        packed[k * 2 * MATRIX_LANES + i] = i < width ? right[k * columns + column + i] : 0;
    }
    size_t row = 0;
    for (; row + MATRIX_ROWS <= rows; row += MATRIX_ROWS)
      MATRIX(tile)(
          left + row * inner, packed, MATRIX_ROWS, inner, columns, width, adds,
          result + row * columns + column);
    for (; row < rows; row++)
      MATRIX(tile)(
          left + row * inner, packed, 1, inner, columns, width, adds,
          result + row * columns + column);
  }
}

// Range reduction and polynomial of Cephes' expf (Moshier 1989).
MATRIX_TARGET static void MATRIX(exponentials)(
    const float *values, size_t count, float *result) {
  for (size_t i = 0; i < count; i++) {
    float value = values[i] < -87.0f ? -87.0f : values[i] > 88.0f ? 88.0f : values[i];
    // Adding 1.5 · 2^23 rounds to a whole number.
    float power = (value * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
    float rest = value - power * 0.693359375f - power * -2.12194440e-4f;
    float sum = 1.9875691500e-4f;
    sum = sum * rest + 1.3981999507e-3f;
    sum = sum * rest + 8.3334519073e-3f;
    sum = sum * rest + 4.1665795894e-2f;
    sum = sum * rest + 1.6666665459e-1f;
    sum = sum * rest + 5.0000001201e-1f;
    sum = sum * (rest * rest) + rest + 1.0f;
    union {
      int32_t bits;
      float number;
    } scale = {((int32_t)power + 127) << 23};
    result[i] = sum * scale.number;
  }
}

#undef MATRIX
#undef MATRIX_TARGET
#undef MATRIX_LANES
#undef MATRIX_ROWS
