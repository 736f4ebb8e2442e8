// Compares the projections of a tree's top with their thresholds. Defined by the includer, who
// includes this once for each kind of instructions:
//   PROJECT_NAME     the function
//   PROJECT_TARGET   its target attribute, or nothing
//   PROJECT_LANES    rows handled at once; divides forest_block_rows

PROJECT_TARGET static void PROJECT_NAME(
    const forest_program *program, const forest_tree *tree, const float *block, int8_t *columns) {
  typedef float features __attribute__((ext_vector_type(PROJECT_LANES), aligned(64)));
  typedef int8_t sides __attribute__((ext_vector_type(PROJECT_LANES), aligned(PROJECT_LANES)));

  for (uint32_t number = tree->projection_start; number < tree->projection_end; number++) {
    const forest_projection *projection = program->projections + number;
    const forest_term *start = program->terms + projection->term_start;
    const forest_term *end = program->terms + projection->term_end;
    for (size_t row = 0; row < forest_block_rows; row += PROJECT_LANES) {
      features sum = 0;
      for (const forest_term *term = start; term < end; term++) {
        features feature = *(const features *)(block + term->column * forest_block_rows + row);
        sum += term->weight * (feature - term->centre);
      }
      // All bits set, -1, where the sum is at most the threshold.
      *(sides *)(columns + row) =
          __builtin_convertvector(sum <= projection->threshold, sides) + (sides)1;
    }
    columns += forest_block_rows;
  }
}

#undef PROJECT_NAME
#undef PROJECT_TARGET
#undef PROJECT_LANES
