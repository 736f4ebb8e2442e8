// Nearest reference rows of a block's rows. Defined by the includer, who includes this once for
// each kind of instructions:
//   NEAREST_NAME    the function
//   NEAREST_TARGET  its target attribute, or nothing
//   NEAREST_LANES   rows handled at once; divides forest_block_rows

NEAREST_TARGET static void NEAREST_NAME(
    const float *references, size_t reference_count, size_t feature_count, const float *block,
    size_t neighbour_count, float *squares) {
  typedef float __attribute__((ext_vector_type(NEAREST_LANES), aligned(64))) lanes;
  const size_t stride = forest_block_rows / NEAREST_LANES;

  for (size_t row = 0; row < forest_block_rows; row += NEAREST_LANES) {
    const lanes *columns = (const lanes *)(block + row);
    lanes nearest[forest_greatest_neighbour_count];
    for (size_t i = 0; i < neighbour_count; i++) nearest[i] = __builtin_inff();
    for (size_t number = 0; number < reference_count; number++) {
      const float *reference = references + number * feature_count;
      lanes sum = 0;
      for (size_t feature = 0; feature < feature_count; feature++) {
        lanes difference = columns[feature * stride] - reference[feature];
        sum += difference * difference;
      }
      if (!__builtin_reduce_or(sum < nearest[neighbour_count - 1])) continue;
      for (size_t i = 0; i < neighbour_count; i++) {
        lanes kept = nearest[i];
        nearest[i] = sum < kept ? sum : kept;
        sum = sum < kept ? kept : sum;
      }
    }
    for (size_t i = 0; i < neighbour_count; i++)
      *(lanes *)(squares + i * forest_block_rows + row) = nearest[i];
  }
}

#undef NEAREST_NAME
#undef NEAREST_TARGET
#undef NEAREST_LANES
